"""Does a passage support an answer at all? The chance of it, from retrieval's scores.

    chance = 1 / (1 + exp(-(BIAS + STANDS_OUT × z + COVERED × coverage)))

z says by how many deviations the passage's cosine stands out; coverage is the
share of the question's terms, weighted by their rarity, that the passage holds.
Between languages terms say nothing, and z decides alone. It is a logistic
regression on questions whose articles were taken away (xquad-en-abstain-article,
and the same with one article left): it tells another topic from the right one,
not a near miss from an answer.

Operating point, on the German twin of that set, which it was not fitted on (400
questions): 5 % of those without an answer are answered, 95 % of those with one.
With question and article in two languages: 6 and 72 % (German asks, English
answers), 15 and 88 % (the other way round).
"""

import math
from dataclasses import dataclass

from index.analysis import terms


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one logistic regression, and the least chance at which a question is answered."""

    bias: float
    stands_out: float
    covered: float
    least: float


SAME_LANGUAGE = Weights(-12.54, 2.78, 9.35, 0.25)
OTHER_LANGUAGE = Weights(-7.09, 2.5, 0.0, 0.5)


@dataclass(frozen=True, slots=True)
class Support:
    """How far a passage supports an answer."""

    chance: float
    """0 to 1."""
    enough: bool
    """Whether the chance reaches the operating point."""


def support(z: float, covered: float | None) -> Support:
    """Judge a passage.

    Args:
        z: deviations by which its cosine lies above the mean.
        covered: coverage, 0 to 1, or None where question and passage differ in language.

    >>> support(5.0, 0.8).enough, support(2.0, 0.2).enough, support(4.0, None).enough
    (True, False, True)
    """
    weights = OTHER_LANGUAGE if covered is None else SAME_LANGUAGE
    total = weights.bias + weights.stands_out * z + weights.covered * (covered or 0.0)
    chance = 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
    return Support(chance, chance >= weights.least)


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
