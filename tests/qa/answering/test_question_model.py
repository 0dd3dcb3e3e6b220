"""Questions told apart by states and wording: the shipped model, and what stands in for it."""

import dataclasses
import json
from importlib import resources
from typing import Any

import numpy as np
import pytest

from index.encoder import SentenceTransformerEncoder
from qa.answering.kinds import KINDS
from qa.answering.question_model import (
    FILE,
    LAYERS,
    Linear,
    QuestionModel,
    kind_of,
    needs_conversation,
    pack,
    states_of,
    unpack,
)
from qa.answering.wording import COLUMNS, wording_of
from qa.testing import FakeEncoder


def read_shipped() -> dict[str, Any]:
    text = (resources.files("qa.answering") / FILE).read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def row(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def linear(states: Any, bias: Any) -> Linear:
    return Linear(states, np.zeros((len(bias), COLUMNS), dtype=np.float32), bias)


def small_model() -> QuestionModel:
    return QuestionModel(
        "an encoder",
        ("fact", "list", "summary"),
        linear(np.eye(3, dtype=np.float32), row(0, 0, 0)),
        linear(np.array([[1, 0, 0]], dtype=np.float32), row(-0.5)),
        Linear(np.zeros((1, 0), dtype=np.float32), wording_of("Warum?")[None], row(-0.9)),
    )


def test_the_best_kind_wins() -> None:
    assert small_model().kind(row(0.1, 0.2, 0.5), "x") == "summary"
    assert small_model().kind(row(0.4, 0.6, 0.5), "x") == "list"


def test_wording_counts_beside_the_states() -> None:
    model = small_model()
    wording = model.kinds.wording.copy()
    wording[1] = wording_of("Alle Namen")
    named = dataclasses.replace(model, kinds=dataclasses.replace(model.kinds, wording=wording))
    assert model.kind(row(0.1, 0.2, 0.5), "Alle Namen") == "summary"
    assert named.kind(row(0.1, 0.2, 0.5), "Alle Namen") == "list"


def test_states_tell_whether_the_conversation_is_needed_and_without_them_wording() -> None:
    model = small_model()
    assert model.needs_conversation(row(0.75, 0, 0), "x")
    assert not model.needs_conversation(row(0.25, 0, 0), "Warum?")
    assert model.needs_conversation(None, "Warum?")
    assert not model.needs_conversation(None, "Wie hoch ist der Turm?")


def test_packing_keeps_a_model_up_to_rounding() -> None:
    rng = np.random.default_rng(1)
    before = dataclasses.replace(
        small_model(),
        kinds=Linear(
            rng.normal(size=(3, 40)).astype(np.float32),
            rng.normal(size=(3, COLUMNS)).astype(np.float32),
            row(0.1, 0.2, 0.3),
        ),
    )
    after = unpack(json.loads(json.dumps(pack(before, {"fitted": "today"}))))
    for one, other in ((before.kinds, after.kinds), (before.follow_up, after.follow_up)):
        assert np.abs(one.states - other.states).max() < np.abs(one.states).max() / 200
        assert np.abs(one.wording - other.wording).max() <= np.abs(one.wording).max() / 200
        assert other.bias == pytest.approx(one.bias)
    assert after.follow_up_by_wording.states.shape == (1, 0)
    assert (after.encoder, after.names) == (before.encoder, before.names)


def test_a_changed_file_is_no_model() -> None:
    values = pack(small_model(), {})
    with pytest.raises(ValueError, match="checksum"):
        unpack(values | {"names": ["fact"]})


def test_the_shipped_model_knows_all_kinds_and_no_others() -> None:
    model = unpack(read_shipped())
    assert sorted(model.names) == sorted(KINDS)
    assert model.kinds.states.shape == (len(KINDS), len(LAYERS) * 384)
    assert model.encoder == SentenceTransformerEncoder().fingerprint


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Fasse den Artikel über den Hafenausbau in Brunsum bitte zusammen", "summary"),
        ("Worum geht es in dem Bericht über die Fähre?", "summary"),
        ("Wann wurde die Werft in Ostrum gegründet?", "fact"),
        ("Welche Geldstrafe bekam die Reederei Tonning?", "fact"),
        ("What is the latest on the harbour strike?", "latest"),
        ("Warum wurde der Hafen von Ostrum gesperrt?", "reason"),
        ("Chronologie der Hafenerweiterung", "timeline"),
        ("Vergleiche die Berichte der beiden Zeitungen über den Hafen", "compare"),
        ("Wie viele Artikel sind im Archiv?", "meta"),
        ("Guten Morgen!", "smalltalk"),
    ],
)
def test_plain_questions_are_told_apart(question: str, kind: str) -> None:
    assert kind_of(SentenceTransformerEncoder(), question) == kind


@pytest.mark.parametrize("encoder", [SentenceTransformerEncoder(), FakeEncoder()])
def test_a_question_needs_the_conversation_or_stands_alone(encoder: Any) -> None:
    before = "Wann fährt die Fähre nach Osterholm?"
    for question in ("Und warum?", "Was kostet sie?", "Who built it?"):
        assert needs_conversation(encoder, question, before)
        assert not needs_conversation(encoder, question, None), "there is none"
    for question in (
        "Warum schließt die Molkerei in Ostrum?",
        "Und wie hoch ist die Arbeitslosigkeit in Brunsum?",
    ):
        assert not needs_conversation(encoder, question, before)


def test_another_encoder_asks_for_facts() -> None:
    encoder = FakeEncoder()
    assert states_of(encoder, "Fasse zusammen") is None
    assert kind_of(encoder, "Fasse zusammen") == "fact"


def test_a_question_without_tokens_has_no_states() -> None:
    assert states_of(SentenceTransformerEncoder(), "") is None
