"""Windows and sentences of paragraphs and their embeddings, kept in the catalog.

An embedding is kept under the hash of the exact text that the encoder saw and
the encoder's fingerprint, so that no text is embedded twice by one model: not
when an article is moved, corrected or added again, and not when an index is
rebuilt. Sentences are looked up for the paragraphs that a search has found already,
so no index holds them: a collection has five times as many sentences as paragraphs.

A row that is damaged says so by its hash; one that SQLite can no longer look up, because a
block of the file was zeroed, says nothing. Ids are never used twice, so that the largest id
of windows and of sentences at the end of embedding, the seal, is all that has to be kept: an
embedding that is missing below it was lost, and is not waited for.

Windows and sentences name their embedding by number, those of one model at a time, so that
what is not embedded yet is found without a look at the rest.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, damage_error, loss_error, text_hash
from corpus.catalog.rows import ParagraphRow, paragraph_rows
from corpus.catalog.sql.store import with_retry
from corpus.errors import CollectionDamaged, ErrorText
from corpus.vector_codes import decode_rows, decode_vectors, encode_vectors, rows_of

MAX_TITLE = 200
"""Characters of a title that are embedded; what follows would crowd the text out."""

SEAL_SETTING = "embedded_through"
LINKED_SETTING = "linked"
"""The model whose embeddings windows and sentences name by number."""
_TABLES = ("windows", "sentences")
_LINK = (
    "(SELECT id FROM embeddings WHERE text_hash = {} "
    "AND model = (SELECT value FROM meta WHERE key = 'linked') ORDER BY id LIMIT 1)"
)
"""SQL for the number of a text's embedding."""


def in_context(title: str, text: str) -> str:
    r"""Return a stretch of an article as it is embedded: after the article's title.

    A paragraph of a news article says "the railway" where its title says which one. On the
    sample articles title and heading are worth 15 points of recall@1 (docs/experiments.md).

    >>> in_context("Sturm in Bad Lauten", "Die Bahn steht.")
    'Sturm in Bad Lauten\nDie Bahn steht.'
    """
    return f"{title[:MAX_TITLE]}\n{text}" if title else text


class Stretches:
    """The windows, or the sentences, that the paragraphs of one catalog are divided into."""

    def __init__(self, database: Database, kind: Literal["windows", "sentences"]) -> None:
        """Name the table; a paragraph of a single sentence has no sentences of its own."""
        self._database = database
        self._table = kind
        self._done = {"windows": "windowed", "sentences": "in_sentences"}[kind]

    def find_undivided(self, limit: int) -> list[ParagraphRow]:
        """Return up to `limit` paragraphs that were not divided yet."""
        rows = self._database.all(
            f"SELECT id FROM paragraphs WHERE {self._done} = 0 LIMIT ?",  # noqa: S608
            (limit,),
        )
        return list(paragraph_rows(self._database, [row["id"] for row in rows]))

    def count_undivided(self) -> int:
        """Return how many paragraphs were not divided yet."""
        sql = f"SELECT count(*) FROM paragraphs WHERE {self._done} = 0"  # noqa: S608
        return int(self._database.one(sql)[0])

    def put(self, divided: Iterable[tuple[ParagraphRow, Sequence[tuple[int, int]]]]) -> None:
        """Store the (start, end) of each paragraph's stretches, as offsets into the paragraph."""
        self._put_all(list(divided))

    @with_retry
    def _put_all(self, divided: Sequence[tuple[ParagraphRow, Sequence[tuple[int, int]]]]) -> None:
        with self._database.transaction():
            for row, spans in divided:
                # Another writer may have been faster, or have removed it.
                if not self._database.run(
                    f"UPDATE paragraphs SET {self._done} = 1 WHERE id = ? AND {self._done} = 0",  # noqa: S608
                    (row.id,),
                ):
                    continue
                self._database.run_many(
                    f"INSERT INTO {self._table} "  # noqa: S608
                    '(paragraph_id, start, "end", text_hash, embedding_id) '
                    f"VALUES (?1, ?2, ?3, ?4, {_LINK.format('?4')})",
                    [
                        (row.id, start, end, text_hash(in_context(row.title, row.text[start:end])))
                        for start, end in spans
                    ],
                )
            self._database.raise_generation()

    def forget(self) -> None:
        """Have all paragraphs divided anew, for a model that reads more; embeddings stay."""
        with self._database.transaction():
            self._database.run(f"DELETE FROM {self._table}")  # noqa: S608
            self._database.run(f"UPDATE paragraphs SET {self._done} = 0")  # noqa: S608
            self._database.raise_generation()

    def find_unembedded(self, model: str) -> list[int]:
        """Return an id for each text that this model has not embedded, oldest first."""
        if is_linked(self._database, model):
            condition, values = "embedding_id IS NULL", []
        else:
            condition = (
                "NOT EXISTS (SELECT 1 FROM embeddings "
                "WHERE embeddings.text_hash = wanted.text_hash AND model = ?)"
            )
            values = [model]
        rows = self._database.all(
            f"SELECT min(id) AS id FROM {self._table} AS wanted WHERE {condition} "  # noqa: S608
            "GROUP BY text_hash ORDER BY 1",
            values,
        )
        return [row["id"] for row in rows]

    def is_complete(self, model: str) -> bool:
        """Tell whether all paragraphs are divided and this model has embedded all of it."""
        return not self.count_undivided() and not self.find_unembedded(model)

    def texts(self, ids: Sequence[int]) -> dict[int, str]:
        """Return what is embedded of each, its article's title included, by id."""
        rows = self._database.by_ids(
            "SELECT wanted.id, title, substr(text, paragraphs.start + wanted.start + 1, "  # noqa: S608
            f'wanted."end" - wanted.start) AS body FROM {self._table} AS wanted '
            "JOIN paragraphs ON paragraphs.id = paragraph_id "
            "JOIN articles ON articles.id = article_id WHERE wanted.id IN",
            ids,
        )
        return {row["id"]: in_context(row["title"], row["body"]) for row in rows}


