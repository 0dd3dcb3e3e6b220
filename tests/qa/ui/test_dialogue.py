"""A conversation without its page: turns, history, errors, and many threads at once."""

import logging
import re
import threading
from collections.abc import Sequence
from html import unescape

import pytest

from qa.results import Answer
from qa.ui import dialogue
from qa.ui.dialogue import Conversation, Conversations
from qa.ui.words import Words
from tests.qa.ui.fake import FakeCollection

DE, EN = Words("de"), Words("en")


def ask(conversation: Conversation, collection: FakeCollection, question: str) -> None:
    conversation.begin(question, DE, "Moment …")
    conversation.finish(collection, DE)


def test_a_question_is_shown_before_its_answer() -> None:
    conversation, collection = Conversation(), FakeCollection()
    conversation.begin("Seilbahn?", DE, "Moment …")
    asked, said = dialogue.messages(conversation.turns)
    assert (asked["role"], said["role"]) == ("user", "assistant")
    assert "Moment …" in said["content"]
    assert "hint" in dialogue.panel(conversation.turns, DE)
    conversation.finish(collection, DE)
    assert "Jana Voss" in dialogue.messages(conversation.turns)[1]["content"]
    assert "Jana Voss" in dialogue.panel(conversation.turns, DE)


def test_earlier_answers_go_with_the_next_question_and_errors_do_not() -> None:
    conversation, collection = Conversation(), FakeCollection()
    for question in ("Seilbahn?", "crash", "  ", "library?"):
        ask(conversation, collection, question)
    assert collection.histories == [0, 1, 1, 1]
    ask(conversation, collection, "Wetter?")
    assert collection.histories[-1] == 2
    assert [turn.number for turn in conversation.turns] == [1, 2, 3, 4, 5]


def test_a_crash_is_logged_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    conversation = Conversation()
    with caplog.at_level(logging.ERROR):
        ask(conversation, FakeCollection(), "crash")
    assert "secret detail" in caplog.text
    assert "secret detail" not in str(dialogue.messages(conversation.turns))


def test_an_answer_that_comes_after_a_new_start_is_dropped() -> None:
    class Restarted(FakeCollection):
        def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:
            conversation.restart()
            return super().ask(question, history)

    conversation = Conversation()
    ask(conversation, Restarted(), "Seilbahn?")
    assert conversation.turns == ()
    conversation.finish(FakeCollection(), DE)
    assert conversation.turns == ()


def test_many_threads_lose_no_question() -> None:
    conversation, collection = Conversation(), FakeCollection()
    threads = [
        threading.Thread(target=ask, args=(conversation, collection, f"Seilbahn {number}?"))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [turn.number for turn in conversation.turns] == list(range(1, 21))
    assert all(turn.answer for turn in conversation.turns)
    assert sorted(collection.histories) == [*range(10), *[10] * 10]


def test_the_longest_unused_conversation_makes_room() -> None:
    conversations = Conversations(most=2)
    first = conversations.of("a")
    conversations.of("b")
    assert conversations.of("a") is first
    conversations.of("c")
    assert conversations.of("a") is first
    ask(conversations.of("b"), FakeCollection(), "Seilbahn?")
    assert len(conversations.of("b").turns) == 1


def test_the_welcome_names_the_newest_articles_or_how_to_add_some() -> None:
    full = dialogue.welcome(FakeCollection(), EN)
    assert "Harbour library opens its night room" in full
    empty = dialogue.welcome(FakeCollection(held=()), EN)
    assert "add ARTICLES" in empty


def test_the_status_line_says_what_is_not_embedded() -> None:
    german = unescape(dialogue.status_line(FakeCollection(unembedded=1204), DE))
    assert "1.204 Absätze werden bisher nur wörtlich gefunden" in german
    english = dialogue.status_line(FakeCollection(unembedded=1), EN)
    assert "1 paragraph is found by its words alone" in english
    assert "alone" not in dialogue.status_line(FakeCollection(), EN)


def test_the_status_line_counts_and_says_how_far_the_model_is() -> None:
    line = re.sub("<[^>]*>", "", dialogue.status_line(FakeCollection(), EN, "loading"))
    assert line.replace("&#44;", ",") == (
        "3 articles from 3 sources, 25 October 2024 to 14 March 2025 "
        "The language model is loading …"
    )
    failed = dialogue.status_line(FakeCollection(), DE, "loading_failed", "<weg>")
    assert "&#60;weg&#62;" in failed
