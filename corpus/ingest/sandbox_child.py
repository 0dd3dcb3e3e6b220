"""The child processes of `corpus.ingest.sandbox`: started, asked, bounded, and ended.

One child serves many files. Where a file crashes it, or exceeds a limit, that file is refused
with the reason and the next one gets a new child.
"""

import atexit
import json
import logging
import os
import select
import signal
import subprocess  # the child runs this package, with no argument from a file
import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Never, TypeVar

from corpus import errors
from corpus.errors import ErrorText, InputError, InputTooLarge
from corpus.ingest.sandbox_worker import FAILED, LENGTH, OUT_OF_MEMORY
from corpus.readers import ReadOptions
from corpus.serialise import NotRestored, restore

log = logging.getLogger(__name__)
T = TypeVar("T")

_SENT = 16 * 2**20
"""Bytes up to which a file goes through the pipe; a larger one is handed over open, to a
child of its own."""
_LARGEST_ANSWER = 2**30
_USES = 500
"""Files after which a child is replaced: what a parser leaks does not add up."""
_ENVIRONMENT = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "TZ")
"""What the child inherits; no key and no token is among it."""
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Threads and pools of memory reserve address space, which is limited, and help no reader."""
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from corpus.ingest.sandbox_worker import main; main()"
)


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What reading one file may cost."""

    memory: int = 2 * 2**30
    """Bytes of address space of the child."""
    seconds: float = 60.0
    """Seconds of computing in all, and of waiting for each article; for each scanned page anew."""
    seconds_per_mb: float = 20.0
    """What a file's size adds to that."""


LIMITS = SandboxLimits()


def run_in_child(
    kind: type[T],
    job: dict[str, Any],
    data: bytes | BinaryIO,
    limits: SandboxLimits,
    options: ReadOptions,
) -> Generator[T, None, None]:
    """Yield what a child answers to a request; raises InputError where it says so or dies."""
    size = len(data) if isinstance(data, bytes) else data.seek(0, 2)
    given = None
    if not isinstance(data, bytes):
        data.seek(0)
        with suppress(OSError):  # a stream in memory has no number
            given = data.fileno() if size > _SENT else None
    seconds = limits.seconds + limits.seconds_per_mb * size / 1e6
    request = [json.dumps({**job, "given": given is not None, "cpu_s": int(seconds) + 1}).encode()]
    if given is None:
        request.append(data if isinstance(data, bytes) else data.read())
    child = _Child(limits.memory, given) if given is not None else _borrow_child(limits.memory)
    try:
        child.send(request)
        yield from child.answers(kind, seconds, limits, options)
    except BaseException:
        # Also where the caller stops half way: what is still to come would answer the next file.
        if not child.is_idle:
            child.close()
        raise
    finally:
        _give_back(child, keep=given is None)


