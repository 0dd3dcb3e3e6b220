"""Fit the chance that the articles hold an answer: `python -m benchmarks.answers.calibrate`.

    python -m benchmarks.answers.calibrate --data DIR --cache DIR

asks the questions of the sets, writes down the evidence (`benchmarks.answers.features`; the
cache keeps embeddings and readings, so that a second run is quick), fits the logistic
regressions of `qa.answering.answerability` on the English sets and on questions and articles of
different languages, writes them to qa/answering/support.json, and measures them on the German
XQuAD articles, which nothing was fitted on: benchmarks/answers/calibration.json. To be run
again when the
reader's weights or the fused score change.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.features import (
    SETS,
    Asked,
    Seen,
    ask_samples,
    ask_set,
    remembering_reader,
)
from benchmarks.retrieval.ours import encoder
from qa.answering.answerability import LEAST, Evidence, Weights, chance, regression_of
from qa.evaluation.calibration import as_json, calibration_error, reliability
from qa.evaluation.span_metrics import auroc
from qa.reader.read import RERANK_WEIGHT

SAME_LANGUAGE = ("xquad-en", "mlqa-dev-en", "squad2-dev")
OTHER_LANGUAGE = ("xquad-qen-pde", "xquad-qde-pen")
FITTED_ON = (*SAME_LANGUAGE, *OTHER_LANGUAGE)
MEASURED_ON = ("xquad-de", "samples")
PENALTY = 1.0
"""Of the squared weights of standardised features."""
Floats = NDArray[np.float64]
COLUMNS = ("stands_out", "covered", "lead", "read", "unknown")


def evidence(asked: Asked, *, read: bool) -> Evidence | None:
    """Return what `qa.answering.answerer` judges a question by; None where nothing was found."""
    if not asked.passages:
        return None
    top = asked.passages[0]
    if read:
        top = max(
            (item for item in asked.passages if item.read is not None),
            key=lambda item: item.fused + RERANK_WEIGHT * (item.read or 0.0),
        )
    elsewhere = [item.fused for item in asked.passages if item.article != top.article]
    others = sorted(elsewhere, reverse=True)[:5]
    lead = top.fused - sum(others) / len(others) if others else None
    return Evidence(top.z, top.covered, lead, top.read if read else None, top.unknown)


def fit(rows: Sequence[tuple[Evidence, bool]], columns: Sequence[str]) -> Weights:
    """Fit one logistic regression by Newton's method; both classes weigh the same."""
    leads = [item.lead for item, _ in rows if item.lead is not None]
    usual = float(np.mean(leads))
    values = np.array([[_value(item, name, usual) for name in columns] for item, _ in rows])
    truth = np.array([right for _, right in rows], dtype=np.float64)
    middle, spread = values.mean(0), np.maximum(values.std(0), 1e-9)
    beta = _newton((values - middle) / spread, truth)
    slopes = dict(zip(columns, beta[:-1] / spread, strict=True))
    bias = float(beta[-1] - (beta[:-1] * middle / spread).sum())
    rounded = {name: round(float(slopes.get(name, 0.0)), 4) for name in COLUMNS}
    return Weights(bias=round(bias, 4), usual_lead=round(usual, 4), **rounded)


def _value(known: Evidence, name: str, usual_lead: float) -> float:
    value = getattr(known, name)
    return usual_lead if value is None else float(value)


