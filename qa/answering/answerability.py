"""Do the articles hold the answer at all? The chance of it, from what is known of a passage.

    chance = 1 / (1 + exp(-(bias + Σ weight × feature)))

The features are those of `Evidence`; each logistic regression uses those that are known.
The chance is that of a world where half of all questions have an answer. The weights are
in `support.json`, which `python -m benchmarks.answers.calibrate` fits and writes; how well
they hold is in docs/benchmarks.md.
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
from index.analysis import terms

LEAST: Mapping[str, float] = MappingProxyType({"lenient": 0.2, "balanced": 0.4, "strict": 0.6})
"""Strictness -> the least chance at which a question is answered."""
DEFAULT_STRICTNESS = "balanced"
LEAST_READ = 0.025
"""Below this chance before reading, nothing is read."""
_MOST = 30.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a passage that may answer a question."""

    stands_out: float
    """Deviations by which its cosine lies above the mean."""
    covered: float | None = None
    """Share of the question's terms that it holds, by rarity; None between languages."""
    lead: float | None = None
    """Its fused score above the mean of the next five of other articles; None without any."""
    read: float | None = None
    """The reader's log odds; None where it was not read."""
    unknown: float | None = None
    """Share of the question's terms that no paragraph holds, by rarity; None between languages."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one logistic regression."""

    bias: float
    stands_out: float
    covered: float
    lead: float
    read: float
    unknown: float
    usual_lead: float
    """Stands in for a lead that is not known."""

    def log_odds(self, evidence: Evidence) -> float:
        """Return the log odds that the passage answers."""
        lead = self.usual_lead if evidence.lead is None else evidence.lead
        return (
            self.bias
            + self.stands_out * evidence.stands_out
            + self.covered * (evidence.covered or 0.0)
            + self.lead * lead
            + self.read * (evidence.read or 0.0)
            + self.unknown * (evidence.unknown or 0.0)
        )


def regression_of(foreign: bool, read: bool) -> str:
    """Name the regression for passages of this kind.

    >>> regression_of(False, True)
    'same language, read'
    """
    return f"{'other' if foreign else 'same'} language, {'read' if read else 'not read'}"


@lru_cache(maxsize=1)
def load_weights() -> Mapping[str, Weights]:
    """Return the weights by the names of `regression_of`."""
    text = (resources.files("qa.answering") / "support.json").read_text(encoding="utf-8")
    rows: dict[str, Any] = json.loads(text)["regressions"]
    return MappingProxyType({name: Weights(**row["weights"]) for name, row in rows.items()})


def chance(evidence: Evidence, weights: Mapping[str, Weights] | None = None) -> float:
    """Return the chance, 0 to 1, that a passage of this evidence answers.

    Args:
        evidence: what is known of it.
        weights: in place of the fitted ones.

    >>> low, high = chance(Evidence(2.0, 0.2, 0.5)), chance(Evidence(5.0, 0.9, 4.0))
    >>> low < 0.2 < 0.8 < high, chance(Evidence(5.0, 0.9, 4.0, read=-8.0)) < high
    (True, True)
    """
    name = regression_of(evidence.covered is None, evidence.read is not None)
    total = (weights or load_weights())[name].log_odds(evidence)
    return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, total))))


def least_chance(strictness: str) -> float:
    """Return the least chance at which a question is answered.

    Raises:
        QuestionError: there is no such strictness.
    """
    try:
        return LEAST[strictness]
    except (KeyError, TypeError):
        raise QuestionError(
            f"strictness={strictness!r} is not possible. Give one of {', '.join(LEAST)}."
        ) from None


def unheld(rarities: Mapping[str, float], counts: Mapping[str, int]) -> float:
    """Return the share of the question's terms, by rarity, that no paragraph holds.

    Args:
        rarities: the question's terms -> their weight.
        counts: in how many paragraphs each of them stands.

    >>> unheld({"seilbahn": 3.0, "fahr": 1.0}, {"seilbahn": 0, "fahr": 7})
    0.75
    """
    total = sum(rarities.values())
    never = [weight for term, weight in rarities.items() if counts[term] <= 0]
    return sum(never) / total if total else 0.0


def coverage(rarities: Mapping[str, float], text: str, language: str) -> float:
    """Return the share of the question's terms, by rarity, that a text holds.

    Args:
        rarities: the question's terms, analysed in the text's language -> their weight.
        text: a paragraph or a sentence.
        language: the text's.

    >>> coverage({"seilbahn": 3.0, "fahr": 1.0}, "Die Seilbahn steht.", "de")
    0.75
    """
    total = sum(rarities.values())
    if not total:
        return 0.0
    held = set(terms(text, language))
    return sum(weight for term, weight in rarities.items() if term in held) / total
