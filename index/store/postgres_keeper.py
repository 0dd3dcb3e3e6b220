"""The tables of `schema.sql` made, filled with terms, and put together from time to time."""

import re
from collections.abc import Sequence
from functools import partial
from importlib import resources
from threading import RLock
from typing import Any

import numpy as np

from corpus.catalog.embeddings import Seal, is_linked
from corpus.catalog.sql.postgres_database import PostgresDatabase
from corpus.errors import CollectionUnavailable
from index.analysis import VERSION
from index.encoder import Encoder
from index.fusion import Moments
from index.store.keeper import BuildProgress, IndexKeeper, TextWorkers
from index.store.postgres import FEW, PostgresIndex, read_vectors
from index.store.postgres_terms import fold_counts, write_terms

SCHEMA_SETTING = "search_schema"
SCHEMA_VERSION = "1"
ANALYSIS_SETTING = "search_analysis"
OLDEST_VECTORS = (0, 8)
"""pgvector 0.8 goes on searching where filters leave too little of what it found."""
_GRAPH = "chunks_near"
_MANY_CHANGES = 20_000
_LANGUAGES = """
WITH RECURSIVE found AS (
    (SELECT language FROM paragraphs ORDER BY language LIMIT 1)
    UNION ALL SELECT (SELECT p.language FROM paragraphs AS p WHERE p.language > found.language
        ORDER BY p.language LIMIT 1) FROM found WHERE language IS NOT NULL
) SELECT language FROM found WHERE language IS NOT NULL
"""
"""A look into the index for each language, not at each paragraph."""
_CHANGES = "sign, scale, halfvec_send(near) AS numbers"
_TAKE_CHANGES = (
    "DELETE FROM vector_changes WHERE id IN (SELECT id FROM vector_changes ORDER BY id LIMIT ?) "  # noqa: S608
    f"RETURNING {_CHANGES}"
)


def prepare_search(database: PostgresDatabase) -> bool:
    """Make the tables for search beside a catalog that has none, and fill them.

    Returns:
        Whether they were filled now; the caller then calls `PostgresKeeper.tidy`.

    Raises:
        CollectionUnavailable: the database has no pgvector.

    From then on terms are written before each commit, and whatever is committed can be found.
    """
    filled = {SCHEMA_SETTING: SCHEMA_VERSION, ANALYSIS_SETTING: str(VERSION)}
    is_new = any(database.setting(name) != value for name, value in filled.items())
    if is_new:
        with database.transaction():
            database.lock(b"search")
            if database.setting(SCHEMA_SETTING) is None:
                _see_vectors(database)
                script = resources.files("index.store") / "schema.sql"
                database.run_script(script.read_text("utf-8"))
                database.set_setting(SCHEMA_SETTING, SCHEMA_VERSION)
            elif database.setting(ANALYSIS_SETTING) != str(VERSION):
                database.run("DELETE FROM paragraph_terms")
                database.run("DELETE FROM term_counts")
                database.run(
                    "INSERT INTO without_terms SELECT id FROM paragraphs ON CONFLICT DO NOTHING"
                )
            database.set_setting(ANALYSIS_SETTING, str(VERSION))
            write_terms(database)
    database.before_commit = partial(write_terms, database)
    return is_new


