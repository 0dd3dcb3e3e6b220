"""A schema of PostgreSQL as a store: transactions, other writers, what can go wrong."""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.changes import changed_paragraphs, last_place
from corpus.catalog.database import SCHEMA_VERSION, open_database
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.failures import Conflict, ConnectionLost
from corpus.catalog.sql.postgres_database import PostgresDatabase, open_postgres
from corpus.catalog.statistics import count_rows, wrong_counts
from corpus.errors import (
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
    CollectionUnavailable,
    SettingsError,
)
from tests.fakes import article
from tests.postgres_server import GUARDED, PASSWORD, PostgresServer


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresDatabase]:
    opened = open_postgres(parse_address(postgres_url), create=True)
    yield opened
    opened.close()


@pytest.fixture
def other(database: PostgresDatabase) -> Iterator[PostgresDatabase]:
    """Yield a second connection, as of another process."""
    opened = open_postgres(database.address)
    yield opened
    opened.close()


def fail_after(database: PostgresDatabase, uri: str) -> None:
    """Put an article into the catalog in a transaction that then fails."""
    with suppress(ZeroDivisionError), database.transaction():
        Catalog(database).put(article(uri, "Die Brücke steht."))
        _ = 1 / 0


def test_both_engines_have_the_same_tables(database: PostgresDatabase, tmp_path: Path) -> None:
    found: dict[str, set[str]] = {}
    for row in database.all(
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = ?", (database.address.schema,),
    ):  # fmt: skip
        found.setdefault(row[0], set()).add(row[1])
    local = open_database(tmp_path / "local", create=True)
    names = [
        row[0]
        for row in local.all(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite_%'"
        )
    ]
    # Those of what people ask are in a file of their own there: tests.qa.test_conversation_file.
    assert {name: found[name] for name in names} == {
        name: {row["name"] for row in local.all(f"PRAGMA table_info({name})")} for name in names
    }
    local.close()
    assert database.setting("schema") == str(SCHEMA_VERSION)


def test_what_is_not_committed_is_seen_by_nobody(
    database: PostgresDatabase, other: PostgresDatabase
) -> None:
    before = other.generation
    with database.transaction():
        Catalog(database).put(article("x:1", "Die Fähre fährt.", "Der Hafen wartet."))
        assert (other.generation, Catalog(other).has("x:1")) == (before, False)
        assert last_place(other) == last_place(database)
    assert (other.generation, Catalog(other).has("x:1")) == (before + 1, True)
    assert count_rows(other)["paragraphs"] == 2


def test_a_reader_keeps_to_one_state(database: PostgresDatabase, other: PostgresDatabase) -> None:
    with other.transaction(write=False):
        assert not Catalog(other).has("x:1")
        Catalog(database).put(article("x:1", "Die Fähre fährt."))
        assert not Catalog(other).has("x:1")
        assert other.generation == 0
    assert Catalog(other).has("x:1")


def test_what_fails_leaves_nothing(database: PostgresDatabase) -> None:
    fail_after(database, "x:1")
    assert Catalog(database).is_empty()
    assert (database.generation, wrong_counts(database)) == (0, 0)


def test_the_log_has_no_gaps_and_the_order_of_the_commits(
    database: PostgresDatabase, other: PostgresDatabase
) -> None:
    start = last_place(database)
    with database.transaction():
        # Its ids are smaller than the other's, and it is committed later.
        Catalog(database).put(article("x:1", "Die Fähre fährt."))
        Catalog(other).put(article("x:2", "Der Hafen wartet."))
        between = last_place(other)
    fail_after(database, "x:3")
    Catalog(database).put(article("x:4", "Das Museum öffnet."))
    first, second, third = (
        row[0]
        for row in database.all(
            "SELECT paragraphs.id FROM paragraphs JOIN articles ON articles.id = article_id "
            "ORDER BY uri"
        )
    )
    assert first < second
    assert changed_paragraphs(database, start) == [first, second, third]
    assert changed_paragraphs(database, between) == [first, third]


