"""What a child process runs in tests of isolation: a reader that does harm where a file says so."""

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from corpus.ingest import sandbox_worker as isolated


def _loop() -> None:
    while True:
        pass


def _sleep() -> None:
    import time

    time.sleep(1000)


def _allocate() -> None:
    blocks = [bytearray(2**28) for _ in range(16)]
    raise AssertionError(f"there was room for {len(blocks)} blocks")


def _allocate_outside_python() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]
    place = libc.malloc(4 * 2**30)
    raise RuntimeError("malloc gave nothing" if place is None else "malloc gave 4 GiB")


def _crash() -> None:
    ctypes.string_at(0)


def _connect() -> None:
    socket.create_connection(("127.0.0.1", int(os.environ.get("PORT", "9"))), timeout=5)


def _look_up() -> None:
    socket.getaddrinfo("example.org", 80)


def _connect_outside_python() -> None:
    """Send a datagram by system calls, which no audit hook sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.socket(2, 2, 0)
    address = b"\x02\x00" + (9).to_bytes(2, "big") + bytes([192, 0, 2, 1]) + bytes(8)
    sent = libc.connect(made, address, 16)
    raise RuntimeError(f"connect said {sent}: {os.strerror(ctypes.get_errno())}")


def _write() -> None:
    Path("/tmp/article-qa-was-here").write_text("x")


def _write_outside_python() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    opened = libc.open(f"/tmp/article-qa-{os.getpid()}".encode(), os.O_CREAT | os.O_RDWR, 0o600)
    sent = libc.write(opened, b"x", 1)
    libc.unlink(f"/tmp/article-qa-{os.getpid()}".encode())
    raise RuntimeError(f"write said {sent}: {os.strerror(ctypes.get_errno())}")


def _start() -> None:
    subprocess.run(["/bin/true"], check=True)


def _show_environment() -> None:
    raise RuntimeError(" ".join(sorted(os.environ)))


def _talk_nonsense() -> None:
    os.write(int(sys.argv[2]), isolated.LENGTH.pack(4) + b"\xff\xfe{[")
    _sleep()


def _promise_much() -> None:
    os.write(int(sys.argv[2]), isolated.LENGTH.pack(2**62))
    _sleep()


def _send_pickle() -> None:
    os.write(int(sys.argv[2]), isolated.LENGTH.pack(8) + b"\x80\x04\x95\x00\x00\x00\x00.")
    _sleep()


def _exit() -> None:
    os._exit(0)


HARM: dict[str, Callable[[], None]] = {
    name.removeprefix("_"): value
    for name, value in list(globals().items())
    if name.startswith("_") and not name.startswith("__") and callable(value)
}


def _read(job: dict[str, Any], data: BinaryIO, send: Callable[[str, Any], None]) -> Iterator[Any]:
    text = data.read()
    data.seek(0)
    for name, harm in HARM.items():
        if f"<i>{name}</i>".encode() in text:
            harm()
    if b"<i>lie</i>" in text:
        paragraph = {"number": 1, "start": 0, "end": 4000}
        article = {"uri": "file:///a", "title": "T", "text": "Text", "paragraphs": [paragraph]}
        send("result", article)
        return iter(())
    if b"<i>wrong type</i>" in text:
        send("result", {"uri": 5})
        return iter(())
    return real(job, data, send)


real = isolated._OPERATIONS["read"]
isolated._OPERATIONS["read"] = _read

if __name__ == "__main__":
    isolated.main()
