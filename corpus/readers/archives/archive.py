"""ZIP containers from strangers: what is in them, read within limits, nothing ever unpacked.

DOCX, EPUB and ZIP files share this. Sizes are counted while they are read, because what
a container says of itself may be a lie.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from corpus.errors import EmptyInput, InputError, InputTooLarge

MAX_ENTRIES = 100_000
_LARGEST_DIRECTORY = 16 * 2**20
"""Bytes of the list of entries, which is held in memory; its own count cannot be relied on."""
LARGEST_ENTRY = 200 * 2**20
_RATIO = 200
"""How many times its size an entry may grow; articles in any format stay below 50."""
_FREE = 10 * 2**20
"""Bytes up to which an entry may grow as it likes."""
_CHUNK = 2**18


@dataclass(slots=True)
class Budget:
    """What may still be read of an archive and of those in it: nesting gains nothing."""

    entries: int = MAX_ENTRIES
    bytes: int = 4 * 2**30


class Archive:
    """The entries of one ZIP file."""

    def __init__(self, stream: BinaryIO, what: str, budget: "Budget | None" = None) -> None:
        """Open it; `what` names it in messages: "the e-book".

        `budget` is shared with the archive that this one lies in, if any.

        Raises InputTooLarge where it has too many entries and InputError where it is damaged.
        """
        self._what = what
        self.budget = budget or Budget()
        size = _directory_size(stream)
        if size > _LARGEST_DIRECTORY:
            raise InputTooLarge(
                "{what} has too many entries; at most {max_entries:,} are read",
                what=what,
                max_entries=MAX_ENTRIES,
            )
        try:
            self._file = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as exc:
            raise InputError(
                "{what} is damaged or cut off: {reason}", what=what, reason=exc
            ) from exc
        entries = self._file.infolist()
        self._entries = {_name(info): info for info in entries}
        self.budget.entries -= len(entries)
        if self.budget.entries < 0:
            raise InputTooLarge(
                "{what} has too many entries; at most {max_entries:,} are read",
                what=what,
                max_entries=MAX_ENTRIES,
            )
        if not self._entries:
            raise EmptyInput("{what} is empty", what=what)

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def files(self) -> list[str]:
        """Return the names of the entries that are files, in the archive's order."""
        return [name for name in self._entries if name and not name.endswith("/")]

    def is_link(self, name: str) -> bool:
        """Say whether an entry is a symbolic link instead of a file."""
        return (self._entries[name].external_attr >> 16) & 0o170000 == 0o120000

    def read(self, name: str, largest: int = LARGEST_ENTRY) -> bytes:
        """Return an entry's bytes; raises as `stream` does."""
        return b"".join(self.stream(name, largest))

    def stream(self, name: str, largest: int = LARGEST_ENTRY) -> Iterator[bytes]:
        """Yield an entry's bytes, piece by piece.

        Raises InputTooLarge where they grow beyond `largest` or out of proportion, and
        InputError where there is no such entry, or it is encrypted or damaged.
        """
        info = self._entries.get(name)
        if info is None:
            raise InputError(
                "{what} is incomplete: there is no {name} in it", what=self._what, name=name
            )
        if info.flag_bits & 1:
            raise InputError("it is encrypted; unpack it and add the files")
        allowed = min(largest, max(_FREE, info.compress_size * _RATIO))
        size = 0
        try:
            with self._file.open(info) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._count(size, len(chunk), allowed)
                    yield chunk
        except (
            zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError,
            ValueError, struct.error,
        ) as exc:  # fmt: skip
            raise InputError("it is damaged: {reason}", reason=exc) from exc

    def _count(self, size: int, more: int, allowed: int) -> None:
        """Take what was unpacked off the budget."""
        self.budget.bytes -= more
        if size > allowed:
            raise InputTooLarge(
                "unpacked, it grows beyond {allowed:,.0f} MB", allowed=allowed / 1e6
            )
        if self.budget.bytes < 0:
            raise InputTooLarge("unpacked, {what} grows beyond 4 GiB", what=self._what)


def _name(info: zipfile.ZipInfo) -> str:
    """Return an entry's name; programs write UTF-8 into it also where they do not say so."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def is_safe_name(name: str) -> bool:
    """Say whether an entry's name stays inside its archive.

    >>> is_safe_name("a/b.txt"), is_safe_name("../b.txt"), is_safe_name("C:/b.txt")
    (True, False, False)
    """
    path = PurePosixPath(name.replace("\\", "/"))
    parts = path.parts
    outside = path.is_absolute() or ".." in parts or not parts or ":" in parts[0]
    return not outside and "\x00" not in name and len(name) <= 1000


def _directory_size(stream: BinaryIO) -> int:
    """Return how large the archive says its list of entries is, in bytes; 0 if it does not."""
    end = stream.seek(0, 2)
    start = max(0, end - 65_557 - 76)
    stream.seek(start)
    tail = stream.read()
    stream.seek(0)
    sizes = [0]
    place = tail.rfind(b"PK\x05\x06")
    if place >= 0 and len(tail) >= place + 16:
        size = struct.unpack_from("<L", tail, place + 12)[0]
        sizes.append(size if size != 0xFFFFFFFF else 0)
    place = tail.rfind(b"PK\x06\x06")
    if place >= 0 and len(tail) >= place + 48:
        sizes.append(struct.unpack_from("<Q", tail, place + 40)[0])
    return max(sizes)
