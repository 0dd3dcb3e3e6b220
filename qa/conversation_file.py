"""The file of what people ask: conversations, and questions that they keep.

A SQLite file beside the catalog; its tables are used by `qa.chat_history`, `qa.standing` and
`qa.server.dossiers`. Of a collection in PostgreSQL they are in the catalog's schema.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from corpus.catalog.sql.address import ServerAddress
from corpus.catalog.sql.store import SqlStore
from corpus.catalog.sqlite_file import (
    Connection,
    SqliteFile,
    all_or_nothing,
    schema_version,
    statements_of,
)
from corpus.errors import CollectionNewer
from qa.places import CollectionPlace

FILE = "conversations.sqlite3"
_IF_DAMAGED = "If the file is damaged, move it away: the conversations in it are lost then."
_CONVERSATIONS = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;
CREATE INDEX conversations_of_owner ON conversations (owner, changed);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    key TEXT NOT NULL UNIQUE,
    question TEXT NOT NULL,
    filters TEXT NOT NULL,
    state TEXT NOT NULL,
    said TEXT NOT NULL,
    answer TEXT,
    helpful INTEGER,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (conversation, number)
) STRICT;
"""
_STANDING = """
CREATE TABLE standing (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    question TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    reviewed TEXT NOT NULL
) STRICT;
"""
_DOSSIERS = """
CREATE TABLE dossiers (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created TEXT NOT NULL,
    changed TEXT NOT NULL
) STRICT;
CREATE TABLE dossier_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier TEXT NOT NULL REFERENCES dossiers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    note TEXT NOT NULL,
    added TEXT NOT NULL
) STRICT;
CREATE INDEX dossier_items_of ON dossier_items (dossier);
"""
_MIGRATIONS = (_CONVERSATIONS, _STANDING, _DOSSIERS)
"""What brings a file from each version to the next, from version 0."""


def conversation_place(place: CollectionPlace) -> CollectionPlace:
    """Return where the conversations of a collection are."""
    return place / FILE if isinstance(place, Path) else place


def open_conversation_file(path: CollectionPlace | None) -> SqlStore:
    """Open the file, or make it; without a path nothing outlasts the process.

    Raises:
        CollectionDamaged: the file cannot be read.
        CollectionNotWritable: it cannot be made or written.
        CollectionNewer: a later version of article-qa wrote it.
    """
    if isinstance(path, ServerAddress):
        from corpus.catalog.sql.postgres_database import open_postgres

        return open_postgres(path)

    def set_up(connection: Connection) -> None:
        connection.create_function("folded", 1, str.casefold, deterministic=True)
        # What someone deletes is not to be read from the file afterwards.
        connection.execute("PRAGMA secure_delete = ON")
        if schema_version(connection) > len(_MIGRATIONS):
            raise CollectionNewer(
                f"{path} was written by a later version of article-qa. Install the "
                "later version: pip install --upgrade article-qa"
            )
        if schema_version(connection) < len(_MIGRATIONS):
            _migrate(connection)

    return SqliteFile(path, str(path or FILE), set_up, _IF_DAMAGED)


class KeptFile:
    """The file, as what uses some of its tables opens it; safe to use from several threads."""

    def __init__(
        self, path: CollectionPlace | None, *, now: Callable[[], datetime] | None = None
    ) -> None:
        """Open the file, or make it; raises as `open_conversation_file` does."""
        self._file = open_conversation_file(path)
        self.now = now or self._file.now
        """Returns the time by which articles come and questions are reviewed."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _migrate(connection: Connection) -> None:
    with all_or_nothing(connection):
        # Read again: another process may have been faster.
        for version in range(schema_version(connection), len(_MIGRATIONS)):
            for statement in statements_of(_MIGRATIONS[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
