"""Greetings, pleas, tasks and opinions get one sentence of the program's own."""

from dataclasses import replace

import pytest

from qa.answering.kinds import TALK
from qa.answering.question import read_question
from qa.answering.talk.replies import reply
from qa.collection import Collection
from qa.results import Answer, Refusal


def say(text: str, kind: str, expected: str = "de") -> Answer:
    return reply(replace(read_question(text), kind=kind), expected)


@pytest.mark.parametrize(
    ("text", "kind", "begins"),
    [
        ("Hallo!", "smalltalk", "Guten Tag!"),
        ("grüezi", "smalltalk", "Guten Tag!"),
        ("vielen dank", "smalltalk", "Gern geschehen!"),
        ("Tschüss", "smalltalk", "Auf Wiedersehen"),
        ("thanks a lot", "smalltalk", "You are welcome!"),
        ("Wer bist du?", "smalltalk", "Am besten beantworte ich"),
        ("Was kannst du?", "help", "Ich beantworte Fragen"),
        ("Wie füge ich ein PDF hinzu?", "help", "Artikel fügen Sie"),
        ("how do i delete an article", "help", "Remove articles"),
        ("Schreib mir ein Gedicht", "command", "Das kann ich nicht"),
        ("Lösch den Artikel", "command", "Im Gespräch ändere ich nichts"),
        ("Wie findest du das?", "opinion", "Eine Meinung oder Vorhersage"),
        ("asdf", "other", "Das habe ich nicht verstanden"),
    ],
)
def test_the_reply_fits(text: str, kind: str, begins: str) -> None:
    answer = say(text, kind)
    assert answer.text.startswith(begins)
    assert (answer.citations, answer.passages) == ((), ())


@pytest.mark.parametrize("kind", sorted(TALK))
@pytest.mark.parametrize("language", ["de", "en"])
def test_a_greeting_is_answered_and_a_task_refused(kind: str, language: str) -> None:
    answer = say("xyz", kind, language)
    settled = kind in ("smalltalk", "help")
    assert answer.language == language
    assert answer.answered is settled
    assert answer.refusal is (None if settled else Refusal.NO_QUESTION)
    assert answer.reason == ("" if settled else answer.text)


def test_a_collection_replies_with_questions_to_ask(archive: Collection) -> None:
    answer = archive.ask("Hallo!", kind="smalltalk")
    assert answer.text.startswith("Guten Tag!")
    assert len(answer.suggestions) == 3
