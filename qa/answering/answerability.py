"""How sure an answer is: the chance that a passage answers, from its signals.

    chance = 1 / (1 + exp(-(bias + Σ weight × signal)))

The signals are those of `qa.answering.signals`; one logistic regression is for passages that
were read, another for collections whose encoder has no reader. The chance is that of a world
where half of all questions have an answer, and near misses weigh as much as topics that no
article has. `python -m training.answerability` fits the weights, chooses the operating
points and the bands of the words, and writes `answerability.json`; how well they hold is in
docs/answers.md.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from corpus.errors import QuestionError
from qa.answering.signals import NAMES, Signals, values_of_signals

FOLLOWS = 0.17
"""What a follow-up's chance must be higher: of 18 in news that have no answer .61 are refused in
place of .33, and the quotes of 67 others hold it as often (docs/experiments.md)."""
DEFAULT_STRICTNESS, STRICT = "balanced", "strict"
_MOST = 30.0
_FOUND_WEIGHT = 0.1
"""What retrieval's score weighs beside the log odds: between passages that reading holds for much
alike (docs/experiments.md)."""


@dataclass(frozen=True, slots=True)
class Regression:
    """Of one logistic regression: a weight for each signal, in the order of `NAMES`."""

    bias: float
    weights: tuple[float, ...]

    def log_odds(self, signals: Signals) -> float:
        """Return the log odds that the passage answers."""
        values = values_of_signals(signals)
        return self.bias + sum(map(float.__mul__, self.weights, values))


@dataclass(frozen=True, slots=True)
class Answerability:
    """What was load_model.

    Attributes:
        read: for passages that were read.
        unread: for those that were not.
        least: strictness -> the least chance at which a question is answered.
        bands: a word for how sure an answer is -> the least chance it stands for, the surest
            first.
    """

    read: Regression
    unread: Regression
    least: Mapping[str, float]
    bands: Mapping[str, float]


@lru_cache(maxsize=1)
def load_model() -> Answerability:
    """Return what `python -m training.answerability` wrote."""
    text = (resources.files("qa.answering") / "answerability.json").read_text(encoding="utf-8")
    return unpack(json.loads(text))


def unpack(values: Mapping[str, Any]) -> Answerability:
    """Read what was load_model; a signal without a weight counts for nothing."""

    def regression(name: str) -> Regression:
        row = values[name]
        return Regression(row["bias"], tuple(row["weights"].get(key, 0.0) for key in NAMES))

    return Answerability(
        regression("read"),
        regression("unread"),
        MappingProxyType(dict(values["least"])),
        MappingProxyType(dict(values["bands"])),
    )


def chance(signals: Signals, *, read: bool) -> float:
    """Return the chance, 0 to 1, that a passage of these signals answers."""
    model = load_model()
    total = (model.read if read else model.unread).log_odds(signals)
    return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, total))))


def order_value(chance: float, score: float) -> float:
    """Return what passages that were read are ordered by, the highest first.

    Args:
        chance: that the passage answers, between 0 and 1.
        score: of retrieval.
    """
    return math.log(chance / (1 - chance)) + _FOUND_WEIGHT * score


def least_chance(strictness: str, *, follows: bool = False) -> float:
    """Return the least chance at which a question is answered.

    Args:
        strictness: a name of those that the model has.
        follows: whether the question is read with the one before, which makes reading surer
            than it is right.

    Raises:
        QuestionError: there is no such strictness.
    """
    least = load_model().least
    try:
        return least[strictness] + FOLLOWS * follows
    except (KeyError, TypeError):
        raise QuestionError(
            f"strictness={strictness!r} is not possible. Give one of {', '.join(least)}."
        ) from None


def band(confidence: float) -> str:
    """Return the word for how sure an answer is: "high", "fair" or "low"."""
    return next(name for name, least in load_model().bands.items() if confidence >= least)
