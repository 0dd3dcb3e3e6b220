"""Collections in PostgreSQL through the facade and the command line, as those in a folder."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from corpus.catalog.sql.address import ServerAddress
from corpus.errors import CollectionNotFound, CollectionNotWritable, SettingsError
from qa.chat_history import ConversationStore, TurnState
from qa.cli.app import main
from qa.collection import Collection, open_collection
from qa.conversation_file import conversation_place
from qa.places import ENVIRONMENT, find_place, need_folder
from qa.standing import StandingQuestions
from tests.conftest import BRIDGE
from tests.fakes import FakeEncoder
from tests.postgres_server import PASSWORD, PostgresServer

QUESTION = "Wann fährt die Fähre nach Osterholm mit Strom?"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def shared(postgres_url: str, cache: Path, press: Path) -> Iterator[Collection]:
    """Yield a collection of three articles in PostgreSQL."""
    with open_collection(postgres_url, create=True, encoder=FakeEncoder()) as opened:
        opened.add(press)
        yield opened


def test_it_answers_as_one_in_a_folder(
    shared: Collection, collection: Collection, press: Path
) -> None:
    collection.add(press)
    here, there = (item.retrieve(QUESTION) for item in (shared, collection))
    assert [item.citation for item in here] == [item.citation for item in there]
    assert [item.score for item in here] == pytest.approx([item.score for item in there], rel=1e-5)
    assert shared.ask(QUESTION).text == collection.ask(QUESTION).text
    assert shared.status().articles == 3
    assert shared.status().path == str(shared.place)
    assert shared.add(press).unchanged == 3


def test_what_another_process_adds_is_found_at_once(
    shared: Collection, postgres_url: str, press: Path
) -> None:
    question = "Who said that rust had eaten into the lock gate of Marlow?"
    shared.retrieve(question)
    (press / "gate.txt").write_text(BRIDGE.replace("Ellery", "Marlow"), encoding="utf-8")
    with open_collection(postgres_url, encoder=FakeEncoder()) as other:
        assert other.add(press).added == 1
    assert not shared.is_current()
    assert any("Marlow" in item.text for item in shared.retrieve(question))
    uri = (press / "gate.txt").as_uri()
    shared.edit(uri, source="Bote")
    assert [item.source for item in shared.articles(sources="BOTE")] == ["Bote"]
    shared.remove(uri)
    shared.restore_removed(uri)
    shared.forget(uri)
    assert shared.status().articles == 3


def test_conversations_and_standing_questions_are_in_the_schema(shared: Collection) -> None:
    place = conversation_place(shared.place)
    assert isinstance(place, ServerAddress)
    store = ConversationStore(place)
    name = store.start("jule", "Fähren")
    turn = store.ask("jule", name, QUESTION)
    assert turn is not None
    assert store.settle(turn.key, TurnState.ANSWERED, answer=shared.ask(QUESTION))
    store.rate("jule", name, 1, True, "Genau")
    store.close()
    store = ConversationStore(place)
    assert [item.id for item in store.list_conversations("jule", "FÄHRE")] == [name]
    assert store.list_conversations("jule", "Museum") == []
    assert [item.note for item in store.rated_turns()] == ["Genau"]
    uri = next(item.uri for item in shared.articles() if "ferry" in item.uri)
    assert store.forget_article(uri) == 1
    store.delete("jule", name)
    store.close()
    standing = StandingQuestions(place)
    standing.add(QUESTION)
    standing.add(QUESTION)
    assert [item.question for item in standing.all()] == [QUESTION]
    standing.close()


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as end:
        main(arguments, encoder=FakeEncoder())
    return end.value.code


def test_the_commands_take_its_address(
    postgres_url: str, cache: Path, press: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    address = ("--collection", postgres_url)
    assert run(*address, "list") != 0
    assert "There is no collection in the schema" in capsys.readouterr().err
    assert run(*address, "add", str(press)) == 0
    uri = (press / "ferry.txt").as_uri()
    for command in (["list"], ["status"], ["show", uri], ["search", QUESTION], ["ask", QUESTION]):
        assert run(*address, *command) == 0, command
    assert "Osterholm" in capsys.readouterr().out
    monkeypatch.setenv(ENVIRONMENT, postgres_url)
    assert run("remove", "--yes", uri) == 0
    assert run("status") == 0
    capsys.readouterr()
    for command in (["backup", str(press / "x")], ["doctor"]):
        assert run(*command) != 0
    said = capsys.readouterr().err
    assert run("migrate", postgres_url, str(cache / "copy"), "--rankings", "2") == 0
    assert "2 of 2 questions have the same passages" in capsys.readouterr().err
    assert run("--collection", str(cache / "copy"), "search", QUESTION) == 0
    assert "pg_dump" in said
    assert "pg_amcheck" in said


def test_a_password_is_never_shown(
    postgres_url: str, cache: Path, press: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = quote(PASSWORD, safe="")
    address = postgres_url.replace("postgres@", f"postgres:{secret}@")
    wrong = address.replace("/tests", "/nowhere")
    run("--verbose", "--collection", address, "add", str(press))
    run("--verbose", "--collection", address, "status")
    run("--verbose", "--collection", wrong, "status")
    run("--verbose", "--collection", address, "backup", "x")
    run("--collection", address.replace("postgresql://", "postgresql://["), "status")
    said = "".join(capsys.readouterr())
    assert "postgresql://postgres@" in said
    assert PASSWORD not in said
    assert secret not in said


def test_a_replica_answers_and_is_not_written(
    shared: Collection, postgres_server: PostgresServer, press: Path
) -> None:
    replica = PostgresServer(postgres_server)
    replica.start()
    try:
        assert isinstance(shared.place, ServerAddress)
        address = replica.url(shared.place.schema)
        with open_collection(address, encoder=FakeEncoder()) as there:
            expected = shared.ask(QUESTION).text
            assert there.ask(QUESTION).text == expected
            (press / "gate.txt").write_text(BRIDGE.replace("Ellery", "Marlow"), encoding="utf-8")
            with pytest.raises(CollectionNotWritable, match="read-only"):
                there.add(press)
            shared.add(press)
            until = time.monotonic() + 30
            while there.generation != shared.generation and time.monotonic() < until:
                time.sleep(0.02)
            # All of it, once any of it is there.
            assert there.status().to_dict() | {"path": ""} == shared.status().to_dict() | {
                "path": ""
            }
            assert any("Marlow" in item.text for item in there.retrieve("Marlow lock gate rust"))
    finally:
        replica.remove()


def test_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert find_place(tmp_path) == tmp_path
    monkeypatch.setenv(ENVIRONMENT, "postgresql://host/db?schema=press")
    place = find_place(None)
    assert str(place) == "postgresql://host/db?schema=press"
    with pytest.raises(SettingsError, match="own means: pg_dump press"):
        need_folder(place, "pg_dump {schema}")
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert find_place(None) == tmp_path


def test_what_is_not_there_is_not_made(postgres_url: str, cache: Path) -> None:
    with pytest.raises(CollectionNotFound):
        open_collection(postgres_url)
    assert not cache.exists()
