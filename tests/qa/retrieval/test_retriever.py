"""What is found once is looked through again without encoding, and without another search."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.catalog.selection import Filters
from index.encoder import TextKind
from index.search import search
from qa import Collection, open_collection
from qa.options import MAX_K, Choice
from qa.retrieval import retriever
from qa.retrieval.retriever import Finder
from tests.fakes import FakeEncoder, write

QUESTION = "Wann öffnet das Freibad in Ulmen?"


class CountingEncoder(FakeEncoder):
    """Counts the questions that it encodes."""

    asked = 0

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        self.asked += len(texts) * (kind == "query")
        return super().encode(texts, kind)


@pytest.fixture
def counting() -> CountingEncoder:
    return CountingEncoder()


@pytest.fixture
def collection(tmp_path: Path, counting: CountingEncoder) -> Iterator[Collection]:
    folder = write(
        tmp_path / "in",
        bad="Das Freibad in Ulmen öffnet am 3. Mai.\n\nDer Eintritt kostet 4 Euro.",
        copy="Der Eintritt kostet 4 Euro.\n\nDas hat der Rat der Stadt Ulmen beschlossen.",
        bahn="Die Kleinbahn nach Ulmen fährt wieder.\n\nSie stand zwei Jahre still.",
    )
    with open_collection(tmp_path / "c", create=True, encoder=counting) as made:
        made.add(folder)
        yield made


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The depth of each search."""
    depths: list[int] = []

    def counted(*given: object) -> object:
        depths.append(given[2])  # type: ignore[arg-type]
        return search(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(retriever, "search", counted)
    return depths


def uri_of(collection: Collection, name: str) -> str:
    return next(item.uri for item in collection.articles() if item.uri.endswith(f"{name}.txt"))


@pytest.mark.parametrize("k", [2, 200])
@pytest.mark.parametrize("names", [("bahn",), ("bad",), ("copy",), ("bad", "copy")])
def test_passages_of_some_articles_are_those_of_a_search_among_them(
    collection: Collection, k: int, names: tuple[str, ...]
) -> None:
    finder: Finder = collection._answerer.finder
    found = finder.find(QUESTION, k, Choice(Filters()))
    assert found is not None
    uris = tuple(uri_of(collection, name) for name in names)
    fresh = finder.find(QUESTION, MAX_K, Choice(Filters(uris=uris)))
    assert fresh is not None
    among = finder.find_among(found, uris, Choice(Filters()))
    assert [(item.article.uri, item.paragraph) for item in among.passages] == [
        (item.article.uri, item.paragraph) for item in fresh.passages
    ]
    assert {item.score for item in among.passages} == {item.score for item in fresh.passages}


def test_nothing_is_searched_again_where_all_was_found(
    collection: Collection, counting: CountingEncoder, searches: list[int]
) -> None:
    finder: Finder = collection._answerer.finder
    found = finder.find(QUESTION, 200, Choice(Filters()))
    assert found is not None
    finder.find_among(found, [uri_of(collection, "bahn")], Choice(Filters()))
    assert (searches, counting.asked) == ([200], 1)
    finder.find_among(found, [uri_of(collection, "copy")], Choice(Filters()))
    assert len(searches) == 2, "a paragraph that stands for another article's is looked up"


def test_a_digest_is_one_search(
    collection: Collection, counting: CountingEncoder, searches: list[int]
) -> None:
    answer = collection.digest("Was gibt es zur Kleinbahn nach Ulmen?", "overview")
    assert answer.answered
    assert (searches, counting.asked) == ([200], 1)
