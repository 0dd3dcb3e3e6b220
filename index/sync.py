"""Catalog to indexes: windows, embeddings, and snapshots that are never stale.

What is in an index is compared, by id, with what the catalog holds; the
difference is applied. That is the same work after an `add`, after a kill, and
with a copy of last week.
"""

import logging
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import RLock

import numpy as np

from corpus.catalog.changes import (
    MOST_CHANGES,
    LogPlace,
    changed_paragraphs,
    drop_changes,
    last_place,
)
from corpus.catalog.database import Database
from corpus.catalog.embeddings import (
    check_windows_linked,
    seal_of,
)
from corpus.catalog.rows import paragraph_rows, places_of
from corpus.catalog.statistics import count_rows
from corpus.errors import CollectionDamaged, CollectionNotWritable
from index.analysis import VERSION
from index.arrays import Ids
from index.encoder import Encoder
from index.lexical import LexicalIndex, searched_text
from index.snapshots import (
    CONTENTS_FILE,
    LEXICAL_FOLDER,
    UNREADABLE,
    Contents,
    CopyStore,
    Manifest,
    checksums,
    clone,
)
from index.store.keeper import IndexKeeper
from index.store.local import Snapshot

log = logging.getLogger(__name__)

_ATTEMPTS = 3
_SMALL = 2_000
"""Paragraphs; an index of up to so many is written afresh where some are removed, and their file
with every copy."""


