"""SQLite files: connection, transactions, and SQLite's errors as errors of ours.

Write-ahead logging with full synchronisation: what a call has committed survives a kill and a
power failure. One connection behind a lock, so that several threads can share it.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from corpus.catalog.integrity import mismatch_sql
from corpus.catalog.sql.store import SqlStore
from corpus.disk import is_read_only
from corpus.errors import (
    CollectionDamaged,
    CollectionError,
    CollectionLocked,
    CollectionNotWritable,
)

BUSY_TIMEOUT_S = 30.0
SQLITE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What is raised where a file cannot be read or written: SQLite's message quotes the file, and
where what it quotes is damaged to no UTF-8, Python raises that in the message's place."""
RESTORE = (
    "`article-qa doctor` says what is wrong; if the file is damaged, restore it from a backup: "
    "article-qa restore FILE"
)
Connection = sqlite3.Connection
_BUSY_PAUSE_S = 0.01
_MANY = 500
"""SQL variables in one statement."""
_DISK = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the folder or the file is read-only",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CANTOPEN: "a file cannot be opened",
}


class SqliteFile(SqlStore):
    """A SQLite file that several threads and processes share."""

    hashes_rows = True

    def __init__(
        self,
        path: Path | None,
        what: str,
        set_up: Callable[[Connection], None],
        advice: str = RESTORE,
    ) -> None:
        """Open a file, making it where it is missing; None keeps everything in memory.

        Args:
            path: the file.
            what: begins the messages of errors.
            set_up: brings the schema of the open file up to date.
            advice: what to do where the file is damaged.

        Raises:
            CollectionError: the file cannot be opened; see `translate_error`.
        """
        self._path, self._what, self._set_up, self._advice = path, what, set_up, advice
        self._lock = RLock()
        self._connection = self._open()

    def _open(self) -> Connection:
        with self._raise_ours():
            connection = connect(self._path)
        # Of a file that only others may write, to see that they did; else None.
        self._state = _state_of(self._path)
        try:
            with self._raise_ours():
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA foreign_keys = ON")
                _log_ahead(connection)
                connection.execute("PRAGMA synchronous = FULL")
                self._set_up(connection)
        except BaseException:  # Ctrl+C too: nobody else would close it
            connection.close()
            raise
        return connection

    def open_again_if_changed(self) -> None:
        """Open a file that only others may write again, where one of them did.

        SQLite does not look for changes by others in a file that it takes for immutable.
        """
        if self._state is None:
            return
        with self._lock:
            if _state_of(self._path) == self._state or self._connection.in_transaction:
                return
            self._connection.close()
            self._connection = self._open()

    def close(self) -> None:
        """Close the file; nothing can be read afterwards."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[None]:
        """Commit what the block writes, all of it or, when it raises, nothing.

        With `write=False` the block reads one state of the file, whatever others commit.
        """
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            with self._raise_ours():
                self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield
                with self._raise_ours():
                    self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, such as a full disk.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row, or None."""
        with self._lock, self._raise_ours():
            return self._execute(sql, values).fetchone()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Return all rows."""
        with self._lock, self._raise_ours():
            return self._execute(sql, values).fetchall()

    def by_ids(self, select: str, ids: Iterable[int], values: Sequence[Any] = ()) -> Iterator[Any]:
        """Run a statement that ends in "IN" over many ids, some hundred at a time."""
        wanted = [int(item) for item in ids]
        for at in range(0, len(wanted), _MANY):
            part = wanted[at : at + _MANY]
            marks = ",".join("?" * len(part))
            yield from self.all(f"{select} ({marks})", [*values, *part])

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement that writes, inside `transaction`; return how many rows it met."""
        assert self._connection.in_transaction
        with self._raise_ours():
            return self._execute(sql, values).rowcount

    def insert(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Insert a row inside `transaction`; return the `id` that it was given."""
        assert self._connection.in_transaction
        with self._raise_ours():
            return int(self._execute(sql, values).lastrowid or 0)

    def _execute(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except UnicodeEncodeError:
            # Bytes of a file's name that are no UTF-8 reach Python as halves of surrogate pairs,
            # which no row holds: what is looked for is not found.
            return self._connection.execute(sql, [_without_surrogates(item) for item in values])

    def run_alone(self, sql: str) -> None:
        """Run a statement that SQLite wants outside of transactions, such as VACUUM."""
        with self._lock, self._raise_ours():
            self._connection.execute(sql)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each row, inside `transaction`."""
        assert self._connection.in_transaction
        with self._raise_ours():
            self._connection.executemany(sql, rows)

    def last_number(self, table: str) -> int:
        """Return the last number that a table has given to a row, which may be gone."""
        row = self.one("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return int(row["seq"]) if row else 0

    def mismatch_sql(self, table: str) -> str:
        """Return an SQL condition that holds for the damaged rows of a table."""
        return mismatch_sql(table)

    def bytes_sql(self, column: str) -> str:
        """Return SQL for the bytes of a text, which may be none any more."""
        return f"CAST({column} AS BLOB)"

    def overwrite_deleted(self, patience_s: float = 0.0) -> bool:
        """Write the file anew and empty its log; False where another process still reads it."""
        self.run_alone("PRAGMA secure_delete = ON")
        self.run_alone("VACUUM")
        until = time.monotonic() + patience_s
        while self.one("PRAGMA wal_checkpoint(TRUNCATE)")[0]:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    @contextmanager
    def _raise_ours(self) -> Iterator[None]:
        """Raise what SQLite says of the file as an error of ours; programming errors stay."""
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise
        except SQLITE_ERRORS as exc:
            raise translate_error(exc, self._what, self._advice) from exc


def see_readable(path: Path) -> None:
    """See that a file, if it is there, may be read.

    Raises:
        CollectionNotWritable: it may not, or its folder may not be looked into.
    """
    try:
        readable = not path.is_file() or os.access(path, os.R_OK)
    except PermissionError:
        readable = False
    if not readable:
        raise CollectionNotWritable(
            "{path} may not be read by this user. Nothing is wrong with it that is known; ask "
            "its owner for the right to read the folder and the files in it.",
            path=path,
        )


def connect(path: Path | None) -> Connection:
    """Connect to a SQLite file; in a folder that may not be written so that nothing need be.

    Raises:
        CollectionNotWritable: it has to be written before it can be read, and cannot be.
    """
    name, uri = str(path or ":memory:"), False
    if path is not None and path.is_file() and is_read_only(path.parent):
        name, uri = f"{path.absolute().as_uri()}?mode=ro", True
        if is_alone(path):
            # Nobody writes, and SQLite would make the files by which writers are seen.
            name += "&immutable=1"
    return sqlite3.connect(
        name, uri=uri, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )


def is_alone(path: Path) -> bool:
    """Tell whether nobody has a SQLite file open for writing, or has left it so.

    Raises:
        CollectionNotWritable: its log holds changes, and what is needed to read them is not there.
    """
    log_file, shared = (path.with_name(f"{path.name}-{end}") for end in ("wal", "shm"))
    if shared.exists():
        return False
    if log_file.exists() and log_file.stat().st_size:
        raise CollectionNotWritable(
            "{folder} may not be written and holds changes that were not finished. Open the "
            "collection once where it can be written, or copy the folder to such a place.",
            folder=path.parent,
        )
    return True


def translate_error(exc: Exception, what: str, advice: str = RESTORE) -> CollectionError:
    """Return one of `SQLITE_ERRORS` as an error of ours.

    Args:
        exc: what was raised.
        what: begins the message.
        advice: ends it where the file is damaged.

    Returns:
        CollectionLocked, CollectionNotWritable or CollectionDamaged.
    """
    code = _kind(exc)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CollectionLocked(
            "{what} is being written by another process ({reason}). Try again.",
            what=what,
            reason=exc,
        )
    if code in _DISK:
        return CollectionNotWritable(
            "{what} cannot be written: {disk} ({reason}). What was there before is whole. Make "
            "room, or the folder writable, and try again.",
            what=what,
            disk=_DISK[code],
            reason=exc,
        )
    return CollectionDamaged(
        "{what} cannot be read ({reason}). {advice}", what=what, reason=exc, advice=advice
    )


@contextmanager
def all_or_nothing(connection: Connection) -> Iterator[None]:
    """Commit what the block writes, all of it or, when it raises, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back by itself after some errors, such as a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def schema_version(connection: Connection) -> int:
    """Return the number of a file's schema, 0 where it is new."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def statements_of(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _without_surrogates(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _state_of(path: Path | None) -> tuple[int, int, bool] | None:
    """Return what differs when somebody has written to a file that we may not write, or opens it.

    None where we may write it ourselves.
    """
    if path is None or not is_read_only(path.parent):
        return None
    status = path.stat()
    return status.st_mtime_ns, status.st_size, path.with_name(f"{path.name}-shm").exists()


def _kind(exc: Exception) -> int:
    """Return SQLite's primary result code of an error, or 0."""
    # Python's own errors, of a text that is no UTF-8 for instance, have no code. The low
    # byte is the kind; the rest says more of it.
    code: int = getattr(exc, "sqlite_errorcode", 0)
    return code & 0xFF


def _log_ahead(connection: Connection) -> None:
    """Switch to write-ahead logging; of several that make one file, each waits for the others.

    SQLite's own waiting does not cover this change: it gives up at once where another
    connection is changing the same file.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if _kind(exc) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return
