"""The catalog's file: made, opened, migrated, refused; transactions that are all or nothing."""

import sqlite3
import threading
from pathlib import Path

import pytest

from corpus.catalog.backup import problems
from corpus.catalog.database import CATALOG_FILE, SCHEMA_VERSION, Database, open_database
from corpus.errors import (
    CollectionDamaged,
    CollectionLocked,
    CollectionNewer,
    CollectionNotFound,
)

of_a_file = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_missing_collection_is_an_error_that_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(CollectionNotFound, match=r"article-qa --collection .*nowhere add FOLDER"):
        open_database(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("create", [False, True])
def test_a_file_in_the_folders_place_is_an_error(tmp_path: Path, create: bool) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CollectionNotFound, match="is a file; a collection is a folder"):
        open_database(tmp_path / "file", create=create)
    with pytest.raises(CollectionNotFound, match="No collection can be made at"):
        open_database(tmp_path / "file" / "below", create=True)


def test_new_file_has_the_schema_and_an_identity_of_its_own(tmp_path: Path) -> None:
    one = open_database(tmp_path / "one", create=True)
    other = open_database(tmp_path / "other", create=True)
    assert one.one("PRAGMA user_version")[0] == SCHEMA_VERSION
    assert one.one("PRAGMA journal_mode")[0] == "wal"
    assert one.one("PRAGMA foreign_keys")[0] == 1
    assert one.generation == 0
    assert len(one.identity) == 32
    assert one.identity != other.identity
    identity = one.identity
    one.close()
    other.close()
    again = open_database(tmp_path / "one", create=False)
    assert again.identity == identity
    again.close()


@of_a_file
def test_newer_schema_is_refused_and_left_alone(database: Database, tmp_path: Path) -> None:
    database.set_setting("kept", "yes")
    database.close()
    path = tmp_path / "collection" / CATALOG_FILE
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(CollectionNewer, match="pip install --upgrade article-qa"):
        open_database(tmp_path / "collection", create=True)
    with sqlite3.connect(path) as connection:
        kept = connection.execute("SELECT value FROM meta WHERE key = 'kept'").fetchone()
    connection.close()
    assert kept == ("yes",)


def test_a_schema_whose_damage_cannot_be_told_in_utf_8_is_damaged(tmp_path: Path) -> None:
    open_database(tmp_path, create=True).close()
    path = tmp_path / CATALOG_FILE
    data = path.read_bytes()
    # SQLite names the table that it cannot make sense of, as its damaged file spells it.
    named = data.replace(b"tablearticlesarticles", b"tablearticl\xd2sarticles")
    broken = named.replace(b"CREATE TABLE articles", b"CREATE TXBLE articles")
    assert data != named != broken
    path.write_bytes(broken)
    with pytest.raises(CollectionDamaged, match="cannot be read"):
        open_database(tmp_path, create=False)
    assert len(problems(path)) == 1


def test_something_else_in_the_files_place_is_damaged(tmp_path: Path) -> None:
    (tmp_path / CATALOG_FILE).write_bytes(b"this is no database, but long enough to be one" * 50)
    with pytest.raises(CollectionDamaged, match="Restore it from a backup"):
        open_database(tmp_path, create=False)


@of_a_file
def test_damage_inside_the_file_is_said_in_our_words(database: Database, tmp_path: Path) -> None:
    with database.transaction():
        for number in range(500):
            database.run("INSERT INTO meta VALUES (?, ?)", (f"key {number}", "x" * 500))
    database.close()
    path = tmp_path / "collection" / CATALOG_FILE
    data = bytearray(path.read_bytes())
    # Behind the schema, which is read on opening.
    data[250_000:] = b"\xaa" * (len(data) - 250_000)
    path.write_bytes(data)
    opened = open_database(tmp_path / "collection", create=False)
    with pytest.raises(CollectionDamaged, match="restore it from a backup"):
        opened.all("SELECT * FROM meta")
    opened.close()


def test_a_failing_transaction_leaves_nothing_behind(database: Database) -> None:
    def add_and_fail() -> None:
        with database.transaction():
            database.run("INSERT INTO meta VALUES ('half', '1')")
            database.raise_generation()
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        add_and_fail()
    assert database.setting("half") is None
    assert database.generation == 0


def test_inner_transactions_belong_to_the_outer_one(database: Database) -> None:
    def fail_outside() -> None:
        with database.transaction():
            with database.transaction():
                database.run("INSERT INTO meta VALUES ('inner', '1')")
            raise ValueError("outside")

    with pytest.raises(ValueError, match="outside"):
        fail_outside()
    assert database.setting("inner") is None


@of_a_file
def test_a_reading_transaction_sees_one_state(database: Database, tmp_path: Path) -> None:
    other = open_database(tmp_path / "collection", create=False)
    with other.transaction(write=False):
        before = other.generation
        with database.transaction():
            database.raise_generation()
        assert database.generation == before + 1
        assert other.generation == before
    assert other.generation == before + 1
    other.close()


def test_by_ids_asks_for_more_ids_than_one_statement_takes(database: Database) -> None:
    with database.transaction():
        database.run("CREATE TABLE many (id INTEGER PRIMARY KEY)")
        database.run_many("INSERT INTO many VALUES (?)", [(item,) for item in range(1, 1302)])
    rows = database.by_ids("SELECT id FROM many WHERE id IN", range(2000))
    assert sorted(row["id"] for row in rows) == list(range(1, 1302))
    assert list(database.by_ids("SELECT id FROM many WHERE id IN", [])) == []


@of_a_file
def test_a_catalog_locked_for_long_is_said_to_be(database: Database, tmp_path: Path) -> None:
    other = open_database(tmp_path / "collection", create=False)
    other.one("PRAGMA busy_timeout = 10")
    with (
        database.transaction(),
        pytest.raises(CollectionLocked, match="Try again"),
    ):
        other.set_setting("key", "value")
    other.set_setting("key", "value")
    assert database.setting("key") == "value"
    other.close()


def test_many_openers_make_one_collection(tmp_path: Path) -> None:
    # One round in twenty met the moment at which SQLite gave up instead of waiting.
    for place in (tmp_path / f"new-{number}" for number in range(40)):
        identities: list[str] = []

        def make(place: Path = place, identities: list[str] = identities) -> None:
            opened = open_database(place, create=True)
            identities.append(opened.identity)
            opened.close()

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(identities) == 8
        assert len(set(identities)) == 1
