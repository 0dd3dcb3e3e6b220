"""From raw scores to a chance: Platt scaling over two scores, and how well it holds.

Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Guo and others,
"On Calibration of Modern Neural Networks", 2017, for the expected calibration error.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.reader.data import Pair, Source, draw, parts, read_set
from qa.reader.read import EncoderReader
from qa.reader.weights import Calibration

Floats = NDArray[np.float64]

HELD_OUT_SOURCES = (
    Source("train-squad2-rt-en", 350, unanswered=350, mined=150, confidence=0.85),
    Source("xquad-de", 250, mined=250),
)
"""What the calibration is fitted on: parts of sets that training never saw."""


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram."""

    predicted: float
    observed: float
    count: int


def held_out_pairs(folder: Path, seed: int = 1) -> list[Pair]:
    """Draw the pairs that the calibration is fitted on; sets that are missing are left out."""
    rng = random.Random(seed)  # noqa: S311 (sampling)
    pairs: list[Pair] = []
    for source in HELD_OUT_SOURCES:
        if (folder / source.folder).is_dir():
            pairs += draw(parts(read_set(folder / source.folder))[1], source, rng)
    return pairs


def features(reader: EncoderReader, pairs: Sequence[Pair]) -> Floats:
    """Return margin and answerability of each pair's best window, (pairs, 2)."""
    rows = []
    for pair in pairs:
        spans = [span for _, span in reader.spans(reader.tokens(pair.question), [pair.passage])]
        best = max(spans, key=lambda span: span.margin + span.decided)
        rows.append((best.margin, best.decided))
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def fitted(scores: Floats, answerable: NDArray[np.bool_], penalty: float = 1.0) -> Calibration:
    """Fit a logistic regression by Newton's method; both classes weigh the same.

    Args:
        scores: margin and answerability, (pairs, 2).
        answerable: the truth, (pairs,).
        penalty: of the squared weights, so that two equal scores share the weight.

    >>> scores = np.array([[2.0, 0], [1, 0], [-1, 0], [1, 0], [-1, 0], [-2, 0]])
    >>> fitted(scores, np.array([True, True, True, False, False, False])).margin > 0
    True
    """
    design = np.column_stack([scores, np.ones(len(scores))])
    share = answerable.mean()
    weight = np.where(answerable, 0.5 / share, 0.5 / (1 - share))
    ridge = np.diag([penalty, penalty, 0.0])
    beta = np.zeros(3)
    for _ in range(50):
        chance = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weight * (chance - answerable)) + ridge @ beta
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature + 1e-9 * np.eye(3), gradient)
        beta -= step
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(*(round(float(value), 5) for value in beta))


def reliability(chances: Sequence[float], truth: Sequence[bool], bins: int = 10) -> list[Bin]:
    """Return a reliability diagram's bars, of equal width, the empty ones left out.

    >>> reliability([0.05, 0.95, 0.92], [False, True, False], 2)
    [Bin(predicted=0.05, observed=0.0, count=1), Bin(predicted=0.935, observed=0.5, count=2)]
    """
    values, right = np.asarray(chances), np.asarray(truth, dtype=float)
    place = np.minimum((values * bins).astype(int), bins - 1)
    return [
        Bin(
            round(float(values[place == b].mean()), 4),
            round(float(right[place == b].mean()), 4),
            int((place == b).sum()),
        )
        for b in range(bins)
        if (place == b).any()
    ]


def calibration_error(bars: Sequence[Bin]) -> float:
    """Return the expected calibration error: the bars' mean gap, weighted by their counts.

    >>> calibration_error([Bin(0.5, 0.25, 3), Bin(0.75, 0.75, 1)])
    0.1875
    """
    total = sum(bar.count for bar in bars)
    gaps = sum(abs(bar.predicted - bar.observed) * bar.count for bar in bars)
    return gaps / total if total else float("nan")


def as_json(bars: Sequence[Bin]) -> list[dict[str, Any]]:
    """Return bars as plain values."""
    return [{"predicted": b.predicted, "observed": b.observed, "count": b.count} for b in bars]
