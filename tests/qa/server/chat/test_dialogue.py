"""A conversation without its page: turns, history, errors, and many threads at once."""

import asyncio
import logging
import re
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html import unescape
from typing import Any, TypeVar

import pytest

from qa.chat_history import ConversationStore, TurnState
from qa.i18n import Words
from qa.results import Answer
from qa.server.chat.dialogue import Dialogue, Place
from qa.server.chat.filters import Chosen
from qa.server.chat.turns import Draft
from qa.server.work import Workers
from qa.streaming import Checked, Event, Piece, Stage
from tests.qa.server.chat.fake import FakeCollection

T = TypeVar("T")
DE, EN = Words("de"), Words("en")


def dialogue_of(store: ConversationStore, collection: FakeCollection | None = None) -> Dialogue:
    return Dialogue(collection or FakeCollection(), store, Workers(8, 32))


def begun(collection: FakeCollection | None = None) -> tuple[Dialogue, Place]:
    return dialogue_of(ConversationStore(None), collection), Place("me", "", DE)


def ask(dialogue: Dialogue, at: Place, question: str, **options: Any) -> Place:
    at = dialogue.ask(at, question, options.pop("chosen", Chosen()), **options)
    settle(dialogue, at)
    return at


def settle(dialogue: Dialogue, at: Place) -> None:
    run(dialogue.pending.settle(at.conversation))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a thread of its own: Playwright leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


class Slow(FakeCollection):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go = threading.Event(), threading.Event()

    def ask(self, question: str, history: Sequence[Any] = (), **filters: Any) -> Answer:
        self.begun.set()
        assert self.go.wait(20)
        return super().ask(question, history, **filters)


def test_a_question_is_shown_before_its_answer() -> None:
    collection = Slow()
    dialogue, at = begun(collection)
    at = dialogue.ask(at, "Seilbahn?", Chosen())
    (asked, said), panel = dialogue.messages(at)
    assert (asked["role"], said["role"]) == ("user", "assistant")
    assert "werden durchsucht" in said["content"]
    assert f'id="stream-{dialogue.turns(at)[0].key}"' in said["content"]
    assert "hint" in panel
    collection.go.set()
    settle(dialogue, at)
    (_, said), panel = dialogue.messages(at)
    assert "Bürgermeisterin Jana" in said["content"]
    assert "Bürgermeisterin Jana" in panel


def test_earlier_answers_go_with_the_next_question_and_errors_do_not() -> None:
    collection = FakeCollection()
    dialogue, at = begun(collection)
    for question in ("Seilbahn?", "crash", "  ", "library?"):
        at = ask(dialogue, at, question)
    assert collection.histories == [0, 1, 1, 1]
    ask(dialogue, at, "Wetter?")
    assert collection.histories[-1] == 2
    states = [turn.state for turn in dialogue.turns(at)]
    assert states == ["answered", "failed", "failed", "answered", "answered"]
    ask(dialogue, at, "Wetter?", alone=True)
    assert collection.histories[-1] == 0


def test_a_crash_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    dialogue, at = begun()
    with caplog.at_level(logging.ERROR):
        at = ask(dialogue, at, "crash")
    assert "secret detail" in caplog.text
    assert "secret detail" not in str(dialogue.messages(at))
    assert "Noch einmal fragen" in str(dialogue.messages(at))


def test_an_answer_that_is_ready_while_it_is_drawn_was_not_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collection = Slow()
    dialogue, at = begun(collection)
    at = dialogue.ask(at, "Seilbahn?", Chosen())
    assert collection.begun.wait(20)
    list_all = dialogue.standing.all

    def finish_first() -> Any:
        # The turns have been read by now.
        collection.go.set()
        settle(dialogue, at)
        return list_all()

    monkeypatch.setattr(dialogue.standing, "all", finish_first)
    assert DE["interrupted"] not in unescape(str(dialogue.messages(at)))
    assert "Bürgermeisterin Jana" in str(dialogue.messages(at))


