"""Follow-up questions are completed from the last one; whole questions are left alone."""

from typing import Any

import pytest

from qa.conversation import completed, leans
from tests.qa.test_results import ANSWER

LAST = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
HISTORY = [
    {"role": "user", "content": "Wer baut die Brücke?"},
    {"role": "assistant", "content": "Die Stadt. [1]"},
    {"role": "user", "content": LAST},
    {"role": "assistant", "content": "Am 12. April. [1]"},
]


@pytest.mark.parametrize(
    "question",
    ["Und warum?", "Warum?", "Wo liegt sie?", "Was kostet das?", "Und wer zahlt es?", "Seit wann?",
     "And why?", "Who paid for it?", "What about their plans?", "Wer hat sie gebaut?"],
)  # fmt: skip
def test_questions_that_lean_are_completed(question: str) -> None:
    assert leans(question)
    assert completed(question, HISTORY) == f"{LAST} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Wie viele Menschen leben in der Stadt Kelmsbach?",
        "Wann wurde die neue Fähre nach Osterholm gebaut?",
        "How many people work at the brewery in Osterkamp?",
    ],
)
def test_whole_questions_are_left_alone(question: str) -> None:
    assert completed(question, HISTORY) == question


@pytest.mark.parametrize(
    "history",
    [
        [],
        [{"role": "assistant", "content": "Willkommen!"}],
        [{"role": "user", "content": ""}],
        [{"role": "user"}],
        [{}],
    ],
)
def test_without_a_question_before_there_is_nothing_to_complete(history: list[Any]) -> None:
    assert completed("Und warum?", history) == "Und warum?"


def test_earlier_answers_are_turns_too() -> None:
    assert completed("Und warum?", [*HISTORY, ANSWER]) == "Regnet es? Und warum?"
    assert completed("Und warum?", [ANSWER, *HISTORY]) == f"{LAST} Und warum?"
