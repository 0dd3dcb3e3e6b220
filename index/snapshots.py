"""Copies of the catalog on disk: one folder per generation, with a manifest.

    copies/<generation>/manifest.json   what the folder holds, with checksums
                        dense.faiss     vectors by window id
                        lexical/        tantivy's files

A folder is written beside the others under another name, synced and renamed;
once it has its name nothing in it changes, so any process may read it and none
needs a lock. A copy that is missing, damaged, of another model or of another
collection is simply not found, and is built again from the catalog.
"""

import atexit
import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.disk import sync
from corpus.errors import CollectionNotWritable
from index import analysis

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
DENSE_FILE = "dense.faiss"
LEXICAL_FOLDER = "lexical"
FORMAT = 2
"""Raise it when a file's layout changes: older copies are then built anew, as they are where
`index.analysis.VERSION` was raised."""
_KEPT = 2
"""Folders kept: the newest, and the one that another process may just be opening."""
_ABANDONED_S = 3600.0
SCRATCH_PREFIX = "article-qa-copy-"
"""Of folders among the temporary files; the number of the process that made one follows."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy holds."""

    collection: str
    generation: int
    model: str
    dimension: int
    vectors: int
    paragraphs: int
    files: dict[str, str]
    """Path in the folder -> sha256."""
    format: int = FORMAT
    analysis: int = 1
    """The version of the analysis that the lexical index is made with; 1 is not written down."""


class CopyStore:
    """The copies of one collection."""

    def __init__(self, folder: Path, collection: str) -> None:
        """Keep copies in `folder`; `collection` is the catalog's identity."""
        self._folder = folder
        self._collection = collection
        self.beside = True
        """False where that cannot be written: the next copy lies among the temporary files."""

    def __bool__(self) -> bool:
        """Tell whether there is any copy, whole or not."""
        return bool(self._folders())

    def newest(self, up_to: int, model: str) -> tuple[Path, Manifest] | None:
        """Return the newest intact copy of at most generation `up_to` made with `model`."""
        for generation, folder in sorted(self._folders(), reverse=True):
            if generation > up_to:
                continue
            manifest = self._check_manifest(folder)
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

    def _check_manifest(self, folder: Path, *, quiet: bool = False) -> Manifest | None:
        """Return the manifest of a copy that is whole and ours, or None.

        What is wrong with it is logged, unless that was done before (`quiet`).
        """
        level = logging.DEBUG if quiet else logging.WARNING
        try:
            manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
            if (manifest.format, manifest.analysis) != (FORMAT, analysis.VERSION):
                log.info("The copy %s is of an earlier version; it is built again", folder)
                return None
            if manifest.collection != self._collection:
                return None
            damaged = [name for name in manifest.files if not self._intact(folder, manifest, name)]
        except (OSError, ValueError, TypeError) as exc:
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


def checksums(folder: Path) -> dict[str, str]:
    """Return the sha256 of each file below a folder, by its path there."""
    return {path.relative_to(folder).as_posix(): checksum(path) for path in files_in(folder)}


def checksum(path: Path) -> str:
    """Return a file's sha256 in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def clone(source: Path, target: Path) -> None:
    """Copy a folder of files that are written once; they are linked where that is possible."""
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
