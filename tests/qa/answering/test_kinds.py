"""Kinds of questions: the shipped classifier, and what stands in for it."""

import dataclasses
import json
from importlib import resources
from typing import Any

import numpy as np
import pytest

from corpus.errors import QuestionError
from index.encoder import SentenceTransformerEncoder
from qa.answering.kinds import KINDS, check_kind
from qa.answering.question_model import (
    FILE,
    LAYERS,
    Leaning,
    QuestionModel,
    kind_of,
    needs_conversation,
    pack,
    question_model,
    states_of,
    unpack,
)
from qa.testing import FakeEncoder


def shipped_values() -> dict[str, Any]:
    text = (resources.files("qa.answering") / FILE).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def small_model(margin: float = 0.0) -> QuestionModel:
    return QuestionModel(
        "an encoder",
        ("fact", "list", "summary"),
        np.eye(3, dtype=np.float32),
        np.zeros(3, dtype=np.float32),
        margin,
        Leaning(np.array([1.0, 0.0, 0.0, 2.0], dtype=np.float32), -1.0, 0.5),
    )


def states(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def test_the_best_kind_wins_where_it_leads_by_the_margin() -> None:
    assert small_model().kind(states(0.1, 0.2, 0.5)) == "summary"
    assert small_model(0.25).kind(states(0.1, 0.2, 0.5)) == "summary"
    assert small_model(0.35).kind(states(0.1, 0.2, 0.5)) == "fact"


def test_states_and_wording_tell_together_whether_the_conversation_is_needed() -> None:
    leaning = small_model().leaning
    assert leaning is not None
    assert leaning(states(0.0, 0, 0), [0.75])
    assert not leaning(states(0.0, 0, 0), [0.7])
    assert leaning(states(1.5, 0, 0), [0.0])


def test_packing_keeps_a_model_up_to_rounding() -> None:
    rng = np.random.default_rng(1)
    before = dataclasses.replace(
        small_model(0.04),
        weights=rng.normal(size=(3, 40)).astype(np.float32),
        leaning=Leaning(rng.normal(size=44).astype(np.float32), 0.25, 0.5),
    )
    after = unpack(json.loads(json.dumps(pack(before, {"fitted": "today"}))))
    assert np.abs(after.weights - before.weights).max() < np.abs(before.weights).max() / 200
    assert (after.kinds, after.margin) == (before.kinds, 0.04)
    assert after.leaning is not None
    assert before.leaning is not None
    apart = np.abs(after.leaning.weights - before.leaning.weights).max()
    assert apart < np.abs(before.leaning.weights).max() / 200
    assert (after.leaning.bias, after.leaning.least) == (0.25, 0.5)


def test_a_changed_file_is_no_model() -> None:
    values = pack(small_model(), {})
    with pytest.raises(ValueError, match="checksum"):
        unpack(values | {"margin": 0.5})


def test_the_shipped_model_knows_all_kinds_and_no_others() -> None:
    model = unpack(shipped_values())
    assert sorted(model.kinds) == sorted(KINDS)
    assert model.weights.shape == (len(KINDS), len(LAYERS) * 384)


def test_the_shipped_model_is_of_the_default_encoder_and_tells_plain_questions_apart() -> None:
    encoder = SentenceTransformerEncoder()
    assert question_model(encoder) is not None
    found = {
        question: kind_of(encoder, question)
        for question in (
            "Fasse den Artikel über den Hafenausbau bitte kurz zusammen",
            "What is the latest on the harbour strike?",
            "Warum wurde der Hafen von Ostrum gesperrt?",
            "Guten Morgen!",
        )
    }
    assert list(found.values()) == ["summary", "latest", "reason", "smalltalk"]


def test_another_encoder_asks_for_facts() -> None:
    encoder = FakeEncoder()
    assert question_model(encoder) is None
    assert states_of(encoder, "Fasse zusammen") is None
    assert kind_of(encoder, "Fasse zusammen") == "fact"


def test_another_encoder_tells_follow_ups_by_rules() -> None:
    assert needs_conversation(FakeEncoder(), "Und warum?")
    assert not needs_conversation(FakeEncoder(), "Warum schließt die Molkerei in Ostrum?")


def test_a_question_without_tokens_has_no_states() -> None:
    assert states_of(SentenceTransformerEncoder(), "") is None


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    assert check_kind("timeline") == "timeline"
    with pytest.raises(QuestionError, match=r"kind='essay' is not possible.*summary"):
        check_kind("essay")
