"""Connections to a PostgreSQL server: each used by one thread at a time, several kept for more."""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Condition
from typing import Any, TypeVar

from corpus.catalog.sql.address import ServerAddress
from corpus.catalog.sql.failures import (
    ConnectionLost,
    ServerSilent,
    TooManyConnections,
    missing_driver,
    translate_failure,
)
from corpus.errors import CollectionError

log = logging.getLogger(__name__)
Found = TypeVar("Found")

CONNECT_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 120.0
"""For reading, and for beginning to write. What is being written may take longer."""
LOCK_TIMEOUT_S = 30
ATTEMPTS = 8
MOST_CONNECTIONS = 8
_FIRST_PAUSE_S = 0.1
"""Before the second attempt; twice as long before each later one."""


class ServerConnection:
    """A connection that is made anew where it has broken."""

    def __init__(self, address: ServerAddress, dsn: str) -> None:
        """Take the address of a schema, and that of the server, for the driver."""
        self._address = address
        self._dsn = dsn
        self._loop = asyncio.new_event_loop()
        self._elsewhere: ThreadPoolExecutor | None = None
        self._connection: Any = None

    def __repr__(self) -> str:
        return f"<connection to {self._address}>"

    def connect(self) -> None:
        """Make the connection; raises as `translate_failure` says."""
        try:
            import asyncpg
        except ImportError as exc:
            raise missing_driver() from exc

        class ServerRow(asyncpg.Record):  # type: ignore[misc]
            """A row whose page has a checksum of the server's."""

            kept_by_server = True

        with self._raise_ours():
            self._connection = self._wait(
                asyncpg.connect(
                    self._dsn,
                    timeout=CONNECT_TIMEOUT_S,
                    record_class=ServerRow,
                    server_settings={
                        # The extension of vectors is where the administrator has put it.
                        "search_path": f"{self._address.quoted_schema}, public",
                        "application_name": "article-qa",
                        "lock_timeout": f"{LOCK_TIMEOUT_S}s",
                        "client_encoding": "UTF8",
                    },
                )
            )

    def close(self) -> None:
        """Close the connection for good."""
        if self._connection is not None:
            with suppress(Exception):  # whatever the driver raises: it is given up anyway
                self._wait(self._connection.close(timeout=CONNECT_TIMEOUT_S))
        self._connection = None
        if self._elsewhere is not None:
            self._elsewhere.shutdown()
        self._loop.close()

    def drop(self) -> None:
        """Break the connection: the server rolls back what is under way."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    def ask(self, method: str, *values: Any, limit_s: float | None = None) -> Any:
        """Call a method of the driver's connection; raises as `translate_failure` says."""
        with self._raise_ours():
            if self._connection is None:
                raise ConnectionLost(self._address, "the connection was closed")
            call = getattr(self._connection, method)
            try:
                return self._wait(call(*values, timeout=limit_s))
            except TimeoutError as exc:
                if limit_s is None:
                    raise
                self.drop()
                raise ServerSilent(self._address, limit_s) from exc

    def ask_again(self, method: str, *values: Any) -> Any:
        """Ask what changes nothing, and again over a new connection where this one has broken."""

        def work() -> Any:
            if self._connection is None:
                self.connect()
            return self.ask(method, *values, limit_s=ANSWER_TIMEOUT_S)

        return try_again(work, ConnectionLost)

    def _wait(self, work: Coroutine[Any, Any, Found]) -> Found:
        """Run the driver's work to its end, in this thread or, where a loop runs here, another."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self._run(work)
        if self._elsewhere is None:
            self._elsewhere = ThreadPoolExecutor(1, "article-qa-postgres")
        return self._elsewhere.submit(self._run, work).result()

    def _run(self, work: Coroutine[Any, Any, Found]) -> Found:
        task = self._loop.create_task(work)
        try:
            return self._loop.run_until_complete(task)
        finally:
            if not task.done():
                # Ctrl+C: the server's answer is still under way, and nobody waits for it.
                self.drop()
                task.cancel()
                self._loop.run_until_complete(asyncio.wait([task]))

    @contextmanager
    def _raise_ours(self) -> Iterator[None]:
        """Raise what the driver says as an error of ours; programming errors stay."""
        try:
            yield
        except CollectionError:
            raise
        except Exception as exc:  # the driver has no one class; what is not known goes on
            ours = translate_failure(exc, self._address)
            if isinstance(ours, ConnectionLost):
                self.drop()
            if ours is None:
                raise
            raise ours from exc


class ConnectionPool:
    """As many connections as threads ask at once, up to a few; more threads wait for one."""

    def __init__(self, address: ServerAddress, dsn: str) -> None:
        """Connect to nothing yet."""
        self._address, self._dsn = address, dsn
        self._free: list[ServerConnection] = []
        self._changed = Condition()
        self._count = 0
        self._most = MOST_CONNECTIONS
        self._closed = False

    def take(self, *, patient: bool = True) -> ServerConnection:
        """Return a connection for `give_back`; a new one is tried for again if `patient`."""
        with self._changed:
            while not self._free and self._count >= self._most and not self._closed:
                self._changed.wait()
            if self._closed:
                raise ConnectionLost(self._address, "the collection was closed")
            if self._free:
                # The one used last: the others rest, and the server may close them.
                return self._free.pop()
            self._count += 1
        made = ServerConnection(self._address, self._dsn)
        try:
            if patient:
                try_again(made.connect, ConnectionLost)
            else:
                made.connect()
        except BaseException as exc:  # Ctrl+C too: its place is free again
            made.close()
            with self._changed:
                self._count -= 1
                self._changed.notify()
                if not isinstance(exc, TooManyConnections) or not self._count:
                    raise
                # The server has no room for more: those that there are have to do.
                self._most = self._count
            return self.take()
        return made

    def give_back(self, connection: ServerConnection) -> None:
        """Let another thread have a connection."""
        with self._changed:
            if not self._closed:
                self._free.append(connection)
                self._changed.notify()
                return
        connection.close()

    def close(self) -> None:
        """Close the connections; one that is in use, when it is given back."""
        with self._changed:
            self._closed = True
            free, self._free = self._free, []
            self._changed.notify_all()
        for connection in free:
            connection.close()


def try_again(work: Callable[[], Found], *errors: type[CollectionError]) -> Found:
    """Do something, and again, after longer and longer pauses, where it raises one of these."""
    for pause_s in _pauses():
        try:
            return work()
        except errors as exc:
            log.info("Tried again in %.1f s: %s", pause_s, exc)
            time.sleep(pause_s)
    return work()


def _pauses() -> Iterator[float]:
    """Yield how long to wait before each further attempt; by chance, so that two part."""
    for number in range(ATTEMPTS - 1):
        yield _FIRST_PAUSE_S * 2**number * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