class _Child:
    """One child process; it reads one file at a time."""

    def __init__(self, memory: int, given: int | None = None) -> None:
        """Start it, with the open file `given` if there is one."""
        self.memory = memory
        self.is_idle = True
        self.uses = 0
        self.owner = os.getpid()
        theirs, mine = os.pipe()
        self._answers, their_answers = os.pipe()
        self._requests = mine
        os.set_blocking(mine, False)
        passed = (theirs, their_answers, *(() if given is None else (given,)))
        paths = [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]
        command = [sys.executable, "-I", "-c", _START, json.dumps(paths)]
        command += [
            str(theirs),
            str(their_answers),
            str(memory),
            str(-1 if given is None else given),
        ]
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=passed,
                env=environment | _FRUGAL,
            )
        except OSError as exc:
            os.close(self._requests)
            os.close(self._answers)
            raise InputError(
                "no process to read it in can be started: {reason}", reason=exc
            ) from exc
        finally:
            os.close(theirs)
            os.close(their_answers)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def send(self, parts: list[bytes]) -> None:
        """Send a request; one that finds no one is answered by the end of the answers."""
        self.is_idle = False
        self.uses += 1
        with suppress(BrokenPipeError):
            for part in parts:
                _write(self._requests, LENGTH.pack(len(part)))
                _write(self._requests, part)

    def answers(
        self, kind: type[T], seconds: float, limits: SandboxLimits, options: ReadOptions
    ) -> Iterator[T]:
        """Yield the results of a request.

        Raises InputError where the child says so, dies or is silent for too long.
        """
        while True:
            what, value = self._answer(seconds, limits)
            if what == "end":
                self.is_idle = True
                return
            if what == "error":
                self.is_idle = value[0] != OUT_OF_MEMORY
                _raise(str(value[0]), _text_of(value[1:]), limits)
            if what == "result":
                try:
                    result = restore(kind, value)
                except NotRestored as exc:
                    raise InputError(
                        "the reader's answer makes no sense: {reason}", reason=exc
                    ) from exc
                yield result
            elif what == "problem":
                options.problem(str(value[0]), _text_of(value[1:]))
            elif what == "note":
                options.note(str(value[0]), _text_of(value[1:]))

    def _answer(self, seconds: float, limits: SandboxLimits) -> tuple[str, Any]:
        head = self._read(LENGTH.size, seconds, limits)
        (length,) = LENGTH.unpack(head)
        if length > _LARGEST_ANSWER:
            self._stop()
            raise InputTooLarge("its text is larger than 1 GiB")
        try:
            what, value = json.loads(self._read(length, seconds, limits))
        except (ValueError, TypeError, RecursionError) as exc:
            self._stop()
            raise InputError("the reader's answer makes no sense; the file is left out") from exc
        return str(what), value

    def _read(self, length: int, seconds: float, limits: SandboxLimits) -> bytes:
        parts = []
        while length > 0:
            if not _ready(self._answers, select.POLLIN, seconds):
                self._stop()
                raise InputError(
                    "reading it takes longer than {seconds:,.0f} seconds", seconds=seconds
                )
            part = os.read(self._answers, min(length, 2**20))
            if not part:
                self._raise_death(seconds, limits)
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _raise_death(self, seconds: float, limits: SandboxLimits) -> Never:
        code = self._process.wait()
        if code == -getattr(signal, "SIGXCPU", 0):
            raise InputError(
                "reading it takes more than {seconds:,.0f} seconds of computing", seconds=seconds
            )
        if code == -getattr(signal, "SIGKILL", 0):
            raise InputError("its reader was killed; the system may be out of memory")
        name = signal.Signals(-code).name if code < 0 else f"exit status {code}"
        raise InputError(
            "its reader crashed ({name}); the file is damaged, made to harm, or "
            "needs more than {memory:,.1f} GiB of memory",
            name=name,
            memory=limits.memory / 2**30,
        )

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process, and everything between it and this one; again does nothing."""
        if self._requests < 0:
            return
        os.close(self._requests)
        os.close(self._answers)
        self._requests = self._answers = -1
        if self.owner == os.getpid():
            self._stop()


def _write(target: int, data: bytes) -> None:
    """Write it all, unless the other side does not take it."""
    view = memoryview(data)
    while view and _ready(target, select.POLLOUT, LIMITS.seconds):
        view = view[os.write(target, view) :]


def _ready(file: int, event: int, seconds: float) -> bool:
    # Not `select`, which takes no file number above 1,023: servers have those.
    poll = select.poll()
    poll.register(file, event)
    return bool(poll.poll(seconds * 1000))


def _text_of(parts: list[Any]) -> ErrorText:
    """Return a reason that a child gave; it may have been taken over, so nothing is filled in."""
    text, template, values = parts
    return ErrorText.restore(str(text), str(template), dict(values))


def _raise(kind: str, message: str, limits: SandboxLimits) -> Never:
    if kind == OUT_OF_MEMORY:
        raise InputTooLarge(
            "reading it needs more than {memory:,.1f} GiB of memory", memory=limits.memory / 2**30
        )
    if kind == FAILED:
        log.warning("a reader failed: %s", message)
        raise InputError("the reader failed ({message})", message=message)
    found = getattr(errors, kind, None)
    known = isinstance(found, type) and issubclass(found, InputError)
    raise (found if known and found is not None else InputError)(message)


_lock = Lock()
_idle: list[_Child] = []
"""At most one child that waits for work."""


def _borrow_child(memory: int) -> _Child:
    """Return the child that waits, or a new one."""
    with _lock:
        while _idle:
            child = _idle.pop()
            # A forked process has the parent's list, but not its children.
            if child.owner == os.getpid() and child.is_alive and child.memory == memory:
                return child
            child.close()
    return _Child(memory)


def _give_back(child: _Child, *, keep: bool) -> None:
    with _lock:
        if keep and child.is_idle and child.is_alive and child.uses < _USES and not _idle:
            _idle.append(child)
            return
    child.close()


@atexit.register
def close_all() -> None:
    """End the child that waits; the next file starts another."""
    while _idle:
        _idle.pop().close()