def _newton(features: Floats, truth: Floats) -> Floats:
    design = np.column_stack([features, np.ones(len(features))])
    weight = np.where(truth > 0, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    ridge = np.diag([PENALTY] * features.shape[1] + [0.0])
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        likely = 1 / (1 + np.exp(-np.clip(design @ beta, -30, 30)))
        gradient = design.T @ (weight * (likely - truth)) + ridge @ beta
        curvature = (design * (weight * likely * (1 - likely))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        beta -= step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(beta)


def regressions(asked: Iterable[Asked]) -> dict[str, Any]:
    """Fit the four regressions."""
    held: dict[str, list[tuple[Evidence, bool]]] = {}
    for item in asked:
        if item.set not in FITTED_ON:
            continue
        for read in (False, True):
            known = evidence(item, read=read)
            # A question whose language is unsure counts as of the articles' language, and its
            # terms then match nothing; it would teach that terms say little.
            foreign = item.set in OTHER_LANGUAGE
            if known is not None and foreign == (known.covered is None):
                name = regression_of(foreign, read)
                held.setdefault(name, []).append((known, item.answerable))
    found = {}
    for name, rows in sorted(held.items()):
        columns = [
            column
            for column in COLUMNS
            if not (column in ("covered", "unknown") and name.startswith("other"))
            and not (column == "read" and name.endswith("not read"))
        ]
        found[name] = {"questions": len(rows), "weights": asdict(fit(rows, columns))}
    return found


def measure(asked: Sequence[Asked], name: str, given: Callable[[Evidence], float]) -> Any:
    """Return what a set's questions are answered, by how the collection was changed."""
    chances: dict[str, list[float]] = {}
    for item in asked:
        known = evidence(item, read=True)
        if item.set == name and known is not None:
            kind = item.variant if item.answerable else f"without answer: {item.variant}"
            chances.setdefault(kind, []).append(given(known))
    answered = {
        kind: {
            "questions": len(values),
            "answered": {
                strictness: round(float(np.mean(np.array(values) >= least)), 3)
                for strictness, least in LEAST.items()
            },
        }
        for kind, values in sorted(chances.items())
    }
    found: dict[str, Any] = {"answered": answered}
    right = chances.get("full", [])
    for kind, values in sorted(chances.items()):
        if kind.startswith("without answer") and "small" not in kind:
            found.setdefault("auroc", {})[kind] = round(auroc(right, values), 3)
    # As many with an answer as without: the world that the chance is of.
    wrong = [
        value
        for kind, values in sorted(chances.items())
        if kind in ("without answer: no article", "without answer: no paragraph")
        for value in values
    ]
    if right and wrong:
        even = right * max(1, round(len(wrong) / len(right)))
        bars = reliability([*even, *wrong], [True] * len(even) + [False] * len(wrong))
        found["calibration_error"] = round(calibration_error(bars), 4)
        found["reliability"] = as_json(bars)
    return found


def collect(data: Path, cache: Path, questions: Path) -> list[Asked]:
    """Ask the questions of all sets, and write each set's evidence below the cache."""
    encode = encoder(None, cache)
    reader = remembering_reader(encode, cache)
    (cache / "evidence").mkdir(parents=True, exist_ok=True)
    found = []
    sources = [("samples", ask_samples(questions, encode, reader, cache))]
    sources += [(name, ask_set(data, name, most, encode, reader, cache)) for name, most in SETS]
    for name, asked in sources:
        rows = list(asked)
        lines = [json.dumps(asdict(row), ensure_ascii=False) for row in rows]
        (cache / "evidence" / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
        print(f"{name}: {len(rows)} questions", flush=True)
        found += rows
    return found


def read_collected(folder: Path) -> list[Asked]:
    """Read what an earlier run wrote down."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            passages = tuple(Seen(**item) for item in row.pop("passages"))
            found.append(Asked(**row, passages=passages))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    here = Path(__file__).parent
    root = here.parents[1]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--evidence", type=Path, help="Fit on what an earlier run wrote here.")
    parser.add_argument("--weights", type=Path, default=root / "qa" / "support.json")
    parser.add_argument("--out", type=Path, default=here / "calibration.json")
    options = parser.parse_args(arguments)
    questions = root / "tests" / "data" / "sample_questions.jsonl"
    asked = (
        read_collected(options.evidence)
        if options.evidence
        else collect(options.data, options.cache, questions)
    )
    found = regressions(asked)
    written = {
        "fitted": date.today().isoformat(),
        "command": "python -m benchmarks.answers.calibrate --data DIR --cache DIR",
        "sets": list(FITTED_ON),
        "regressions": found,
    }
    options.weights.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    weights = {name: Weights(**row["weights"]) for name, row in found.items()}
    report = {
        "command": written["command"],
        "least_chance": dict(LEAST),
        "sets": {
            name: measure(asked, name, lambda known: chance(known, weights))
            for name in (*MEASURED_ON, *FITTED_ON)
        },
    }
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    for name, row in report["sets"].items():  # type: ignore[attr-defined]
        print(name, json.dumps(row["answered"]), row.get("auroc"), row.get("calibration_error"))


if __name__ == "__main__":
    main(sys.argv[1:])
