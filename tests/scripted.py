"""A language model's endpoint on loopback that does as it is told, well or badly."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Reply"], None]


@dataclass
class Endpoint:
    """A running endpoint: what to set, and what it was sent."""

    address: str
    scripts: list[Script]
    requests: list[dict[str, Any]] = field(default_factory=list)
    """Bodies, with the headers under "headers"."""
    models: Sequence[str] = ("tiny",)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The headers with which the models were asked for."""


class Reply:
    """One answer of the endpoint, as a script gives it."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        self._handler = handler
        self.request = request

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def raw(self, data: str | bytes) -> None:
        self._handler.wfile.write(data.encode() if isinstance(data, str) else data)
        self._handler.wfile.flush()

    def event(self, content: str | None, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        self.raw(f"data: {json.dumps({**chunk, 'choices': [choice]}, ensure_ascii=False)}\n\n")

    def end(self, reason: str = "stop") -> None:
        self.event(None, reason)
        self.raw("data: [DONE]\n\n")

    def broken(self) -> None:
        """Reset the connection instead of closing it."""
        import socket
        import struct

        connection = self._handler.connection
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.close_connection = True
        connection.close()


def says(*pieces: str, pause_s: float = 0.0) -> Script:
    """Return a script that writes these pieces, as a good endpoint does."""

    def script(reply: Reply) -> None:
        reply.head()
        for piece in pieces:
            reply.event(piece)
            time.sleep(pause_s)
        reply.end()

    return script


def fails(status: int, body: str = '{"error": {"message": "no"}}', **headers: str) -> Script:
    """Return a script that answers with an error."""

    def script(reply: Reply) -> None:
        reply.head(status, "application/json", **headers)
        reply.raw(body)

    return script


@contextmanager
def endpoint(*scripts: Script) -> Iterator[Endpoint]:
    """Serve the scripts, one for each request in order, the last one for all that follow."""
    running: Endpoint

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.asked.append({name.lower(): value for name, value in self.headers.items()})
            listed = [{"id": name, "object": "model"} for name in running.models]
            reply = Reply(self, {})
            reply.head(200 if self.path == "/v1/models" else 404, "application/json")
            reply.raw(json.dumps({"object": "list", "data": listed}))

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            request = json.loads(self.rfile.read(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            running.requests.append({**request, "path": self.path, "headers": headers})
            at = min(len(running.requests), len(running.scripts)) - 1
            with suppress(OSError):  # the client has had enough
                running.scripts[at](Reply(self, request))

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def handle(self) -> None:
            with suppress(OSError, ValueError):
                super().handle()

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", list(scripts))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def texts_of(requests: Sequence[dict[str, Any]]) -> str:
    """Return all that was sent to a model as one text."""
    return "\n".join(message["content"] for item in requests for message in item["messages"])
