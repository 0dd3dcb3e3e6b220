"""Power failures, simulated: what was not synced is dropped, torn or reordered.

A run of changes is recorded below libc (`disk_shim.c`). For each trial a moment of the
record is drawn. Of each file survives what had been synced, and of the later writes any
subset, some torn at a sector; of each folder what had been synced and then its entries up
to a moment of their own. The collection is opened as it then lies on the disk.

Not covered: disks that lie about having synced, and writes through memory maps (SQLite's
-shm, which a crash voids by design, and which is left out here).
"""

import os
import random
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.reliability.kills import changes, check
from benchmarks.reliability.rig import Bench
from benchmarks.reliability.shim import hide_calls, show_calls
from benchmarks.reliability.trials import in_child

RECORDINGS = 12
_SECTOR = 512
_HEAD = struct.Struct("=c4q")


@dataclass(frozen=True)
class Call:
    """A call that changed the disk."""

    kind: str
    one: int
    two: int
    a: bytes
    b: bytes


@dataclass
class File:
    """A file: all that was written to it, and how much of that was synced."""

    calls: list[Call] = field(default_factory=list)
    synced: int = 0


@dataclass
class Folder:
    """A folder: its entries, those that are synced, and the changes since."""

    live: dict[str, "Node"] = field(default_factory=dict)
    safe: dict[str, "Node"] = field(default_factory=dict)
    pending: list[tuple[str, str, Any]] = field(default_factory=list)

    def change(self, kind: str, name: str, value: Any) -> None:
        _apply(self.live, (kind, name, value))
        self.pending.append((kind, name, value))

    def sync(self) -> None:
        self.safe, self.pending = dict(self.live), []


Node = File | Folder


def _apply(entries: dict[str, "Node"], change: tuple[str, str, Any]) -> None:
    kind, name, value = change
    if kind == "set":
        entries[name] = value
    elif kind == "delete":
        entries.pop(name, None)
    elif name in entries:
        entries[value] = entries.pop(name)


class Disk:
    """What a record of calls leaves on the disk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.top = Folder()
        self._inodes: dict[int, File] = {}

    def apply(self, call: Call) -> None:
        path = Path(os.fsdecode(call.a)) if call.a and call.kind in "crlums" else None
        if call.kind in "wtz":
            if call.one in self._inodes:
                self._inodes[call.one].calls.append(call)
        elif call.kind == "s":
            found = self._find(path)
            if isinstance(found, Folder):
                found.sync()
            elif call.one in self._inodes:
                file = self._inodes[call.one]
                file.synced = len(file.calls)
        elif path is not None:
            self._find_node(call, path)

    def _find_node(self, call: Call, path: Path) -> None:
        parent = self._find(path.parent)
        if call.kind in "rl":
            target = Path(os.fsdecode(call.b))
            there, node = self._find(target.parent), self._find(path)
            assert isinstance(there, Folder), call
            if call.kind == "r" and parent is there:
                there.change("move", path.name, target.name)
                return
            there.change("set", target.name, node)
            if call.kind == "r" and isinstance(parent, Folder):
                parent.change("delete", path.name, None)
            return
        assert isinstance(parent, Folder), call
        if call.kind == "u":
            parent.change("delete", path.name, None)
            return
        node = Folder() if call.kind == "m" else File()
        if isinstance(node, File):
            self._inodes[call.one] = node
        parent.change("set", path.name, node)

    def _find(self, path: Path | None) -> "Node | None":
        node: Node | None = self.top
        try:
            parts = path.relative_to(self._root).parts if path else ()
        except ValueError:
            return None
        for part in parts:
            node = node.live.get(part) if isinstance(node, Folder) else None
        return node

    def crash(self, target: Path, rng: random.Random) -> None:
        """Write what survives a power failure at this moment to `target`."""
        _write_folder(self.top, target, rng, rng.choice([0.0, 0.5, 0.9, 1.0]))


def _write_folder(folder: Folder, target: Path, rng: random.Random, share: float) -> None:
    target.mkdir(exist_ok=True)
    entries = dict(folder.safe)
    for change in folder.pending[: rng.randint(0, len(folder.pending))]:
        _apply(entries, change)
    for name, node in entries.items():
        if isinstance(node, Folder):
            _write_folder(node, target / name, rng, share)
        elif not name.endswith("-shm"):
            (target / name).write_bytes(_content(node, rng, share))


def _content(file: File, rng: random.Random, share: float) -> bytes:
    data = bytearray()
    survivors = [call for call in file.calls[file.synced :] if rng.random() < share]
    for number, call in enumerate([*file.calls[: file.synced], *survivors]):
        if call.kind == "t":
            data.clear()
        elif call.kind == "z":
            data[:] = data[: call.two].ljust(call.two, b"\0")
        else:
            piece = call.a
            if number >= file.synced and rng.random() < 0.2:
                piece = piece[: rng.randint(0, len(piece) // _SECTOR) * _SECTOR]
            if len(data) < call.two:
                data.extend(bytes(call.two - len(data)))
            data[call.two : call.two + len(piece)] = piece
    return bytes(data)


def read_log(path: Path) -> Iterator[Call]:
    """Yield the calls that the layer recorded."""
    with path.open("rb") as stream:
        while head := stream.read(_HEAD.size):
            kind, one, two, a, b = _HEAD.unpack(head)
            yield Call(kind.decode(), one, two, stream.read(a), stream.read(b))


@cache
def _bench() -> Bench:
    return Bench()


@cache
def _recording(number: int) -> tuple[list[Call], tuple[Any, ...]]:
    """Record a run of changes; return its calls, and after which of them what was said."""
    work = _bench().empty()
    (work / "collection").mkdir()
    (work / "press").mkdir()
    log = work.parent / f"log-{number}"
    said: list[Any] = []

    def run(say: Callable[[Any], None]) -> None:
        show_calls(work / "collection", log=log)

        def note(what: Any) -> None:
            # How far the record had come when this was said.
            say({**what, "at": log.stat().st_size if log.exists() else 0})

        changes(work, 10_000 + number, note, create=True)

    ended = in_child(run)
    hide_calls()
    assert not any("exception" in item for item in ended.said), ended.said
    said = ended.said
    calls = list(read_log(log))
    log.unlink()
    return calls, tuple(said)


def trial(number: int) -> str:
    """Let the power fail once; return "ok: …" or what was lost."""
    rng = random.Random(number)
    calls, said = _recording(number % RECORDINGS)
    work = _bench().work
    moment = rng.randint(0, len(calls))
    size, disk = 0, Disk(work / "collection")
    for call in calls[:moment]:
        disk.apply(call)
        size += _HEAD.size + len(call.a) + len(call.b)
    # What was begun at the moment may have been under way; what was done is acknowledged.
    known = [item for item in said if item["at"] <= size]
    _bench().empty()
    (work / "press").mkdir()
    disk.crash(work / "collection", rng)
    checked = in_child(lambda say: check(work, known, {}, say))
    if checked.signal or checked.hung or not checked.said:
        return f"crash: signal {checked.signal}"
    result = checked.said[-1]
    if "exception" in result:
        return f"exception: {result['exception'][-300:]}"
    done = sum("done" in item for item in known)
    return str(result["wrong"]) or f"ok: call {moment} of {len(calls)}, {done} acknowledged"


def clean() -> None:
    """Delete what the trials have left."""
    shutil.rmtree(_bench().work.parent, ignore_errors=True)
