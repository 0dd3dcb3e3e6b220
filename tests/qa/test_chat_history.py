"""Conversations on disk: kept, found, changed and deleted, and nobody else's."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.errors import (
    CollectionDamaged,
    CollectionLocked,
    CollectionNewer,
    CollectionNotWritable,
)
from qa.chat_history import ConversationStore, TurnState
from qa.conversation_file import FILE
from tests.qa.server.chat.fake import FakeCollection

ANSWER = FakeCollection().ask("Seilbahn?")


def kept(path: Path) -> ConversationStore:
    return ConversationStore(path / FILE)


def answered(store: ConversationStore, owner: str, conversation: str, question: str) -> int:
    turn = store.ask(owner, conversation, question)
    assert turn is not None
    assert store.settle(turn.key, TurnState.ANSWERED, answer=ANSWER)
    return turn.number


def test_turns_outlast_the_process_with_their_answers(tmp_path: Path) -> None:
    store = kept(tmp_path)
    name = store.start("me", "Wann fährt die Seilbahn?")
    first = store.ask("me", name, "Wann\ud800?", {"since": "2024-01-01", "sources": ["Bote"]})
    assert first is not None
    store.settle(first.key, TurnState.ANSWERED, answer=ANSWER)
    waiting = store.ask("me", name, "Und warum?")
    store.close()
    again = kept(tmp_path)
    turns = again.turns("me", name)
    assert [(turn.number, turn.state) for turn in turns] == [
        (1, TurnState.ANSWERED),
        (2, TurnState.WAITING),
    ]
    assert turns[0].answer == ANSWER
    assert turns[0].question == "Wann?" + "?"
    assert turns[0].filters == {"since": "2024-01-01", "sources": ["Bote"]}
    assert turns[1] == waiting
    again.close()


def test_nobody_meets_anothers_conversation() -> None:
    store = ConversationStore(None)
    name = store.start("me", "Mine")
    answered(store, "me", name, "Seilbahn?")
    assert store.find("you", name) is None
    assert store.turns("you", name) == []
    assert store.list_conversations("you") == []
    assert store.ask("you", name, "?") is None
    store.rename("you", name, "Yours")
    store.rate("you", name, 1, helpful=False)
    store.delete("you", name)
    (mine,) = store.list_conversations("me")
    assert mine.title == "Mine"
    assert store.turns("me", name)[0].helpful is None


def test_they_are_listed_searched_renamed_and_deleted() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    clock = iter(day + timedelta(hours=hour) for hour in range(20))
    store = ConversationStore(None, now=lambda: next(clock))
    older, newer = store.start("me", "Über 100 % der Bahn_Leute"), store.start("me", "Moor")
    assert [item.title for item in store.list_conversations("me")] == [
        "Moor",
        "Über 100 % der Bahn_Leute",
    ]
    answered(store, "me", older, "Öffnet die ÄMTER-Halle?")
    assert [item.id for item in store.list_conversations("me")] == [older, newer]
    for words in ("über BAHN", "100 %", "ämter", "Jana Voss"):
        assert [item.id for item in store.list_conversations("me", words)] == [older], words
    for words in ("bahnXleute", "Moor Bahn", "'; DROP TABLE turns; --"):
        assert store.list_conversations("me", words) == [], words
    store.rename("me", older, "  Seil\nbahn ")
    store.rename("me", newer, "  ")
    assert sorted(item.title for item in store.list_conversations("me")) == ["Moor", "Seil bahn"]
    store.delete("me", older)
    assert [item.id for item in store.list_conversations("me")] == [newer]
    assert store.turns("me", older) == []
    assert list(store.rated_turns()) == []


def test_a_question_is_asked_again_in_place_of_the_last() -> None:
    store = ConversationStore(None)
    name = store.start("me", "x")
    for question in ("a", "b", "c"):
        answered(store, "me", name, question)
    late = store.ask("me", name, "slow", replacing=2)
    assert late is not None
    again = store.ask("me", name, "again", replacing=2)
    assert again is not None
    assert not store.settle(late.key, TurnState.ANSWERED, answer=ANSWER)
    assert store.settle(again.key, TurnState.STOPPED)
    assert not store.settle(again.key, TurnState.ANSWERED, answer=ANSWER)
    assert [(turn.question, turn.state) for turn in store.turns("me", name)] == [
        ("a", TurnState.ANSWERED),
        ("again", TurnState.STOPPED),
    ]


def test_ratings_are_kept_and_taken_back() -> None:
    store = ConversationStore(None)
    name = store.start("me", "x")
    for question in ("a", "b", "c"):
        answered(store, "me", name, question)
    store.rate("me", name, 1, helpful=True)
    store.rate("me", name, 2, helpful=False, note="  Das Datum ist falsch. " + "x" * 9000)
    store.rate("me", name, 3, helpful=True)
    store.rate("me", name, 3, helpful=None, note="doch nicht")
    store.rate("me", name, 9, helpful=True)
    first, second = store.rated_turns()
    assert (first.question, first.helpful, first.note) == ("a", True, "")
    assert (second.question, second.helpful) == ("b", False)
    assert second.note.startswith("Das Datum ist falsch. xx")
    assert len(second.note) == 4000


def test_what_is_deleted_is_gone_from_the_file(tmp_path: Path) -> None:
    store = kept(tmp_path)
    name = store.start("me", "Geheimnisvoll")
    answered(store, "me", name, "Verschwiegen?")
    store.delete("me", name)
    store.close()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Geheimnisvoll" not in content
    assert b"Verschwiegen" not in content


def test_an_answer_that_cannot_be_read_shows_its_text(tmp_path: Path) -> None:
    store = kept(tmp_path)
    name = store.start("me", "x")
    answered(store, "me", name, "a")
    store.close()
    with sqlite3.connect(tmp_path / FILE) as raw:
        raw.execute("UPDATE turns SET answer = '{\"question\": 7}'")
    raw.close()
    store = kept(tmp_path)
    (turn,) = store.turns("me", name)
    assert (turn.state, turn.answer, turn.said) == (TurnState.FAILED, None, ANSWER.text)
    store.close()


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to look" * 40)
    with pytest.raises(CollectionDamaged, match="move it away"):
        kept(tmp_path)
    with pytest.raises(CollectionNotWritable, match="a file cannot be opened"):
        ConversationStore(tmp_path / "missing" / FILE)
    later = tmp_path / "later.sqlite3"
    with sqlite3.connect(later) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(CollectionNewer, match="later version"):
        ConversationStore(later)


def test_two_processes_and_many_threads_share_the_file(tmp_path: Path) -> None:
    stores = [kept(tmp_path), kept(tmp_path)]
    name = stores[0].start("me", "x")

    def work(number: int) -> None:
        answered(stores[number % 2], "me", name, f"question {number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = stores[0].turns("me", name)
    assert [turn.number for turn in turns] == list(range(1, 17))
    assert {turn.question for turn in turns} == {f"question {number}" for number in range(16)}
    for store in stores:
        store.close()


def test_a_title_is_short() -> None:
    store = ConversationStore(None)
    store.start("me", "Wort " * 1_000_000)
    store.start("me", "x" * 1_000_000)
    assert all(len(item.title) <= 80 for item in store.list_conversations("me"))


def test_a_full_disk_is_not_taken_for_damage(tmp_path: Path) -> None:
    store = kept(tmp_path)
    name = store.start("me", "Before")
    # SQLite's own limit of a file's size says what a full disk says.
    store._file.one(f"PRAGMA max_page_count = {store._file.one('PRAGMA page_count')[0]}")
    with pytest.raises(CollectionNotWritable, match=f"{FILE} cannot be written: the disk is full"):
        store.ask("me", name, "x" * 100_000)
    store._file.one("PRAGMA max_page_count = 1000000")
    assert answered(store, "me", name, "After") == 1
    store.close()


def test_a_file_that_another_process_writes_is_said_to_be_locked(tmp_path: Path) -> None:
    store, other = kept(tmp_path), kept(tmp_path)
    other._file.one("PRAGMA busy_timeout = 10")
    with (
        store._file.transaction(),
        pytest.raises(CollectionLocked, match="is being written by another process"),
    ):
        other.start("me", "x")
    assert other.start("me", "x")
    store.close()
    other.close()


def test_many_openers_make_one_file(tmp_path: Path) -> None:
    for place in (tmp_path / f"new-{number}.sqlite3" for number in range(20)):
        names: list[str] = []

        def make(place: Path = place, names: list[str] = names) -> None:
            opened = ConversationStore(place)
            names.append(opened.start("me", "x"))
            opened.close()

        threads = [threading.Thread(target=make) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        store = ConversationStore(place)
        assert {item.id for item in store.list_conversations("me")} == set(names)
        assert len(names) == 8
        store.close()
