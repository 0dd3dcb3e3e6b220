"""article-qa itself, through the same calls that its users make.

The pool becomes a collection, one article for each value of `article`. "fused" is
what `Collection.retrieve` returns; "dense" and "lexical" are the two indexes that
it asks, with the question analysed as it does.
"""

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.data import Pool
from corpus.article import Role
from corpus.catalog.articles import Catalog
from corpus.catalog.database import open_database
from index.encoder import Encoder, SentenceTransformerEncoder, TextKind
from index.search import analyse_many, check_question, with_near_terms
from index.store.local import Snapshot
from index.sync import Synchroniser
from qa import open_collection

DEPTH = 100
"""How deep the two sides are read; rank fusion sees no further."""
TOP = 10
"""How many passages are retrieved."""
_PART = 256

OURS = ("fused", "dense", "lexical", "titled")

Ranking = list[str]
Rankings = dict[str, Ranking]
"""Question -> paragraphs, the best first."""


class RememberingEncoder:
    """An encoder that keeps what it has encoded in a file, so that a second run is quick."""

    def __init__(self, encoder: Encoder, cache: Path) -> None:
        """Wrap `encoder`, and keep its vectors below `cache`."""
        self._encoder = encoder
        cache.mkdir(parents=True, exist_ok=True)
        self._file = sqlite3.connect(cache / "vectors.sqlite3")
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS vectors (name TEXT PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        return self._encoder.max_tokens

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        if not texts:
            return self._encoder.encode(texts, kind)
        names = {text: self._name(text, kind) for text in texts}
        new = [text for text, name in names.items() if self._path(name) is None]
        # In parts, each kept when it is done: a run that is stopped goes on where it was.
        for begin in range(0, len(new), _PART):
            part = new[begin : begin + _PART]
            vectors = self._encoder.encode(part, kind)
            rows = [(names[text], row.tobytes()) for text, row in zip(part, vectors, strict=True)]
            with self._file:
                self._file.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        return np.stack([np.frombuffer(self._path(names[text]) or b"", "f4") for text in texts])

    def _name(self, text: str, kind: TextKind) -> str:
        return hashlib.sha256(f"{self.fingerprint}\0{kind}\0{text}".encode()).hexdigest()

    def _path(self, name: str) -> bytes | None:
        found = self._file.execute("SELECT vector FROM vectors WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None


def encoder(model: str | None, cache: Path) -> RememberingEncoder:
    """Return the default encoder, or that of a sentence-transformers name or folder."""
    return RememberingEncoder(SentenceTransformerEncoder(model), cache)


def rankings(
    pool: Pool, encode: RememberingEncoder, wanted: Collection[str] = OURS
) -> dict[str, Rankings]:
    """Rank the pool for all questions: "fused", and "dense", "lexical", "titled" where wanted.

    Only "titled" has the articles' titles, which the other systems do not see either.
    """
    questions = {key: check_question(text) for key, text in pool.questions.items()}
    # Many at once are quicker than one by one.
    encode.encode(list(questions.values()), "query")
    with TemporaryDirectory() as scratch:
        bare = Path(scratch, "bare")
        found = {"fused": _retrieve(pool, bare, questions, encode, titles=False)}
        if {"dense", "lexical"} & set(wanted):
            found["dense"], found["lexical"] = _sides(pool, bare, questions, encode)
        if "titled" in wanted:
            titled = Path(scratch, "titled")
            found["titled"] = _retrieve(pool, titled, questions, encode, titles=True)
    return found


def _retrieve(
    pool: Pool, folder: Path, questions: dict[str, str], encode: RememberingEncoder, *, titles: bool
) -> Rankings:
    """Make a collection of the pool in `folder`, and retrieve from it."""
    table = folder.with_suffix(".jsonl")
    with table.open("w", encoding="utf-8") as lines:
        for key, text in pool.paragraphs.items():
            row = {"article": pool.articles[key], "text": text}
            lines.write(json.dumps(row | ({"title": pool.titles[key]} if titles else {})) + "\n")
    with open_collection(folder, create=True, encoder=encode) as collection:
        collection.add(table, group_by="article")
        passages = {key: collection.retrieve(text, TOP) for key, text in questions.items()}
    with _snapshot(folder, encode) as (catalog, snapshot):
        places = {(uri, at): key for (_, uri, at), key in _names(catalog, snapshot, pool).items()}
    return {
        key: [places[item.article.uri, item.paragraph] for item in found]
        for key, found in passages.items()
    }


@contextmanager
def _snapshot(folder: Path, encode: Encoder) -> Iterator[tuple[Catalog, Snapshot]]:
    """Open a collection's catalog and indexes themselves."""
    database = open_database(folder, create=False)
    try:
        yield Catalog(database), Synchroniser(database, folder, encode).snapshot()
    finally:
        database.close()


def _names(catalog: Catalog, snapshot: Snapshot, pool: Pool) -> dict[tuple[int, str, int], str]:
    """Map (row in the catalog, article's URI, paragraph's number) to the pool's id.

    The paragraphs of an article are in the order of the file.
    """
    expected: dict[str, list[str]] = defaultdict(list)
    for key, article in pool.articles.items():
        expected[article].append(key)
    uris = {row: article.uri for row, article in catalog.articles().items()}
    rows = sorted(catalog.paragraphs(snapshot.table.ids.tolist()), key=lambda row: row.id)
    places: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for row in rows:
        if row.paragraph.role is Role.BODY:
            uri = uris[row.article_id]
            places[uri.rpartition("#")[2]].append((row.id, uri, row.paragraph.number))
    return {
        place: key
        for article, keys in expected.items()
        for place, key in zip(places[article], keys, strict=True)
    }


def _sides(
    pool: Pool, folder: Path, questions: dict[str, str], encode: Encoder
) -> tuple[Rankings, Rankings]:
    """Ask each of a collection's two indexes alone."""
    dense: Rankings = {}
    lexical: Rankings = {}
    with _snapshot(folder, encode) as (catalog, snapshot):
        names = {row: key for (row, _, _), key in _names(catalog, snapshot, pool).items()}
        for key, text in questions.items():
            (bare,) = analyse_many([text], encode, snapshot.languages)
            asked = with_near_terms(bare, snapshot.lexical)
            windows, _ = snapshot.dense.search(asked.vector, DEPTH)
            near = snapshot.window_paragraphs[np.searchsorted(snapshot.windows, windows)]
            dense[key] = [names[row] for row in dict.fromkeys(near.tolist())]
            rows, _ = snapshot.lexical.search(asked.terms, DEPTH, None, asked.weights)
            lexical[key] = [names[row] for row in rows.tolist()]
    return dense, lexical
