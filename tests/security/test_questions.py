"""The border that every question passes: what it makes of any text, and what it costs."""

import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from index.search import MAX_QUESTION, check_question
from qa.collection import Collection


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("Wer\x00 fährt?", "Wer fährt?"),
        ("Wer \ud800fährt?", "Wer fährt?"),
        ("\ud83d\ude80 fährt?", "fährt?"),
        ("\u202eWer\u202c fährt\u2066?\u2069", "Wer fährt?"),
        ("Wer\r\n\tfährt?", "Wer fährt?"),
        ("Wer\x1b[31m fährt?", "Wer[31m fährt?"),
        ("Wa\u0308re?", "Wäre?"),
        ("\ufeffWer?", "Wer?"),
        ("می\u200cروم؟", "می\u200cروم؟"),  # a joiner that the word needs
    ],
)
def test_what_nobody_sees_is_left_out(question: str, read: str) -> None:
    assert check_question(question) == read


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_becomes_one_that_every_part_takes(question: str) -> None:
    try:
        text = check_question(question)
    except QuestionError:
        return
    text.encode()
    assert text == text.strip()
    assert not set(text) & set("\x00\n\r\u202e\u2066\u200b")
    assert check_question(text) == text


@pytest.mark.parametrize("question", ["", " \n", "\x00", "\ud800", "\u202e\u202c"])
def test_what_leaves_nothing_is_refused(question: str) -> None:
    with pytest.raises(QuestionError, match="empty"):
        check_question(question)


@pytest.mark.parametrize("question", [None, 5, b"Wer?", ["Wer?"]])
def test_what_is_no_text_is_refused(question: object) -> None:
    with pytest.raises(QuestionError, match="text"):
        check_question(question)  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", ["a", "Wer? ", "\u202e", "\u0308", "\x00", "a\u0308\u0323", "𝕏"])
@pytest.mark.parametrize("way", ["retrieve", "ask"])
def test_ten_megabytes_are_refused_at_once(collection: Collection, unit: str, way: str) -> None:
    question = unit * (10_000_000 // len(unit))
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(QuestionError) as caught:
        getattr(collection, way)(question)
    seconds = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 0.5
    assert peak < 2_000_000
    assert len(str(caught.value)) < 300


def test_the_longest_question_is_read(collection: Collection) -> None:
    assert check_question("a" * MAX_QUESTION) == "a" * MAX_QUESTION
    answer = collection.ask("Wer? " * (MAX_QUESTION // 5))
    assert not answer.answered
    json.dumps(answer.to_dict()).encode()