class Synchroniser(IndexKeeper):
    """Keeps the indexes of one collection in step with its catalog."""

    def __init__(self, database: Database, folder: Path, encoder: Encoder) -> None:
        """Keep copies below `folder`, and embed with `encoder`."""
        super().__init__(database, encoder)
        self._copies = CopyStore(folder / "copies", database.identity)
        self._lock = RLock()
        self._snapshot: Snapshot | None = None
        self._base: LogPlace | None = None
        """Up to where the newest copy's paragraphs have followed the catalog's log."""

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
                    self._snapshot = self._bring_up(self._snapshot)
            return self._snapshot

    def tidy(self) -> None:
        """Cut off what the newest copy has followed of the catalog's log.

        The caller holds the write lock.
        """
        if self._base is not None:
            drop_changes(self._database, self._base)

    @property
    def generation(self) -> int | None:
        """The generation of the indexes that are open; None before the first `snapshot`."""
        found = self._snapshot
        return None if found is None else found.generation

    def _bring_up(self, last: Snapshot | None) -> Snapshot:
        """Build the snapshot of the present generation from the last one or the newest copy."""
        generation = self._database.generation
        model = self._encoder.fingerprint
        seal = seal_of(self._database, model)
        check_windows_linked(self._database, seal)
        kept = self._copies.newest(generation, model)
        contents = self._follow(last.contents if last else None, kept)
        if last is None and len(contents.windows) and not self._copies and not self._embedding:
            log.warning("The indexes' copy is missing; it is built again from the catalog")
        lexical = None
        if kept is not None:
            self._base = LogPlace(*kept[1].base)
            if LogPlace(*kept[1].place) == contents.place:
                same = last is not None and last.contents.place == contents.place
                lexical = last.lexical if last and same else self._open_kept(kept, contents)
        if lexical is None:
            contents = replace(contents, dense=contents.dense.with_clusters())
            lexical = self._publish(generation, kept, contents)
        table = contents.table
        present = np.unique(table.language_codes).tolist()
        return Snapshot(
            generation,
            contents,
            self._spread(contents.moments, seal),
            lexical,
            tuple(sorted(table.language_names[code] for code in present)),
            partial(self._store.sentence_vectors, model, seal.sentence),
            self._database,
        )

    def _follow(self, last: Contents | None, kept: tuple[Path, Manifest] | None) -> Contents:
        """Return what the catalog holds now: what is known and has changed since, or all of it."""
        place = last_place(self._database)
        model = self._encoder.fingerprint
        for is_open in (True, False):
            contents = last if is_open else self._load_contents(kept)
            if contents is None:
                continue
            changed = changed_paragraphs(self._database, contents.place)
            if changed is not None:
                contents = contents.follow(self._database, model, place, changed)
                if self._is_whole(contents):
                    return contents
        return Contents.read(self._database, model, place)

    def _is_whole(self, contents: Contents) -> bool:
        """Tell whether there are as many paragraphs and windows as the catalog has counted."""
        return (
            count_rows(self._database)["paragraphs"] == len(contents.table.ids)
            and self._store.count_embedded(self._encoder.fingerprint) == len(contents.windows)
        )  # fmt: skip

    @staticmethod
    def _load_contents(kept: tuple[Path, Manifest] | None) -> Contents | None:
        if kept is None:
            return None
        try:
            return Contents.load(kept[0])
        except UNREADABLE as exc:
            log.warning("The copy's paragraphs cannot be read (%s); they are read again", exc)
            return None

    def _open_kept(self, kept: tuple[Path, Manifest], contents: Contents) -> LexicalIndex | None:
        return self._open_lexical(kept[0] / LEXICAL_FOLDER, len(contents.table.ids))

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
        self, generation: int, kept: tuple[Path, Manifest] | None, contents: Contents
    ) -> LexicalIndex:
        """Bring the lexical index up to date in a new copy, and publish the copy."""
        for attempt in range(_ATTEMPTS):
            try:
                published, manifest = self._write_copy(generation, kept, contents)
            except (OSError, RuntimeError, ValueError) as exc:
                # tantivy says by RuntimeError and ValueError what a full disk is.
                if attempt:
                    raise CollectionNotWritable(
                        "The indexes cannot be written ({reason}). The catalog is whole, and "
                        "they are built from it when there is room.",
                        reason=exc,
                    ) from exc
                log.warning("The indexes cannot be kept beside the catalog: %s", exc)
                self._copies.beside = False
                continue
            lexical = self._open_lexical(published / LEXICAL_FOLDER, len(contents.table.ids))
            if lexical is not None:
                self._base = LogPlace(*manifest.base)
                return lexical
            kept = None
        raise CollectionDamaged(
            "The index just written to {published} is not there. See that nothing else deletes "
            "files in the collection's folder, and try again.",
            published=published,
        )

    def _write_copy(
        self, generation: int, kept: tuple[Path, Manifest] | None, contents: Contents
    ) -> tuple[Path, Manifest]:
        """Write a copy from the one before, and return where it lies."""
        with self._copies.scratch() as folder:
            lexical_folder = folder / LEXICAL_FOLDER
            known: dict[str, str] = {}
            base = contents.place
            try:
                if kept is not None:
                    linked = clone(kept[0] / LEXICAL_FOLDER, lexical_folder)
                    names = [f"{LEXICAL_FOLDER}/{path.as_posix()}" for path in linked]
                    if self._may_lag(kept[1], contents):
                        # What it lacks is read from the catalog when it is opened.
                        (folder / CONTENTS_FILE).hardlink_to(kept[0] / CONTENTS_FILE)
                        base = LogPlace(*kept[1].base)
                        names.append(CONTENTS_FILE)
                    known = {name: kept[1].files[name] for name in names}
            except (OSError, KeyError) as exc:
                # Another process has dropped the old copy, or files cannot be linked here.
                log.info("The copy %s cannot be built upon (%s)", kept, exc)
            since = None if kept is None else LogPlace(*kept[1].place)
            self._change_lexical(lexical_folder, contents, since)
            if not (folder / CONTENTS_FILE).is_file():
                base = contents.place
                contents.save(folder)
            manifest = Manifest(
                self._database.identity,
                generation,
                self._encoder.fingerprint,
                len(contents.table.ids),
                (contents.place.seq, contents.place.salt),
                (base.seq, base.salt),
                checksums(folder, known),
                analysis=VERSION,
            )
            return self._copies.publish(folder, manifest), manifest

    @staticmethod
    def _may_lag(manifest: Manifest, contents: Contents) -> bool:
        """Tell whether a file of paragraphs is near enough to what there is now."""
        rows = len(contents.table.ids)
        behind = contents.place.seq - manifest.base[0]
        return rows > _SMALL and 0 <= behind <= min(rows // 5, MOST_CHANGES // 2)

    def _change_lexical(self, folder: Path, contents: Contents, since: LogPlace | None) -> None:
        """Have the index in a folder hold the paragraphs; it has followed the log until `since`."""
        wanted = contents.table.ids
        index = self._open_lexical(folder)
        added, removed = self._compare(index, wanted, since)
        if index is None or (len(removed) and len(wanted) <= _SMALL):
            # tantivy counts removed paragraphs in its statistics until it merges their
            # segment. A small index is written afresh, so that scores are exact.
            shutil.rmtree(folder, ignore_errors=True)
            index = LexicalIndex(folder)
            added, removed = wanted, wanted[:0]
        if len(added) or len(removed):
            rows = paragraph_rows(self._database, added.tolist())
            index.change(
                ((row.id, row.paragraph.language, searched_text(row)) for row in rows),
                removed.tolist(),
            )

    def _compare(
        self, index: LexicalIndex | None, wanted: Ids, since: LogPlace | None
    ) -> tuple[Ids, Ids]:
        """Return which paragraphs an index lacks, and which it has too many."""
        if index is None:
            return wanted, wanted[:0]
        changed = None if since is None else changed_paragraphs(self._database, since)
        if changed is not None:
            some = np.array(changed, dtype=np.int64)
            there, held = wanted[places_of(wanted, some)], index.find_ids(some)
            added, removed = np.setdiff1d(there, held), np.setdiff1d(held, there)
            if len(index) + len(added) - len(removed) == len(wanted):
                return added, removed
        held = index.ids()
        return np.setdiff1d(wanted, held), np.setdiff1d(held, wanted)