class EmbeddingStore:
    """The embeddings of one catalog, and what they are of."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database
        self.windows = Stretches(database, "windows")
        self.sentences = Stretches(database, "sentences")

    def find_unknown(self, model: str, texts: Sequence[str]) -> list[str]:
        """Return those of some texts that this model has not embedded."""
        known = self.look_up(model, texts)
        return [text for text in texts if text not in known]

    def vectors_of(self, model: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of those texts that this model has embedded, one in a row."""
        known = self.look_up(model, texts)
        return np.array([known[text] for text in texts if text in known], dtype=np.float32)

    def look_up(self, model: str, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors, each of shape (dimension,), of those texts that have one."""
        found = {}
        for text in dict.fromkeys(texts):
            row = self._database.one(
                "SELECT * FROM embeddings WHERE text_hash = ? AND model = ?",
                (text_hash(text), model),
            )
            if row is not None:
                check_row("embeddings", row, "An embedding")
                found[text] = row["vector"]
        vectors = decode_vectors(list(found.values()))
        return dict(zip(found, vectors, strict=True))

    @with_retry
    def put(self, model: str, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store vectors of shape (len(texts), dimension), made by the model of that fingerprint."""
        if not texts:
            return
        with self._database.transaction():
            if self._database.setting(LINKED_SETTING) is None:
                link_embeddings(self._database, model)
            linked = is_linked(self._database, model)
            for text, code in zip(texts, encode_vectors(vectors), strict=True):
                self._put(text_hash(text), model, code, linked=linked)
            self._database.raise_generation()

    def _put(self, name: bytes, model: str, code: bytes, *, linked: bool) -> None:
        row = self._database.one(
            "SELECT id FROM embeddings WHERE text_hash = ? AND model = ?", (name, model)
        )
        if row is not None:
            number = row["id"]
            self._database.run("UPDATE embeddings SET vector = ? WHERE id = ?", (code, number))
        else:
            number = self._database.insert(
                "INSERT INTO embeddings (text_hash, model, vector) VALUES (?, ?, ?)",
                (name, model, code),
            )
        for table in _TABLES if linked else ():
            self._database.run(
                f"UPDATE {table} SET embedding_id = ? "  # noqa: S608
                "WHERE text_hash = ? AND embedding_id IS NULL",
                (number, name),
            )

    def embedded_windows(
        self, model: str, paragraphs: Sequence[int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ids of embedded windows, ascending, and the ids of their paragraphs.

        Args:
            model: whose embeddings they have.
            paragraphs: the windows of these alone, each row compared with its hash; or of all.

        Raises:
            CollectionDamaged: a row has changed on the disk.
        """
        if not is_linked(self._database, model):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        select = "SELECT * FROM windows WHERE embedding_id IS NOT NULL"
        if paragraphs is None:
            rows = self._database.all(
                "SELECT id, paragraph_id FROM windows WHERE embedding_id IS NOT NULL ORDER BY id"
            )
        else:
            rows = list(self._database.by_ids(f"{select} AND paragraph_id IN", paragraphs))
            for row in rows:
                check_row("windows", row, _window_name(row["paragraph_id"]))
            rows.sort(key=lambda row: int(row["id"]))
        pairs = np.array([(row["id"], row["paragraph_id"]) for row in rows], dtype=np.int64)
        pairs = pairs.reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def codes(self, model: str, window_ids: Sequence[int]) -> NDArray[np.void]:
        """Return the windows' vectors as they are stored, in the order of their ids.

        Args:
            model: that made them.
            window_ids: ascending; all of them embedded.

        Returns:
            An array of `corpus.vector_codes.row_type`.

        Raises:
            CollectionDamaged: one has changed on the disk, or was there and is not.
        """
        found: dict[int, bytes] = {}
        for row in self._database.by_ids(
            "SELECT windows.id, windows.text_hash AS name, embeddings.text_hash, model, vector, "
            "embeddings.row_hash FROM windows JOIN embeddings ON embeddings.id = embedding_id "
            "WHERE model = ? AND windows.id IN",
            window_ids,
            (model,),
        ):
            check_row("embeddings", row, "An embedding")
            if row["name"] != row["text_hash"]:
                raise damage_error("An embedding")
            found[row["id"]] = row["vector"]
        if len(found) < len(window_ids):
            raise _loss(len(window_ids) - len(found))
        return rows_of([found[item] for item in window_ids])

    def vectors(self, model: str, window_ids: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Return the windows' vectors, each of shape (dimension,), by window id.

        Raises:
            CollectionDamaged: one has changed on the disk, or was there and is not.
        """
        return dict(zip(window_ids, decode_rows(self.codes(model, window_ids)), strict=True))

    def check_windows(self) -> None:
        """See that the rows that say which window is of which paragraph are as written.

        Raises:
            CollectionDamaged: one is not.
        """
        row = self._database.one(
            "SELECT paragraph_id FROM windows "  # noqa: S608
            f"WHERE {self._database.mismatch_sql('windows')} LIMIT 1"
        )
        if row is not None:
            raise damage_error(_window_name(row["paragraph_id"]))

    def count_embedded(self, model: str) -> int:
        """Return how many windows have an embedding by this model."""
        if not is_linked(self._database, model):
            return 0
        row = self._database.one(
            "SELECT number - (SELECT count(*) FROM windows WHERE embedding_id IS NULL) "
            "FROM counts WHERE facet = 'windows'"
        )
        return int(row[0])

    def sentence_vectors(
        self, model: str, sealed: int, paragraph_ids: Sequence[int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the vectors of these paragraphs' sentences.

        Args:
            model: the fingerprint of the model that made them.
            sealed: the sentence's id up to which all were embedded (`corpus.catalog.embeddings`).
            paragraph_ids: the paragraphs.

        Returns:
            The paragraph of each vector, shape (n,), and the vectors, shape (n, dimension);
            sentences that are not embedded yet are left out.

        Raises:
            CollectionDamaged: a vector has changed on the disk, or was there and is not.
        """
        rows = []
        asked = set(paragraph_ids)
        name_of_model, hashed = model.encode(), self._database.hashes_rows
        for row in self._database.by_ids(
            "SELECT sentences.id, paragraph_id, embedding_id, sentences.text_hash AS name, "
            "embeddings.text_hash, model, vector, embeddings.row_hash FROM sentences "
            "LEFT JOIN embeddings ON embeddings.id = embedding_id AND model = ? "
            "WHERE paragraph_id IN",
            paragraph_ids,
            (model,),
        ):
            if row["paragraph_id"] not in asked:
                # The index of the table knew it by another number.
                raise damage_error("A sentence")
            if row["vector"] is not None:
                if row["name"] != row["text_hash"] or (
                    hashed and row["row_hash"] != _hash(row["name"], name_of_model, row["vector"])
                ):
                    raise damage_error("A sentence's embedding")
                rows.append(row)
            elif row["id"] <= sealed:
                raise loss_error("The embedding of a sentence")
        paragraphs = np.array([row["paragraph_id"] for row in rows], dtype=np.int64)
        return paragraphs, decode_vectors([row["vector"] for row in rows])


@dataclass(frozen=True, slots=True)
class Seal:
    """What was embedded to the end."""

    window: int = 0
    """All windows up to this id."""
    sentence: int = 0
    """All sentences up to this id."""
    background: str = ""
    """The hash of the general texts that a question is compared with (`index.reference`)."""

    def covers(self, texts: Sequence[str]) -> bool:
        """Tell whether just these general texts were embedded."""
        return self.background == _name(texts)


def seal_of(database: Database, model: str) -> Seal:
    """Return how far everything was embedded by the model of this fingerprint.

    A note that is damaged itself protects nothing, until everything is embedded again.
    """
    try:
        kept = json.loads(database.setting(SEAL_SETTING) or "{}")
        if kept["model"] != model:
            return Seal()
        seal = kept["seal"]
        return Seal(int(seal["window"]), int(seal["sentence"]), str(seal["background"]))
    except (ValueError, KeyError, TypeError):
        return Seal()


def put_seal(database: Database, model: str, background: Sequence[str]) -> None:
    """Note that all that there is now has been embedded; the caller holds the write lock.

    A server notices itself what it loses, and others may be adding to it.
    """
    if not database.hashes_rows:
        return
    seal = Seal(_last(database, "windows"), _last(database, "sentences"), _name(background))
    if seal_of(database, model) != seal:
        kept = {"model": model, "seal": asdict(seal)}
        database.set_setting(SEAL_SETTING, json.dumps(kept))


def lift_seal(database: Database) -> None:
    """Let what is missing count as not embedded yet, until everything is embedded again."""
    with database.transaction():
        database.set_setting(SEAL_SETTING, "{}")
        for table in _TABLES:
            database.run(
                f"UPDATE {table} SET embedding_id = NULL WHERE embedding_id IS NOT NULL "  # noqa: S608
                "AND embedding_id NOT IN (SELECT id FROM embeddings)"
            )


def is_linked(database: Database, model: str) -> bool:
    """Tell whether windows and sentences name this model's embeddings by number."""
    return database.setting(LINKED_SETTING) == model


def link_embeddings(database: Database, model: str) -> None:
    """Have windows and sentences name the embeddings that this model made, where there are any."""
    if is_linked(database, model):
        return
    with database.transaction():
        database.set_setting(LINKED_SETTING, model)
        for table in _TABLES:
            database.run(f"UPDATE {table} SET embedding_id = {_LINK.format(f'{table}.text_hash')}")  # noqa: S608


def count_lost_embeddings(database: Database, model: str, background: Sequence[str]) -> int:
    """Return how many windows, sentences and general texts have lost their embedding."""
    seal = seal_of(database, model)
    hashes = [text_hash(text) for text in background] if seal.covers(background) else []
    texts = sum(
        database.one("SELECT 1 FROM embeddings WHERE text_hash = ? AND model = ?", (item, model))
        is None
        for item in hashes
    )
    return texts + sum(
        int(
            database.one(
                f"SELECT count(*) FROM {table} WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM "  # noqa: S608
                f"embeddings WHERE embeddings.text_hash = {table}.text_hash AND model = ?)",
                (last, model),
            )[0]
        )
        for table, last in (("windows", seal.window), ("sentences", seal.sentence))
    )


def check_windows_linked(database: Database, seal: Seal) -> None:
    """See that all windows up to the seal name their embedding.

    Raises:
        CollectionDamaged: some do not any more.
    """
    row = database.one(
        "SELECT count(*) FROM windows WHERE embedding_id IS NULL AND id <= ?", (seal.window,)
    )
    if row[0]:
        raise _loss(row[0])


def _hash(name: bytes, model: bytes, vector: bytes) -> bytes:
    """Return what `hash_of` does: a question has a thousand sentences' embeddings compared."""
    data = b"%d:%b%d:%b%d:%b" % (len(name), name, len(model), model, len(vector), vector)
    return blake2b(data, digest_size=16).digest()


def _loss(count: int) -> CollectionDamaged:
    return loss_error(ErrorText("The embedding of {count:,} stretches of text", count=count))


def _window_name(paragraph: int) -> ErrorText:
    return ErrorText("A window of paragraph {number}", number=paragraph)


def _last(database: Database, table: str) -> int:
    return int(database.one(f"SELECT coalesce(max(id), 0) FROM {table}")[0])  # noqa: S608


def _name(texts: Sequence[str]) -> str:
    return text_hash("\n".join(texts)).hex()
