"""One connection to one IP address that was allowed, within the time that is left.

The HTTP client is given the connection and never sees a way to open another: it asks for a
host's name and gets the address that was checked. The name still goes into the Host header,
the TLS handshake and the check of the certificate.
"""

import queue
import socket
import ssl
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from time import monotonic
from typing import Any

from httpcore2 import (
    ConnectError,
    NetworkBackend,
    NetworkError,
    NetworkStream,
    ReadTimeout,
    SyncBackend,
    TimeoutException,
)

from corpus.errors import FetchFailed
from corpus.web.addresses import IP


class Network:
    """What there is outside: name look-ups and TCP. Tests put one of their own in its place."""

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the IP addresses of a host, best first.

        Raises OSError where there is none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return [str(item[4][0]) for item in found]

    def connect(self, ip: str, port: int, timeout_s: float) -> NetworkStream:
        """Open a TCP connection to an IP address; nothing is looked up.

        Raises one of httpcore2's errors.
        """
        return SyncBackend().connect_tcp(ip, port, timeout=timeout_s)


class Deadline:
    """A point in time by which a request has to be over."""

    def __init__(self, seconds: float) -> None:
        """Set it to so many seconds from now."""
        self._end = monotonic() + seconds

    def seconds_left(self, most: float | None = None) -> float:
        """Return the seconds that are left, at most `most`.

        Raises ReadTimeout where none are.
        """
        left = self._end - monotonic()
        if left <= 0:
            raise ReadTimeout("the time is over")
        return left if most is None else min(left, most)


def resolve(network: Network, host: str, port: int, deadline: Deadline) -> list[str]:
    """Return a host's IP addresses, before the deadline.

    Raises:
        FetchFailed: it has none, or the answer takes too long.
    """
    with suppress(ValueError):
        return [str(ip_address(host))]
    answers: queue.Queue[list[str] | Exception] = queue.Queue(1)

    def look_up() -> None:
        try:
            answers.put(network.resolve(host, port))
        except Exception as exc:  # noqa: BLE001 - it is raised by the thread that waits
            answers.put(exc)

    # getaddrinfo knows no timeout; a thread that hangs in it holds nothing up.
    threading.Thread(target=look_up, daemon=True, name="article-qa look-up").start()
    try:
        found = answers.get(timeout=deadline.seconds_left())
    except queue.Empty:
        raise FetchFailed("looking up {host} took too long; try again later", host=host) from None
    if isinstance(found, list):
        return found
    if not isinstance(found, OSError | UnicodeError):
        raise found
    raise FetchFailed(
        "{host} cannot be found ({found}); check the spelling",
        host=host,
        found=_describe_error(found),
    ) from found


class Pinned(NetworkBackend):
    """Opens connections to addresses that were checked, and to nothing else."""

    def __init__(self, network: Network, addresses: Sequence[IP], deadline: Deadline) -> None:
        """Any host that is asked for means `addresses`, tried in order."""
        self._network = network
        self._addresses = addresses
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the name is not looked up again
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> NetworkStream:
        """Connect to the first address that answers."""
        failed: Exception = ConnectError("there is no address")
        for ip in self._addresses:
            try:
                stream = self._network.connect(str(ip), port, self._deadline.seconds_left(timeout))
            except ReadTimeout:
                raise
            except (NetworkError, TimeoutException, OSError) as exc:
                failed = exc
            else:
                return _Timed(stream, self._deadline)
        raise failed


class _Timed(NetworkStream):
    """A connection on which no step outlasts the deadline: a byte a second does not help."""

    def __init__(self, stream: NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.seconds_left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.seconds_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> NetworkStream:
        left = self._deadline.seconds_left(timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _describe_error(exc: Exception) -> str:
    return str(getattr(exc, "strerror", None) or exc or type(exc).__name__)
