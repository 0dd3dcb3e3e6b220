"""Windows of paragraphs and their embeddings, kept in the catalog.

An embedding is kept under the hash of the exact text that the encoder saw and
the encoder's fingerprint, so that no text is embedded twice by one model: not
when an article is moved, corrected or added again, and not when an index is
rebuilt.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.article import ANSWERING_ROLES
from corpus.catalog.articles import ParagraphRow, paragraph_rows
from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, damaged, mismatch_sql, text_hash

MAX_TITLE = 200
"""Characters of a title that are embedded; what follows would crowd the text out."""


def in_context(title: str, text: str) -> str:
    r"""Return a stretch of an article as it is embedded: after the article's title.

    A paragraph of a news article says "the railway" where its title says which one. On the
    sample articles title and heading are worth 15 points of recall@1 (docs/experiments.md).

    >>> in_context("Sturm in Bad Lauten", "Die Bahn steht.")
    'Sturm in Bad Lauten\nDie Bahn steht.'
    """
    return f"{title[:MAX_TITLE]}\n{text}" if title else text


class EmbeddingStore:
    """The windows and embeddings of one catalog."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database

    def unwindowed(self, limit: int) -> list[ParagraphRow]:
        """Return up to `limit` paragraphs that were not divided into windows yet."""
        rows = self._database.all("SELECT id FROM paragraphs WHERE windowed = 0 LIMIT ?", (limit,))
        return list(paragraph_rows(self._database, [row["id"] for row in rows]))

    def put_windows(
        self, windows: Iterable[tuple[ParagraphRow, Sequence[tuple[int, int]]]]
    ) -> None:
        """Store the (start, end) of each paragraph's windows, as offsets into the paragraph."""
        with self._database.transaction():
            for row, spans in windows:
                self._database.run_many(
                    'INSERT INTO windows (paragraph_id, start, "end", text_hash) '
                    "VALUES (?, ?, ?, ?)",
                    [
                        (row.id, start, end, text_hash(in_context(row.title, row.text[start:end])))
                        for start, end in spans
                    ],
                )
                self._database.run("UPDATE paragraphs SET windowed = 1 WHERE id = ?", (row.id,))
            self._database.raise_generation()

    def forget_windows(self) -> None:
        """Have all paragraphs divided anew, for a model that reads more; embeddings stay."""
        with self._database.transaction():
            self._database.run("DELETE FROM windows")
            self._database.run("UPDATE paragraphs SET windowed = 0")
            self._database.raise_generation()

    def unembedded(self, model: str) -> list[int]:
        """Return a window id for each text that this model has not embedded, oldest first."""
        rows = self._database.all(
            "SELECT min(id) AS id FROM windows WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE "
            "embeddings.text_hash = windows.text_hash AND model = ?) GROUP BY text_hash ORDER BY 1",
            (model,),
        )
        return [row["id"] for row in rows]

    def window_texts(self, window_ids: Sequence[int]) -> dict[int, str]:
        """Return what is embedded of each window, its article's title included, by window id."""
        rows = self._database.by_ids(
            "SELECT windows.id, title, substr(text, paragraphs.start + windows.start + 1, "
            'windows."end" - windows.start) AS body FROM windows '
            "JOIN paragraphs ON paragraphs.id = paragraph_id "
            "JOIN articles ON articles.id = article_id WHERE windows.id IN",
            window_ids,
        )
        return {row["id"]: in_context(row["title"], row["body"]) for row in rows}

    def unknown(self, model: str, texts: Sequence[str]) -> list[str]:
        """Return those of some texts that this model has not embedded."""
        known = self.known(model, texts)
        return [text for text in texts if text not in known]

    def vectors_of(self, model: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of those texts that this model has embedded, one in a row."""
        known = self.known(model, texts)
        return np.array([known[text] for text in texts if text in known], dtype=np.float32)

    def known(self, model: str, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors, each of shape (dimension,), of those texts that have one."""
        found = {}
        for text in dict.fromkeys(texts):
            rows = self._database.all(
                "SELECT * FROM embeddings WHERE text_hash = ? AND model = ?",
                (text_hash(text), model),
            )
            if rows:
                check_row("embeddings", rows[0], "An embedding")
                found[text] = np.frombuffer(rows[0]["vector"], "<f4")
        return found

    def put(self, model: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store vectors of shape (len(texts), dimension), made by the model of that fingerprint."""
        rows = [
            (text_hash(text), model, vector.astype("<f4").tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        if not rows:
            return
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR REPLACE INTO embeddings (text_hash, model, vector) VALUES (?, ?, ?)",
                rows,
            )
            self._database.raise_generation()

    def embedded_windows(self, model: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ids of embedded windows, ascending, and the ids of their paragraphs."""
        rows = self._database.all(
            "SELECT windows.id, paragraph_id FROM windows JOIN embeddings USING (text_hash) "
            "WHERE model = ? ORDER BY windows.id",
            (model,),
        )
        pairs = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def vectors(self, model: str, window_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the windows' vectors, each of shape (dimension,), by window id."""
        rows = self._database.by_ids(
            "SELECT windows.id, text_hash, model, vector, embeddings.row_hash FROM windows "
            "JOIN embeddings USING (text_hash) WHERE model = ? AND windows.id IN",
            window_ids,
            (model,),
        )
        found = {}
        for row in rows:
            check_row("embeddings", row, "An embedding")
            found[row["id"]] = np.frombuffer(row["vector"], "<f4")
        return found

    def check_windows(self) -> None:
        """See that the rows that say which window is of which paragraph are as written.

        Raises:
            CollectionDamaged: one is not.
        """
        row = self._database.one(
            f"SELECT paragraph_id FROM windows WHERE {mismatch_sql('windows')} LIMIT 1"  # noqa: S608
        )
        if row is not None:
            raise damaged(f"A window of paragraph {row['paragraph_id']}")

    def embedded_count(self, model: str) -> int:
        """Return how many windows have an embedding by this model."""
        row = self._database.one(
            "SELECT count(*) FROM windows JOIN embeddings USING (text_hash) WHERE model = ?",
            (model,),
        )
        return int(row[0])

    def missing_paragraphs(self, model: str) -> int:
        """Return how many paragraphs that answer are not embedded whole by this model."""
        roles = sorted(map(str, ANSWERING_ROLES))
        row = self._database.one(
            f"SELECT count(*) FROM paragraphs WHERE role IN ({','.join('?' * len(roles))}) AND "  # noqa: S608
            "(windowed = 0 OR id IN (SELECT paragraph_id FROM windows WHERE NOT EXISTS (SELECT 1 "
            "FROM embeddings WHERE embeddings.text_hash = windows.text_hash AND model = ?)))",
            (*roles, model),
        )
        return int(row[0])

    def unwindowed_count(self) -> int:
        """Return how many paragraphs were not divided into windows yet."""
        row = self._database.one("SELECT count(*) FROM paragraphs WHERE windowed = 0")
        return int(row[0])
