"""Copies of the catalog on disk: one folder per generation, with a manifest.

    copies/<generation>/manifest.json   what the folder holds, with checksums
                        paragraphs.npz  paragraphs, windows, vectors and their sums
                        lexical/        tantivy's files

A folder is written beside the others under another name, synced and renamed;
once it has its name nothing in it changes, so any process may read it and none
needs a lock. A copy that is missing, damaged, of another model or of another
collection is simply not found, and is built again from the catalog.

What is in a copy was compared with the rows' hashes when it was read from them, and its files have
checksums; so a process that begins reads the copy, and of the catalog what has changed since.
"""

import atexit
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.changes import LogPlace
from corpus.catalog.database import Database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.rows import (
    COLUMNS,
    ParagraphTable,
    check_paragraphs,
    paragraph_table,
)
from corpus.disk import sync
from corpus.errors import CollectionNotWritable
from corpus.vector_codes import decode_rows
from index import analysis
from index.arrays import Ids
from index.dense import Clusters, DenseIndex
from index.fusion import Moments

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
LEXICAL_FOLDER = "lexical"
CONTENTS_FILE = "paragraphs.npz"
UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile)
"""What is raised where that is no such file."""
FORMAT = 3
"""Raise it when a file's layout changes: older copies are then built anew, as they are where
`index.analysis.VERSION` was raised."""
_KEPT = 2
"""Folders kept: the newest, and the one that another process may just be opening."""
_ABANDONED_S = 3600.0
SCRATCH_PREFIX = "article-qa-copy-"
"""Of folders among the temporary files; the number of the process that made one follows."""


_AT_ONCE = 4096
"""Vectors that are read together."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy holds."""

    collection: str
    generation: int
    model: str
    paragraphs: int
    place: tuple[int, int]
    """The place in the catalog's log that the lexical index has followed to: seq, salt."""
    base: tuple[int, int]
    """That of the file of paragraphs and vectors."""
    files: dict[str, str]
    """Path in the folder -> sha256."""
    format: int = FORMAT
    analysis: int = 1
    """The version of the analysis that the lexical index is made with; 1 is not written down."""


