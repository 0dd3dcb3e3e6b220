"""The doctor: what of a collection is sound, what is not, and what can be mended.

Looks at the catalog, its copies, the model, the reader, the conversations, the
disk and what interrupted work has left. Changes nothing unless it is to repair,
and then only what can be made again: indexes from the catalog, embeddings from
texts, articles from the files that they came from.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corpus.catalog.backup import free_bytes, problems, reindex, version_of
from corpus.catalog.changes import LogPlace, last_place
from corpus.catalog.database import (
    CATALOG_FILE,
    SCHEMA_VERSION,
    Database,
    open_database,
)
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.lock import see_locks, writer_lock
from corpus.catalog.sqlite_file import see_readable
from corpus.catalog.statistics import missing_counts
from corpus.disk import is_on_read_only_media, is_read_only
from corpus.errors import (
    ArticleQAError,
    CollectionDamaged,
    CollectionLocked,
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
)
from index.encoder import Encoder, SentenceTransformerEncoder
from index.lexical import LexicalIndex
from index.reference import background_texts
from index.runtime.gpu_workers import describe_device
from index.snapshots import LEXICAL_FOLDER, SCRATCH_PREFIX, UNREADABLE, Contents, CopyStore
from index.store.keeper import MODEL_SETTING
from index.sync import Synchroniser
from qa.articles import MODEL_NAME_SETTING
from qa.conversation_file import FILE as CONVERSATIONS_FILE
from qa.maintenance.diagnosis import Diagnosis, Finding, State
from qa.maintenance.repair import find_damaged, repair_rows

_ABANDONED_S = 3600.0
_LEAST_COSINE = 0.999
_PROBES = 3


@dataclass
class Doctor:
    """One examination of one collection; use `examine`."""

    folder: Path
    encoder: Encoder | None
    model: str | None
    deep: bool
    repair: bool
    findings: list[Finding] = field(default_factory=list)

    def say(self, check: str, state: State, message: str) -> None:
        """Note what a check found."""
        self.findings.append(Finding(check, state, message))

    def run(self) -> None:
        """Make all checks, those that others rest on first."""
        readable_only = self._disk()
        writing = self._lock()
        repair, self.repair = self.repair, not (writing or readable_only) and self.repair
        if repair and not self.repair:
            why = "while another process writes" if writing else "in a folder that may only be read"
            self.say("repair", State.BROKEN, f"nothing can be repaired {why}")
        self._leftovers(busy=writing)
        if self._catalog():
            database = open_database(self.folder, create=False)
            try:
                encoder = self._encoder(database)
                if self._rows(database, encoder):
                    self._model(database, encoder)
                    self._indexes(database, encoder)
            finally:
                database.close()
        self._conversations()
        self._reader()

    def _encoder(self, database: Database) -> Encoder | None:
        """Return what embeds the collection, where this examination needs it."""
        if self.encoder is not None or not (self.deep or self.repair):
            return self.encoder
        name = self.model or database.setting(MODEL_NAME_SETTING) or None
        return SentenceTransformerEncoder(None if name == "default" else name)

    def _disk(self) -> bool:
        """Say how much room there is; return whether the folder may only be read."""
        if is_read_only(self.folder):
            media = is_on_read_only_media(self.folder)
            why = "lies on read-only media" if media else "may not be written by this user"
            text = (
                f"the folder {why}: articles are listed, searched and asked; nothing can be added, "
                "changed or repaired"
            )
            self.say("disk", State.NOTED, text)
            return True
        size = (self.folder / CATALOG_FILE).stat().st_size
        free = free_bytes(self.folder)
        text = f"{free / 1e9:,.1f} GB free, the catalog has {size / 1e9:,.3f} GB"
        short = free < 2 * size
        advice = "; make room: a backup or a later version's changes need as much again"
        self.say("disk", State.NOTED if short else State.SOUND, text + advice * short)
        return False

    def _lock(self) -> bool:
        """Return whether another process is writing.

        Raises:
            CollectionNotWritable: the file system gives no locks: nothing else can be examined.
        """
        if not is_read_only(self.folder):
            see_locks(self.folder)
        note = self.folder / "writer.json"
        left = note.exists()
        try:
            with writer_lock(self.folder):
                pass
        except CollectionLocked as exc:
            self.say("lock", State.NOTED, str(exc).split(". Wait")[0])
            return True
        except CollectionNotWritable as exc:
            self.say("lock", State.NOTED, str(exc))
            return False
        # Taking the lock has replaced and removed the note of one who died.
        self.say("lock", State.SOUND, "free" + ("; a dead process's note was removed" * left))
        return False

    def _leftovers(self, *, busy: bool) -> None:
        found = [] if busy else list(_find_leftovers(self.folder))
        if not found:
            self.say("leftovers", State.SOUND, "none")
            return
        names = ", ".join(str(path) for path in found[:5])
        if self.repair:
            for path in found:
                shutil.rmtree(path, ignore_errors=True)
                path.unlink(missing_ok=True)
        state = State.MENDED if self.repair else State.MENDABLE
        self.say("leftovers", state, f"of interrupted work: {names}")

    def _catalog(self) -> bool:
        """Check the catalog's file; return whether it can be opened."""
        path = self.folder / CATALOG_FILE
        found = problems(path)
        # What is wrong in SQLite's own indexes alone is built again from the rows.
        own = ("missing from index", "wrong # of entries in index", "non-unique entry in index")
        if found and all(any(word in line for word in own) for line in found):
            if self.repair:
                with writer_lock(self.folder):
                    reindex(self.folder)
                found = problems(path)
                if not found:
                    self.say("catalog", State.MENDED, "its file's indexes were built again")
                    return self._schema(path)
            else:
                self.say("catalog", State.MENDABLE, f"its file's indexes are damaged: {found[0]}")
                return False
        if found:
            self.say("catalog", State.BROKEN, f"{found[0]}. Restore a backup: article-qa restore")
            return False
        self.say("catalog", State.SOUND, "SQLite finds its file whole")
        return self._schema(path)

    def _schema(self, path: Path) -> bool:
        version = version_of(path)
        if version > SCHEMA_VERSION:
            raise CollectionNewer(
                f"{path} was written by a later version of article-qa. Install it: pip install "
                "--upgrade article-qa"
            )
        if version < SCHEMA_VERSION and not self.repair:
            self.say("schema", State.MENDABLE, f"{version}, brought to {SCHEMA_VERSION} when used")
            return False
        state = State.SOUND if version == SCHEMA_VERSION else State.MENDED
        if state is State.MENDED:
            open_database(self.folder, create=False).close()
        self.say("schema", state, f"{SCHEMA_VERSION}, the present one")
        for kept in sorted(self.folder.glob("catalog.schema-*.sqlite3")):
            size = kept.stat().st_size / 1e6
            text = f"{kept.name} ({size:,.1f} MB), kept from before; delete it when all is well"
            self.say("schema", State.NOTED, text)
        return True

    def _rows(self, database: Database, encoder: Encoder | None) -> bool:
        """Check every row's hash; return whether all can be relied on."""
        if not self.deep:
            return True
        found = find_damaged(database)
        if not found:
            self.say("rows", State.SOUND, "every row is as it was written")
            return True
        if not self.repair:
            for item in found:
                state = State.MENDABLE if item.mendable else State.BROKEN
                self.say("rows", state, item.message)
            return False
        with writer_lock(self.folder):
            for item, mended in repair_rows(database, self.folder, found, encoder):
                self.say("rows", State.MENDED if mended else State.BROKEN, item.message)
        return not find_damaged(database)

    def _model(self, database: Database, encoder: Encoder | None) -> None:
        kept = database.setting(MODEL_SETTING)
        if kept is None:
            self.say("model", State.NOTED, "nothing is embedded yet")
            return
        if encoder is None or not self.deep:
            self.say("model", State.NOTED, "not looked at; --deep loads it")
            return
        try:
            fingerprint = encoder.fingerprint
            if fingerprint != kept:
                text = f"embedded with {kept}, the model is {fingerprint}: article-qa embed --model"
                self.say("model", State.BROKEN, text)
                return
            cosine = _least_cosine(database, encoder, kept)
            device = describe_device(encoder, background_texts()[:_PROBES])
        except ArticleQAError as exc:
            self.say("model", State.BROKEN, str(exc))
            return
        if cosine is not None and cosine < _LEAST_COSINE:
            text = f"gives other vectors than it gave (cosine {cosine:.4f}); embed all anew: "
            self.say("model", State.BROKEN, text + "article-qa --model NAME embed")
            return
        self.say("device", State.SOUND, device)
        probe = "" if cosine is None else f", a probe has the cosine {cosine:.4f}"
        self.say("model", State.SOUND, f"fingerprint {kept}{probe}")

    def _indexes(self, database: Database, encoder: Encoder | None) -> None:
        model = database.setting(MODEL_SETTING)
        if model is None:
            return
        waiting = sum(missing_counts(database, model).values())
        if waiting:
            text = f"{waiting:,} paragraphs wait to be embedded: article-qa embed"
            self.say("embeddings", State.NOTED, text)
        if not CopyStore(self.folder / "copies", database.identity) and not self.repair:
            self.say("indexes", State.NOTED, "not there yet: the next question has them built")
            return
        wrong = _copies_wrong(database, self.folder, model)
        if not wrong:
            self.say("indexes", State.SOUND, "dense and lexical index hold what the catalog holds")
            return
        if self.repair and encoder is not None:
            try:
                shutil.rmtree(self.folder / "copies", ignore_errors=True)
                Synchroniser(database, self.folder, encoder).snapshot()
            except ArticleQAError as exc:
                self.say("indexes", State.BROKEN, str(exc))
                return
            wrong_now = _copies_wrong(database, self.folder, model)
            state = State.BROKEN if wrong_now else State.MENDED
            self.say("indexes", state, wrong_now or f"{wrong}; built again from the catalog")
            return
        self.say("indexes", State.MENDABLE, wrong)

    def _conversations(self) -> None:
        path = self.folder / CONVERSATIONS_FILE
        if not path.is_file():
            self.say("conversations", State.SOUND, "none are kept")
            return
        found = problems(path)
        state = State.BROKEN if found else State.SOUND
        text = f"{found[0]}. Restore a backup, or move {path} away" if found else "whole"
        self.say("conversations", state, text)

    def _reader(self) -> None:
        from qa.reader import weights

        folder = Path(weights.__file__).parent
        try:
            weights.load(folder)
        except ArticleQAError as exc:
            text = f"{exc} Install article-qa again."
            self.say("reader", State.BROKEN, text)
            return
        self.say("reader", State.SOUND, "its weights are whole")


