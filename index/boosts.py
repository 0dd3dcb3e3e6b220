"""What comes first among what is relevant: news before old news, several articles, not one thing
said five times. Preferences change the order of passages and leave none out, but `per_article`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from corpus.errors import QuestionError
from index.arrays import Floats

RECENCY_WEIGHT = 2.0
"""What an article of today gains in the fused score: about as much as two deviations of the
cosine, so that it decides between articles on one subject and lifts none on another."""
IN_RANGE_WEIGHT = 2.0
"""What an article gains that was published in the time that the question names."""
_DAYS = {"d": 1, "w": 7, "m": 30.4375, "y": 365.25}
_AGE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([dwmy])?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the passages that are found are ordered and thinned out.

    Attributes:
        per_article: at most so many passages of one article, or any number.
        boosts: article's id in the catalog -> what its passages' scores gain.
        diversity: from 0, by score alone, to 1, by how little a passage repeats those
            before it.
    """

    per_article: int | None = None
    boosts: Mapping[int, float] = field(default_factory=dict)
    diversity: float = 0.0


def half_life(value: str | float | None) -> float | None:
    """Read a time in which what is new loses half of its weight; return it in days.

    Args:
        value: days, or a number with d, w, m or y for days, weeks, months or years.

    Raises:
        QuestionError: it is none, or not above 0.

    >>> half_life("30d"), half_life("2w"), half_life(7), half_life(None)
    (30.0, 14.0, 7.0, None)
    """
    if value is None:
        return None
    match = _AGE.fullmatch(str(value))
    days = float(match[1]) * _DAYS[(match[2] or "d").lower()] if match else 0.0
    if isinstance(value, bool) or not 0 < days < math.inf:
        raise QuestionError(
            "recency={value!r} is no half-life. Write a time above 0 in days, weeks, "
            "months or years: 30d, 2w, 6m, 1y",
            value=value,
        )
    return days


def diversity(value: float) -> float:
    """Check a share of diversity.

    Raises:
        QuestionError: it is not from 0 to 1.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise QuestionError(
            "diversity={value!r} is not possible. Give a number from 0 to 1.", value=value
        )
    return float(value)


def recency(published: Mapping[int, date], days: float, today: date) -> dict[int, float]:
    """Return what each article gains by being new: RECENCY_WEIGHT × 2^(-age / half-life).

    The age is counted from today, or from the newest article where that is older: in an
    archive that ended years ago its last articles are the news.

    Args:
        published: article -> its date.
        days: the half-life.
        today: the present day.

    >>> days = {1: date(2024, 1, 1), 2: date(2024, 1, 31), 3: date(2024, 3, 1)}
    >>> recency(days, 30, date(2024, 1, 31))
    {1: 1.0, 2: 2.0, 3: 2.0}
    """
    if not published:
        return {}
    now = min(today, max(published.values()))
    return {
        article: RECENCY_WEIGHT * 0.5 ** (max(0, (now - day).days) / days)
        for article, day in published.items()
    }


def diversify(scores: Sequence[float], vectors: Floats, share: float, k: int) -> list[int]:
    """Choose k of the ranked passages, each by its score and by how new it is among those chosen.

    Maximal marginal relevance (Carbonell and Goldstein, 1998):
    (1 - share) × score - share × largest similarity to one chosen before. Scores are scaled
    to 0 to 1, and so are cosines, from the mean of all pairs to 1: paragraphs of one model
    are all alike to .8, and only what goes beyond that is repetition.

    Args:
        scores: of the passages, the best first.
        vectors: theirs, shape (len(scores), dimension), length 1 or 0.
        share: of diversity, 0 to 1.
        k: how many.

    Returns:
        Their places in `scores`, in the new order.

    >>> vectors = np.float32([[1, 0], [1, 0], [0, 1]])
    >>> diversify([3.0, 2.9, 2.0], vectors, 0.5, 3), diversify([3.0, 2.9, 2.0], vectors, 0, 2)
    ([0, 2, 1], [0, 1])
    """
    relevance = np.asarray(scores, dtype=np.float64)
    width = np.ptp(relevance) if len(relevance) else 0
    relevance = (relevance - relevance.min(initial=np.inf)) / width if width else relevance * 0
    cosines = (vectors @ vectors.T).astype(np.float64)
    apart = ~np.eye(len(cosines), dtype=bool)
    usual = float(cosines[apart].mean()) if apart.any() else 0.0
    alike = np.clip((cosines - usual) / max(1e-9, 1 - usual), 0, 1)
    chosen: list[int] = []
    repeated = np.zeros(len(relevance))
    while len(chosen) < min(k, len(relevance)):
        total = (1 - share) * relevance - share * repeated
        total[chosen] = -np.inf
        best = int(total.argmax())
        chosen.append(best)
        repeated = np.maximum(repeated, alike[best])
    return chosen
