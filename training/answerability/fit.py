"""What was collected -> the weights, the operating points and the words for how sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.answering.answerability import order_value
from qa.answering.signals import MISLEADING, NAMES, UNREAD
from qa.evaluation.calibration import as_json, calibration_error, reliability
from qa.evaluation.span_metrics import auroc
from qa.reader.read import RERANK_WEIGHT
from training.answerability.collect import Asked, Seen

FAMILIES = {
    "train-news-q": "foreign",
    "train-turns-q": "foreign",
    "train-news": "news",
    "dev-news": "news",
    "train-turns": "turns",
    "written-news": "news",
    "written-wiki": "wiki",
    "squad2": "squad",
    "xquad": "xquad",
}
"""How a set's name begins -> what it is counted among; the first that fits."""
SHARES = {"news": 0.5, "turns": 0.1, "wiki": 0.15, "foreign": 0.1, "squad": 0.1, "xquad": 0.05}
"""What a family of sets weighs in the fit; German news leads."""
ABSENT = frozenset({"no article", "no paragraph", "removed"})
"""Kinds of question whose answer was taken away; all others without one are near misses."""
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS = 5
WANTED = {"lenient": 0.88, "balanced": 0.8, "strict": 0.55}
"""Strictness -> share of the answerable questions of dev-news-de that it is to answer."""
SURE, FAIR = 0.9, 0.7
"""Share of right answers that the two upper bands of the words are to hold."""
LEAST_GIVEN = 20
"""Answers that a band is judged by at least: of fewer, those that are missing count as wrong."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """The first passages of questions: signals (questions, signals), truth, weights, groups."""

    signals: Floats
    right: NDArray[np.bool_]
    weights: Floats
    groups: list[str]


def rows_of(
    asked: Sequence[Asked], *, read: bool = True, model: Mapping[str, Any] | None = None
) -> Rows:
    """Return what is fitted: of each question its first passage, and whether that answers.

    The first is the one that is worth most by `model`, as the product orders what it reads;
    without a model, the one with the best score of retrieval and reading together.
    """
    kept = [item for item in asked if item.seen]
    weight, reading = RERANK_WEIGHT if read else 0.0, NAMES.index("read")

    def worth(seen: Seen) -> float:
        if model is not None:
            return order_value(float(predict(model, np.array([seen.signals]))[0]), seen.score)
        return seen.score + weight * seen.signals[reading]

    first = [max(item.seen, key=worth) for item in kept]
    right = np.array([seen.holds for seen in first])
    signals = np.array([seen.signals for seen in first])
    if not read:
        signals[:, [n for n, name in enumerate(NAMES) if name in UNREAD]] = 0.0
    weights = np.zeros(len(kept))
    families = np.array([_family(item.set) for item in kept])
    near = np.array([item.kind not in ABSENT for item in kept])
    for family, share in SHARES.items():
        inside = families == family
        # Half for what is answered; of the rest near misses weigh as much as absent topics.
        for chosen, part in (
            (inside & right, 0.5),
            (inside & ~right & near, 0.25),
            (inside & ~right & ~near, 0.25),
        ):
            if chosen.any():
                weights[chosen] = share * part / chosen.sum()
    groups = [f"{families[n]}:{item.group}" for n, item in enumerate(kept)]
    return Rows(signals, right, weights * len(kept), groups)


def _family(name: str) -> str:
    return next(family for begin, family in FAMILIES.items() if name.startswith(begin))


def fit(rows: Rows, penalty: float, columns: Sequence[int]) -> dict[str, Any]:
    """Fit a logistic regression over standardised signals; returns bias and weights by name."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    used = rows.signals[:, columns]
    middle, spread = used.mean(0), np.maximum(used.std(0), 1e-9)
    model = LogisticRegression(C=penalty, max_iter=5000)
    model.fit((used - middle) / spread, rows.right, sample_weight=rows.weights)
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (slopes * middle).sum())
    named = {NAMES[n]: round(float(w), 5) for n, w in zip(columns, slopes, strict=True)}
    return {"bias": round(bias, 5), "weights": named}


def predict(model: Mapping[str, Any], signals: Floats) -> Floats:
    """Return the chance of each row."""
    weights = np.array([model["weights"].get(name, 0.0) for name in NAMES])
    return np.asarray(1 / (1 + np.exp(-np.clip(signals @ weights + model["bias"], -30, 30))))


def choose(rows: Rows, columns: Sequence[int]) -> tuple[float, dict[float, float]]:
    """Return the penalty with the least weighted log loss over folds by article, and all losses."""
    losses = {}
    for penalty in PENALTIES:
        found = out_of_fold(rows, penalty, columns)
        likely = np.where(rows.right, found, 1 - found)
        losses[penalty] = float(np.average(-np.log(np.maximum(likely, 1e-9)), weights=rows.weights))
    return min(losses, key=lambda penalty: losses[penalty]), losses


