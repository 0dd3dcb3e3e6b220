"""The index of a collection in PostgreSQL, beside its catalog: pgvector, and our own terms.

`schema.sql` has the tables, which triggers keep in step with the catalog in the same transaction.
HNSW decides which chunks are near; their cosines, as all scores, are of the exact vectors, in 8
bits and a scale, so that rankings are those of the files (`index.store.local`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.database import Database
from corpus.catalog.rows import ParagraphTable, paragraph_table
from corpus.catalog.selection import Filters
from index.arrays import Floats, Ids
from index.fusion import Spread
from index.store.local import best_of_each
from index.store.postgres_terms import PostgresLexicon

FEW = 5_000
"""Chunks that are all compared with a question; of more, HNSW finds those that are near."""
_WIDEST = 1_000
"""Chunks that HNSW keeps in view, at most; `hnsw.iterative_scan` goes on from there."""

Sentences = Callable[[Sequence[int]], tuple[NDArray[np.int64], NDArray[np.float32]]]


class PostgresIndex:
    """A collection's index at one generation."""

    def __init__(
        self,
        database: Database,
        generation: int,
        languages: tuple[str, ...],
        spread: Spread | None,
        sentences: Sentences,
    ) -> None:
        """Take what was read at the generation; `sentences` as in `index.store.local`."""
        self.generation = generation
        self.languages = languages
        self.spread = spread
        self.lexical = PostgresLexicon(database)
        self._database = database
        self._sentences = sentences

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there are."""
        return self.lexical.paragraph_count

    def hold(self) -> AbstractContextManager[None]:
        """Keep what is asked in the block at one state of the collection."""
        return self._database.transaction(write=False)

    def select(self, filters: Filters) -> "PostgresSelection":
        """Return the paragraphs that meet filters."""
        return PostgresSelection(self._database, self.lexical, filters)

    def describe(self, paragraphs: Ids) -> ParagraphTable:
        """Return the rows of some paragraphs."""
        return paragraph_table(self._database, paragraphs.tolist())

    def cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its chunks; NaN where it has no vector."""
        return best_of_each(vector, paragraphs, *self._read_vectors("paragraph_id", paragraphs))

    def sentence_cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its sentences; NaN where it has none."""
        return best_of_each(vector, paragraphs, *self._sentences(paragraphs.tolist()))

    def nearest_vectors(self, vector: Floats, paragraphs: Sequence[int]) -> Floats:
        """Return the vector of each paragraph's chunk that is nearest to another vector."""
        found = np.zeros((len(paragraphs), len(vector)), dtype=np.float32)
        owners, vectors = self._read_vectors("paragraph_id", np.array(paragraphs, dtype=np.int64))
        for at, paragraph in enumerate(paragraphs):
            own = vectors[owners == paragraph]
            if len(own):
                found[at] = own[int((own @ vector).argmax())]
        return found

    def article_vectors(self, article: int) -> Floats:
        """Return the vectors of an article's chunks."""
        return self._read_vectors("article_id", np.array([article]))[1]

    def _read_vectors(self, column: str, wanted: Ids) -> tuple[Ids, Floats]:
        """Return the owners and the vectors of the chunks of some paragraphs or articles."""
        rows = self._database.all(
            f"SELECT {column} AS owner, scale, halfvec_send(near) AS numbers FROM chunks "  # noqa: S608
            f"WHERE {column} = ANY(CAST(? AS BIGINT[])) ORDER BY window_id",
            [wanted.tolist()],
        )
        return np.array([row["owner"] for row in rows], dtype=np.int64), read_vectors(rows)


