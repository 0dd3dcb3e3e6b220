"""What a follow-up is asked about."""

from dataclasses import replace
from typing import Any

import pytest

from corpus.errors import QuestionError
from qa.answering.context import Context, Turn, read_context
from qa.results import Answer, ArticleInfo, Citation, Passage

FIRST = "Was kostet die Sanierung der Halle in Ostrup?"


def said(*texts: str) -> list[Turn]:
    return [{"role": "user", "content": text} for text in texts]


def answered(question: str, *uris: str, context: str = "", about: str = "") -> Answer:
    passages = [
        Passage(
            "Text.", 1.0, 1, {}, 1, 0, 5, "", "body", None, "de", ArticleInfo(uri, f"T {uri}"), ""
        )
        for uri in uris
    ]
    citations = tuple(Citation(n, p, "Text.", 0, 5) for n, p in enumerate(passages, 1))
    return Answer(
        question, "", "", bool(uris), "", (), citations, tuple(passages), 0.5, "de",
        context=context, about=about,
    )  # fmt: skip


def needs(question: str, before: str) -> bool:
    return question.startswith(("Und", "Warum?"))


def read(question: str, history: Any, known: str = "a b") -> Context | None:
    return read_context(question, history, needs, lambda uri: uri in known.split())


def test_a_question_that_stands_alone_is_left_alone() -> None:
    assert read("Wer baute das Rathaus?", said(FIRST)) is None
    assert read("Und warum?", []) is None


def test_a_follow_up_is_about_the_last_complete_question() -> None:
    assert read("Und wann?", said("Wer?", FIRST)) == Context(FIRST, FIRST)
    assert read("Und wann?", said(FIRST, "Und warum?", "Warum?")) == Context(
        FIRST, FIRST, before="Warum?"
    )


def test_an_answer_names_its_article() -> None:
    found = read("Und wann?", [answered(FIRST, "a", "b", "a")])
    assert found == Context(FIRST, "T a", ("a", "b"))
    later = answered("Und warum?", "b", context=FIRST)
    assert read("Und wann?", [later]) == Context(FIRST, "T b", ("b",), "Und warum?")


def test_nothing_follows_from_small_talk() -> None:
    thanks = replace(answered("Danke!"), kind="smalltalk")
    assert read("Und wann?", [answered(FIRST, "a"), thanks]) == Context(FIRST, "T a", ("a",))
    assert read("Und wann?", [thanks]) is None


def test_articles_of_another_collection_say_nothing() -> None:
    assert read("Und wann?", [answered(FIRST, "a")], known="") == Context(FIRST, FIRST)


def test_a_refusal_does_not_break_the_thread() -> None:
    refused = answered("Und warum?", context=FIRST, about="T a")
    assert read("Und wann?", [answered(FIRST, "a"), refused]) == Context(
        FIRST, "T a", before="Und warum?"
    )


def test_what_is_no_turn_is_passed_over() -> None:
    odd: list[Any] = [
        *said(FIRST),
        {"role": "assistant", "content": "Ja."},
        None,
        7,
        {"role": "user"},
    ]
    assert read("Und wann?", odd) == Context(FIRST, FIRST)
    assert read("Und wann?", [None, {}]) is None


@pytest.mark.parametrize("history", ["text", b"text", {"role": "user"}, 3])
def test_a_history_that_is_none_is_refused(history: Any) -> None:
    with pytest.raises(QuestionError, match="list of earlier answers"):
        read("Und wann?", history)


def test_a_thousand_turns_cost_no_more_than_the_last() -> None:
    asked: list[str] = []

    def counted(question: str, before: str) -> bool:
        asked.append(question)
        return True

    history = said(*[f"Und Frage {number}?" for number in range(1000)])
    found = read_context("Und wann?", history, counted, lambda _: False)
    assert len(asked) <= 12
    assert found is not None
    assert found.question == "Und Frage 988?"


def test_a_long_question_is_cut() -> None:
    found = read("Und wann?", said("Wer " * 3000))
    assert found is not None
    assert len(found.question) <= 300
