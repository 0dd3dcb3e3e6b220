"""One writer at a time: a lock of the operating system, which names its holder."""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import CollectionLocked, CollectionNotWritable, ErrorText

LOCK_FILE = "writer.lock"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL}
"""What file systems answer that give no locks."""


@contextmanager
def writer_lock(folder: Path, timeout_s: float = 0.0) -> Iterator[None]:
    """Hold the folder's write lock; it is released when the block ends or the process dies.

    Raises:
        CollectionLocked: another process, or another thread, still holds it after `timeout_s`.
        CollectionNotWritable: the folder cannot be written, or its file system gives no locks.
    """
    # The holder's name lies in a file of its own: taking the lock empties the lock file.
    note = folder / "writer.json"
    lock = _lock(folder)
    try:
        lock.acquire(timeout=timeout_s)
    except Timeout as exc:
        raise CollectionLocked(
            "{folder} is being written by {holder}. Wait until it has finished, then try again; "
            "asking questions works meanwhile.",
            folder=folder,
            holder=_holder(note),
        ) from exc
    except OSError as exc:
        if exc.errno in _NO_LOCKS:
            raise _without_locks(folder, exc) from exc
        raise CollectionNotWritable(
            "{folder} cannot be written ({reason}). Asking questions works; to change the "
            "collection, make room or the folder writable.",
            folder=folder,
            reason=exc.strerror or exc,
        ) from exc
    try:
        # On a full disk the lock holds without its holder's name.
        with suppress(OSError):
            note.write_text(
                json.dumps(
                    {
                        "pid": os.getpid(),
                        "program": Path(sys.argv[0] or "python").name,
                        "since": datetime.now(UTC).isoformat(timespec="seconds"),
                    }
                ),
                encoding="utf-8",
            )
        yield
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def see_locks(folder: Path) -> None:
    """See that the file system gives locks: without them SQLite cannot be used.

    What SQLite itself says then is that another process writes, or that the disk has failed.

    Raises:
        CollectionNotWritable: it gives none, as many network drives.
    """
    try:
        import fcntl
    except ImportError:  # Windows, whose drives all do
        return
    path = folder / LOCK_FILE
    try:
        with path.open("r+b") if path.exists() else tempfile.TemporaryFile(dir=folder) as stream:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in _NO_LOCKS:
            raise _without_locks(folder, exc) from exc


def _lock(folder: Path) -> FileLock:
    # A file whose being there is the lock would outlast a process that dies.
    return FileLock(folder / LOCK_FILE, fallback_to_soft=False)


def _without_locks(folder: Path, exc: OSError) -> CollectionNotWritable:
    return CollectionNotWritable(
        "The file system of {folder} gives no file locks ({lock_file}: {reason}), and "
        "without them two programs that write at once would damage the collection. Network "
        "drives are often so: put the collection on a disk of this machine (--collection), "
        "or mount the drive with locks.",
        folder=folder,
        lock_file=LOCK_FILE,
        reason=exc.strerror or exc,
    )


def writer(folder: Path) -> str:
    """Return who is writing to the folder now, in words, or ""; waits for nobody."""
    lock = _lock(folder)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return _holder(folder / "writer.json")
    except OSError:
        return ""  # a folder that cannot be written has no writer
    lock.release()
    return ""


def _holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return ErrorText("process {pid} ({program}, since {since})", **holder)
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