class PostgresSelection:
    """The paragraphs of a collection that meet filters."""

    def __init__(self, database: Database, lexicon: PostgresLexicon, filters: Filters) -> None:
        """Take filters, which PostgreSQL looks at while it searches."""
        self._database = database
        self._lexicon = lexicon
        # Not `Filters.paragraphs`: a condition that looks at the row alone keeps the graph's order.
        conditions = ["role = ANY(CAST(? AS TEXT[]))"]
        self._values: list[object] = [list(map(str, filters.roles))]
        if filters.languages:
            conditions.append("language = ANY(CAST(? AS TEXT[]))")
            self._values.append(list(filters.languages))
        if "date" not in filters.without:
            # Said of the row too: partitions of other months are not looked at.
            for sign, day in ((">=", filters.since), ("<=", filters.until)):
                if day:
                    conditions.append(f"published {sign} ?")
                    self._values.append(day.isoformat())
        of_article, values = filters.articles_but_language()
        if values:
            conditions.append(f"article_id IN (SELECT id FROM articles WHERE {of_article})")  # noqa: S608
            self._values += values
        self._condition = " AND ".join(conditions)
        self._of_row = self._condition
        if values:
            # As a test of each row that comes, not as a join that would have to sort them.
            self._of_row = " AND ".join([*conditions[:-1], f"({conditions[-1]}) IS TRUE"])

    def find_near(self, vector: Floats, k: int) -> Ids:
        """Return the paragraph of each of the k nearest chunks, the nearest first."""
        with self._database.transaction(write=False):
            if self._are_many():
                found = self._search_graph(vector, k)
                if len(found) == k:
                    return found
            return self._compare_all(vector, k)

    def find_matching(
        self, questions: Mapping[str, Sequence[str]], k: int, weights: Mapping[str, float]
    ) -> Ids:
        """Return the k paragraphs with the largest BM25, the best first."""
        return self._lexicon.find_matching(questions, k, weights, self._condition, self._values)

    def _are_many(self) -> bool:
        sql = f"SELECT count(*) FROM (SELECT 1 FROM chunks WHERE {self._condition} LIMIT ?) AS few"  # noqa: S608
        return int(self._database.one(sql, [*self._values, FEW + 1])[0]) > FEW

    def _search_graph(self, vector: Floats, k: int) -> Ids:
        # Which of the near ones comes first is told by their exact scores, later.
        self._database.one(
            "SELECT set_config('hnsw.iterative_scan', 'relaxed_order', TRUE), "
            "set_config('hnsw.ef_search', ?, TRUE), set_config('enable_sort', 'off', TRUE)",
            [str(min(_WIDEST, 2 * k))],
        )
        found = self._run(
            f"SELECT paragraph_id FROM chunks WHERE {self._of_row} "  # noqa: S608
            f"ORDER BY {near_sql(len(vector))} LIMIT ?",
            [*self._values, vector.tolist(), k],
        )
        self._database.one("SELECT set_config('enable_sort', 'on', TRUE)")
        return found

    def _compare_all(self, vector: Floats, k: int) -> Ids:
        return self._run(
            "WITH chosen AS MATERIALIZED "  # noqa: S608
            f"(SELECT window_id, paragraph_id, near FROM chunks WHERE {self._condition}) "
            f"SELECT paragraph_id FROM chosen ORDER BY {near_sql(len(vector))}, window_id LIMIT ?",
            [*self._values, vector.tolist(), k],
        )

    def _run(self, sql: str, values: Sequence[object]) -> Ids:
        rows = self._database.all(sql, values)
        return np.array([row["paragraph_id"] for row in rows], dtype=np.int64)


def near_sql(dimension: int) -> str:
    """Return SQL for the distance of a chunk to a vector, as the HNSW index has it."""
    kind = f"HALFVEC({dimension})"
    return f"CAST(near AS {kind}) <=> CAST(CAST(? AS REAL[]) AS {kind})"


def read_vectors(rows: Sequence[Mapping[str, bytes]]) -> Floats:
    """Return the vectors of rows with `scale` and, as `numbers`, halfvec_send of `near`."""
    if not rows:
        return np.zeros((0, 1), dtype=np.float32)
    # Two numbers of two bytes come first: the dimension, and nothing.
    numbers = np.frombuffer(b"".join(row["numbers"] for row in rows), ">f2")
    scales = np.array([row["scale"] for row in rows], dtype=np.float32)
    return numbers.reshape(len(rows), -1)[:, 2:].astype(np.float32) * scales[:, None]
