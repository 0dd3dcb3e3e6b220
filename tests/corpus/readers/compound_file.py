"""Microsoft's compound files, written: folders and streams in sectors (MS-CFB, version 3)."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_NONE = 0xFFFFFFFF

Tree: TypeAlias = Mapping[str, "bytes | Tree"]


@dataclass
class _Entry:
    name: str
    kind: int
    data: bytes = b""
    child: int = _NONE
    sibling: int = _NONE
    start: int = _END
    size: int = 0


@dataclass
class _Store:
    """Sectors, and for each the next of its chain."""

    size: int
    sectors: list[bytes] = field(default_factory=list)
    next: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> int:
        """Append data as a chain; returns where it starts."""
        if not data:
            return _END
        start = len(self.sectors)
        for at in range(0, len(data), self.size):
            self.sectors.append(data[at : at + self.size].ljust(self.size, b"\0"))
            self.next.append(len(self.sectors))
        self.next[-1] = _END
        return start


def write_compound_file(tree: Tree) -> bytes:
    """Return the bytes of a file with these streams and folders; folders are mappings."""
    entries = [_Entry("Root Entry", 5)]
    _add(tree, 0, entries)
    big, small = _Store(_SECTOR), _Store(_SMALL)
    for entry in entries:
        if entry.kind == 2:
            entry.size = len(entry.data)
            entry.start = (small if entry.size < _CUTOFF else big).add(entry.data)
    entries[0].data = b"".join(small.sectors)
    entries[0].size = len(entries[0].data)
    entries[0].start = big.add(entries[0].data)
    directory = big.add(b"".join(map(_pack, entries)))
    small_fat = struct.pack(f"<{len(small.next)}I", *small.next)
    free = struct.pack("<I", _FREE)
    small_fat += free * (-len(small.next) % (_SECTOR // 4))
    small_at, small_count = big.add(small_fat), len(small_fat) // _SECTOR
    count = 1
    while (len(big.next) + count) * 4 > count * _SECTOR:
        count += 1
    first = len(big.sectors)
    table = [*big.next, *[_FAT] * count]
    table += [_FREE] * (-len(table) % (_SECTOR // 4))
    fat = struct.pack(f"<{len(table)}I", *table)
    header = struct.pack(
        "<8s16sHHHHH6x9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, count, directory, 0, _CUTOFF, small_at if small_count else _END, small_count, _END, 0,
    )  # fmt: skip
    places = [*range(first, first + count), *[_FREE] * (109 - count)]
    return header + struct.pack("<109I", *places) + b"".join(big.sectors) + fat


def _add(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    """Append a folder's entries; each is the right sibling of the one before."""
    last = _NONE
    for name in sorted(tree, key=lambda name: (len(name), name.upper())):
        content = tree[name]
        number = len(entries)
        if isinstance(content, bytes):
            entries.append(_Entry(name, 2, content))
        else:
            entries.append(_Entry(name, 1))
            _add(content, number, entries)
        if last == _NONE:
            entries[parent].child = number
        else:
            entries[last].sibling = number
        last = number


def _pack(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        name, len(name) + 2, entry.kind, 1, _NONE, entry.sibling, entry.child,
        b"", 0, 0, 0, entry.start, entry.size,
    )  # fmt: skip
