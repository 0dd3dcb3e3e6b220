"""Rankings to figures: ranx's metrics, with bootstrap confidence intervals."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.data import Pool
from benchmarks.retrieval.ours import Rankings

METRICS = ("recall@1", "recall@5", "mrr@10", "ndcg@10")
_RESAMPLES = 10_000
_SEED = 20261123


def measure(pool: Pool, systems: Mapping[str, Rankings]) -> dict[str, dict[str, Any]]:
    """Return system -> metric -> {"mean", "low", "high"}; low to high is the 95 % interval.

    Each system but the fused one also has "behind": by how much its recall@1 lies below
    that of "fused" on the same questions, with the interval of that difference.
    """
    from ranx import Qrels, evaluate

    qrels = Qrels({key: {pool.first[name]: 1} for key, name in pool.relevant.items()})
    each: dict[str, dict[str, NDArray[np.float64]]] = {}
    for name, ranked in systems.items():
        with warnings.catch_warnings():
            # numba's remarks on ranx's types.
            warnings.simplefilter("ignore")
            each[name] = evaluate(qrels, run(pool, ranked), list(METRICS), return_mean=False)
    found = {
        name: {metric: interval(values[metric]) for metric in METRICS}
        for name, values in each.items()
    }
    for name, values in each.items():
        if name != "fused" and "fused" in each:
            found[name]["behind"] = interval(each["fused"]["recall@1"] - values["recall@1"])
    return found


def run(pool: Pool, ranked: Rankings) -> Any:
    """Return a ranking as ranx takes it: scores that fall with the rank.

    Questions for which nothing was found get a paragraph that does not exist, because
    ranx would leave them out of the mean.
    """
    from ranx import Run

    found = {}
    for key in pool.questions:
        names = dict.fromkeys(pool.first[name] for name in ranked.get(key, ()))
        found[key] = {name: 1 / rank for rank, name in enumerate(names, start=1)} or {"-": 1.0}
    return Run(found)


def reciprocal_rank_fusion(pool: Pool, *sides: Rankings) -> Rankings:
    """Fuse rankings by 1 / (60 + rank) (Cormack and others, 2009), as ranx computes it."""
    from ranx import fuse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        runs = [run(pool, side) for side in sides]
        together = fuse(runs=runs, norm=None, method="rrf", params={"k": 60}).to_dict()
    return {
        key: [name for name in sorted(scores, key=lambda n: -scores[n]) if name != "-"]
        for key, scores in together.items()
    }


def interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean of one value per question, and its 95 % percentile bootstrap interval."""
    generator = np.random.default_rng(_SEED)
    means = [generator.choice(values, len(values)).mean() for _ in range(_RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return {
        "mean": round(float(np.mean(values)), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
    }
