"""Follow-up questions are completed from the last one; whole questions are left alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import QuestionError
from index.encoder import SentenceTransformerEncoder
from qa import Collection
from qa.answering import follow_up
from qa.answering.question_model import needs_conversation
from tests.qa.test_results import ANSWER

LAST = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
HISTORY = [
    {"role": "user", "content": "Wer baut die Brücke?"},
    {"role": "assistant", "content": "Die Stadt. [1]"},
    {"role": "user", "content": LAST},
    {"role": "assistant", "content": "Am 12. April. [1]"},
]
PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "followups.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


class Reads(Sequence[Mapping[str, Any]]):
    """Turns that count how many of them are read."""

    def __init__(self, turns: list[Mapping[str, Any]]) -> None:
        self._turns = turns
        self.looked_at = 0

    def __len__(self) -> int:
        return len(self._turns)

    def __getitem__(self, at: Any) -> Any:
        found = self._turns[at]
        self.looked_at += len(found) if isinstance(at, slice) else 1
        return found


NEEDS = partial(needs_conversation, SentenceTransformerEncoder())


def complete(question: str, history: Any, knows: Callable[[str], bool] | None = None) -> str:
    return follow_up.complete(question, history, NEEDS, knows)


def said(*questions: str) -> list[Mapping[str, Any]]:
    return [{"role": "user", "content": question} for question in questions]


@pytest.mark.parametrize(
    "question",
    ["Wo liegt sie?", "Was kostet das?", "Und wer zahlt es?", "Who paid for it?",
     "What about their plans?", "Wer hat sie gebaut?", "Und die Kinder?", "Gehört die ihnen?"],
)  # fmt: skip
def test_questions_that_lean_get_what_the_last_one_was_about(question: str) -> None:
    assert complete(question, HISTORY) == f"{question} (Seilbahn in Bad Lauten)"


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Und warum?", "Warum soll die Seilbahn in Bad Lauten wieder fahren?"),
        ("Warum?", "Warum soll die Seilbahn in Bad Lauten wieder fahren?"),
        ("Seit wann?", "Seit wann soll die Seilbahn in Bad Lauten wieder fahren?"),
        ("Und in Treuenhall?", "Wann soll die Seilbahn in Treuenhall wieder fahren?"),
    ],
)
def test_a_bare_question_word_or_place_takes_its_place_in_the_last_question(
    question: str, whole: str
) -> None:
    assert complete(question, HISTORY) == whole


@pytest.mark.parametrize(
    "question",
    [
        "Wie viele Menschen leben in der Stadt Kelmsbach?",
        "Wann wurde die neue Fähre nach Osterholm gebaut?",
        "How many people work at the brewery in Osterkamp?",
        "Gibt es in Kelmsbach eine Brauerei?",
        "Was kostet es, ein Auto nach Osterholm zu bringen?",
        "Why did the gauge at Pell Lock fail before it could send a warning?",
        "Is there a swing bridge in Port Ellery?",
        "Was ist Methan?",
        "What is methane?",
        "Was kostet das neue Zugseil?",
    ],
)
def test_whole_questions_are_left_alone(question: str) -> None:
    assert complete(question, HISTORY) == question


@pytest.mark.parametrize("leaning", [True, False], ids=["leans", "stands alone"])
@pytest.mark.parametrize("split", ["held-out", "tuning"])
def test_the_pairs_over_the_samples_reach_their_rate(split: str, leaning: bool) -> None:
    rows = [row for row in PAIRS if row["split"] == split and row["leans"] is leaning]
    assert len(rows) >= 15
    right = 0
    for row in rows:
        whole = complete(row["follow_up"], said(row["previous"]))
        changed = whole != row["follow_up"]
        held = all(word.casefold() in whole.casefold() for word in row["needs"])
        right += changed is leaning and held
    assert right / len(rows) >= 0.85


@pytest.mark.parametrize(
    "history",
    [
        [],
        [{"role": "assistant", "content": "Willkommen!"}],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": None}],
        [{"role": "user", "content": ["text"]}],
        [{"role": "user"}],
        [{}],
        [None, 3, "Wer?", ("a", "b")],
    ],
)
def test_without_a_question_before_there_is_nothing_to_complete(history: list[Any]) -> None:
    assert complete("Und warum?", history) == "Und warum?"


@pytest.mark.parametrize("history", ["Wer baut die Brücke?", {"role": "user"}, 7, {1, 2}])
def test_what_is_no_history_is_refused_with_what_one_is(history: Any) -> None:
    with pytest.raises(QuestionError, match="list of earlier answers or messages"):
        complete("Und warum?", history)


def test_earlier_answers_are_turns_too() -> None:
    answer = replace(ANSWER, question="Wann regnet es in Immersen?")
    whole = "Warum regnet es in Immersen?"
    assert complete("Und warum?", [*HISTORY, answer]) == whole
    assert complete("Und warum?", [answer, *said("Wo schneit es in Lauten?")]) == (
        "Warum schneit es in Lauten?"
    )


def test_a_person_that_was_the_answer_is_named() -> None:
    answer = replace(ANSWER, question="Wer gewann die Stichwahl in Kelmsbach?", short="Carla Wies")
    assert complete("Wie viele Stimmen bekam sie?", [answer]) == (
        "Wie viele Stimmen bekam sie? (Carla Wies, Stichwahl in Kelmsbach)"
    )


def test_the_cited_article_says_what_a_question_without_a_topic_was_about() -> None:
    answer = replace(ANSWER, question="Wer gewann?", short="")
    title = answer.citations[0].passage.article.title
    assert title in complete("Und wie hoch?", [answer], lambda _: True)
    # Not where the article is of another collection.
    assert title not in complete("Und wie hoch?", [answer], lambda _: False)


def test_follow_ups_lean_on_follow_ups() -> None:
    turns = said(LAST, "Was kostet eine Fahrt dann?", "Und für Kinder?")
    whole = complete("Und für Hunde?", turns)
    assert "Seilbahn in Bad Lauten" in whole
    assert "Hunde" in whole
    assert len(whole) < 300


def test_a_thousand_turns_cost_no_more_than_a_few() -> None:
    questions = (f"Was geschah im Jahr {year} in Immersen damals?" for year in range(1000))
    turns = Reads(said(*questions))
    assert "999" in complete("Und warum?", turns)
    assert 0 < turns.looked_at < 20
    endless = Reads(said(*["Und warum?"] * 1000))
    assert complete("Und warum?", endless) == "Und warum?"
    assert 0 < endless.looked_at < 20


def test_long_turns_add_little() -> None:
    whole = complete("Und was kostet das?", said("Wo liegt die Stadt " + "Immersen " * 3000 + "?"))
    assert len(whole) < 300


def test_what_was_asked_is_kept_beside_what_was_understood(
    collection: Collection, press: Path
) -> None:
    collection.add(press)
    found = collection.ask("Was kostet das?", said("Wie fährt die Fähre nach Osterholm?"))
    assert found.asked == "Was kostet das?"
    assert found.question == "Was kostet das? (Fähre nach Osterholm)"
    # A question of the greatest length has no room for more, and is asked as it is.
    longest = ("Und was kostet das " + "denn " * 1000)[:3990]
    assert collection.ask(longest, said("Wie fährt die Fähre nach Osterholm?")).question == (
        longest.strip()
    )
