"""The catalog's database: its settings; and as a SQLite file its schema and its migrations."""

import os
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing, suppress
from importlib import resources
from pathlib import Path

from corpus.catalog.integrity import hash_of
from corpus.catalog.lock import see_locks
from corpus.catalog.sql.store import SqlStore
from corpus.catalog.sqlite_file import (
    BUSY_TIMEOUT_S,
    SQLITE_ERRORS,
    SqliteFile,
    all_or_nothing,
    schema_version,
    see_readable,
    statements_of,
)
from corpus.disk import is_read_only, make_folder, sync
from corpus.errors import (
    CollectionDamaged,
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
)
from corpus.vector_codes import recode

CATALOG_FILE = "catalog.sqlite3"
SCHEMA_VERSION = 7
_SHRUNK_BY = 7
"""The migration after which a file has room that it no longer needs."""


class Database(SqlStore, ABC):
    """What holds the catalog's tables."""

    @property
    @abstractmethod
    def place(self) -> str:
        """What the collection is opened by: its folder, or its address without a password."""

    @property
    def identity(self) -> str:
        """A random name, given when the catalog was made."""
        return self.setting("collection") or ""

    @property
    def generation(self) -> int:
        """Rises with every commit that changes what can be found."""
        return int(self.setting("generation") or 0)

    def raise_generation(self) -> None:
        """Say, inside `transaction`, that what can be found changes with it."""
        self.run(
            "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) "
            "WHERE key = 'generation'"
        )

    def setting(self, key: str) -> str | None:
        """Return what `set_setting` stored under this key, or None."""
        row = self.one("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row["value"])

    def set_setting(self, key: str, value: str) -> None:
        """Store a fact about the collection, such as the model that it is embedded with."""
        with self.transaction():
            self.run(
                "INSERT INTO meta VALUES (?, ?) "
                "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )


class SqliteDatabase(SqliteFile, Database):
    """A SQLite file with the catalog's schema."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it where it is missing; see `open_database`."""
        super().__init__(path, "The catalog", lambda connection: _prepare(connection, path))
        self._folder = path.parent

    @property
    def place(self) -> str:
        """The collection's folder."""
        return str(self._folder)

    @property
    def generation(self) -> int:
        """Rises with every commit that changes what can be found."""
        self.open_again_if_changed()
        return super().generation


def open_database(folder: Path, *, create: bool) -> SqliteDatabase:
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
    new = not path.is_file()
    if new:
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
    if not is_read_only(folder):
        see_locks(folder)
    try:
        database = SqliteDatabase(path)
    except CollectionDamaged as exc:
        raise CollectionDamaged(
            f"{path} cannot be read as a catalog ({exc.__cause__}). Restore it from a backup "
            "(article-qa restore FILE --force), or move the folder away and add the articles "
            "again."
        ) from exc
    if new:
        # The file's name, too, has to outlast a power failure.
        sync(folder)
    return database


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the schema up to date."""
    # For the triggers that keep the rows' hashes.
    connection.create_function("hash_of", -1, hash_of, deterministic=True)
    # For migrations: how vectors were written before 0007.
    connection.create_function("recode", 1, recode, deterministic=True)
    # For filters: SQLite's own lower() knows English letters alone.
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    version = schema_version(connection)
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


def migration_backup(path: Path, version: int) -> Path:
    """Return where a catalog of schema `version` is kept when it is brought up to date."""
    return path.with_name(f"{path.stem}.schema-{version}{path.suffix}")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the numbered migrations above the file's version, each in a transaction.

    A copy of what the file was is written beside it first.
    """
    # A file that is being made has nothing to keep.
    first = schema_version(connection)
    saved = first == 0
    folder = resources.files("corpus.catalog") / "migrations"
    for script in sorted(folder.iterdir(), key=lambda item: item.name):
        number = int(script.name[:4]) if script.name.endswith(".sql") else 0
        with all_or_nothing(connection):
            # Read again inside the transaction: another process may have been faster.
            version = schema_version(connection)
            if number > version:
                if not saved:
                    _save(path, migration_backup(path, version))
                    saved = True
                for statement in statements_of(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
    if 0 < first < _SHRUNK_BY:
        # Where another process has it open or there is no room, it stays as large as it was.
        with suppress(*SQLITE_ERRORS):
            connection.execute("VACUUM")


def _save(path: Path, target: Path) -> None:
    """Copy a catalog beside itself, whole and written through, or raise and leave nothing."""
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        # A connection of its own reads the last commit, which is before the migration's.
        with (
            closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as source,
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
