"""Connections to a server: several threads, replicas, TLS, and servers that fail at it."""

import logging
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.connection import MOST_CONNECTIONS
from corpus.catalog.sql.failures import ConnectionLost, ServerSilent
from corpus.catalog.sql.postgres_database import PostgresDatabase, open_postgres
from corpus.catalog.statistics import changed_since, wrong_counts
from corpus.errors import CollectionNotWritable, CollectionUnavailable
from tests.fakes import article
from tests.postgres_server import DATABASE, GUARDED, PASSWORD, PostgresServer

PATIENCE_S = 30.0
TLS_REQUEST = 80877103
"""What a client of PostgreSQL's asks first: whether it may speak TLS."""
LIMIT = "corpus.catalog.sql.{}.ANSWER_TIMEOUT_S"


@pytest.fixture
def database(postgres_url: str) -> Iterator[PostgresDatabase]:
    with closing(open_postgres(parse_address(postgres_url), create=True)) as opened:
        yield opened


def ask_at_once(
    database: PostgresDatabase, threads: int, ask: Callable[[], object]
) -> list[object]:
    """Ask in so many threads, each in a transaction that reads."""

    def work(_: int) -> object:
        with database.transaction(write=False):
            return ask()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def backend(database: PostgresDatabase) -> int:
    return int(database.one("SELECT pg_backend_pid()")[0])


# Several threads


def test_eight_threads_ask_at_once_and_more_take_turns(database: PostgresDatabase) -> None:
    together = threading.Barrier(MOST_CONNECTIONS, timeout=PATIENCE_S)

    def ask() -> int:
        together.wait()
        return backend(database)

    assert len(set(ask_at_once(database, MOST_CONNECTIONS, ask))) == MOST_CONNECTIONS
    many = ask_at_once(database, 3 * MOST_CONNECTIONS, lambda: backend(database))
    assert len(set(many)) <= MOST_CONNECTIONS


def test_a_thread_reads_while_another_writes_and_sees_none_of_it(
    database: PostgresDatabase,
) -> None:
    catalog = Catalog(database)
    with ThreadPoolExecutor(1) as pool, database.transaction():
        catalog.put(article("x:1", "Die Fähre fährt."))
        assert not pool.submit(catalog.has, "x:1").result(PATIENCE_S)
        # A transaction in a transaction is part of it; it has no connection of its own.
        assert catalog.has("x:1")
    assert catalog.has("x:1")