def test_a_stopped_question_stays_stopped_and_the_next_is_answered() -> None:
    collection = Slow()
    dialogue, at = begun(collection)
    at = dialogue.ask(at, "Seilbahn?", Chosen())
    assert collection.begun.wait(20)
    dialogue.stop(at)
    settle(dialogue, at)  # at once: nobody waits for what was stopped
    assert dialogue.turns(at)[0].state is TurnState.STOPPED
    assert "Angehalten" in str(dialogue.messages(at))
    collection.go.set()
    at = ask(dialogue, at, "library?")
    assert [turn.state for turn in dialogue.turns(at)] == [TurnState.STOPPED, TurnState.ANSWERED]


def test_a_question_is_replaced_with_all_that_followed() -> None:
    dialogue, at = begun()
    for question in ("Seilbahn 1", "Seilbahn 2", "Seilbahn 3", "Seilbahn 4"):
        at = ask(dialogue, at, question)
    ask(dialogue, at, "Seilbahn 5", replacing=2)
    ask(dialogue, at, "Seilbahn 6", replacing=7)
    questions = [turn.question for turn in dialogue.turns(at)]
    assert questions == ["Seilbahn 1", "Seilbahn 5", "Seilbahn 6"]
    dialogue.again(at, 1)
    dialogue.again(at, 3)
    settle(dialogue, at)
    assert [turn.question for turn in dialogue.turns(at)] == questions


def test_filters_go_with_a_question_and_are_kept_for_asking_again() -> None:
    collection = FakeCollection()
    dialogue, at = begun(collection)
    chosen = Chosen("2024-01-01", "", ("Bote",), ("de",))
    at = ask(dialogue, at, "Seilbahn?", chosen=chosen)
    options = {"since": "2024-01-01", "sources": ["Bote"], "languages": ["de"]}
    assert collection.filters == [options]
    assert "Nur&#58; ab 1&#46; Januar 2024 · Bote · Deutsch" in str(dialogue.messages(at))
    dialogue.again(at, 1)
    settle(dialogue, at)
    assert collection.filters == [options, options]


def test_a_server_that_stopped_in_mid_answer_says_so_afterwards() -> None:
    store = ConversationStore(None)
    name = store.start("me", "x")
    store.ask("me", name, "Seilbahn?")
    at = Place("me", name, DE)
    dialogue = dialogue_of(store)
    assert "neu gestartet" in str(dialogue.messages(at))
    dialogue.again(at, 1)
    settle(dialogue, at)
    assert "Bürgermeisterin Jana" in str(dialogue.messages(at))


def test_a_removed_article_is_noticed_when_a_conversation_is_opened() -> None:
    collection = FakeCollection()
    dialogue, at = begun(collection)
    at = ask(dialogue, at, "library?")
    dialogue.messages(at)
    collection.held = ()
    dialogue.refresh(at)
    _, panel = dialogue.messages(at)
    assert "nicht mehr in der Sammlung" in panel
    assert "<mark>Membership costs 12 pounds a year</mark>" in panel


