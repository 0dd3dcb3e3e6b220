"""Backup and restore: a collection's catalog and conversations in one file.

The file is a ZIP archive of SQLite files, made with SQLite's online backup while
others go on reading and writing, and of a manifest with their checksums. Indexes
are not in it: they are built again from the catalog, without embedding.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.catalog.backup import copy_database, problems, rotten_rows, row_count, version_of
from corpus.catalog.database import CATALOG_FILE, SCHEMA_VERSION
from corpus.catalog.lock import writer_lock
from corpus.disk import make_folder, sync
from corpus.errors import (
    CollectionDamaged,
    CollectionError,
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
)
from index.snapshots import checksum
from qa.conversation_file import FILE as CONVERSATIONS_FILE
from qa.settings import FILE_NAME as SETTINGS_FILE

MANIFEST = "manifest.json"
FORMAT = 1
_FILES = (CATALOG_FILE, CONVERSATIONS_FILE)
_MOST_MANIFEST = 100_000
_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds."""

    path: str
    made: datetime
    size: int
    """Bytes of the file."""
    articles: int
    conversations: int
    rotten: int
    """Rows that had changed on the disk before they were copied."""
    replaced: str = ""
    """After `restore`: where the collection that was there before lies now."""


def backup(folder: Path, file: Path, *, force: bool = False) -> Backup:
    """Write the collection in `folder` to `file`, and read it back to see that it is whole.

    Args:
        folder: the collection's.
        file: the backup to make.
        force: replace a file that is there.

    Raises:
        CollectionNotFound: there is no collection.
        CollectionDamaged: the catalog is damaged, or what was written is not what was read.
        CollectionNotWritable: the file cannot be written, or is there already.
    """
    if not (folder / CATALOG_FILE).is_file():
        raise CollectionNotFound(f"There is no collection at {folder}.")
    if file.exists() and not force:
        raise CollectionNotWritable(f"{file} is there already. Name another file, or add --force.")
    with _disk_errors(file), _scratch_beside(file) as scratch:
        entries = {}
        for name in _FILES:
            if (folder / name).is_file():
                copy_database(folder / name, scratch / name)
                _see_whole(scratch / name, name)
                entries[name] = checksum(scratch / name)
        manifest = {
            "format": FORMAT,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "schema": version_of(scratch / CATALOG_FILE),
            "files": entries,
            "articles": row_count(scratch / CATALOG_FILE, "articles"),
            "conversations": row_count(scratch / CONVERSATIONS_FILE, "conversations"),
            "rotten": sum(map(abs, rotten_rows(scratch / CATALOG_FILE).values())),
        }
        packed = scratch / "backup.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
            for name in entries:
                archive.write(scratch / name, name)
        sync(packed)
        with tempfile.TemporaryDirectory(dir=scratch) as again:
            _unpack(packed, Path(again))
        packed.replace(file)
        sync(file.absolute().parent)
    return _describe(file, manifest)


def restore(file: Path, folder: Path, *, force: bool = False) -> Backup:
    """Make the collection in `folder` what `backup` wrote to `file`.

    A collection that is there is kept beside it under another name, and only with `force`
    put aside at all. Whoever has it open goes on with the old one until they open it again.

    Raises:
        CollectionDamaged: the file is no backup, or is damaged.
        CollectionNewer: a later version of article-qa wrote it.
        CollectionNotWritable: the folder cannot be written, or is there and `force` is not set.
        CollectionLocked: the collection that is there is being written.
    """
    if not file.is_file():
        raise CollectionNotFound(f"There is no backup at {file}.")
    occupied = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    if occupied and not force:
        raise CollectionNotWritable(
            f"{folder} is there already. --force puts it aside, beside the restored one."
        )
    with _disk_errors(folder), _scratch_beside(folder) as scratch:
        manifest = _unpack(file, scratch)
        for name in manifest["files"]:
            _see_whole(scratch / name, f"{name} in {file}")
            sync(scratch / name)
        aside = ""
        if occupied:
            if (folder / SETTINGS_FILE).is_file():
                shutil.copy2(folder / SETTINGS_FILE, scratch)
            aside = str(_free_name(folder))
            if folder.is_dir():
                with writer_lock(folder):
                    folder.rename(aside)
            else:
                folder.rename(aside)
        elif folder.exists():
            folder.rmdir()
        sync(scratch)
        scratch.rename(folder)
        sync(folder.absolute().parent)
    return _describe(file, manifest, aside)


@contextmanager
def _scratch_beside(target: Path) -> Iterator[Path]:
    """Give a folder on the same disk; it is deleted, unless it was moved away."""
    parent = target.absolute().parent
    make_folder(parent)
    scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _disk_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except CollectionError:
        raise
    except OSError as exc:
        raise CollectionNotWritable(
            f"{target} cannot be written ({exc.strerror or exc}). What was there is as it was. "
            "Make room, or the folder writable, and try again."
        ) from exc


def _unpack(file: Path, target: Path) -> dict[str, Any]:
    """Unpack a backup's files, each compared with its checksum, and return the manifest."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _check_file(file, archive, target)
    except (AttributeError, EOFError, KeyError, NotImplementedError, RuntimeError, TypeError,
            ValueError, zipfile.BadZipFile, zlib.error) as exc:  # fmt: skip
        raise _no_backup(file, str(exc)) from exc


def _check_file(file: Path, archive: zipfile.ZipFile, target: Path) -> dict[str, Any]:
    if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
        raise _no_backup(file, "its manifest is too long")
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] > FORMAT or manifest["schema"] > SCHEMA_VERSION:
        raise CollectionNewer(
            f"{file} was written by a later version of article-qa. Install the later version: "
            "pip install --upgrade article-qa"
        )
    if CATALOG_FILE not in manifest["files"]:
        raise _no_backup(file, "it holds no catalog")
    for name, expected in manifest["files"].items():
        # Only names of ours, so that nothing is written elsewhere.
        if name not in _FILES or _unpack_entry(archive, name, target / name) != expected:
            raise _no_backup(file, f"{name} is not what was written")
    return manifest


def _unpack_entry(archive: zipfile.ZipFile, name: str, target: Path) -> str:
    """Write an entry to a file, no more of it than it says it has; return its sha256."""
    left = archive.getinfo(name).file_size
    digest = hashlib.sha256()
    with archive.open(name) as source, target.open("wb") as out:
        while left > 0 and (piece := source.read(min(_PIECE, left))):
            left -= len(piece)
            digest.update(piece)
            out.write(piece)
    return digest.hexdigest()


def _no_backup(file: Path, reason: str) -> CollectionDamaged:
    return CollectionDamaged(
        f"{file} is no backup that can be restored: {reason}. Use another backup."
    )


def _see_whole(path: Path, what: str) -> None:
    if found := problems(path):
        raise CollectionDamaged(
            f"{what} is damaged ({found[0]}). `article-qa doctor` says more; an older backup "
            "may be whole."
        )


def _free_name(folder: Path) -> Path:
    """Return a name beside a folder that nothing has yet."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    for number in range(1, 1000):
        name = folder.with_name(f"{folder.name}.before-{stamp}" + (f"-{number}" * (number > 1)))
        if not os.path.lexists(name):
            return name
    raise CollectionNotWritable(f"No free name was found beside {folder}.")


def _describe(file: Path, manifest: dict[str, Any], aside: str = "") -> Backup:
    return Backup(
        str(file),
        datetime.fromisoformat(manifest["made"]),
        file.stat().st_size,
        int(manifest["articles"]),
        int(manifest["conversations"]),
        int(manifest["rotten"]),
        aside,
    )