@dataclass(frozen=True)
class Contents:
    """The paragraphs, their embedded windows and their vectors, at one place in the log."""

    place: LogPlace
    table: ParagraphTable
    windows: NDArray[np.int64]
    """Ids of embedded windows, ascending."""
    window_paragraphs: NDArray[np.int64]
    """The paragraphs' ids of `windows`."""
    dense: DenseIndex
    moments: Moments
    """Of all vectors."""

    @cached_property
    def window_rows(self) -> Ids:
        """The place of each window's paragraph in the table."""
        return np.searchsorted(self.table.ids, self.window_paragraphs)

    @cached_property
    def _by_paragraph(self) -> tuple[Ids, Ids]:
        """The places of windows in the order of their paragraphs, and those paragraphs."""
        order = np.argsort(self.window_paragraphs, kind="stable")
        return order, self.window_paragraphs[order]

    def windows_of(self, paragraphs: Ids) -> tuple[Ids, Ids]:
        """Return the windows of some paragraphs, and for each the place of its paragraph there."""
        order, owners = self._by_paragraph
        first = np.searchsorted(owners, paragraphs, side="left")
        counts = np.searchsorted(owners, paragraphs, side="right") - first
        of = np.repeat(np.arange(len(paragraphs)), counts)
        within = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self.windows[order[first[of] + within]], of

    @classmethod
    def read(cls, database: Database, model: str, place: LogPlace) -> "Contents":
        """Read everything from the catalog.

        Raises:
            CollectionDamaged: a row has changed on the disk, or was there and is not.
        """
        store = EmbeddingStore(database)
        check_paragraphs(database)
        store.check_windows()
        windows, paragraphs = store.embedded_windows(model)
        parts = [
            store.codes(model, windows[at : at + _AT_ONCE].tolist())
            for at in range(0, len(windows), _AT_ONCE)
        ]
        dense = DenseIndex(windows, np.concatenate(parts)) if parts else DenseIndex.empty()
        moments = Moments.none(dense.dimension)
        for part in parts:
            moments = moments.plus(decode_rows(part))
        return cls(place, paragraph_table(database), windows, paragraphs, dense, moments)

    def follow(
        self, database: Database, model: str, place: LogPlace, changed: Sequence[int]
    ) -> "Contents":
        """Return what it is at a later place, at which these paragraphs may be others or gone.

        Raises:
            CollectionDamaged: a row has changed on the disk, or was there and is not.
        """
        if not changed:
            return replace(self, place=place)
        store = EmbeddingStore(database)
        ids, owners = store.embedded_windows(model, changed)
        of_changed = np.isin(self.window_paragraphs, np.array(changed, dtype=np.int64))
        before = self.windows[of_changed]
        removed, added = np.setdiff1d(before, ids), np.setdiff1d(ids, before)
        dense = self.dense.with_changes(
            added, lambda some: store.codes(model, some.tolist()), removed
        )
        moments = self.moments
        if dense.dimension != self.dense.dimension:
            moments = Moments.none(dense.dimension)
        elif len(removed):
            moments = moments.plus(self.dense.vectors(removed), -1)
        if len(added):
            moments = moments.plus(dense.vectors(added))
        windows = np.concatenate([self.windows[~of_changed], ids])
        paragraphs = np.concatenate([self.window_paragraphs[~of_changed], owners])
        order = np.argsort(windows, kind="stable")
        table = self.table.with_changes(changed, paragraph_table(database, changed))
        return Contents(place, table, windows[order], paragraphs[order], dense, moments)

    def save(self, folder: Path) -> None:
        """Write it below a folder."""
        _, codes = self.dense.codes()
        arrays: dict[str, Any] = {
            "place": np.array([self.place.seq, self.place.salt], dtype=np.int64),
            "windows": self.windows,
            "window_paragraphs": self.window_paragraphs,
            "codes": codes,
            "count": np.array(self.moments.count),
            "total": self.moments.total,
            "products": self.moments.products,
            "language_names": np.array(self.table.language_names, dtype=np.str_),
        }
        clusters = self.dense.clusters
        if clusters is not None:
            arrays |= {"middles": clusters.middles, "clusters": clusters.of}
            arrays["made_for"] = np.array(clusters.made_for)
        arrays |= {f"table_{name}": getattr(self.table, name) for name in COLUMNS}
        with (folder / CONTENTS_FILE).open("wb") as stream:
            np.savez(stream, **arrays)

    @classmethod
    def load(cls, folder: Path) -> "Contents":
        """Read what `save` wrote; its checksum is the caller's to check.

        Raises:
            UNREADABLE: the file cannot be read as such.
        """
        with np.load(folder / CONTENTS_FILE, allow_pickle=False) as kept:
            columns = {name: kept[f"table_{name}"] for name in COLUMNS}
            names = tuple(str(name) for name in kept["language_names"])
            clusters = None
            if "clusters" in kept:
                clusters = Clusters(kept["middles"], kept["clusters"], int(kept["made_for"]))
            return cls(
                LogPlace(*kept["place"].tolist()),
                ParagraphTable(**columns, language_names=names),
                kept["windows"],
                kept["window_paragraphs"],
                DenseIndex(kept["windows"], kept["codes"], clusters),
                Moments(int(kept["count"]), kept["total"], kept["products"]),
            )


