"""What a question is like, read off the encoder's middle layers: its kind, and whether it leans.

The encoder's last layer says what a question is about, its middle ones how it is put: a
linear model over the mean of their states tells kinds apart that the embedding does not
(docs/experiments.md). The weights are 8-bit whole numbers in `question_model.json`, which
`python -m training.questions` fits; they belong to one encoder, and with another one, or a
damaged file, there is no model and rules answer instead.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Any

import numpy as np

from index.arrays import Floats
from index.encoder import Encoder, SentenceTransformerEncoder
from qa.answering.follow_up import leans, surface
from qa.answering.kinds import FACT

log = logging.getLogger(__name__)


FILE = "question_model.json"
LAYERS = (6, 7, 8, 9, 10)
"""Layers whose states are read, the first one 1."""
MOST_TOKENS = 64
_lock = Lock()
"""Tokenizers keep their truncation as state, and several threads may ask at once."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """Whether a question needs the conversation before it.

    Attributes:
        weights: over states and `qa.answering.follow_up.surface`, (states + surface,).
        bias: added to the score.
        least: the least score at which a question needs the conversation.
    """

    weights: Floats
    bias: float
    least: float

    def __call__(self, states: Floats, surface: Sequence[float]) -> bool:
        """Tell whether a question can only be understood with those before it."""
        row = np.concatenate([states, np.asarray(surface, dtype=np.float32)])
        return bool(self.weights @ row + self.bias >= self.least)


@dataclass(frozen=True, slots=True)
class QuestionModel:
    """Linear scores over a question's states.

    Attributes:
        encoder: fingerprint of the encoder whose states it reads.
        kinds: the names of the kinds, in the order of the weights' rows.
        weights: of the kinds, (kinds, states).
        bias: (kinds,).
        margin: by which the best kind must lead the second one; else it is a fact question.
        leaning: tells whether a question needs the conversation; None where rules do.
    """

    encoder: str
    kinds: tuple[str, ...]
    weights: Floats
    bias: Floats
    margin: float
    leaning: Leaning | None = None

    def kind(self, states: Floats) -> str:
        """Return the kind of a question with these states."""
        scores = self.weights @ states + self.bias
        first, second = np.argsort(-scores)[:2]
        return self.kinds[first] if scores[first] - scores[second] >= self.margin else FACT


def states_of(encoder: Encoder, question: str) -> Floats | None:
    """Return the mean of a question's states in each of `LAYERS`, one after the other.

    Returns:
        An array of shape (layers x dimension,), or None where the encoder shows no layers or
        the question has no tokens.
    """
    if not isinstance(encoder, SentenceTransformerEncoder):
        return None
    import torch

    model = encoder.model
    bert: Any = getattr(model[0], "auto_model", None)
    tokenizer: Any = getattr(model.tokenizer, "backend_tokenizer", None)
    if bert is None or tokenizer is None:
        return None
    prompt = model.prompts.get("query", "")
    with _lock:
        before, asked = tokenizer.encode_batch([prompt, question], add_special_tokens=False)
    ids = asked.ids[:MOST_TOKENS]
    if not ids or bert.config.num_hidden_layers < max(LAYERS):
        return None
    special = model.tokenizer
    row = [special.cls_token_id, *before.ids, *ids, special.sep_token_id]
    # With the last token of the prompt, which gathers what the question is to be used for.
    first, last = max(1, len(before.ids)), 1 + len(before.ids) + len(ids)
    with torch.inference_mode():
        layers = bert(input_ids=torch.tensor([row]), output_hidden_states=True).hidden_states
        kept = [layers[n][0, first:last].float().mean(0) for n in LAYERS]
    return np.asarray(torch.cat(kept).numpy(), dtype=np.float32)


@lru_cache(maxsize=1)
def _load_shipped() -> QuestionModel | None:
    text = (resources.files("qa.answering") / FILE).read_text(encoding="utf-8")
    try:
        return unpack(json.loads(text))
    except (ValueError, KeyError, TypeError) as exc:
        log.warning("%s cannot be used (%s); questions are told apart by rules", FILE, exc)
        return None


def question_model(encoder: Encoder) -> QuestionModel | None:
    """Return the shipped model, or None where it is not of this encoder or damaged."""
    model = _load_shipped()
    if model is None or not isinstance(encoder, SentenceTransformerEncoder):
        return None
    return model if model.encoder == encoder.fingerprint else None


def kind_of(encoder: Encoder, question: str) -> str:
    """Return a question's kind, one of `KINDS`.

    Args:
        encoder: the collection's. The classifier belongs to the default one; with another,
            every question is a fact question, unless the caller says what it is.
        question: in normal form and complete.
    """
    model = question_model(encoder)
    states = None if model is None else states_of(encoder, question)
    return FACT if model is None or states is None else model.kind(states)


def needs_conversation(encoder: Encoder, question: str) -> bool:
    """Tell whether a question can only be understood with those before it.

    Args:
        encoder: the collection's; with another one than the default, rules tell.
        question: in normal form.
    """
    model = question_model(encoder)
    states = None if model is None or model.leaning is None else states_of(encoder, question)
    if model is None or model.leaning is None or states is None:
        return leans(question)
    return model.leaning(states, surface(question))


def pack(model: QuestionModel, about: dict[str, Any]) -> dict[str, Any]:
    """Return a model as JSON-ready values, with a checksum; `about` says how it was made."""
    values = {
        "encoder": model.encoder,
        "kinds": list(model.kinds),
        "weights": [_pack_row(row) for row in model.weights],
        "bias": [round(float(value), 6) for value in model.bias],
        "margin": model.margin,
        "leaning": None,
        "about": about,
    }
    if model.leaning is not None:
        row = _pack_row(model.leaning.weights)
        values["leaning"] = {**row, "bias": model.leaning.bias, "least": model.leaning.least}
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
    leaning = values["leaning"]
    return QuestionModel(
        values["encoder"],
        tuple(values["kinds"]),
        np.stack([_unpack_row(row) for row in values["weights"]]),
        np.array(values["bias"], dtype=np.float32),
        float(values["margin"]),
        Leaning(_unpack_row(leaning), leaning["bias"], leaning["least"]) if leaning else None,
    )


def _pack_row(row: Floats) -> dict[str, Any]:
    scale = max(float(np.abs(row).max()), 1e-12) / 127
    whole = np.rint(row / scale).astype(np.int8)
    return {"scale": scale, "numbers": base64.b64encode(whole.tobytes()).decode()}


def _unpack_row(row: dict[str, Any]) -> Floats:
    whole = np.frombuffer(base64.b64decode(row["numbers"]), dtype=np.int8)
    return np.asarray(whole * np.float32(row["scale"]), dtype=np.float32)


def _checksum(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