def _see_vectors(database: PostgresDatabase) -> None:
    row = database.one("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
    version = tuple(map(int, re.findall(r"\d+", row[0])[:2])) if row else (0,)
    # Where it lies in a schema that is not looked at, there is one, and no type of its name.
    if version < OLDEST_VECTORS or database.one("SELECT to_regtype('halfvec')")[0] is None:
        raise CollectionUnavailable(
            "The database of {address} has no vectors, or pgvector is too old. Have its "
            "administrator install pgvector 0.8 or later and run there: CREATE EXTENSION vector "
            "SCHEMA public, or ALTER EXTENSION vector UPDATE.",
            address=database.address,
        )


class PostgresKeeper(IndexKeeper):
    """Keeps the index of a collection in PostgreSQL; several processes may, at once."""

    def __init__(self, database: PostgresDatabase, encoder: Encoder) -> None:
        """Take a catalog for which `prepare_search` was called."""
        super().__init__(database, encoder)
        self._lock = RLock()
        self._index: PostgresIndex | None = None
        self._sums: tuple[int, Moments | None] = (0, None)
        """The version of vector_sums that was read last, and what it held."""

    def snapshot(self) -> PostgresIndex:
        """Return the index at the catalog's present generation."""
        with self._database.transaction(write=False), self._lock:
            generation = self._database.generation
            if self._index is None or self._index.generation != generation:
                self.check_model()
                model = self._encoder.fingerprint
                self._index = PostgresIndex(
                    self._database,
                    generation,
                    tuple(row["language"] for row in self._database.all(_LANGUAGES)),
                    self._spread(self._moments(), Seal()),
                    partial(self._store.sentence_vectors, model, 0),
                )
            return self._index

    @property
    def generation(self) -> int | None:
        """The generation of the index that is open; None before the first `snapshot`."""
        found = self._index
        return None if found is None else found.generation

    def embed(
        self, progress: BuildProgress | None = None, workers: TextWorkers | None = None
    ) -> int:
        """Divide new paragraphs and embed what is not embedded; see `IndexKeeper.embed`."""

        def fold(done: int, total: int) -> None:
            if self._count_changes() >= _MANY_CHANGES:
                self.tidy()
            if progress is not None:
                progress(done, total)

        return super().embed(fold, workers)

    def adopt_model(self) -> None:
        """Make the encoder's model the collection's; the caller then calls `embed`."""
        with self._database.transaction():
            if not is_linked(self._database, self._encoder.fingerprint):
                # Its vectors may have another dimension, and are not added to others.
                self._database.run(f"DROP INDEX IF EXISTS {_GRAPH}")
                for table in ("chunks", "vector_changes", "vector_sums"):
                    self._database.run(f"DELETE FROM {table}")  # noqa: S608
            super().adopt_model()

    def tidy(self) -> None:
        """Add up what came and went; make the graph where there are enough vectors for one."""
        self._database.retry(self._fold_counts)
        while self._database.retry(self._fold_vectors) == _MANY_CHANGES:
            pass
        self._database.retry(self._make_graph)

    def _fold_counts(self) -> None:
        with self._database.transaction():
            self._database.lock(b"search")
            fold_counts(self._database)

    def _note_complete(self) -> None:
        """Note nothing: others may be adding meanwhile, and the server watches over its pages."""

    def _count_changes(self) -> int:
        sql = "SELECT count(*) FROM (SELECT FROM vector_changes LIMIT ?) AS few"
        return int(self._database.one(sql, [_MANY_CHANGES])[0])

    def _moments(self) -> Moments | None:
        row = self._database.one("SELECT version FROM vector_sums")
        version = 0 if row is None else row["version"]
        if version != self._sums[0]:
            self._sums = version, self._read_sums()
        base = self._sums[1] if version else None
        return add_up(base, self._database.all(f"SELECT {_CHANGES} FROM vector_changes"))  # noqa: S608

    def _read_sums(self) -> Moments | None:
        row = self._database.one("SELECT count, total, products FROM vector_sums")
        if row is None:
            return None
        total = np.frombuffer(row["total"], "<f8")
        products = np.frombuffer(row["products"], "<f8").reshape(len(total), len(total))
        return Moments(row["count"], total, products)

    def _fold_vectors(self) -> int:
        """Add up the oldest changes; return how many they were."""
        with self._database.transaction():
            self._database.lock(b"search")
            row = self._database.one("SELECT version FROM vector_sums")
            changes = self._database.all(_TAKE_CHANGES, [_MANY_CHANGES])
            if not changes:
                return 0
            moments = add_up(self._read_sums(), changes) or Moments.none(1)
            self._database.run("DELETE FROM vector_sums")
            self._database.run(
                "INSERT INTO vector_sums (count, total, products, version) VALUES (?, ?, ?, ?)",
                [
                    moments.count,
                    moments.total.astype("<f8").tobytes(),
                    moments.products.astype("<f8").tobytes(),
                    1 if row is None else row["version"] + 1,
                ],
            )
            return len(changes)

    def _make_graph(self) -> None:
        sql = "SELECT count(*) FROM (SELECT 1 FROM chunks LIMIT ?) AS few"
        if int(self._database.one(sql, [FEW + 1])[0]) <= FEW:
            return
        if self._database.one("SELECT to_regclass(?)::TEXT", [_GRAPH])[0] is not None:
            return
        dimension = self._database.one("SELECT vector_dims(near) FROM chunks LIMIT 1")[0]
        with self._database.transaction():
            self._database.lock(b"search")
            self._database.run(
                f"CREATE INDEX IF NOT EXISTS {_GRAPH} ON chunks USING hnsw "
                f"((CAST(near AS HALFVEC({dimension}))) halfvec_cosine_ops)"
            )


def add_up(base: Moments | None, changes: Sequence[Any]) -> Moments | None:
    """Return the sums over vectors after changes; None where there are none left."""
    if changes:
        vectors = read_vectors(changes)
        signs = np.array([row["sign"] for row in changes])
        known = base if base is not None and base.count else Moments.none(vectors.shape[1])
        base = known.plus(vectors[signs > 0]).plus(vectors[signs < 0], -1)
    return base if base is not None and base.count else None
