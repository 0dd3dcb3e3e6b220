"""The child process in which strangers' files are parsed: `python -m corpus.ingest.sandbox_worker`.

It is started by `corpus.ingest.sandbox`, gets files over a pipe and answers with JSON. What it
may do is bounded before it sees the first byte; see `_confine`.
"""

import contextlib
import ctypes
import io
import json
import os
import signal
import struct
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Never

from corpus.errors import ErrorText, InputError
from corpus.serialise import plain, restore
from corpus.text.language import detect

_Send = Callable[[str, Any], None]
"""Sends one message: its kind and its value."""

LENGTH = struct.Struct("!Q")
"""Before each message: its length in bytes."""
OUT_OF_MEMORY = "out of memory"
FAILED = "failed"
"""Kinds of errors beside the names of those in `corpus.errors`."""

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_DENIED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system",
           "os.fork", "os.kill", "os.remove", "os.rename", "os.mkdir",
           "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.chown", "os.truncate",
           "shutil.", "webbrowser.", "urllib.Request", "sqlite3.",
           "ftplib.", "smtplib.")  # fmt: skip
"""Beginnings of the audit events of which nothing comes."""


def main() -> None:
    """Answer requests until the other side is gone."""
    source, target, memory, given = (int(value) for value in sys.argv[1:5])
    with open(source, "rb") as requests, open(target, "wb") as answers:  # noqa: PTH123
        # The language model is unpacked into a temporary file, which is not possible later.
        detect("Ein Satz, damit das Modell geladen wird.")
        _confine(memory)
        while (request := _message(requests)) is not None:
            job = json.loads(request)
            data = open(given, "rb") if job["given"] else io.BytesIO(_exactly(requests))  # noqa: PTH123, SIM115
            with data:
                _work(job, data, _sender(answers))


def _sender(answers: BinaryIO) -> _Send:
    """Return what sends one message: its kind and its value."""

    def send(kind: str, value: Any) -> None:
        message = json.dumps([kind, value]).encode()
        answers.write(LENGTH.pack(len(message)) + message)
        answers.flush()

    return send


def _work(job: dict[str, Any], data: BinaryIO, send: _Send) -> None:
    _allow_cpu(job["cpu_s"])
    try:
        for result in _OPERATIONS[job["operation"]](job, data, send):
            send("result", plain(result))
        send("end", None)
    except InputError as exc:
        send("error", [type(exc).__name__, *_parts(exc.text)])
    except MemoryError:
        send("error", [OUT_OF_MEMORY, "", "", {}])
        # Whatever ran out of memory may have left anything behind.
        os._exit(1)
    except Exception as exc:  # noqa: BLE001 (a fault in a parser costs one file; told there)
        send("error", [FAILED, *_parts(f"{type(exc).__name__}: {exc}")])


def _parts(reason: str) -> list[Any]:
    """Return a reason as it travels: its text, its template and its values."""
    if isinstance(reason, ErrorText):
        return [str(reason), reason.template, dict(reason.values)]
    return [reason, reason, {}]


def _read(job: dict[str, Any], data: BinaryIO, send: _Send) -> Iterator[Any]:
    from corpus.readers import ReadOptions, read

    options = ReadOptions(
        columns=job["columns"],
        group_by=job["group_by"],
        problem=lambda part, reason: send("problem", [part, *_parts(reason)]),
        note=lambda part, text: send("note", [part, *_parts(text)]),
        page_done=lambda page: _go_on(page, job, send),
    )
    return read(data, job["name"], uri=job["uri"], options=options)


def _go_on(page: int, job: dict[str, Any], send: _Send) -> None:
    """Say that a page is read: the next may take as long as a file without pages."""
    _allow_cpu(job["cpu_s"])
    send("page", page)


def _feed(job: dict[str, Any], data: BinaryIO, _: _Send) -> Iterator[Any]:
    from corpus.readers.web.feed import read_feed

    yield read_feed(data.read(), job["address"])


def _entry(job: dict[str, Any], data: BinaryIO, _: _Send) -> Iterator[Any]:
    from corpus.readers.web.feed import Entry, Feed, entry_article

    feed, entry = json.loads(data.read())
    yield entry_article(restore(Feed, feed), restore(Entry, entry), uri=job["uri"])


def _links(job: dict[str, Any], data: BinaryIO, _: _Send) -> Iterator[Any]:
    from corpus.readers.web.links import read_links

    yield read_links(data.read(), job["address"])


def _page(job: dict[str, Any], data: BinaryIO, _: _Send) -> Iterator[Any]:
    from corpus.readers.scans.page_picture import draw_page

    yield draw_page(data.read(), job["page"], job["quote"])


_OPERATIONS: dict[str, Callable[..., Iterator[Any]]] = {
    "read": _read,
    "feed": _feed,
    "entry": _entry,
    "links": _links,
    "page": _page,
}


def _message(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    data = stream.read(*LENGTH.unpack(head))
    return data if len(data) == LENGTH.unpack(head)[0] else None


def _exactly(stream: BinaryIO) -> bytes:
    data = _message(stream)
    if data is None:
        raise SystemExit  # the other side is gone
    return data


# What this process may do


def _confine(memory: int) -> None:
    """Give up memory beyond a limit, writing files, the network and other programs.

    Memory, core dumps and the size of files are held by the kernel. So is the network, where
    users may make name spaces of their own (Linux, unless it is switched off). The audit
    hook, which comes on top everywhere, is Python's own: it stops what Python code does,
    also inside libraries; it does not see system calls that a compiled library makes.
    """
    # The user's Ctrl-C is the parent's business; a write beyond the limit is an error.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.dont_write_bytecode = True
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).unshare(_NEW_USER | _NEW_NETWORK)
    try:
        import resource
    except ImportError:
        return
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    for limit, value in (("RLIMIT_AS", memory), ("RLIMIT_CORE", 0), ("RLIMIT_FSIZE", 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(getattr(resource, limit), (value, value))
    sys.addaudithook(_refuse)


def _refuse(event: str, values: tuple[Any, ...]) -> None:
    if event.startswith(_DENIED):
        _deny(event)
    if event == "open" and values[0] != os.devnull:
        name, mode, flags = values
        writes = set(mode) & set("wax+") if mode else flags & (os.O_WRONLY | os.O_RDWR)
        if writes:
            _deny(f"write {name!r}")


def _deny(what: str) -> Never:
    raise PermissionError(f"a reader may not do this: {what}")


def _allow_cpu(seconds: int) -> None:
    """Allow this much more computing; the kernel ends the process after it."""
    try:
        import resource
    except ImportError:
        return
    spent = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    limit = int(spent.ru_utime + spent.ru_stime) + seconds
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


if __name__ == "__main__":
    main()
