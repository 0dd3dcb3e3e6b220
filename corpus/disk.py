"""The disk: writes that last, and folders that may not be written."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Have the operating system write a file or folder through to the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:
        # Windows opens no folders; there is nothing to sync then.
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that all of them outlast a power failure."""
    missing = [item for item in (folder, *folder.parents) if not item.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for item in missing:
        sync(item)
        sync(item.parent)


def is_read_only(folder: Path) -> bool:
    """Tell whether no file can be made in a folder: it is mounted or marked so, or another's."""
    return not os.access(folder, os.W_OK | os.X_OK)


def is_on_read_only_media(folder: Path) -> bool:
    """Tell whether a folder lies on a file system that is mounted read-only."""
    if not hasattr(os, "statvfs"):
        return False
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
