"""What the proofs work on: made-up articles, an encoder that costs nothing, what a search gives."""

import atexit
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.reliability.trials import in_child
from corpus.catalog.backup import copy_database, problems
from corpus.catalog.database import CATALOG_FILE
from corpus.catalog.embeddings import EmbeddingStore
from index.store.local import Snapshot
from qa.collection import Collection, open_collection
from qa.maintenance.repair import find_damaged
from tests.fakes import FakeEncoder

WORDS = (
    "Fähre Hafen Museum Rathaus Brücke Schule Straße Bürger Haushalt Verein Turnier Feuerwehr "
    "Garten Konzert Wahl Landrat Windrad Deich Kutter Markt Bäcker Theater Bahn Radweg Klinik"
).split()
QUESTIONS = [f"Was ist mit {one} und {two}?" for one, two in zip(WORDS, WORDS[7:], strict=False)]

State = dict[str, str]
"""An article's address -> the first paragraph's text."""


def text_of(name: str, rng: random.Random) -> str:
    """Return an article of some paragraphs."""
    paragraphs = [
        " ".join(rng.choices(WORDS, k=rng.randint(6, 30))) + f" in {name}. "
        + " ".join(rng.choices(WORDS, k=9)) + "."
        for _ in range(rng.randint(1, 4))
    ]  # fmt: skip
    return "\n\n".join([f"Bericht {name} {rng.randrange(10**6)}", *paragraphs])


def open_cheaply(folder: Path, **options: Any) -> Collection:
    """Open a collection with an encoder that costs nothing."""
    return open_collection(folder, encoder=FakeEncoder(dimension=64), **options)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder for one trial."""
    with tempfile.TemporaryDirectory(prefix="reliability-") as folder:
        yield Path(folder)


def make_template(folder: Path, articles: int = 12) -> None:
    """Make a collection of some articles, and their files beside it in "press"."""
    rng = random.Random(7)
    (folder / "press").mkdir(parents=True)
    for number in range(articles):
        (folder / "press" / f"old{number}.txt").write_text(text_of(f"old{number}", rng))
    with open_cheaply(folder / "collection", create=True) as collection:
        collection.add(folder / "press")


def texts(collection: Collection) -> State:
    """Return every article's text by its address; reading checks every hash."""
    return {info.uri: collection.article(info.uri).text.strip() for info in collection.articles()}


def searches(collection: Collection, count: int = 6) -> list[Any]:
    """Return what some questions find: address, paragraph, text, title and score."""
    return [
        [
            [item.article.uri, item.paragraph, item.text, item.article.title, round(item.score, 3)]
            for item in collection.retrieve(question, 5)
        ]
        for question in QUESTIONS[:count]
    ]


def same(one: list[Any], two: list[Any]) -> bool:
    """Tell whether two searches gave the same, but for the order of equal scores."""

    def key(found: list[Any]) -> list[Any]:
        # The last one may tie with others that were cut off.
        least = found[-1][-1] if len(found) == 5 else -1.0
        return sorted(item for item in found if item[-1] > least + 0.002)

    def close(a: list[Any], b: list[Any]) -> bool:
        return len(a) == len(b) and all(
            x[:4] == y[:4] and abs(x[4] - y[4]) <= 0.002 for x, y in zip(a, b, strict=True)
        )

    return all(close(key(a), key(b)) for a, b in zip(one, two, strict=True))


def find_fault(folder: Path) -> str:
    """Return what is wrong with a collection, searches compared with a clean rebuild; or ""."""
    if found := problems(folder / CATALOG_FILE):
        return f"integrity: {found[0]}"
    with open_cheaply(folder) as collection, scratch() as other:
        if bad := find_damaged(collection._database):
            return f"rows: {bad[0].message}"
        # As it is found, and again when what was interrupted has been finished.
        for finish in (False, True):
            if finish:
                collection.embed()
            if wrong := _differs(collection, other / str(finish)):
                return wrong
    return ""


def _differs(collection: Collection, other: Path) -> str:
    found = searches(collection)
    other.mkdir()
    copy_database(collection.path / CATALOG_FILE, other / CATALOG_FILE)
    with open_cheaply(other) as rebuilt:
        if not same(found, searches(rebuilt)):
            return "search differs from a clean rebuild"
    if not collection.status().articles:
        return ""
    snapshot = collection._sync.snapshot()
    assert isinstance(snapshot, Snapshot)
    windows = EmbeddingStore(collection._database).embedded_windows(collection.encoder.fingerprint)
    if sorted(snapshot.dense.ids.tolist()) != windows[0].tolist():
        return "dense ids differ from the catalog's"
    if not np.array_equal(np.sort(snapshot.lexical.ids()), np.sort(snapshot.table.ids)):
        return "lexical ids differ from the catalog's"
    return ""


class Bench:
    """A place where each trial finds the same collection, at the same path."""

    def __init__(self) -> None:
        self._base = Path(tempfile.mkdtemp(prefix="reliability-"))
        atexit.register(shutil.rmtree, self._base, ignore_errors=True)
        self.work = self._base / "work"
        self.template = self._base / "template"

    def fresh(self, make: Callable[[Path], None] = make_template) -> Path:
        """Return the folder as the template is; `make` makes that the first time, in a child."""
        if not self.template.exists():
            in_child(lambda _: make(self.work))
            shutil.copytree(self.work, self.template)
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.template, self.work)
        return self.work

    def empty(self) -> Path:
        """Return the folder with nothing in it."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()
        return self.work
