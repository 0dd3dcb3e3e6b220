"""A schema of a PostgreSQL database: its transactions, and its statements as the catalog's.

Several threads ask at once, each over a connection of its own, and one at a time writes; other
processes write at the same time. A connection that breaks is made anew: what was read is read
again, and what was being written is rolled back by the server and, within `retry`, done again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from corpus.catalog.sql.address import ServerAddress
from corpus.catalog.sql.connection import (
    ANSWER_TIMEOUT_S,
    ConnectionPool,
    ServerConnection,
    try_again,
)
from corpus.catalog.sql.dialect import translate
from corpus.catalog.sql.failures import Conflict, ConnectionLost
from corpus.catalog.sql.store import Result, SqlStore
from corpus.errors import CollectionError, CollectionUnavailable

log = logging.getLogger(__name__)

_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_WRITING = "BEGIN ISOLATION LEVEL READ COMMITTED"
_WITHOUT_REPLICA_S = 30.0
"""For so long nothing is asked of a replica that was away."""


@dataclass(slots=True)
class _Transaction:
    """What a thread is in the middle of."""

    connection: ServerConnection
    raises: bool = False
    """Whether the generation is to rise with it."""


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
        self._pool = ConnectionPool(address, address.dsn)
        self._replica = ConnectionPool(address, address.replica) if address.replica else None
        self._replica_from = 0.0
        """When the replica may be asked, by the monotonic clock."""
        self._written = "0/0"
        """Where in the server's log this process has written last."""
        self._here = threading.local()
        self._writing = threading.RLock()
        self.before_commit: Callable[[], object] | None = None
        """Called at the end of each transaction that writes, as a part of it."""
        try:
            self._pool.give_back(self._pool.take(patient=False))
            set_up(self)
        except BaseException:  # Ctrl+C too: nobody else would close it
            self.close()
            raise

    def close(self) -> None:
        """Close the connections; nothing can be read afterwards."""
        self._pool.close()
        if self._replica is not None:
            self._replica.close()

    # Transactions

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[None]:
        """Commit what the block writes, all of it or, when it raises, nothing.

        With `write=False` the block reads one state of the schema, whatever others commit; of the
        replica, if there is one that has all that this process wrote.
        """
        if self._current is not None:
            yield
        elif write:
            with self._writing, self._lend() as connection, self._begin(connection, _WRITING) as it:
                yield
                if self.before_commit is not None:
                    self.before_commit()
                connection.ask("fetch", "SELECT publish($1)", it.raises)
        else:
            with self._lend_to_read() as connection, self._begin(connection, _READING):
                yield

    @property
    def _current(self) -> _Transaction | None:
        return getattr(self._here, "transaction", None)

    @contextmanager
    def _begin(self, connection: ServerConnection, sql: str) -> Iterator[_Transaction]:
        connection.ask_again("execute", sql)
        begun = self._here.transaction = _Transaction(connection)
        try:
            yield begun
            connection.ask("execute", "COMMIT")
            if sql == _WRITING and self._replica is not None:
                sql = "SELECT CAST(pg_current_wal_insert_lsn() AS TEXT)"
                self._written = connection.ask_again("fetchval", sql)
        except BaseException:
            try:
                connection.ask("execute", "ROLLBACK", limit_s=ANSWER_TIMEOUT_S)
            except CollectionError:
                # The server rolls back by itself what a broken connection leaves behind.
                connection.drop()
            raise
        finally:
            self._here.transaction = None

    @contextmanager
    def _lend(self) -> Iterator[ServerConnection]:
        connection = self._pool.take()
        try:
            yield connection
        finally:
            self._pool.give_back(connection)

    @contextmanager
    def _lend_to_read(self) -> Iterator[ServerConnection]:
        """Lend a connection to the replica, or to the server where that is away or behind."""
        connection = self._take_replica()
        if connection is None or self._replica is None:
            with self._lend() as found:
                yield found
            return
        try:
            yield connection
        finally:
            self._replica.give_back(connection)

    def _take_replica(self) -> ServerConnection | None:
        """Return a connection to a replica that has what this process wrote, or None."""
        if self._replica is None or time.monotonic() < self._replica_from:
            return None
        connection = None
        try:
            connection = self._replica.take(patient=False)
            sql = "SELECT pg_last_wal_replay_lsn() >= CAST(CAST($1 AS TEXT) AS pg_lsn)"
            if connection.ask_again("fetchval", sql, self._written):
                return connection
        except CollectionUnavailable as exc:
            log.warning("The replica is not asked for %.0f s: %s", _WITHOUT_REPLICA_S, exc)
            self._replica_from = time.monotonic() + _WITHOUT_REPLICA_S
        if connection is not None:
            self._replica.give_back(connection)
        return None

    def now(self) -> datetime:
        """Return the server's time: the clocks of those who write here may differ."""
        found: datetime = self.one("SELECT clock_timestamp()")[0]
        return found.astimezone(UTC)

    def retry(self, work: Callable[[], Result]) -> Result:
        """Do what is one transaction, and again where another writer was in its way.

        Or where the connection broke: what was committed before is met as it is then, so that
        `work` has to be such that it may be done twice.
        """
        if self._current is not None:
            return work()
        return try_again(work, Conflict, ConnectionLost)

    def lock(self, name: bytes) -> None:
        """Hold a name until the transaction ends, after all who hold it."""
        number = int.from_bytes(name[:8], "big", signed=True)
        self.one("SELECT pg_advisory_xact_lock(?)", (number,))

    def raise_generation(self) -> None:
        """Say, inside `transaction`, that what can be found changes with it.

        It rises with the commit: the row would be held from now on, and others wait for it.
        """
        assert self._current is not None
        self._current.raises = True

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
        status = self._write("execute", translate(sql), *map(_storable, values))
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def insert(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Insert a row inside `transaction`; return the `id` that it was given."""
        assert self._current is not None
        return int(self.one(f"{sql} RETURNING id", values)[0])

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each row, inside `transaction`."""
        many = [[_storable(value) for value in row] for row in rows]
        if many:
            self._write("executemany", translate(sql), many)

    def run_script(self, script: str) -> None:
        """Run statements of PostgreSQL's own, outside of transactions or inside."""
        if self._current is not None:
            self._write("execute", script)
            return
        with self._lend() as connection:
            connection.ask("execute", script)

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
        for row in self.all("SELECT tablename FROM pg_tables WHERE schemaname = current_schema"):
            self.run_script(f'VACUUM "{row[0]}"')
        return True

    def _read(self, method: str, sql: str, values: Sequence[Any]) -> Any:
        statement, given = translate(sql), [_storable(value) for value in values]
        if self._current is not None:
            connection = self._current.connection
            return connection.ask(method, statement, *given, limit_s=ANSWER_TIMEOUT_S)
        with self._lend() as connection:
            return connection.ask_again(method, statement, *given)

    def _write(self, method: str, *values: Any) -> Any:
        assert self._current is not None
        return self._current.connection.ask(method, *values)


def _storable(value: Any) -> Any:
    """Return a value that PostgreSQL takes: texts without NUL and halves of surrogate pairs."""
    if not isinstance(value, str):
        return value
    if "\0" in value:
        value = value.replace("\0", "\\x00")
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
