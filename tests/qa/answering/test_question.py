"""A question read once: language, what it wants, its parts and its times."""

from datetime import date

import pytest

from qa.answering.question import Wanted, read_question, split_question

TODAY = date(2026, 5, 2)


@pytest.mark.parametrize(
    ("text", "language", "wants"),
    [
        ("Wann fährt die Fähre?", "de", set()),
        ("Wie viele Stimmen bekam sie?", "de", {"number"}),
        ("Und wie alt ist der Trainer?", "de", {"number"}),
        ("How old is the mayor?", "en", {"number"}),
        ("Warum schließt die Molkerei?", "de", {"reason"}),
        ("Aus welchen Gründen schließt die Molkerei?", "de", {"reason", "several"}),
        ("Welche drei Gründe nannte die Chefin?", "de", {"several"}),
        ("List the bridges in the town.", "en", {"several"}),
        ("Ist die Brücke wieder offen?", "de", {"yes or no"}),
        ("Is the bridge open again?", "en", {"yes or no"}),
        ("Is it open on Mondays or on Fridays?", "en", set()),
        ("Was kostet die Fahrt nach Osterholm?", "de", set()),
    ],
)
def test_what_a_question_wants(text: str, language: str, wants: set[Wanted]) -> None:
    question = read_question(text, TODAY)
    assert question.language == language
    assert set(question.wants) == wants
    assert not question.parts
    assert not question.times


def test_a_question_for_several_things_has_parts_with_wants_of_their_own() -> None:
    question = read_question("Wann schließt die Molkerei, warum und wie viele sind betroffen?")
    assert [part.text for part in question.parts] == [
        "Wann schließt die Molkerei?",
        "warum schließt die Molkerei?",
        "wie viele sind betroffen?",
    ]
    assert [set(part.wants) for part in question.parts] == [set(), {"reason"}, {"number"}]
    assert not question.wants
    assert all(not part.parts for part in question.parts)


def test_times_are_those_of_the_whole_question() -> None:
    question = read_question("Wer gewann seit März 2026 und warum?", TODAY)
    assert [item.options for item in question.times] == ["--since 2026-03-01"]
    assert len(question.parts) == 2


def test_more_than_three_parts_are_asked_as_one() -> None:
    text = "Wer, wann, wo und warum stahl die Uhr?"
    assert split_question(text) == (text,)
    assert read_question(text).parts == ()


@pytest.mark.parametrize("text", ["", "?", "???", "Osterholm", "und wann?"])
def test_odd_questions_do_no_harm(text: str) -> None:
    assert read_question(text).text == text
