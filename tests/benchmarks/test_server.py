"""The proof of several writers on PostgreSQL, in short."""

import signal

import pytest

from benchmarks.reliability.server import run
from tests.postgres_server import PostgresServer


def test_writers_and_readers_at_once_lose_nothing(
    postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What starts the writers keeps a socket until Python ends, when the tests' folder is gone.
    monkeypatch.setattr("tempfile.tempdir", "/tmp")

    def crash() -> None:
        postgres_server.stop(signal.SIGQUIT)
        postgres_server.start()

    found = run(postgres_url, 2.0, kills=1, restart=crash)
    assert (found.lost, found.wrong) == ([], [])
    assert found.kills == found.restarts == 1
    assert found.reads
    assert found.acknowledged
