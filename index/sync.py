"""Catalog to indexes: windows, embeddings, and snapshots that are never stale.

What is in an index is compared, by id, with what the catalog holds; the
difference is applied. That is the same work after an `add`, after a kill, and
with a copy of last week.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from corpus.article import ANSWERING_ROLES
from corpus.catalog.database import Database
from corpus.catalog.embeddings import EmbeddingStore, Seal, check_windows_found, put_seal, seal_of
from corpus.catalog.integrity import loss_error
from corpus.catalog.rows import (
    ParagraphRow,
    ParagraphTable,
    check_paragraphs,
    paragraph_rows,
    paragraph_table,
)
from corpus.errors import CollectionDamaged, CollectionNotWritable, ModelMismatch
from corpus.text.sentences import sentence_spans
from index.analysis import VERSION
from index.chunks import WINDOW_TOKENS, windows
from index.dense import DenseIndex
from index.encoder import Encoder
from index.fusion import Spread
from index.lexical import LexicalIndex
from index.reference import WEIGHT as BACKGROUND_WEIGHT
from index.reference import background_texts
from index.snapshots import DENSE_FILE, LEXICAL_FOLDER, CopyStore, Manifest, checksums, clone

log = logging.getLogger(__name__)

MODEL_SETTING = "model"
WINDOW_SETTING = "window_tokens"
_PARAGRAPHS_AT_ONCE = 2000
_WINDOWS_AT_ONCE = 256
"""Embedded and committed together: what a kill can cost."""
_SPREAD_SAMPLE = 20_000
_ATTEMPTS = 3
_SMALL = 20_000
"""Vectors; an index up to this size is written with every copy."""

BuildProgress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both indexes and the paragraphs' table at one generation; nothing in it changes."""

    generation: int
    table: ParagraphTable
    dense: DenseIndex
    spread: Spread | None
    """None where nothing is embedded."""
    windows: NDArray[np.int64]
    """Ids of embedded windows, ascending."""
    window_paragraphs: NDArray[np.int64]
    """The paragraphs' ids of `windows`."""
    lexical: LexicalIndex
    languages: tuple[str, ...]
    """Languages of the paragraphs."""
    sentences: Callable[[Sequence[int]], tuple[NDArray[np.int64], NDArray[np.float32]]]
    """Paragraphs -> the paragraph of each of their sentences that is embedded, and its vector;
    read from the catalog when it is called."""


