"""Means with 95 % confidence intervals, the same each time."""

from collections.abc import Sequence

from qa.evaluation.extra import name_missing_extra
from qa.evaluation.results import Measure

RESAMPLES = 5_000
_SEED = 1


def measure(values: Sequence[float]) -> Measure:
    """Return the mean of one value per question with its 95 % interval.

    Shares of yes and no get Wilson's score interval, which holds for few questions and for
    shares of 0 and 1 too; other values a percentile bootstrap over the questions.

    Sources: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    1927; Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3.

    >>> measure([1, 1, 1, 0])
    Measure(mean=0.75, low=0.3006, high=0.9544, count=4)
    """
    if not values:
        return Measure(0.0, 0.0, 1.0, 0)
    mean = sum(values) / len(values)
    if set(values) <= {0, 1}:
        low, high = _wilson(round(sum(values)), len(values))
    elif len(values) == 1:
        low, high = 0.0, 1.0
    else:
        low, high = _bootstrap(values)
    return Measure(round(mean, 4), round(low, 4), round(high, 4), len(values))


def _wilson(right: int, count: int) -> tuple[float, float]:
    with name_missing_extra():
        from scipy.stats import binomtest
    found = binomtest(right, count).proportion_ci(confidence_level=0.95, method="wilson")
    return float(found.low), float(found.high)


def _bootstrap(values: Sequence[float]) -> tuple[float, float]:
    import numpy as np

    with name_missing_extra():
        from scipy.stats import bootstrap
    found = bootstrap(
        (np.asarray(values, dtype=np.float64),),
        np.mean,
        n_resamples=RESAMPLES,
        batch=500,
        confidence_level=0.95,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return float(found.low), float(found.high)
