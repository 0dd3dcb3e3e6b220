"""The catalog's SQLite file: connection, transactions, schema.

Write-ahead logging with full synchronisation: what a call has committed
survives a kill and a power failure. One connection behind a lock, so that
several threads can share it.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import resources
from pathlib import Path
from threading import RLock
from typing import Any

from corpus.catalog.integrity import hash_of
from corpus.catalog.lock import see_locks
from corpus.disk import is_read_only, make_folder, sync
from corpus.errors import (
    CollectionDamaged,
    CollectionError,
    CollectionLocked,
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
)

CATALOG_FILE = "catalog.sqlite3"
SCHEMA_VERSION = 6
_BUSY_TIMEOUT_S = 30.0
_BUSY_PAUSE_S = 0.01
_MANY = 500
"""SQL variables in one statement."""
_DISK = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_READONLY: "the folder or the file is read-only",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CANTOPEN: "a file cannot be opened",
}
SQLITE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What is raised where a file cannot be read or written: SQLite's message quotes the file, and
where what it quotes is damaged to no UTF-8, Python raises that in the message's place."""


class Database:
    """A SQLite file with the catalog's schema."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it where it is missing; see `open_database`."""
        self._lock = RLock()
        self._path = path
        self._connection = connected(path)
        # Of a file that only others may write, to see that they did; else None.
        self._state = _state(path) if is_read_only(path.parent) else None
        try:
            _prepare(self._connection, path)
        except BaseException:
            self._connection.close()
            raise

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
            with _translated():
                self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
            try:
                yield
                with _translated():
                    self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, such as a full disk.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first row, or None."""
        with self._lock, _translated():
            return self._execute(sql, values).fetchone()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """Return all rows."""
        with self._lock, _translated():
            return self._execute(sql, values).fetchall()

    def by_ids(
        self, select: str, ids: Iterable[int], values: Sequence[Any] = ()
    ) -> Iterator[sqlite3.Row]:
        """Run a statement that ends in "IN" over many ids, some hundred at a time."""
        wanted = [int(item) for item in ids]
        for at in range(0, len(wanted), _MANY):
            part = wanted[at : at + _MANY]
            marks = ",".join("?" * len(part))
            yield from self.all(f"{select} ({marks})", [*values, *part])

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement that writes, inside `transaction`."""
        assert self._connection.in_transaction
        with _translated():
            return self._execute(sql, values)

    def _execute(self, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except UnicodeEncodeError:
            # Bytes of a file's name that are no UTF-8 reach Python as halves of surrogate pairs,
            # which no row holds: what is looked for is not found.
            return self._connection.execute(sql, [_without_surrogates(item) for item in values])

    def run_alone(self, sql: str) -> None:
        """Run a statement that SQLite wants outside of transactions, such as VACUUM."""
        with self._lock, _translated():
            self._connection.execute(sql)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each row, inside `transaction`."""
        assert self._connection.in_transaction
        with _translated():
            self._connection.executemany(sql, rows)

    @property
    def identity(self) -> str:
        """A random name, given when the file was made."""
        return self.setting("collection") or ""

    @property
    def generation(self) -> int:
        """Rises with every commit that changes what can be found."""
        if self._state is not None:
            self._open_again()
        return int(self.setting("generation") or 0)

    def _open_again(self) -> None:
        """Open a file that only others may write again, where one of them did.

        SQLite does not look for changes by others in a file that it takes for immutable.
        """
        with self._lock:
            state = _state(self._path)
            if state == self._state or self._connection.in_transaction:
                return
            self._connection.close()
            with _translated():
                self._connection = connected(self._path)
                _prepare(self._connection, self._path)
            self._state = state

    def raise_generation(self) -> None:
        """Say, inside `transaction`, that what can be found changes with it."""
        self.run("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def setting(self, key: str) -> str | None:
        """Return what `set_setting` stored under this key, or None."""
        row = self.one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row["value"])

    def set_setting(self, key: str, value: str) -> None:
        """Store a fact about the collection, such as the model that it is embedded with."""
        with self.transaction():
            self.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def _without_surrogates(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what SQLite says of the file as an error of ours; programming errors stay."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except SQLITE_ERRORS as exc:
        raise translated(exc, "The catalog") from exc


def _kind(exc: Exception) -> int:
    """Return SQLite's primary result code of an error, or 0."""
    # Python's own errors, of a text that is no UTF-8 for instance, have no code. The low
    # byte is the kind; the rest says more of it.
    code: int = getattr(exc, "sqlite_errorcode", 0)
    return code & 0xFF


def translated(exc: Exception, what: str) -> CollectionError:
    """Return one of `SQLITE_ERRORS` as an error of ours; `what` begins its message."""
    code = _kind(exc)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CollectionLocked(f"{what} is being written by another process ({exc}). Try again.")
    if code in _DISK:
        return CollectionNotWritable(
            f"{what} cannot be written: {_DISK[code]} ({exc}). What was there before is whole. "
            "Make room, or the folder writable, and try again."
        )
    return CollectionDamaged(
        f"{what} cannot be read ({exc}). `article-qa doctor` says what is wrong; if the file is "
        "damaged, restore it from a backup: article-qa restore FILE"
    )


def open_database(folder: Path, *, create: bool) -> Database:
    """Open the catalog file in `folder`, or make the folder and the file with `create`.

    Raises:
        CollectionNotFound: there is none, and `create` is False.
        CollectionNewer: a later version of article-qa wrote it.
        CollectionDamaged: the file is not a catalog, or is damaged.
    """
    path = folder / CATALOG_FILE
    see_readable(path)
    if folder.is_file():
        raise CollectionNotFound(f"{folder} is a file; a collection is a folder. Name another.")
    if not path.is_file():
        if not create:
            raise CollectionNotFound(
                f"There is no collection at {folder}. Make one with "
                f"`article-qa --collection {folder} add FOLDER`, or in Python with "
                "open_collection(path, create=True)."
            )
        try:
            make_folder(folder)
        except OSError as exc:
            raise CollectionNotFound(f"No collection can be made at {folder}: {exc}") from exc
        new = True
    else:
        new = False
    if not is_read_only(folder):
        see_locks(folder)
    try:
        database = Database(path)
        if new:
            # The file's name, too, has to outlast a power failure.
            sync(folder)
    except SQLITE_ERRORS as exc:
        error = translated(exc, str(path))
        if not isinstance(error, CollectionDamaged):
            raise error from exc
        raise CollectionDamaged(
            f"{path} cannot be read as a catalog ({exc}). Restore it from a backup (article-qa "
            "restore FILE --force), or move the folder away and add the articles again."
        ) from exc
    return database


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
            f"{path} may not be read by this user. Nothing is wrong with it that is known; ask "
            "its owner for the right to read the folder and the files in it."
        )