class Synchroniser:
    """Keeps the indexes of one collection in step with its catalog."""

    def __init__(self, database: Database, folder: Path, encoder: Encoder) -> None:
        """Keep copies below `folder`, and embed with `encoder`."""
        self._database = database
        self._store = EmbeddingStore(database)
        self._encoder = encoder
        self._copies = CopyStore(folder / "copies", database.identity)
        self._lock = RLock()
        self._snapshot: Snapshot | None = None
        self._embedding = False

    def embed(self, progress: BuildProgress | None = None) -> int:
        """Divide new paragraphs into windows and sentences and embed what is not embedded.

        The caller holds the write lock. What was embedded before an interruption is kept.

        Returns:
            How many windows were embedded; sentences are not counted.

        Raises:
            ModelMismatch: the collection is embedded with another model.
        """
        self.check_model()
        self._embedding = True
        self._window()
        model = self._encoder.fingerprint
        strange = self._store.unknown(model, background_texts())
        self._store.put(model, strange, self._encoder.encode(strange, "document"))
        # Sentences last: the paragraphs are found without them, if not as well.
        kinds = (self._store.windows, self._store.sentences)
        pending = [(kind, kind.find_unembedded(model)) for kind in kinds]
        total, done = sum(len(ids) for _, ids in pending), 0
        for kind, ids in pending:
            for at in range(0, len(ids), _WINDOWS_AT_ONCE):
                if progress is not None:
                    progress(done, total)
                texts = list(kind.texts(ids[at : at + _WINDOWS_AT_ONCE]).values())
                self._store.put(model, texts, self._encoder.encode(texts, "document"))
                done += len(texts)
        # What was complete before is complete; a row may be of another text than its hash says.
        if all(not ids or not kind.find_unembedded(model) for kind, ids in pending):
            put_seal(self._database, model, background_texts())
        if progress is not None and total:
            progress(total, total)
        return len(pending[0][1])

    def adopt_model(self) -> None:
        """Make the encoder's model the collection's; the caller then calls `embed`."""
        limit = self._window_tokens()
        with self._database.transaction():
            if self._database.setting(WINDOW_SETTING) not in (None, str(limit)):
                self._store.windows.forget()
            self._database.set_setting(WINDOW_SETTING, str(limit))
            self._database.set_setting(MODEL_SETTING, self._encoder.fingerprint)
            self._database.raise_generation()

    def check_model(self) -> None:
        """See that the collection is embedded with the encoder's model, or with none yet.

        Raises:
            ModelMismatch: it is embedded with another one.
        """
        model = self._database.setting(MODEL_SETTING)
        if model not in (None, self._encoder.fingerprint):
            raise ModelMismatch(
                "The collection is embedded with another model (fingerprint {model}; this one has "
                "{own}). Open it with the model that it was made with, or embed it anew: "
                "article-qa embed --model NAME",
                model=model,
                own=self._encoder.fingerprint,
            )

    def snapshot(self) -> Snapshot:
        """Return both indexes at the catalog's present generation.

        Raises:
            ModelMismatch: the collection is embedded with another model.
        """
        with self._lock:
            generation = self._database.generation
            if self._snapshot is None or self._snapshot.generation != generation:
                self.check_model()
                with self._database.transaction(write=False):
                    if self._snapshot is None:
                        # Once in a process: what is then changed was written by a sound one.
                        check_paragraphs(self._database)
                        self._store.check_windows()
                    self._snapshot = self._bring_up(self._snapshot)
            return self._snapshot

    @property
    def generation(self) -> int | None:
        """The generation of the indexes that are open; None before the first `snapshot`."""
        found = self._snapshot
        return None if found is None else found.generation

    def _window_tokens(self) -> int:
        return min(WINDOW_TOKENS, self._encoder.max_tokens * 3 // 4)

    def _window(self) -> None:
        """Divide paragraphs that have no windows yet."""
        if self._database.setting(MODEL_SETTING) is None:
            self.adopt_model()
        limit = int(self._database.setting(WINDOW_SETTING) or self._window_tokens())
        while rows := self._store.windows.find_undivided(_PARAGRAPHS_AT_ONCE):
            self._store.windows.put((row, _spans(row, limit)) for row in rows)
        while rows := self._store.sentences.find_undivided(_PARAGRAPHS_AT_ONCE):
            self._store.sentences.put((row, _sentences(row)) for row in rows)

    def _bring_up(self, last: Snapshot | None) -> Snapshot:
        """Build the snapshot of the present generation from the last one or the newest copy."""
        generation = self._database.generation
        model = self._encoder.fingerprint
        table = paragraph_table(self._database)
        window_ids, window_paragraphs = self._store.embedded_windows(model)
        seal = seal_of(self._database, model)
        check_windows_found(self._database, seal, int((window_ids <= seal.window).sum()))
        kept = self._copies.newest(generation, model)
        if last is None and len(window_ids) and not self._copies and not self._embedding:
            log.warning("The indexes' copy is missing; it is built again from the catalog")
        dense = last.dense if last else self._load_dense(kept)
        dense, changes = self._dense(dense, window_ids)
        complete = (
            kept is not None
            and kept[1].generation == generation
            and kept[1].paragraphs == len(table.ids)
        )
        if complete and kept is not None:
            lexical = self._open_lexical(kept[0] / LEXICAL_FOLDER, len(table.ids))
        else:
            lexical = None
        if lexical is None:
            folder = kept[0] if kept else None
            lexical = self._publish(generation, folder, table, dense, changes)
        return Snapshot(
            generation,
            table,
            dense,
            self._spread(dense, seal),
            window_ids,
            window_paragraphs,
            lexical,
            tuple(sorted(set(table.languages.tolist()))),
            partial(self._store.sentence_vectors, model, seal.sentence),
        )

    def _load_dense(self, kept: tuple[Path, Manifest] | None) -> DenseIndex | None:
        if kept is None or not (kept[0] / DENSE_FILE).is_file():
            return None
        try:
            return DenseIndex.load(kept[0] / DENSE_FILE)
        except (OSError, RuntimeError) as exc:
            log.warning("The dense index cannot be read (%s); it is built again", exc)
            return None

    def _dense(self, dense: DenseIndex | None, wanted: NDArray[np.int64]) -> tuple[DenseIndex, int]:
        """Return the index that holds exactly `wanted`, and how many vectors that changed."""
        present = np.zeros(0, dtype=np.int64) if dense is None else dense.ids
        added = np.setdiff1d(wanted, present)
        removed = np.setdiff1d(present, wanted)
        if dense is None or not len(dense):
            dense = DenseIndex(self._vectors(added[:1]).shape[1] if len(added) else 1)
        if len(added) or len(removed):
            dense = dense.with_changes(added, self._vectors, removed)
        return dense, len(added) + len(removed)

    def _vectors(self, windows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors of embedded windows, of shape (len(windows), dimension)."""
        found = self._store.vectors(self._encoder.fingerprint, windows.tolist())
        return np.array([found[item] for item in windows.tolist()], dtype=np.float32)

    def _spread(self, dense: DenseIndex, seal: Seal) -> Spread | None:
        texts = background_texts()
        background = self._store.vectors_of(self._encoder.fingerprint, texts)
        if seal.covers(texts) and len(background) < len(texts):
            raise loss_error("The embedding of a text that questions are compared with")
        if not len(dense) or not len(background):
            return None
        # Evenly spread over the collection; a sample of this size is as good as all.
        ids = dense.ids[:: max(1, len(dense) // _SPREAD_SAMPLE)]
        share = BACKGROUND_WEIGHT / (BACKGROUND_WEIGHT + len(dense))
        return Spread.of(dense.vectors(ids)).mix(Spread.of(background), share)

    @staticmethod
    def _open_lexical(folder: Path, paragraphs: int | None = None) -> LexicalIndex | None:
        """Open an index; None where it cannot be read, or holds not so many paragraphs."""
        try:
            index = LexicalIndex(folder)
        except (OSError, ValueError) as exc:
            log.warning("The lexical index cannot be read (%s); it is built again", exc)
            return None
        # Opening a folder that another process has just deleted makes an empty index.
        return index if paragraphs in (None, len(index)) else None

    def _publish(
        self,
        generation: int,
        old: Path | None,
        table: ParagraphTable,
        dense: DenseIndex,
        changes: int,
    ) -> LexicalIndex:
        """Bring the lexical index up to date in a new copy, and publish the copy."""
        for attempt in range(_ATTEMPTS):
            try:
                published = self._write_copy(generation, old, table, dense, changes)
            except (OSError, RuntimeError, ValueError) as exc:
                # tantivy and FAISS say by RuntimeError and ValueError what a full disk is.
                if attempt:
                    raise CollectionNotWritable(
                        "The indexes cannot be written ({reason}). The catalog is whole, and "
                        "they are built from it when there is room.",
                        reason=exc,
                    ) from exc
                log.warning("The indexes cannot be kept beside the catalog: %s", exc)
                self._copies.beside = False
                continue
            lexical = self._open_lexical(published / LEXICAL_FOLDER, len(table.ids))
            if lexical is not None:
                return lexical
            old = None
        raise CollectionDamaged(
            "The index just written to {published} is not there. See that nothing else deletes "
            "files in the collection's folder, and try again.",
            published=published,
        )

    def _write_copy(
        self,
        generation: int,
        old: Path | None,
        table: ParagraphTable,
        dense: DenseIndex,
        changes: int,
    ) -> Path:
        """Write a copy from the old one, and return where it lies."""
        with self._copies.scratch() as folder:
            lexical_folder = folder / LEXICAL_FOLDER
            dense_file = folder / DENSE_FILE
            try:
                if old is not None:
                    clone(old / LEXICAL_FOLDER, lexical_folder)
                    if changes <= len(dense) // 10 and len(dense) > _SMALL:
                        # The rows that it lacks are replayed when it is opened.
                        dense_file.hardlink_to(old / DENSE_FILE)
            except OSError as exc:
                # Another process has dropped the old copy, or files cannot be linked here.
                log.info("The copy %s cannot be built upon (%s)", old, exc)
            self._change_lexical(lexical_folder, table.ids)
            if not dense_file.is_file():
                dense.save(dense_file)
            manifest = Manifest(
                self._database.identity,
                generation,
                self._encoder.fingerprint,
                dense.dimension,
                len(dense),
                len(table.ids),
                checksums(folder),
                analysis=VERSION,
            )
            return self._copies.publish(folder, manifest)

    def _change_lexical(self, folder: Path, wanted: NDArray[np.int64]) -> None:
        index = self._open_lexical(folder)
        removed = (
            np.zeros(0, dtype=np.int64) if index is None else np.setdiff1d(index.ids(), wanted)
        )
        if index is None or (len(removed) and len(wanted) <= _SMALL):
            # tantivy counts removed paragraphs in its statistics until it merges their
            # segment. A small index is written afresh, so that scores are exact.
            shutil.rmtree(folder, ignore_errors=True)
            index = LexicalIndex(folder)
        added = np.setdiff1d(wanted, index.ids())
        removed = np.setdiff1d(index.ids(), wanted)
        if len(added) or len(removed):
            rows = paragraph_rows(self._database, added.tolist())
            index.change(
                ((row.id, row.paragraph.language, searched_text(row)) for row in rows),
                removed.tolist(),
            )


def searched_text(row: ParagraphRow) -> str:
    """Return what the lexical index reads of a paragraph: title and heading stand above it."""
    return f"{row.title}\n{row.paragraph.heading}\n{row.text}"


def _spans(row: ParagraphRow, limit: int) -> list[tuple[int, int]]:
    """Return the windows of a paragraph; what is not the article is found by its words alone."""
    if row.paragraph.role not in ANSWERING_ROLES:
        return []
    return windows(row.text, lambda text: sentence_spans(text, row.paragraph.language), limit)


def _sentences(row: ParagraphRow) -> list[tuple[int, int]]:
    """Return the sentences of a paragraph that has several."""
    if row.paragraph.role not in ANSWERING_ROLES:
        return []
    spans = sentence_spans(row.text, row.paragraph.language)
    return list(spans) if len(spans) > 1 else []
