"""A schema of a PostgreSQL database: connection, transactions, and its errors as errors of ours.

One connection behind a lock, so that several threads can share it; other processes write at the
same time. A connection that breaks is made anew: what was read is read again, and what was being
written is rolled back by the server and, within `retry`, done again.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import RLock
from typing import Any, TypeVar

from corpus.catalog.sql.address import ServerAddress
from corpus.catalog.sql.dialect import translate
from corpus.catalog.sql.failures import (
    Conflict,
    ConnectionLost,
    missing_driver,
    translate_failure,
)
from corpus.catalog.sql.store import Result, SqlStore
from corpus.errors import CollectionError

log = logging.getLogger(__name__)
Found = TypeVar("Found")

CONNECT_TIMEOUT_S = 10.0
LOCK_TIMEOUT_S = 30
ATTEMPTS = 8
_FIRST_PAUSE_S = 0.1
"""Before the second attempt; twice as long before each later one."""
_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"


class PostgresSchema(SqlStore):
    """A schema that several threads and processes share."""

    hashes_rows = False
    one_writer = False
    for_update = " FOR UPDATE"

    def __init__(self, address: ServerAddress, set_up: Callable[["PostgresSchema"], None]) -> None:
        """Connect to the database.

        Args:
            address: its own and the schema's.
            set_up: brings the schema up to date.

        Raises:
            CollectionError: there is no way to it; see `translate_failure`.
        """
        self.address = self.server = address
        self._lock = RLock()
        self._loop = asyncio.new_event_loop()
        self._elsewhere: ThreadPoolExecutor | None = None
        self._connection: Any = None
        self._in_transaction = False
        self._raised = False
        """Whether the generation is to rise with the transaction."""
        self.before_commit: Callable[[], object] | None = None
        """Called at the end of each transaction that writes, as a part of it."""
        try:
            self._connect()
            set_up(self)
        except BaseException:  # Ctrl+C too: nobody else would close it
            self.close()
            raise

    def close(self) -> None:
        """Close the connection; nothing can be read afterwards."""
        with self._lock:
            if self._loop.is_closed():
                return
            if self._connection is not None:
                with suppress(Exception):
                    self._wait(self._connection.close(timeout=CONNECT_TIMEOUT_S))
            self._connection = None
            if self._elsewhere is not None:
                self._elsewhere.shutdown()
            self._loop.close()

    # Transactions

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[None]:
        """Commit what the block writes, all of it or, when it raises, nothing.

        With `write=False` the block reads one state of the schema, whatever others commit.
        """
        with self._lock:
            if self._in_transaction:
                yield
                return
            self._again(lambda: self._ask("execute", _WRITING if write else _READING))
            self._in_transaction, self._raised = True, False
            try:
                yield
                if write:
                    if self.before_commit is not None:
                        self.before_commit()
                    self._ask("fetch", "SELECT publish($1)", self._raised)
                self._ask("execute", "COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._in_transaction = False

    def _roll_back(self) -> None:
        if self._connection is not None:
            try:
                self._ask("execute", "ROLLBACK")
            except CollectionError:
                # The server rolls back by itself what a broken connection leaves behind.
                self._drop_connection()

    def retry(self, work: Callable[[], Result]) -> Result:
        """Do what is one transaction, and again where another writer was in its way.

        Or where the connection broke: what was committed before is met as it is then, so that
        `work` has to be such that it may be done twice.
        """
        if self._in_transaction:
            return work()
        for pause_s in _pauses():
            try:
                return work()
            except (Conflict, ConnectionLost) as exc:
                log.info("A transaction is begun again: %s", exc)
                time.sleep(pause_s)
        return work()

    def lock(self, name: bytes) -> None:
        """Hold a name until the transaction ends, after all who hold it."""
        number = int.from_bytes(name[:8], "big", signed=True)
        self.one("SELECT pg_advisory_xact_lock(?)", (number,))

    def raise_generation(self) -> None:
        """Say, inside `transaction`, that what can be found changes with it.

        It rises with the commit: the row would be held from now on, and others wait for it.
        """
        assert self._in_transaction
        self._raised = True

    # Statements

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row, or None."""
        return self._read("fetchrow", sql, values)

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows."""
        found: list[Any] = self._read("fetch", sql, values)
        return found

    def by_ids(self, select: str, ids: Iterable[int], values: Sequence[Any] = ()) -> Iterator[Any]:
        """Run a statement that ends in "IN" over many ids, as one value."""
        wanted = [int(item) for item in ids]
        if not wanted:
            return
        sql = f"{select.removesuffix('IN')}= ANY(CAST(? AS BIGINT[]))"
        yield from self.all(sql, [*values, wanted])

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement that writes, inside `transaction`; return how many rows it met."""
        assert self._in_transaction
        status = self._ask("execute", translate(sql), *map(_storable, values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def insert(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Insert a row inside `transaction`; return the `id` that it was given."""
        assert self._in_transaction
        return int(self.one(f"{sql} RETURNING id", values)[0])

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each row, inside `transaction`."""
        assert self._in_transaction
        many = [[_storable(value) for value in row] for row in rows]
        if many:
            self._ask("executemany", translate(sql), many)

    def run_script(self, script: str) -> None:
        """Run statements of PostgreSQL's own, outside of transactions or inside."""
        self._ask("execute", script)

    def last_number(self, table: str) -> int:
        """Return the last number that a table has given to a row, which may be gone."""
        return int(self.one("SELECT last FROM numbers WHERE name = ?", (table,))[0])

    def follow_numbers(self, table: str) -> None:
        """Have a table whose rows were given ids by hand go on after the largest."""
        for (column,) in self.all(
            "SELECT column_name FROM information_schema.columns WHERE is_identity = 'YES' "
            "AND table_schema = ? AND table_name = ?",
            (self.address.schema, table),
        ):
            self.run_script(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608
                f"(SELECT coalesce(max({column}), 0) + 1 FROM {table}), false)"
            )

    def mismatch_sql(self, table: str) -> str:  # noqa: ARG002 - the server sees to every table
        """Return an SQL condition that holds for the damaged rows of a table: none."""
        return "FALSE"

    def bytes_sql(self, column: str) -> str:
        """Return SQL for the bytes of a text."""
        return f"convert_to({column}, 'UTF8')"

    def overwrite_deleted(self, patience_s: float = 0.0) -> bool:  # noqa: ARG002 - waits for none
        """Have the server give free what was deleted, as far as this user may say so.

        Its log and its backups keep what they hold as long as its administrators say.
        """
        with self._lock:
            for row in self.all(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema"
            ):
                self.run_script(f'VACUUM "{row[0]}"')
        return True

    # The connection

    def _read(self, method: str, sql: str, values: Sequence[Any]) -> Any:
        with self._lock:
            statement, given = translate(sql), [_storable(value) for value in values]
            if self._in_transaction:
                return self._ask(method, statement, *given)
            return self._again(lambda: self._ask(method, statement, *given))

    def _again(self, ask: Callable[[], Found]) -> Found:
        """Ask, and again over a new connection where the one that there is has broken."""
        for pause_s in _pauses():
            try:
                if self._connection is None:
                    self._connect()
                return ask()
            except ConnectionLost:
                time.sleep(pause_s)
        if self._connection is None:
            self._connect()
        return ask()

    def _ask(self, method: str, *values: Any) -> Any:
        with self._lock, self._raise_ours():
            if self._connection is None:
                raise ConnectionLost(self.address, "the connection was closed")
            return self._wait(getattr(self._connection, method)(*values))

    def _connect(self) -> None:
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
                    self.address.dsn,
                    timeout=CONNECT_TIMEOUT_S,
                    record_class=ServerRow,
                    server_settings={
                        # The extension of vectors is where the administrator has put it.
                        "search_path": f"{self.address.quoted}, public",
                        "application_name": "article-qa",
                        "lock_timeout": f"{LOCK_TIMEOUT_S}s",
                        "client_encoding": "UTF8",
                    },
                )
            )

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

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
                self._drop_connection()
                task.cancel()
                self._loop.run_until_complete(asyncio.wait([task]))

    @contextmanager
    def _raise_ours(self) -> Iterator[None]:
        """Raise what the driver says as an error of ours; programming errors stay."""
        try:
            yield
        except CollectionError:
            raise
        except Exception as exc:
            ours = translate_failure(exc, self.address)
            if isinstance(ours, ConnectionLost):
                self._drop_connection()
            if ours is None:
                raise
            raise ours from exc


def _pauses() -> Iterator[float]:
    """Yield how long to wait before each further attempt; by chance, so that two part."""
    for number in range(ATTEMPTS - 1):
        yield _FIRST_PAUSE_S * 2**number * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL takes: texts without NUL and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    if "\0" in value:
        value = value.replace("\0", "\\x00")
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
