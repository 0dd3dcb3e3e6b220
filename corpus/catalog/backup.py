"""Copies of SQLite files while others use them, and whether a file is whole."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from corpus.catalog.database import CATALOG_FILE
from corpus.catalog.integrity import HASHED, hash_of, mismatch_sql
from corpus.catalog.sqlite_file import (
    SQLITE_ERRORS,
    connect,
    schema_version,
    see_readable,
    translate_error,
)
from corpus.disk import sync
from corpus.errors import CollectionDamaged, CollectionNotWritable

_LINES = 20
"""Of what SQLite says of a damaged file."""


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite file with SQLite's online backup: one state of it, whoever writes to it.

    Raises:
        CollectionDamaged: the source cannot be read.
        CollectionNotWritable: the target cannot be written.
    """
    try:
        with closing(connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
            origin.backup(copy)
            # One file: nothing that lies beside it belongs to it.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(target)
    except SQLITE_ERRORS as exc:
        raise translate_error(exc, f"The copy of {source.name}") from exc
    except OSError as exc:
        raise CollectionNotWritable(f"{target} cannot be written: {exc}") from exc


def problems(path: Path) -> list[str]:
    """Return what SQLite finds wrong in a file; [] means that it is whole.

    Raises:
        CollectionError: it cannot be looked at, which says nothing of the file.
    """
    see_readable(path)
    try:
        with closing(connect(path)) as connection:
            rows = connection.execute(f"PRAGMA integrity_check({_LINES})").fetchall()
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(_LINES)
    except SQLITE_ERRORS as exc:
        error = translate_error(exc, str(path))
        if not isinstance(error, CollectionDamaged):
            raise error from exc
        return [str(exc)]
    found = [str(row[0]) for row in rows if row[0] != "ok"]
    return found + [f"row {row[1]} of {row[0]} belongs to nothing in {row[2]}" for row in lost]


def version_of(path: Path) -> int:
    """Return the number of a file's schema.

    Raises:
        CollectionDamaged: the file cannot be read.
    """
    try:
        with closing(connect(path)) as connection:
            return schema_version(connection)
    except SQLITE_ERRORS as exc:
        raise translate_error(exc, path.name) from exc


def row_count(path: Path, table: str) -> int:
    """Return how many rows a table has; 0 where the file is not there."""
    if not path.is_file():
        return 0
    with closing(connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608


def rotten_rows(path: Path) -> dict[str, int]:
    """Return the tables of a catalog that hold rows changed on the disk, and how many."""
    found = {}
    with closing(connect(path)) as connection:
        connection.create_function("hash_of", -1, hash_of, deterministic=True)
        for table in HASHED:
            try:
                row = connection.execute(
                    f"SELECT count(*) FROM {table} WHERE {mismatch_sql(table)}"  # noqa: S608
                ).fetchone()
                count = int(row[0])
            except SQLITE_ERRORS:
                count = -1
            if count:
                found[table] = count
    return found


def reindex(folder: Path) -> None:
    """Build SQLite's own indexes anew from the rows that they point to.

    Raises:
        CollectionDamaged: the rows cannot be read either.
    """
    try:
        with closing(connect(folder / CATALOG_FILE)) as connection:
            connection.create_function("hash_of", -1, hash_of, deterministic=True)
            connection.execute("REINDEX")
    except SQLITE_ERRORS as exc:
        raise translate_error(exc, "The catalog") from exc


def free_bytes(folder: Path) -> int:
    """Return the room on the disk that `folder` lies on."""
    return shutil.disk_usage(folder).free
