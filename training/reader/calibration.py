"""From raw scores to a chance: Platt scaling over two scores.

Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999.
"""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.reader.read import EncoderReader
from qa.reader.weights import Calibration
from training.reader.data import Pair, Source, draw, parts
from training.reader.sets import read_set

Floats = NDArray[np.float64]

HELD_OUT_SOURCES = (
    Source("train-squad2-rt-en", 350, unanswered=350, mined=150, confidence=0.85),
    Source("xquad-de", 250, mined=250),
    Source("train-news-de", 250, unanswered=170, mined=80),
)
"""What the calibration is fitted on: parts of sets that training never saw."""


def draw_held_out(folder: Path, seed: int = 1) -> list[Pair]:
    """Draw the pairs that the calibration is fitted on; sets that are missing are left out."""
    rng = random.Random(seed)
    pairs: list[Pair] = []
    for source in HELD_OUT_SOURCES:
        if (folder / source.folder).is_dir():
            pairs += draw(parts(read_set(folder / source.folder))[1], source, rng)
    return pairs


def features(reader: EncoderReader, pairs: Sequence[Pair]) -> Floats:
    """Return margin and answerability of each pair's best window, (pairs, 2)."""
    rows = []
    for pair in pairs:
        found = reader.spans(reader.tokens(pair.question), [pair.passage], [pair.about])
        best = max((span for _, span in found), key=lambda span: span.margin + span.decided)
        rows.append((best.margin, best.decided))
    return np.array(rows, dtype=np.float64).reshape(-1, 2)


def fit_calibration(
    scores: Floats, answerable: NDArray[np.bool_], penalty: float = 20.0
) -> Calibration:
    """Fit a logistic regression by Newton's method; both classes weigh the same.

    Args:
        scores: margin and answerability, (pairs, 2).
        answerable: the truth, (pairs,).
        penalty: of the squared weights of scores in deviations. Margin and answerability
            correlate by .98; how a few hundred pairs would divide the weight is chance.

    >>> scores = np.array([[2.0, 0], [1, 0], [-1, 0], [1, 0], [-1, 0], [-2, 0]])
    >>> fit_calibration(scores, np.array([True, True, True, False, False, False])).margin > 0
    True
    """
    spread = scores.std(axis=0) + 1e-9
    design = np.column_stack([scores / spread, np.ones(len(scores))])
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
    beta[:2] /= spread
    return Calibration(*(round(float(value), 5) for value in beta))
