"""Sentences of paragraphs and their embeddings, kept in the catalog beside those of windows.

They are looked up for the paragraphs that a search has found already, so no index holds
them: a collection has five times as many sentences as paragraphs.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.articles import ParagraphRow, paragraph_rows
from corpus.catalog.database import Database
from corpus.catalog.embeddings import in_context
from corpus.catalog.integrity import check_row, lost, text_hash


class SentenceStore:
    """The sentences of one catalog; a paragraph of a single sentence has none of its own."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database

    def undivided(self, limit: int) -> list[ParagraphRow]:
        """Return up to `limit` paragraphs that were not divided into sentences yet."""
        rows = self._database.all(
            "SELECT id FROM paragraphs WHERE in_sentences = 0 LIMIT ?", (limit,)
        )
        return list(paragraph_rows(self._database, [row["id"] for row in rows]))

    def put(self, divided: Iterable[tuple[ParagraphRow, Sequence[tuple[int, int]]]]) -> None:
        """Store the (start, end) of each paragraph's sentences, as offsets into the paragraph."""
        with self._database.transaction():
            for row, spans in divided:
                self._database.run_many(
                    'INSERT INTO sentences (paragraph_id, start, "end", text_hash) '
                    "VALUES (?, ?, ?, ?)",
                    [
                        (row.id, start, end, text_hash(in_context(row.title, row.text[start:end])))
                        for start, end in spans
                    ],
                )
                self._database.run("UPDATE paragraphs SET in_sentences = 1 WHERE id = ?", (row.id,))

    def forget(self) -> None:
        """Have all paragraphs divided anew; embeddings stay."""
        with self._database.transaction():
            self._database.run("DELETE FROM sentences")
            self._database.run("UPDATE paragraphs SET in_sentences = 0")

    def unembedded(self, model: str) -> list[int]:
        """Return a sentence's id for each text that this model has not embedded, oldest first."""
        rows = self._database.all(
            "SELECT min(id) AS id FROM sentences WHERE NOT EXISTS (SELECT 1 FROM embeddings WHERE "
            "embeddings.text_hash = sentences.text_hash AND model = ?) GROUP BY text_hash "
            "ORDER BY 1",
            (model,),
        )
        return [row["id"] for row in rows]

    def is_complete(self, model: str) -> bool:
        """Tell whether all paragraphs are divided and this model has embedded their sentences."""
        row = self._database.one("SELECT 1 FROM paragraphs WHERE in_sentences = 0 LIMIT 1")
        return row is None and not self.unembedded(model)

    def texts(self, sentence_ids: Sequence[int]) -> list[str]:
        """Return what is embedded of each sentence, its article's title included, in any order."""
        rows = self._database.by_ids(
            "SELECT title, substr(text, paragraphs.start + sentences.start + 1, "
            'sentences."end" - sentences.start) AS body FROM sentences '
            "JOIN paragraphs ON paragraphs.id = paragraph_id "
            "JOIN articles ON articles.id = article_id WHERE sentences.id IN",
            sentence_ids,
        )
        return [in_context(row["title"], row["body"]) for row in rows]

    def vectors(
        self, model: str, sealed: int, paragraph_ids: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the vectors of these paragraphs' sentences.

        Args:
            model: the fingerprint of the model that made them.
            sealed: the sentence's id up to which all were embedded (`corpus.catalog.seal`).
            paragraph_ids: the paragraphs.

        Returns:
            The paragraph of each vector, shape (n,), and the vectors, shape (n, dimension);
            sentences that are not embedded yet are left out.

        Raises:
            CollectionDamaged: a vector has changed on the disk, or was there and is not.
        """
        rows = []
        for row in self._database.by_ids(
            "SELECT sentences.id, paragraph_id, sentences.text_hash, model, vector, "
            "embeddings.row_hash FROM sentences LEFT JOIN embeddings ON "
            "embeddings.text_hash = sentences.text_hash AND model = ? WHERE paragraph_id IN",
            paragraph_ids,
            (model,),
        ):
            if row["vector"] is not None:
                check_row("embeddings", row, "A sentence's embedding")
                rows.append(row)
            elif row["id"] <= sealed:
                raise lost("The embedding of a sentence")
        paragraphs = np.array([row["paragraph_id"] for row in rows], dtype=np.int64)
        joined = np.frombuffer(b"".join(row["vector"] for row in rows), "<f4")
        return paragraphs, joined.reshape(len(rows), -1 if len(rows) else 0)