def test_writers_of_one_article_take_turns(postgres_url: str, database: PostgresDatabase) -> None:
    opened = [open_postgres(database.address) for _ in range(3)]
    failures: list[BaseException] = []

    def write(store: PostgresDatabase, name: str) -> None:
        catalog = Catalog(store)
        try:
            for number in range(8):
                made = article("x:1", f"Die Fähre {name} fährt zum {number}. Mal.", title=name)
                store.retry(lambda made=made: catalog.put(made))  # type: ignore[misc]
        except BaseException as exc:  # noqa: BLE001 - shown below
            failures.append(exc)

    threads = [
        threading.Thread(target=write, args=(store, f"Nr. {number}"))
        for number, store in enumerate(opened)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in opened:
        store.close()
    assert not failures
    found = Catalog(database).article("x:1")
    # Each text but the last is an earlier version, once: none is lost.
    assert len({item.text for item in found.versions} | {found.text}) == 24
    assert wrong_counts(database) == 0


def test_a_conflict_is_done_again(database: PostgresDatabase, other: PostgresDatabase) -> None:
    tries = []

    def work() -> None:
        with database.transaction():
            tries.append(1)
            if len(tries) == 1:
                with other.transaction():
                    other.run("INSERT INTO buckets VALUES (1, 1)")
            database.run("INSERT INTO buckets VALUES (?, 1)", (len(tries),))

    database.retry(work)
    assert len(tries) == 2
    with pytest.raises(Conflict, match="Another writer"), database.transaction():
        database.run("INSERT INTO buckets VALUES (1, 1)")


def test_a_restarted_server_is_found_again(
    postgres_server: PostgresServer, database: PostgresDatabase
) -> None:
    catalog = Catalog(database)
    catalog.put(article("x:1", "Die Fähre fährt."))

    def restart() -> None:
        postgres_server.stop(signal.SIGQUIT)
        postgres_server.start()

    restart()
    assert catalog.has("x:1")
    tries = []

    def work() -> None:
        with database.transaction():
            tries.append(catalog.put(article("x:2", "Der Hafen wartet.")))
            if len(tries) == 1:
                restart()
            catalog.put(article("x:3", "Die Brücke steht."))

    database.retry(work)
    assert len(tries) == 2
    assert sorted(item.uri for item in catalog.articles().values()) == ["x:1", "x:2", "x:3"]
    assert wrong_counts(database) == 0


def test_a_server_that_is_away_is_named(
    postgres_server: PostgresServer, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    postgres_server.stop()
    try:
        with pytest.raises(ConnectionLost, match="cannot be reached"):
            database.setting("model")
        with pytest.raises(CollectionUnavailable, match="See that it runs"):
            open_postgres(database.address)
    finally:
        postgres_server.start()
    assert database.setting("model") is None


def test_a_wrong_password_is_refused_and_a_right_one_never_shown(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    with postgres_server.fresh_schema() as schema:
        plain = postgres_server.url(schema, user=GUARDED)
        monkeypatch.setenv("PGPASSWORD", "falsch")
        with pytest.raises(CollectionUnavailable, match="PGPASSWORD") as caught:
            open_postgres(parse_address(plain), create=True)
        assert "falsch" not in str(caught.value)
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        open_postgres(parse_address(plain), create=True).close()
        monkeypatch.delenv("PGPASSWORD")
        passfile = tmp_path_factory.mktemp("home") / "pgpass"
        passfile.write_text(f"*:*:*:{GUARDED}:{PASSWORD.replace(':', chr(92) + ':')}\n")
        passfile.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(passfile))
        with_password = plain.replace(f"{GUARDED}@", f"{GUARDED}:{quote(PASSWORD, safe='')}@")
        opened = open_postgres(parse_address(with_password))
        with pytest.raises(CollectionUnavailable) as caught, opened.transaction():
            opened.run_script("DO $$ BEGIN RAISE SQLSTATE '53300' USING MESSAGE = "
                              f"'{PASSWORD}'; END $$")  # fmt: skip
        for shown in (str(caught.value), repr(opened.address), repr(vars(opened)), caplog.text):
            assert PASSWORD not in shown
            assert quote(PASSWORD, safe="") not in shown
        opened.close()


def test_what_is_not_there_is_named_with_the_way_to_make_it(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    with pytest.raises(CollectionNotFound, match="createdb"):
        open_postgres(parse_address(postgres_server.url("x", database="nowhere")))
    with pytest.raises(CollectionNotFound, match="add FOLDER"):
        open_postgres(parse_address(postgres_url))


@pytest.mark.parametrize("schema", ['Müllers "Bote"', "ä" * 31, "a;b--'%s", "Select"])
def test_odd_names_are_names(postgres_server: PostgresServer, schema: str) -> None:
    address = parse_address(postgres_server.url(schema))
    opened = open_postgres(address, create=True)
    Catalog(opened).put(article("x:1", "Die Fähre fährt."))
    opened.close()
    opened = open_postgres(address)
    assert Catalog(opened).has("x:1")
    schema = address.quoted_schema
    opened.run_script(f"SET client_min_messages = error; DROP SCHEMA {schema} CASCADE")
    opened.close()


def test_a_later_schema_is_not_touched(database: PostgresDatabase) -> None:
    database.set_setting("schema", str(SCHEMA_VERSION + 1))
    with pytest.raises(CollectionNewer, match="pip install --upgrade"):
        open_postgres(database.address)


def test_an_old_server_is_refused(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There is none to try: as if what runs here were too old.
    monkeypatch.setattr("corpus.catalog.sql.postgres_database.OLDEST_SERVER", 190000)
    with pytest.raises(CollectionUnavailable, match="is PostgreSQL 18; version 19 or later"):
        open_postgres(database.address)


def test_a_read_only_server_answers_and_is_not_written(
    postgres_server: PostgresServer, database: PostgresDatabase
) -> None:
    Catalog(database).put(article("x:1", "Die Fähre fährt."))
    # As a replica does: nothing that begins to write gets further.
    postgres_server.stop()
    postgres_server.start(default_transaction_read_only="on")
    try:
        reader = open_postgres(database.address)
        assert Catalog(reader).has("x:1")
        with pytest.raises(CollectionNotWritable, match="read-only"):
            Catalog(reader).remove("x:1")
        reader.close()
    finally:
        postgres_server.stop()
        postgres_server.start()


def test_a_loop_that_runs_already_is_no_hindrance(database: PostgresDatabase) -> None:
    async def ask() -> bool:
        return Catalog(database).is_empty()

    assert asyncio.run(ask())


def test_too_many_connections_are_said_so(
    postgres_server: PostgresServer, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    postgres_server.execute(f"ALTER ROLE {GUARDED} CONNECTION LIMIT 0")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    try:
        with pytest.raises(CollectionUnavailable, match="no more connections"):
            open_postgres(parse_address(postgres_server.url("x", user=GUARDED)))
    finally:
        postgres_server.execute(f"ALTER ROLE {GUARDED} CONNECTION LIMIT -1")


@pytest.mark.parametrize(
    ("state", "error", "advice"),
    [
        ("53100", CollectionNotWritable, "Make room on the server"),
        ("42501", CollectionNotWritable, "GRANT USAGE"),
        ("40P01", Conflict, "Try again"),
        ("55P03", Conflict, "Try again"),
        ("57P01", ConnectionLost, "See that it runs"),
        ("28000", CollectionUnavailable, "pg_hba.conf"),
    ],
)
def test_what_a_server_says_is_an_error_with_the_next_step(
    database: PostgresDatabase, state: str, error: type[Exception], advice: str
) -> None:
    script = f"DO $$ BEGIN RAISE SQLSTATE '{state}' USING MESSAGE = 'it is so'; END $$"
    with pytest.raises(error, match=f"(?s)it is so.*{advice}"):
        database.run_script(script)
    # The connection, or a new one, can be used.
    assert database.setting("model") is None


def test_a_writer_that_waits_too_long_is_told_so(
    database: PostgresDatabase, other: PostgresDatabase
) -> None:
    Catalog(database).put(article("x:1", "Die Fähre fährt."))
    other.run_script("SET lock_timeout = '50ms'")
    with database.transaction():
        Catalog(database).put(article("x:1", "Die Fähre steht."))
        with pytest.raises(Conflict, match="lock timeout"), other.transaction():
            Catalog(other).remove("x:1")
    assert Catalog(other).article("x:1").text == "Die Fähre steht."


def test_a_missing_driver_names_the_extra(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(SettingsError, match=r"article-qa\[postgres\]"):
        open_postgres(parse_address(postgres_url))
