"""article-qa itself, through the same calls that its users make.

The pool becomes a collection, one article for each value of `article`. "fused" is
what `Collection.retrieve` returns; "dense" and "lexical" are the two indexes that
it asks, with the question analysed as it does.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.data import Pool
from corpus.article import Role
from corpus.catalog import Catalog
from corpus.database import open_database
from index.encoder import Encoder, Kind, SentenceTransformerEncoder
from index.search import analysed, checked_question
from index.sync import Snapshot, Synchroniser
from qa import open_collection

DEPTH = 100
"""How deep the two sides are read; rank fusion sees no further."""
TOP = 10
"""How many passages are retrieved."""

Ranking = list[str]
Rankings = dict[str, Ranking]
"""Question -> paragraphs, the best first."""


class RememberingEncoder:
    """An encoder that embeds many texts at once, before they are asked for, and keeps them."""

    def __init__(self, encoder: Encoder, cache: Path) -> None:
        """Wrap `encoder`, and keep its vectors below `cache`."""
        self._encoder = encoder
        self._cache = cache
        self._known: dict[tuple[str, Kind], NDArray[np.float32]] = {}

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        return self._encoder.max_tokens

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if (text, kind) not in self._known]
        if new or not texts:
            vectors = self._encoder.encode(new, kind)
            if not texts:
                return vectors
            self._known.update(zip(((text, kind) for text in new), vectors, strict=True))
        return np.stack([self._known[text, kind] for text in texts])

    def prepare(self, texts: Iterable[str], kind: Kind) -> None:
        """Embed texts, or read their vectors where that was done before."""
        wanted = sorted(set(texts))
        name = hashlib.sha256("\0".join([self.fingerprint, *wanted]).encode()).hexdigest()[:16]
        path = self._cache / f"{kind}-{name}.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, self._encoder.encode(wanted, kind))
        self._known.update(zip(((text, kind) for text in wanted), np.load(path), strict=True))


def encoder(model: str | None, cache: Path) -> RememberingEncoder:
    """Return the default encoder, or that of a sentence-transformers name or folder."""
    return RememberingEncoder(SentenceTransformerEncoder(model), cache)


def rankings(
    pool: Pool, paragraphs_file: Path, encode: RememberingEncoder, cache: Path
) -> dict[str, Rankings]:
    """Rank the pool for all questions: "dense", "lexical" and "fused"."""
    questions = {key: checked_question(text) for key, text in pool.questions.items()}
    encode.prepare(questions.values(), "query")
    encode.prepare(pool.paragraphs.values(), "document")
    folder = cache / f"{pool.name}-{encode.fingerprint}"
    with open_collection(folder, create=True, encoder=encode) as collection:
        collection.add(paragraphs_file, group_by="article")
        fused = {key: collection.retrieve(text, TOP) for key, text in questions.items()}
    database = open_database(folder, create=False)
    try:
        snapshot = Synchroniser(database, folder, encode).snapshot()
        names = _names(Catalog(database), snapshot, pool)
        by_place = {(uri, number): key for (_, uri, number), key in names.items()}
        by_row = {row: key for (row, _, _), key in names.items()}
        dense, lexical = _sides(snapshot, questions, encode)
    finally:
        database.close()
    return {
        "dense": {key: [by_row[row] for row in rows] for key, rows in dense.items()},
        "lexical": {key: [by_row[row] for row in rows] for key, rows in lexical.items()},
        "fused": {
            key: [by_place[found.article.uri, found.paragraph] for found in passages]
            for key, passages in fused.items()
        },
    }


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
    snapshot: Snapshot, questions: dict[str, str], encode: Encoder
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Ask each of the two indexes alone; returns rows of the catalog."""
    dense, lexical = {}, {}
    for key, text in questions.items():
        asked = analysed(text, encode, snapshot.languages)
        windows, _ = snapshot.dense.search(asked.vector, DEPTH)
        near = snapshot.window_paragraphs[np.searchsorted(snapshot.windows, windows)]
        dense[key] = list(dict.fromkeys(near.tolist()))
        found, _ = snapshot.lexical.search(asked.terms, DEPTH, None, asked.weights)
        lexical[key] = found.tolist()
    return dense, lexical
