"""Whether probabilities hold: reliability diagrams and the expected calibration error.

Source: Guo and others, "On Calibration of Modern Neural Networks", 2017.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from qa.evaluation.results import Bar


def reliability(chances: Sequence[float], truth: Sequence[bool], bins: int = 10) -> list[Bar]:
    """Return a reliability diagram's bars, of equal width, the empty ones left out.

    >>> reliability([0.05, 0.95, 0.92], [False, True, False], 2)
    [Bar(predicted=0.05, observed=0.0, count=1), Bar(predicted=0.935, observed=0.5, count=2)]
    """
    values, right = np.asarray(chances), np.asarray(truth, dtype=float)
    place = np.minimum((values * bins).astype(int), bins - 1)
    return [
        Bar(
            round(float(values[place == b].mean()), 4),
            round(float(right[place == b].mean()), 4),
            int((place == b).sum()),
        )
        for b in range(bins)
        if (place == b).any()
    ]


def calibration_error(bars: Sequence[Bar]) -> float:
    """Return the expected calibration error: the bars' mean gap, weighted by their counts.

    >>> calibration_error([Bar(0.5, 0.25, 3), Bar(0.75, 0.75, 1)])
    0.1875
    """
    total = sum(bar.count for bar in bars)
    gaps = sum(abs(bar.predicted - bar.observed) * bar.count for bar in bars)
    return gaps / total if total else float("nan")


def as_json(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    """Return bars as plain values."""
    return [{"predicted": b.predicted, "observed": b.observed, "count": b.count} for b in bars]
