"""Answer the questions of all folders with all systems; see the package's docstring."""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.answers.data import AnswerSet, read_answer_set, sample
from benchmarks.answers.records import Records, code_fingerprint
from benchmarks.answers.systems import BASELINES, SYSTEMS
from corpus.serialise import plain
from qa.evaluation.answers import answer_quality

OUT = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    code = code_fingerprint()
    kept = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    # Sets measured with other code are not mixed with those of now.
    sets: dict[str, Any] = kept.get("sets", {}) if kept.get("code") == code else {}
    for folder in options.folders:
        data = read_answer_set(folder)
        sets[data.name] = _measure(data, options.questions, options.systems, options.cache, code)
        result = {
            "date": datetime.now(UTC).date().isoformat(),
            "python": platform.python_version(),
            "versions": {name: version(name) for name in ("article-qa", "bm25s", "torch")},
            "code": code,
            "sets": sets,
        }
        # After each set: a run takes long, and what is done should not be lost.
        options.out.write_text(
            json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _measure(
    data: AnswerSet, most: int | None, systems: Sequence[str], cache: Path, code: str
) -> dict[str, Any]:
    questions = sample(data.questions, most)
    found: dict[str, Any] = {}
    for name in systems:
        records = list(Records(cache, data, name, code).answer_all(questions))
        quality = plain(answer_quality([outcome for outcome, _ in records]))
        if name in BASELINES:
            # Their scores are no chances.
            del quality["calibration_error"], quality["reliability"]
        misses = [
            (question.kind, outcome.answered)
            for question, (outcome, _) in zip(questions, records, strict=True)
            if question.kind
        ]
        if misses:
            quality["near_misses_answered"] = {
                kind: round(float(np.mean([given for k, given in misses if k == kind])), 3)
                for kind in sorted({kind for kind, _ in misses})
            }
        seconds = [spent for _, spent in records]
        found[name] = quality | {"median_seconds": round(float(np.median(seconds)), 3)}
        _say(data.name, name, quality)
    return {
        "paragraphs": len(data.texts),
        "questions": len(questions),
        "unanswerable": sum(not question.answers for question in questions),
        "of": len(data.questions),
        "systems": found,
    }


def _say(name: str, system: str, quality: dict[str, Any]) -> None:
    shown = "  ".join(
        f"{key} {value['mean']:.3f}"
        for key, value in quality["measures"].items()
        if key.startswith(("answered", "right_", "first_", "f1_of_a"))
    )
    told = f"{name}, {system}: {shown}  auroc {quality['auroc']}"
    print(told, json.dumps(quality["bands"]), file=sys.stderr, flush=True)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers")
    parser.add_argument("folders", nargs="+", type=Path, help="folders of question data")
    parser.add_argument("--questions", type=int, help="at most so many of each, a seeded sample")
    parser.add_argument("--systems", type=lambda text: text.split(","), default=list(SYSTEMS))
    parser.add_argument("--out", type=Path, default=OUT, help="the results, as JSON")
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="answers and vectors")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