class CopyStore:
    """The copies of one collection."""

    def __init__(self, folder: Path, collection: str) -> None:
        """Keep copies in `folder`; `collection` is the catalog's identity."""
        self._folder = folder
        self._collection = collection
        self.beside = True
        """False where that cannot be written: the next copy lies among the temporary files."""
        self._checked: dict[Path, tuple[int, Manifest]] = {}
        """Copies that were whole when this process looked, with the time of their manifests."""

    def __bool__(self) -> bool:
        """Tell whether there is any copy, whole or not."""
        return bool(self._folders())

    def newest(self, up_to: int, model: str) -> tuple[Path, Manifest] | None:
        """Return the newest intact copy of at most generation `up_to` made with `model`."""
        for generation, folder in sorted(self._folders(), reverse=True):
            if generation > up_to:
                continue
            manifest = self._manifest(folder)
            if manifest is not None and manifest.model == model:
                return folder, manifest
        return None

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give an empty folder to build a copy in; what was not published is deleted."""
        beside, self.beside = self.beside, True
        try:
            if not beside:
                raise OSError("the last attempt failed")  # noqa: TRY301
            self._folder.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
        except OSError as exc:
            # Read-only media: search from a copy that lives as long as the process.
            folder = temporary_folder()
            log.warning("The indexes cannot be kept in %s: %s", self._folder, exc)
        try:
            yield folder
        except BaseException:  # Ctrl+C too: half a snapshot is of no use
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def publish(self, folder: Path, manifest: Manifest) -> Path:
        """Sync a finished copy, give it its name and drop old ones; return where it lies now."""
        if folder.parent != self._folder:
            return folder
        path = folder / MANIFEST
        path.write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        for file in [*files_in(folder), path]:
            sync(file)
        sync(folder)
        target = self._folder / str(manifest.generation)
        try:
            folder.rename(target)
        except OSError:
            # Another process has published this generation, or a damaged one lies there.
            if self._check_manifest(target, quiet=True) is None:
                shutil.rmtree(target, ignore_errors=True)
                folder.rename(target)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        sync(self._folder)
        self._drop_old(target)
        return target

    def _folders(self) -> list[tuple[int, Path]]:
        if not self._folder.is_dir():
            return []
        return [(int(item.name), item) for item in self._folder.iterdir() if item.name.isdigit()]

    def _manifest(self, folder: Path) -> Manifest | None:
        """Return the manifest of a copy that is or was whole: nothing in a copy changes."""
        try:
            written = (folder / MANIFEST).stat().st_mtime_ns
        except OSError:
            written = 0
        known = self._checked.get(folder)
        if known is not None and known[0] == written:
            return known[1]
        manifest = self._check_manifest(folder)
        if manifest is not None:
            self._checked[folder] = written, manifest
        return manifest

    def _check_manifest(self, folder: Path, *, quiet: bool = False) -> Manifest | None:
        """Return the manifest of a copy that is whole and ours, or None.

        What is wrong with it is logged, unless that was done before (`quiet`).
        """
        level = logging.DEBUG if quiet else logging.WARNING
        try:
            kept = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if (kept["format"], kept.get("analysis", 1)) != (FORMAT, analysis.VERSION):
                log.info("The copy %s is of an earlier version; it is built again", folder)
                return None
            manifest = Manifest(**kept)
            if manifest.collection != self._collection:
                return None
            damaged = [name for name in manifest.files if not self._intact(folder, manifest, name)]
        except (OSError, ValueError, TypeError, KeyError) as exc:
            log.log(level, "The copy %s cannot be read (%s); it is built again", folder, exc)
            return None
        if damaged:
            log.log(level, "The copy %s is damaged (%s); it is built again", folder, damaged[0])
            return None
        return manifest

    @staticmethod
    def _intact(folder: Path, manifest: Manifest, name: str) -> bool:
        return (folder / name).is_file() and checksum(folder / name) == manifest.files[name]

    def _drop_old(self, published: Path) -> None:
        """Delete all but the newest copies and the one just published.

        That one is not the newest where a writer was faster, and is about to be opened.
        """
        for _, folder in sorted(self._folders(), reverse=True)[_KEPT:]:
            if folder != published:
                shutil.rmtree(folder, ignore_errors=True)
        for folder in self._folder.glob(".new-*"):
            try:
                age_s = time.time() - folder.stat().st_mtime
            except OSError:
                continue
            if age_s > _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)


def temporary_folder() -> Path:
    """Make a folder that is deleted when the process ends.

    Raises:
        CollectionNotWritable: there is no room for it either.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=f"{SCRATCH_PREFIX}{os.getpid()}-"))
    except OSError as exc:
        raise CollectionNotWritable(
            "The indexes can be written neither beside the catalog nor among the temporary files "
            "({reason}). Make room, or set TMPDIR to a folder that can be written.",
            reason=exc,
        ) from exc
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def files_in(folder: Path) -> list[Path]:
    """Return the files below a folder that a copy is made of; locks are not among them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock")
    )


def checksums(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Return the sha256 of each file below a folder, by its path there; of some it is known."""
    names = {path.relative_to(folder).as_posix(): path for path in files_in(folder)}
    return {name: known.get(name) or checksum(path) for name, path in names.items()}


def checksum(path: Path) -> str:
    """Return a file's sha256 in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def clone(source: Path, target: Path) -> list[Path]:
    """Copy a folder of files that are written once; they are linked where that is possible.

    Returns:
        The files that are linked, as paths in the folder.
    """
    linked = []
    for path in files_in(source):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # tantivy writes its .json files again; the others it only adds and deletes.
        if path.suffix == ".json":
            shutil.copy2(path, copy)
            continue
        try:
            os.link(path, copy)
        except OSError:
            shutil.copy2(path, copy)
        else:
            linked.append(path.relative_to(source))
    return linked
