"""The file of conversations is brought from each version to the next."""

import sqlite3
from pathlib import Path

import pytest

from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.postgres_database import open_postgres
from corpus.errors import CollectionNewer
from qa.chat_history import ConversationStore
from qa.conversation_file import FILE, open_conversation_file
from qa.maintenance.migrate import _CONVERSATION_KEYS, _KEYS
from qa.standing import StandingQuestions


def test_a_file_of_the_first_version_keeps_its_conversations(tmp_path: Path) -> None:
    store = ConversationStore(tmp_path / FILE)
    name = store.start("me", "Wann?")
    store.close()
    with sqlite3.connect(tmp_path / FILE) as before:
        for table in ("standing", "dossier_items", "dossiers"):
            before.execute(f"DROP TABLE {table}")
        before.execute("PRAGMA user_version = 1")
    standing = StandingQuestions(tmp_path / FILE)
    standing.add("Was ist neu?")
    standing.close()
    store = ConversationStore(tmp_path / FILE)
    assert store.find("me", name) is not None
    store.close()


def test_postgresql_has_the_same_tables_and_migrate_knows_all(postgres_url: str) -> None:
    server = open_postgres(parse_address(postgres_url), create=True)
    local = open_conversation_file(None)
    names = [
        row["name"]
        for row in local.all(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    for name in names:
        there = server.all(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = ? AND table_name = ?",
            (server.address.schema, name),
        )
        columns = {row["name"] for row in local.all(f"PRAGMA table_info({name})")}
        assert {row[0] for row in there} - {"rowid"} == columns, name
    tables = {row[0] for row in server.all(
        "SELECT tablename FROM pg_tables WHERE schemaname = ?", (server.address.schema,)
    )}  # fmt: skip
    assert set(_CONVERSATION_KEYS) == set(names)
    assert set(_KEYS) | set(names) == tables - {"meta", "counts", "changes", "pending", "numbers"}
    server.close()
    local.close()


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionNewer, match="later version"):
        open_conversation_file(tmp_path / FILE)
