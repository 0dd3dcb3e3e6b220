"""Servers over real collections with the fake encoder."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa.collection import Collection, open_collection
from qa.server import Options, application
from qa.streaming import Event, Finished, Piece, Stage
from tests.conftest import BRIDGE, FERRY, MUSEUM
from tests.fakes import FakeEncoder, write

QUESTION = "Was kostet ein Fahrschein?"
ANSWER = "Ein Fahrschein kostet unverändert vier Euro und achtzig Cent."


class Slow:
    """A collection whose questions take as long as a test wants; else that which it holds."""

    def __init__(self, inner: Collection) -> None:
        self.inner = inner
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)
        self.pieces = 0
        self.closed = threading.Event()
        self.crash: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def ask_stream(
        self, question: str, history: Sequence[Any] = (), **options: Any
    ) -> Iterator[Event]:
        return self._events(question)

    def _events(self, question: str) -> Iterator[Event]:
        try:
            yield Stage("searching")
            self.begun.release()
            if self.crash is not None:
                raise self.crash
            if "endless" in question:
                while not self.go_on.is_set():
                    self.pieces += 1
                    yield Piece("word " * 200)
                    time.sleep(0.001)
            assert self.go_on.wait(60)
            yield Finished(self.inner.ask(QUESTION))
        finally:
            self.closed.set()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Yield three articles, only for reading."""
    folder = tmp_path_factory.mktemp("served")
    press = write(folder / "press", ferry=FERRY, museum=MUSEUM, bridge=BRIDGE)
    with open_collection(folder / "collection", create=True, encoder=FakeEncoder()) as opened:
        opened.add(press)
        opened.edit((press / "museum.txt").as_uri(), source="Immersener Tageblatt",
                    published="2024-05-03", authors="Ute Kern")  # fmt: skip
        yield opened


Serve = Callable[..., TestClient]


@pytest.fixture
def serve(library: Collection) -> Iterator[Serve]:
    """Return what makes a client of a server with these options."""
    clients = []

    def made(collection: Any = None, **options: Any) -> TestClient:
        options = {"hosts": None, **options}
        app = application(collection or library, Options(**options), page=False)
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client)
        return client

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve()


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """Serve an application at a port of its own, over real sockets; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield "http://{}:{}".format(*listener.getsockname())
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()


def waited_for(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Say whether it comes true in time."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True