def connected(path: Path) -> sqlite3.Connection:
    """Connect to a SQLite file; in a folder that may not be written so that nothing need be.

    Raises:
        CollectionNotWritable: it has to be written before it can be read, and cannot be.
    """
    name, uri = str(path), False
    if path.is_file() and is_read_only(path.parent):
        name, uri = f"{path.absolute().as_uri()}?mode=ro", True
        if is_alone(path):
            # Nobody writes, and SQLite would make the files by which writers are seen.
            name += "&immutable=1"
    return sqlite3.connect(
        name, uri=uri, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
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
            f"{path.parent} may not be written and holds changes that were not finished. Open the "
            "collection once where it can be written, or copy the folder to such a place."
        )
    return True


def _state(path: Path) -> tuple[int, int, bool]:
    """Return what differs when somebody has written to a SQLite file, or opens it for that."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size, path.with_name(f"{path.name}-shm").exists()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set the connection up and bring the schema up to date."""
    connection.row_factory = sqlite3.Row
    # For the triggers that keep the rows' hashes.
    connection.create_function("hash_of", -1, hash_of, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    _log_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise CollectionNewer(
            f"{path} was written by a later version of article-qa (schema {version}; this one "
            f"reads up to {SCHEMA_VERSION}). Install the later version: "
            "pip install --upgrade article-qa"
        )
    if version < SCHEMA_VERSION:
        if is_read_only(path.parent):
            raise CollectionNotWritable(
                f"{path} is of an earlier version (schema {version}) and has to be brought up to "
                f"date, but {path.parent} may not be written. Open it once as someone who may "
                "write there, or copy the folder to a place of your own."
            )
        _migrate(connection, path)


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; of several that make one file, each waits for the others.

    SQLite's own waiting does not cover this change: it gives up at once where another
    connection is changing the same file.
    """
    until = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if _kind(exc) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return


def migration_backup(path: Path, version: int) -> Path:
    """Return where a catalog of schema `version` is kept when it is brought up to date."""
    return path.with_name(f"{path.stem}.schema-{version}{path.suffix}")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the numbered migrations above the file's version, each in a transaction.

    A copy of what the file was is written beside it first.
    """
    # A file that is being made has nothing to keep.
    saved = connection.execute("PRAGMA user_version").fetchone()[0] == 0
    folder = resources.files("corpus.catalog") / "migrations"
    for script in sorted(folder.iterdir(), key=lambda item: item.name):
        number = int(script.name[:4]) if script.name.endswith(".sql") else 0
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Read again inside the transaction: another process may have been faster.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if number > version:
                if not saved:
                    _save(path, migration_backup(path, version))
                    saved = True
                for statement in _statements(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def _save(path: Path, target: Path) -> None:
    """Copy a catalog beside itself, whole and written through, or raise and leave nothing."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # A connection of its own reads the last commit, which is before the migration's.
        with (
            closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)) as source,
            closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)
        sync(part)
        part.replace(target)
        sync(target.parent)
    except (OSError, *SQLITE_ERRORS) as exc:
        part.unlink(missing_ok=True)
        raise CollectionNotWritable(
            f"{path} is of an earlier version and has to be brought up to date; the copy of it "
            f"that is made before cannot be written ({exc}). Nothing was changed. Make room for "
            "it, or the folder writable, and try again."
        ) from exc


def _statements(script: str) -> Iterator[str]:
    """Split a script into statements; `executescript` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
