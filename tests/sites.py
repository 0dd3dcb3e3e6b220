"""Real servers on loopback, well-meaning and hostile, and a network that leads to them."""

import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from httpcore2 import NetworkStream, SyncBackend

from corpus.web.connection import Network

PUBLIC = "93.184.215.14"
"""An address on the public internet; `Loopback` leads it to a site on this machine."""

Route = Callable[["Handler"], object]


class Handler(BaseHTTPRequestHandler):
    """Answers from the site's routes and keeps what was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site: Any = self.server
        site.asked.append((self.path, dict(self.headers)))
        route = site.routes.get(self.path)
        try:
            if route is None:
                self.answer(b"no such page", status=404)
            else:
                route(self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # who asked has hung up
        self.close_connection = True

    def answer(self, body: bytes, *, status: int = 200, **headers: str) -> None:
        """Send a whole answer; content_type="text/html" becomes Content-Type: text/html."""
        self.send_response(status)
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        for name, value in ({"Content-Length": str(len(body))} | named).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Site(socketserver.ThreadingTCPServer):
    """A web server on a free port of this machine."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        """Listen, with no page yet."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def page(self, path: str, body: str | bytes, *, status: int = 200, **headers: str) -> None:
        """Serve a page, HTML unless another content type is given."""
        data = body.encode() if isinstance(body, str) else body
        headers.setdefault("content_type", "text/html; charset=utf-8")
        self.routes[path] = lambda handler: handler.answer(data, status=status, **headers)

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.routes[path] = lambda handler: handler.answer(b"", status=status, location=location)


@contextmanager
def serving() -> Iterator[Site]:
    """Yield a site that answers until the block ends."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


class Loopback(Network):
    """Names and addresses of its own; every connection goes to one port of this machine.

    `answers` has for a name the IP addresses of its first look-up, of its second, and so on;
    the last ones stay.
    """

    def __init__(self, port: int, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """Lead everything to `port`."""
        self._port = port
        self._answers = {name: list(each) for name, each in answers.items()}
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host not in self._answers:
            raise OSError(-2, "Name or service not known")
        answers = self._answers[host]
        return list(answers.pop(0) if len(answers) > 1 else answers[0])

    def connect(self, ip: str, port: int, timeout_s: float) -> NetworkStream:
        self.connected.append((ip, port))
        return SyncBackend().connect_tcp("127.0.0.1", self._port, timeout=timeout_s)