def test_where_there_is_no_room_for_more_connections_those_there_are_do(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    postgres_server.execute(f"ALTER ROLE {GUARDED} CONNECTION LIMIT 2")
    try:
        with postgres_server.fresh_schema() as schema:
            address = parse_address(postgres_server.url(schema, user=GUARDED))
            with closing(open_postgres(address, create=True)) as opened:
                found = ask_at_once(opened, 6, lambda: backend(opened))
                assert len(found) == 6
                assert len(set(found)) <= 2
    finally:
        postgres_server.execute(f"ALTER ROLE {GUARDED} CONNECTION LIMIT -1")


# Servers that are slow, or hang


def test_a_server_that_accepts_and_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("corpus.catalog.sql.connection.CONNECT_TIMEOUT_S", 0.3)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as mute:
        mute.bind(f"{folder}/.s.PGSQL.5432")
        mute.listen()
        with pytest.raises(ConnectionLost, match="cannot be reached"):
            open_postgres(parse_address(f"postgresql://jule@/tests?host={folder}"))


def test_a_server_that_hangs_is_given_up_and_a_slow_one_waited_for(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.one("SELECT 7 FROM pg_sleep(0.5)")[0] == 7
    for module in ("connection", "postgres"):
        monkeypatch.setattr(LIMIT.format(module), 0.5)
    hanging = backend(database)
    os.kill(hanging, signal.SIGSTOP)
    try:
        with pytest.raises(ServerSilent, match="not answered within"):
            Catalog(database).is_empty()
    finally:
        os.kill(hanging, signal.SIGCONT)
    monkeypatch.undo()
    assert Catalog(database).is_empty()
    assert backend(database) != hanging


def test_what_hangs_while_it_is_written_is_not_there(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = backend(database)
    try:
        with pytest.raises(CollectionUnavailable), database.transaction():  # noqa: PT012
            Catalog(database).put(article("x:1", "Die Fähre fährt."))
            for module in ("connection", "postgres"):
                monkeypatch.setattr(LIMIT.format(module), 0.5)
            os.kill(hanging, signal.SIGSTOP)
            Catalog(database).put(article("x:2", "Der Hafen wartet."))
    finally:
        os.kill(hanging, signal.SIGCONT)
    monkeypatch.undo()
    assert Catalog(database).is_empty()


# Clocks


def test_times_are_the_servers(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(datetime):
        """The clock of a machine that is ten minutes behind."""

        @classmethod
        def now(cls, tz: object = None) -> Any:
            return cls.fromtimestamp(datetime.now(UTC).timestamp() - 600, UTC)

    reviewed = database.now()
    assert abs(reviewed - datetime.now(UTC)) < timedelta(minutes=5)
    monkeypatch.setattr("corpus.catalog.sql.store.datetime", Slow)
    Catalog(database).put(article("x:1", "Die Fähre fährt."))
    assert len(changed_since(database, reviewed)) == 1


# Replicas


@pytest.fixture
def replica(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    made = PostgresServer(postgres_server)
    made.start(hot_standby_feedback="on")
    yield made
    made.remove()


def reads_replica(database: PostgresDatabase) -> bool:
    with database.transaction(write=False):
        return bool(database.one("SELECT pg_is_in_recovery()")[0])


def wait_for(what: Callable[[], bool]) -> None:
    for _ in count():
        if what():
            return
        threading.Event().wait(0.02)  # the test's own limit ends it


def test_a_replica_is_read_unless_it_lags_behind_what_one_wrote(
    database: PostgresDatabase, replica: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = parse_address(f"{database.address}&replica={replica.folder}")
    assert f"replica={replica.folder}" in str(address)
    with closing(open_postgres(address)) as one, closing(open_postgres(address)) as other:
        Catalog(one).put(article("x:1", "Die Fähre fährt."))
        wait_for(lambda: reads_replica(one))
        assert Catalog(one).article("x:1").text == "Die Fähre fährt."
        replica.execute("SELECT pg_wal_replay_pause()")
        Catalog(one).put(article("x:1", "Die Fähre steht."))
        # Who wrote sees it; who did not sees what the replica has, whole.
        assert not reads_replica(one)
        assert Catalog(one).article("x:1").text == "Die Fähre steht."
        assert reads_replica(other)
        assert Catalog(other).article("x:1").text == "Die Fähre fährt."
        replica.execute("SELECT pg_wal_replay_resume()")
        wait_for(lambda: reads_replica(one))
        assert Catalog(other).article("x:1").text == "Die Fähre steht."
        # One that is away is not missed.
        replica.stop()
        caplog.set_level(logging.WARNING)
        assert not reads_replica(one)
        assert Catalog(one).article("x:1").text == "Die Fähre steht."
        assert "The replica is not asked" in caplog.text


# No room on the server's disk


@contextmanager
def small_disk() -> Iterator[Path]:
    """Yield a folder that holds 24 MB, or skip."""
    folder = Path(tempfile.mkdtemp(prefix="qa-small-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(folder)]
    try:
        if (
            os.geteuid()
            or not shutil.which("mount")
            or subprocess.run(mount, check=False).returncode
        ):
            pytest.skip("only root can make a small disk, and not everywhere")
        shutil.chown(folder, "nobody")
        yield folder
    finally:
        subprocess.run(["umount", folder], check=False, capture_output=True)
        folder.rmdir()


def fill(catalog: Catalog, kept: list[str]) -> None:
    """Put articles into the catalog until that fails."""
    for number in count():
        text = os.urandom(50_000).hex()
        catalog.put(article(f"x:{number}", f"Absatz {number}: {text}"))
        kept.append(f"x:{number}")


def test_a_full_disk_is_said_so_and_loses_nothing(postgres_server: PostgresServer) -> None:
    with small_disk() as folder:
        postgres_server.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        postgres_server.execute(
            f"CREATE DATABASE small TEMPLATE {DATABASE} TABLESPACE small STRATEGY file_copy",
            "postgres",
        )
        try:
            address = parse_address(postgres_server.url("press", database="small"))
            with closing(open_postgres(address, create=True)) as opened:
                catalog, kept = Catalog(opened), list[str]()
                with pytest.raises(CollectionNotWritable, match="Make room on the server"):
                    fill(catalog, kept)
                assert kept
                assert sorted(item.uri for item in catalog.articles().values()) == sorted(kept)
                assert wrong_counts(opened) == 0
                subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
                catalog.put(article("x:new", "Die Fähre fährt."))
                assert catalog.has("x:new")
        finally:
            postgres_server.execute("DROP DATABASE small WITH (FORCE)", "postgres")
            postgres_server.execute("DROP TABLESPACE small")


# TLS, and service files


@contextmanager
def tls_before(server: PostgresServer, certificate: Path, key: Path) -> Iterator[int]:
    """Yield a port of localhost where TLS, and nothing else, leads to the server.

    The wheel's server is built without it; this is what pgbouncer does in front of one.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)

    def serve(client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as behind, suppress(OSError):
            if int.from_bytes(client.recv(8)[4:], "big") != TLS_REQUEST:
                return
            client.sendall(b"S")
            with context.wrap_socket(client, server_side=True) as secure:
                behind.connect(f"{server.folder}/.s.PGSQL.5432")
                back = threading.Thread(target=pass_on, args=(behind, secure))
                back.start()
                pass_on(secure, behind)
                back.join()

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=listening.accept()[:1]).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


def test_tls_and_service_files_are_those_of_libpq(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("needs openssl, to make a certificate")
    ours, key, strange = tmp_path / "ours.crt", tmp_path / "key", tmp_path / "strange.crt"
    for name in (strange, ours):
        subprocess.run(
            ["openssl", "req", "-new", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-out", name, "-keyout", key],
            check=True, capture_output=True,
        )  # fmt: skip
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with tls_before(postgres_server, ours, key) as port, postgres_server.fresh_schema() as schema:
        at_host = f"postgresql://{GUARDED}@localhost:{port}/{DATABASE}?schema={schema}&sslmode="
        verified = f"{at_host}verify-full&sslrootcert="
        open_postgres(parse_address(f"{at_host}require"), create=True).close()
        open_postgres(parse_address(f"{verified}{ours}")).close()
        with pytest.raises(ConnectionLost, match="certificate verify failed"):
            open_postgres(parse_address(f"{verified}{strange}"))
        with pytest.raises(ConnectionLost, match="cannot be reached"):
            open_postgres(parse_address(f"{at_host}disable"))
        service = tmp_path / "services"
        service.write_text(
            f"[archive]\nhost=localhost\nport={port}\nuser={GUARDED}\ndbname={DATABASE}\n"
            f"password={PASSWORD}\nsslmode=verify-full\nsslrootcert={ours}\n",
            encoding="utf-8",
        )
        monkeypatch.setenv("PGSERVICEFILE", str(service))
        monkeypatch.delenv("PGPASSWORD")
        open_postgres(parse_address(f"postgresql://?service=archive&schema={schema}")).close()
