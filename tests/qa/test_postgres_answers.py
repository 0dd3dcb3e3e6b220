"""A collection in PostgreSQL answers as one in files does: passages, answers, corrections."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index.store.postgres_keeper import PostgresKeeper
from qa import Collection, open_collection
from tests.fakes import FakeEncoder
from tests.index.test_store import questions, write_articles

SCORE = 1e-4


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[list[Collection]]:
    """Yield the same articles in a folder and in a schema."""
    server = request.getfixturevalue("postgres_server")
    folder = tmp_path_factory.mktemp("answers") / "collection"
    with server.fresh_schema() as schema:
        opened = [
            open_collection(place, create=True, encoder=FakeEncoder())
            for place in (folder, server.url(schema))
        ]
        for collection in opened:
            for item in write_articles()[3:15]:
                collection.add_text(
                    f"{item.title}\n\n{item.text}", uri=item.uri, metadata={"source": item.source}
                )
        yield opened
        for collection in opened:
            collection.close()


def plain(passage: Any) -> tuple[Any, ...]:
    return passage.text, passage.article.uri, passage.paragraph, passage.citation


def test_the_index_is_that_of_the_server(pair: list[Collection], tmp_path: Path) -> None:
    assert isinstance(pair[1]._sync, PostgresKeeper)
    assert not list(pair[1].path.glob("copies/*"))


@pytest.mark.parametrize(
    "options",
    [{}, {"languages": "de"}, {"sources": "Kurier", "per_article": 1}, {"k": 30}],
    ids=str,
)
def test_passages_are_the_same(pair: list[Collection], options: Any) -> None:
    for question in questions(4):
        ours, theirs = (collection.retrieve(question, **options) for collection in pair)
        assert ours
        assert list(map(plain, ours)) == list(map(plain, theirs))
        for one, other in zip(ours, theirs, strict=True):
            assert other.scores == pytest.approx(one.scores, abs=SCORE)


def test_answers_are_the_same(pair: list[Collection]) -> None:
    for question in questions(6):
        ours, theirs = (collection.ask(question) for collection in pair)
        assert (ours.text, ours.answered, ours.kind) == (theirs.text, theirs.answered, theirs.kind)
        assert [item.quote for item in ours.citations] == [item.quote for item in theirs.citations]
    ours, theirs = (collection.digest(questions()[0]) for collection in pair)
    assert ours.text == theirs.text


def test_several_threads_ask_while_one_adds(pair: list[Collection]) -> None:
    collection, asked = pair[1], questions(12)

    def ask_all() -> list[list[Any]]:
        return [list(map(plain, collection.retrieve(question))) for question in asked]

    before = ask_all()
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(collection.retrieve, asked)
        collection.add_text("Nichts davon hat damit zu tun.", uri="x:aside")
        meanwhile = [list(map(plain, item)) for item in found]
    after = ask_all()
    # Its words are there before its vectors; both move means and rarities a little.
    collection.remove("x:aside")
    collection.add_text("Nichts davon hat damit zu tun.", uri="x:aside", embed=False)
    words = ask_all()
    collection.remove("x:aside")
    assert ask_all() == before
    for given, *states in zip(meanwhile, before, words, after, strict=True):
        assert given in states


def test_an_explanation_and_facets_are_the_same(pair: list[Collection]) -> None:
    ours, theirs = (collection.explain(questions()[1]) for collection in pair)
    assert [item.terms for item in ours.passages] == [item.terms for item in theirs.passages]
    assert ours.searched == theirs.searched
    assert pair[0].facets() == pair[1].facets()


def test_what_is_removed_or_corrected_is_so_at_once(pair: list[Collection]) -> None:
    uri = pair[0].retrieve(questions()[2], 1)[0].article.uri
    for collection in pair:
        collection.edit(uri, source="Abendblatt")
        assert collection.retrieve(questions()[2], sources="abendblatt")
        collection.remove(uri)
        assert all(item.article.uri != uri for item in collection.retrieve(questions()[2], 100))
        collection.restore_removed(uri)
        assert any(item.article.uri == uri for item in collection.retrieve(questions()[2], 100))
