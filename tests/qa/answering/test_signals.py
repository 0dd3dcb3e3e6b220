"""What retrieval and reading say of a passage, as numbers."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from corpus.text.language import question_language
from qa import Collection
from qa.answering.question import read_question
from qa.answering.sentences import Found
from qa.answering.signals import Signals, is_printed_then, measure_signals, missing_words
from qa.results import Passage
from qa.retrieval.reading import Key, SpanFound, key
from tests.fakes import write
from tests.qa.answering.test_answerer import found_for

PRESS = {
    "harbour": "Neuer Hafen in Wiekum\n\nDer Hafen von Wiekum kostet 12 Millionen Euro.",
    "museum": "Museum in Trellau\n\nDas Museum von Trellau kostet 3 Millionen Euro.",
}
QUESTION = "Was kostet der Hafen von Wiekum?"


@pytest.fixture
def found(collection: Collection, tmp_path: Path) -> Found:
    collection.add(write(tmp_path / "press", **PRESS))
    return found_for(collection, QUESTION)


def span_of(passage: Passage, words: str, answerable: float) -> dict[Key, SpanFound]:
    start = passage.start + passage.text.index(words)
    return {key(passage): SpanFound(start, start + len(words), answerable)}


def measure(found: Found, spans: Mapping[Key, SpanFound], question: str = QUESTION) -> Signals:
    return measure_signals(found, read_question(question), found.passages[0], spans)


def test_reading_is_told_in_log_odds(found: Found) -> None:
    assert "Wiekum" in found.passages[0].text
    surer = measure(found, span_of(found.passages[0], "12 Millionen Euro", 0.9))
    doubted = measure(found, span_of(found.passages[0], "12 Millionen Euro", 0.1))
    assert surer.read == pytest.approx(2.197, abs=1e-3)
    assert doubted.read == pytest.approx(-surer.read)
    assert measure(found, {}).read == 0.0


def test_whether_the_words_are_of_the_kind_that_is_asked_for(found: Found) -> None:
    passage = found.passages[0]
    number, name = span_of(passage, "12 Millionen", 0.9), span_of(passage, "Wiekum", 0.9)
    small = span_of(passage, "kostet", 0.9)
    assert measure(found, number, "Wann war das?").asks_date_unmet == 0
    assert measure(found, name, "Wann war das?").asks_date_unmet == 1
    assert measure(found, {}, "Wann war das?").asks_date_unmet == 0
    assert measure(found, name, "Wer baute den Hafen?").asks_person_unmet == 0
    assert measure(found, small, "Wer baute den Hafen?").asks_person_unmet == 1
    assert measure(found, small, "Was war das?").asks_person_unmet == 0


def test_names_and_numbers_that_a_passage_lacks(found: Found) -> None:
    assert measure(found, {}).names_missing == 0
    elsewhere = measure(found, {}, "Was kostet der Hafen von Ostrup 2031?")
    assert elsewhere.names_missing == pytest.approx(1 / 3)
    assert elsewhere.values_missing == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("Wer leitet das Werk in Ostrup?", "Das Werk Ostrups leitet Frau Kehl.", set()),
        ("Wer leitet das Werk in Ostrup?", "Das Werk in Wiekum.", {"Ostrup"}),
        ("Ostrup?", "Das Werk in Wiekum.", set()),
        ("Where can I pay?", "You pay on the quay.", set()),
        ("", "Das Werk.", set()),
    ],
)
def test_a_name_is_held_in_any_form(question: str, text: str, lacking: set[str]) -> None:
    names, values, _ = missing_words(question, text, "de")
    assert (names, values) == (lacking, set())


def test_a_number_is_no_name() -> None:
    assert missing_words("Was galt 2019 in Au?", "In Au galt 2020 viel.", "de")[:2] == (
        set(),
        {"2019"},
    )


@pytest.mark.parametrize(
    ("question", "then"),
    [
        ("Was kostete der Hafen nach dem Stand vom 4. März 2031?", True),
        ("Was kostete der Hafen am 2. März?", True),
        ("Was kostete der Hafen am 5. März 2031?", False),
        ("Was kostete der Hafen am 1. März 2031?", False),
        ("Was kostete der Hafen im März?", True),
        ("Was kostete der Hafen im März 2030?", False),
        ("What did the harbour cost in March 2031?", True),
        ("When may the harbour open?", None),
        ("Was kostete der Hafen 2031?", None),
        ("Was kostete der Hafen?", None),
    ],
)
def test_an_article_printed_when_the_question_says(question: str, then: bool | None) -> None:
    assert is_printed_then(question, question_language(question), date(2031, 3, 4)) is then
    assert is_printed_then(question, "de", None) is None


def test_when_an_article_was_printed_is_a_signal(collection: Collection, tmp_path: Path) -> None:
    rows = [
        {"title": "Hafen", "text": f"Der Hafen von Wiekum kostet {cost} Euro.", "published": day}
        for cost, day in (("12 Millionen", "2031-03-04"), ("19 Millionen", "2031-08-09"))
    ]
    table = tmp_path / "press.json"
    table.write_text(json.dumps(rows), encoding="utf-8")
    collection.add(table)
    found = found_for(collection, QUESTION)
    for question, then, other in (("Was kostete der Hafen im März 2031?", 1, 1), (QUESTION, 0, 0)):
        for passage in found.passages:
            signals = measure_signals(found, read_question(question), passage, {})
            march = "12" in passage.text
            assert signals.printed_then == (then if march else 0)
            assert signals.printed_else == (0 if march else other)


def test_the_paper_that_a_question_names_is_not_missing(
    collection: Collection, tmp_path: Path
) -> None:
    table = tmp_path / "press.json"
    row = {"title": "Hafen", "text": "Der Hafen kostet 12 Euro.", "source": "Wiekumer Bote"}
    table.write_text(json.dumps([row]), encoding="utf-8")
    collection.add(table)
    found = found_for(collection, QUESTION)
    own = measure(found, {}, "Was kostet nach dem „Wiekumer Bote“ der Hafen?")
    other = measure(found, {}, "Was kostet nach dem „Ostruper Bote“ der Hafen?")
    assert own.names_missing == 0
    assert other.names_missing == pytest.approx(1 / 3)