def out_of_fold(rows: Rows, penalty: float, columns: Sequence[int]) -> Floats:
    """Return each row's chance by a model that was fitted on the other folds."""
    fold = _folds(rows.groups)
    found = np.zeros(len(fold))
    for n in range(FOLDS):
        inside = fold != n
        part = Rows(rows.signals[inside], rows.right[inside], rows.weights[inside], [])
        found[~inside] = predict(fit(part, penalty, columns), rows.signals[~inside])
    return found


def _folds(groups: Sequence[str]) -> NDArray[np.int64]:
    numbers = {group: n % FOLDS for n, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups])


def choose_points(chance: Floats, answerable: NDArray[np.bool_]) -> dict[str, float]:
    """Return for each strictness the chance that lets the wanted share of answers through."""
    return {
        name: round(float(np.quantile(chance[answerable], 1 - share)), 3)
        for name, share in WANTED.items()
    }


def choose_bands(chance: Floats, right: NDArray[np.bool_], least: float) -> dict[str, float]:
    """Return the least chances of the words for how sure an answer is.

    Each is the lowest from which on the share of right answers is as wanted; those below are
    "low".
    """
    given = chance >= least
    order = np.argsort(-chance[given])
    values, hits = chance[given][order], right[given][order]
    share = np.cumsum(hits) / np.maximum(np.arange(len(hits)) + 1, LEAST_GIVEN)
    found = {}
    for name, wanted in (("high", SURE), ("fair", FAIR)):
        places = np.flatnonzero(share >= wanted)
        found[name] = round(float(values[places[-1]]), 3) if len(places) else 0.99
    return found | {"low": 0.0}


def fit_all(asked: Sequence[Asked]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit everything; returns what is shipped and how well it holds."""
    dev = [item for item in asked if item.set == "dev-news-de"]
    others = [item for item in asked if item.set != "dev-news-de"]
    shipped: dict[str, Any] = {}
    report: dict[str, Any] = {}
    for name, read in (("read", True), ("unread", False)):
        left_out = MISLEADING if read else UNREAD
        columns = [n for n, key in enumerate(NAMES) if key not in left_out]
        rows = rows_of(others, read=read)
        penalty, losses = choose(rows, columns)
        shipped[name] = fit(rows, penalty, columns)
        if read:
            # What is read is put in order by the chance itself: once more, of that order.
            rows = rows_of(others, model=shipped[name])
            penalty, losses = choose(rows, columns)
            shipped[name] = fit(rows, penalty, columns)
        found = out_of_fold(rows, penalty, columns)
        report[name] = {
            "penalty": penalty,
            "log_loss": {str(key): round(value, 4) for key, value in losses.items()},
            "auroc": _aurocs(rows, found),
            "questions": len(rows.groups),
            **_calibration_of(found, rows.right),
        }
    rows = rows_of(dev, model=shipped["read"])
    answerable = np.array([item.kind == "answered" for item in dev if item.seen])
    found = predict(shipped["read"], rows.signals)
    shipped["least"] = choose_points(found, answerable)
    report["least"] = shipped["least"]
    shipped["bands"] = choose_bands(found, rows.right, shipped["least"]["balanced"])
    report["dev-news-de"] = {
        **_calibration_of(found, rows.right),
        "auroc": round(auroc(found[answerable].tolist(), found[~answerable].tolist()), 4),
        "auroc_of_reading": round(
            auroc(rows.signals[answerable, 0].tolist(), rows.signals[~answerable, 0].tolist()), 4
        ),
        "points": {
            name: {
                "least": least,
                "answered": round(float((found[answerable] >= least).mean()), 3),
                "near_misses_answered": round(float((found[~answerable] >= least).mean()), 3),
                "right_of_answered": round(float(rows.right[found >= least].mean()), 3),
            }
            for name, least in shipped["least"].items()
        },
    }
    return shipped, report


def _calibration_of(found: Floats, right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how well chances hold."""
    bars = reliability(found.tolist(), right.tolist())
    return {"calibration_error": round(calibration_error(bars), 4), "reliability": as_json(bars)}


def _aurocs(rows: Rows, found: Floats) -> dict[str, float]:
    families = np.array([group.split(":")[0] for group in rows.groups])
    return {
        family: round(
            auroc(
                found[(families == family) & rows.right].tolist(),
                found[(families == family) & ~rows.right].tolist(),
            ),
            4,
        )
        for family in sorted(set(families))
    }