def test_many_threads_lose_no_question() -> None:
    collection = FakeCollection()
    dialogue, at = begun(collection)
    at = ask(dialogue, at, "Seilbahn?")
    threads = [
        threading.Thread(target=dialogue.ask, args=(at, f"Seilbahn {number}?", Chosen()))
        for number in range(19)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(dialogue, at)
    assert [turn.number for turn in dialogue.turns(at)] == list(range(1, 21))
    assert all(turn.answer for turn in dialogue.turns(at))
    assert max(collection.histories) == 10


def test_what_no_worker_takes_is_said_and_can_be_asked_again() -> None:
    workers = Workers(1, 0)
    free = threading.Event()
    workers.submit(lambda: free.wait(20))
    dialogue = Dialogue(FakeCollection(), ConversationStore(None), workers)
    at = ask(dialogue, Place("me", "", EN), "library?")
    assert dialogue.turns(at)[0].state is TurnState.FAILED
    assert "Too many questions" in str(dialogue.messages(at))
    free.set()
    assert workers.wait_until_idle(20)
    dialogue.again(at, 1)
    settle(dialogue, at)
    assert dialogue.turns(at)[0].state is TurnState.ANSWERED


def test_a_million_characters_are_refused_and_not_kept() -> None:
    dialogue, at = begun()
    at = ask(dialogue, at, "x" * 1_000_000)
    (turn,) = dialogue.turns(at)
    assert "zu lang" in turn.said
    assert len(turn.question) < 30_000


def test_an_answer_grows_as_it_is_written() -> None:
    draft = Draft(1, DE)
    assert "werden durchsucht" in draft.html()
    draft.add(Stage("writing"))
    assert "wird geschrieben" in draft.html()
    for piece in ("Am <b>3. Mai</b> ", "fährt sie. [1, 2] Das ", "gilt [", "3"):
        draft.add(Piece(piece))
    text = unescape(re.sub("<[^>]*>", "", draft.html()))
    assert text == "Am <b>3. Mai</b> fährt sie. Das gilt"
    assert draft.html().count("unchecked") == 1
    draft.add(Checked(FakeCollection().ask("Seilbahn").sentences[0]))
    text = unescape(re.sub("<[^>]*>", "", draft.html()))
    assert text.startswith("Am 12. April 2025 soll die Seilbahn wieder fahren")
    assert text.endswith("Quelle [1]belegtDas gilt")


def test_a_stopped_stream_is_closed() -> None:
    closed = threading.Event()

    class Endless(FakeCollection):
        def ask_stream(
            self, question: str, history: Sequence[Any] = (), **filters: Any
        ) -> Iterator[Event]:
            try:
                while True:
                    yield Piece("word ")
                    time.sleep(0.01)
            finally:
                closed.set()

    dialogue, at = begun(Endless())
    at = dialogue.ask(at, "?", Chosen())
    time.sleep(0.05)
    dialogue.stop(at)
    assert closed.wait(20)
    assert dialogue.turns(at)[0].state is TurnState.STOPPED


def test_a_suggestion_is_found_by_its_turn_and_place() -> None:
    class Suggesting(FakeCollection):
        def ask(self, question: str, history: Sequence[Any] = (), **filters: Any) -> Answer:
            return replace(super().ask(question, history, **filters), suggestions=("A?", "B?"))

    dialogue, at = begun(Suggesting())
    assert dialogue.find_suggestion(at, 0, 0) == "What does membership of the library cost?"
    at = ask(dialogue, at, "Wann fährt die Seilbahn?")
    assert [dialogue.find_suggestion(at, 1, place) for place in (0, 1, 2)] == ["A?", "B?", ""]
    assert dialogue.find_suggestion(at, 2, 0) == ""
    assert "do-suggested-1-1" in dialogue.messages(at)[0][-1]["content"]


def test_a_question_is_kept_with_a_click_and_its_news_are_a_turn() -> None:
    dialogue, at = begun()
    at = ask(dialogue, at, "Wann fährt die Seilbahn?")
    dialogue.keep(at, 1)
    (kept,) = dialogue.standing.all()
    assert kept.question == "Wann fährt die Seilbahn?"
    assert "Gemerkt" in dialogue.messages(at)[0][-1]["content"]
    at = dialogue.ask_news(at, kept.id)
    settle(dialogue, at)
    news = dialogue.turns(at)[-1]
    assert news.answer is not None
    assert news.answer.note.startswith("2 Artikel, seit dem")
    assert dialogue.ask_news(at, 99) == at
    dialogue.keep(at, 1)
    assert dialogue.standing.all() == []
    dialogue.keep(at, 1)
    (kept,) = dialogue.standing.all()
    dialogue.give_up(kept.id)
    dialogue.give_up(kept.id)
    assert dialogue.standing.all() == []


def test_no_news_are_said() -> None:
    dialogue, at = begun()
    kept = dialogue.standing.add("Wie wird das Wetter?")
    at = dialogue.ask_news(at, kept.id)
    settle(dialogue, at)
    (turn,) = dialogue.turns(at)
    assert turn.state is TurnState.FAILED
    assert turn.said.startswith("Seit dem")
