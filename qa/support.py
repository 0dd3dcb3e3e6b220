"""Does a passage support an answer at all? The chance of it, from retrieval's scores.

    chance = 1 / (1 + exp(-(BIAS + STANDS_OUT × z + COVERED × coverage)))

z says by how many deviations the passage's cosine stands out; coverage is the
share of the question's terms, weighted by their rarity, that the passage holds.
Between languages terms say nothing, and z decides alone. It is a logistic
regression on questions whose articles were taken away; it tells another topic
from the right one, not a near miss from an answer.
"""

import math
from dataclasses import dataclass

from index.analysis import terms


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one logistic regression."""

    bias: float
    stands_out: float
    covered: float = 0.0


SAME_LANGUAGE = Weights(-12.5, 2.5, 9.0)
OTHER_LANGUAGE = Weights(-11.5, 3.3)


def chance(z: float, coverage: float | None) -> float:
    """Return the chance, 0 to 1, that a passage supports an answer.

    Args:
        z: deviations by which its cosine lies above the mean.
        coverage: 0 to 1, or None where question and passage differ in language.
    """
    weights = OTHER_LANGUAGE if coverage is None else SAME_LANGUAGE
    total = weights.bias + weights.stands_out * z + weights.covered * (coverage or 0.0)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def coverage(rarities: dict[str, float], text: str, language: str) -> float:
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