def examine(
    folder: Path,
    encoder: Encoder | None = None,
    *,
    model: str | None = None,
    deep: bool = False,
    repair: bool = False,
) -> Diagnosis:
    """Examine a collection, and repair what can be with `repair`.

    Args:
        folder: the collection's.
        encoder: in place of the model that the collection is embedded with; it is needed
            for a deep examination and for repairs.
        model: a sentence-transformers name or folder, in place of the noted one.
        deep: compare every row with its hash, which takes time.
        repair: mend what can be mended.

    Raises:
        CollectionNotFound: there is no collection.
        CollectionNewer: a later version of article-qa wrote it.
        CollectionNotWritable: the folder may not even be read.
    """
    see_readable(folder / CATALOG_FILE)
    if not (folder / CATALOG_FILE).is_file():
        raise CollectionNotFound(
            f"There is no collection at {folder}. `article-qa restore FILE` makes one of a backup."
        )
    doctor = Doctor(folder, encoder, model, deep, repair)
    try:
        doctor.run()
    except (CollectionDamaged, CollectionLocked, CollectionNotWritable) as exc:
        doctor.say("catalog", State.BROKEN, str(exc))
    return Diagnosis(str(folder), deep, tuple(doctor.findings))


def _find_leftovers(folder: Path) -> Iterator[Path]:
    """Yield what interrupted work has left behind."""
    yield from folder.glob(".catalog.schema-*")
    for path in (folder / "copies").glob(".new-*"):
        # Another process may be building it just now.
        if time.time() - path.stat().st_mtime > _ABANDONED_S:
            yield path
    for path in Path(tempfile.gettempdir()).glob(f"{SCRATCH_PREFIX}*"):
        number = path.name.removeprefix(SCRATCH_PREFIX).split("-")[0]
        if number.isdigit() and not _lives(int(number)):
            yield path


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _least_cosine(database: Database, encoder: Encoder, model: str) -> float | None:
    """Embed some texts that are embedded already, and compare; None where there are none."""
    texts = background_texts()[:_PROBES]
    kept = EmbeddingStore(database).vectors_of(model, texts)
    if len(kept) != len(texts):
        return None
    fresh = encoder.encode(list(texts), "document")
    return float(np.sum(kept * fresh, axis=1).min())


def _copies_wrong(database: Database, folder: Path, model: str) -> str:
    """Return what is wrong with the newest copy of the indexes, or ""."""
    kept = CopyStore(folder / "copies", database.identity).newest(database.generation, model)
    if kept is None:
        return "no whole copy of the indexes is there"
    path, manifest = kept
    place = last_place(database)
    if LogPlace(*manifest.place) != place:
        # What is newer is added when they are opened.
        return ""
    try:
        lexical = np.sort(LexicalIndex(path / LEXICAL_FOLDER).ids()).tolist()
        contents = Contents.load(path)
    except (*UNREADABLE, RuntimeError) as exc:
        return f"an index cannot be read ({exc})"
    paragraphs = [row["id"] for row in database.all("SELECT id FROM paragraphs ORDER BY id")]
    windows = EmbeddingStore(database).embedded_windows(model)[0].tolist()
    if lexical != paragraphs:
        return f"the lexical index holds {len(lexical):,} of {len(paragraphs):,} paragraphs"
    # The file of a large collection may lie behind: the rest is added when it is opened.
    if contents.place == place and contents.windows.tolist() != windows:
        return (
            f"the dense index holds {len(contents.windows):,} vectors, the catalog {len(windows):,}"
        )
    return ""
