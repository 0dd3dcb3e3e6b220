"""What a question is like: its kind, and whether it needs the conversation before it.

Linear models over two views of a question. The encoder's middle layers say how it is put (its
last one says what it is about: docs/experiments.md), and its wording, in hashed pieces, what
they blur. The weights are 8-bit whole numbers in `question_model.json`, which
`python -m training.questions` fits. The states are of one encoder: with another one every
question is a fact question, and its wording alone tells whether it needs the conversation.
"""

import base64
import hashlib
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from index.arrays import Floats
from index.encoder import Encoder, SentenceTransformerEncoder
from qa.answering.kinds import FACT
from qa.answering.wording import wording_of

log = logging.getLogger(__name__)


FILE = "question_model.json"
LAYERS = (6, 7, 8, 9, 10)
"""Layers whose states are read, the first one 1."""
_NO_STATES = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of a question, linear in its states and its wording.

    Attributes:
        states: weights of its states in the layers, (scores, layers x dimension); without
            columns where wording alone decides.
        wording: of `qa.answering.wording`, (scores, columns).
        bias: (scores,).
    """

    states: Floats
    wording: Floats
    bias: Floats

    def __call__(self, states: Floats, question: str) -> Floats:
        """Return the scores, (scores,)."""
        return self.states @ states + self.wording @ wording_of(question) + self.bias


@dataclass(frozen=True, slots=True)
class QuestionModel:
    """Tells questions apart by their states and wording.

    Attributes:
        encoder: fingerprint of the encoder whose states it reads.
        names: the kinds, in the order of the scores.
        kinds: the score of each kind.
        follow_up: one score, above 0 where a question needs the conversation.
        follow_up_by_wording: the same without states, for other encoders.
    """

    encoder: str
    names: tuple[str, ...]
    kinds: Linear
    follow_up: Linear
    follow_up_by_wording: Linear

    def kind(self, states: Floats, question: str) -> str:
        """Return the kind of a question with these states."""
        return self.names[int(self.kinds(states, question).argmax())]

    def needs_conversation(self, states: Floats | None, question: str) -> bool:
        """Tell whether a question can only be understood with those before it."""
        if states is None:
            return bool(self.follow_up_by_wording(_NO_STATES, question)[0] > 0)
        return bool(self.follow_up(states, question)[0] > 0)


def states_of(encoder: Encoder, question: str) -> Floats | None:
    """Return the mean of a question's states in each of `LAYERS`, one after the other.

    Returns:
        An array of shape (layers x dimension,), or None where the encoder shows no layers or
        the question has no tokens.
    """
    if not isinstance(encoder, SentenceTransformerEncoder):
        return None
    layers = encoder.layer_states(question)
    if layers is None or len(layers) < max(LAYERS):
        return None
    return np.concatenate([layers[number - 1] for number in LAYERS])


@lru_cache(maxsize=1)
def shipped_model() -> QuestionModel | None:
    """Return the model of `FILE`, or None where that is damaged."""
    text = (resources.files("qa.answering") / FILE).read_text(encoding="utf-8")
    try:
        return unpack(json.loads(text))
    except (ValueError, KeyError, TypeError) as exc:
        log.warning("%s cannot be used (%s); every question asks for a fact", FILE, exc)
        return None


def _known_states(model: QuestionModel, encoder: Encoder, question: str) -> Floats | None:
    """Return the states where they are those that the model reads."""
    if not isinstance(encoder, SentenceTransformerEncoder) or model.encoder != encoder.fingerprint:
        return None
    return states_of(encoder, question)


def kind_of(encoder: Encoder, question: str) -> str:
    """Return a question's kind, one of `KINDS`.

    Args:
        encoder: the collection's. The model belongs to the default one; with another, every
            question is a fact question, unless the caller says what it is.
        question: in normal form and complete.
    """
    model = shipped_model()
    states = None if model is None else _known_states(model, encoder, question)
    return FACT if model is None or states is None else model.kind(states, question)


def needs_conversation(encoder: Encoder, question: str, previous: str | None) -> bool:
    """Tell whether a question can only be understood with the one before it.

    Args:
        encoder: the collection's; with another one than the default, wording alone tells.
        question: in normal form.
        previous: the question before; None where there is none, and nothing is needed. What it
            asked makes no difference: how a question is put tells enough (docs/experiments.md).
    """
    model = shipped_model()
    if previous is None or model is None:
        return False
    return model.needs_conversation(_known_states(model, encoder, question), question)


def pack(model: QuestionModel, about: dict[str, Any]) -> dict[str, Any]:
    """Return a model as JSON-ready values, with a checksum; `about` says how it was made."""
    values = {
        "encoder": model.encoder,
        "names": list(model.names),
        "kinds": _pack_linear(model.kinds),
        "follow_up": _pack_linear(model.follow_up),
        "follow_up_by_wording": _pack_linear(model.follow_up_by_wording),
        "about": about,
    }
    return values | {"checksum": _checksum(values)}


def unpack(values: dict[str, Any]) -> QuestionModel:
    """Undo `pack`, up to rounding.

    Raises:
        ValueError: the checksum differs.
        KeyError: something is missing.
    """
    rest = {name: value for name, value in values.items() if name != "checksum"}
    if values["checksum"] != _checksum(rest):
        raise ValueError("its checksum differs")
    return QuestionModel(
        values["encoder"],
        tuple(values["names"]),
        _unpack_linear(values["kinds"]),
        _unpack_linear(values["follow_up"]),
        _unpack_linear(values["follow_up_by_wording"]),
    )


def _pack_linear(linear: Linear) -> dict[str, Any]:
    return {
        "states": [_pack_row(row) for row in linear.states],
        "wording": [_pack_row(row) for row in linear.wording],
        "bias": [round(float(value), 6) for value in linear.bias],
    }


def _unpack_linear(values: dict[str, Any]) -> Linear:
    states, wording = (
        np.stack([_unpack_row(row) for row in values[name]]) for name in ("states", "wording")
    )
    return Linear(states, wording, np.array(values["bias"], dtype=np.float32))


def _pack_row(row: Floats) -> dict[str, Any]:
    scale = max(float(np.abs(row).max(initial=0.0)), 1e-12) / 127
    whole = np.rint(row / scale).astype(np.int8)
    return {"scale": scale, "numbers": base64.b64encode(whole.tobytes()).decode()}


def _unpack_row(row: dict[str, Any]) -> Floats:
    whole = np.frombuffer(base64.b64decode(row["numbers"]), dtype=np.int8)
    return np.asarray(whole * np.float32(row["scale"]), dtype=np.float32)


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
