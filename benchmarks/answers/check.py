"""Are quotes what they claim to be? Checks the answers to many questions; resumable.

Every quote must equal its article's text at its offsets, letter for letter, and every marker
must have a source. What the reader was trained on does not matter here, so all questions count.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.answers.data import read_answer_set, sample
from benchmarks.answers.records import Records, code_fingerprint

OUT = Path(__file__).with_name("check.json")
_COUNTS = ("citations", "wrong_quotes", "loose_markers", "sentences", "cited")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check; return 1 where a quote or a marker is wrong."""
    options = _options(arguments)
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "code": code_fingerprint(),
        "answers": 0,
        "refusals": 0,
        **dict.fromkeys(_COUNTS, 0),
        "sets": [],
    }
    share = -(-options.answers // len(options.folders))
    for folder in options.folders:
        data = read_answer_set(folder, unseen=False)
        records = Records(options.cache, data, "article-qa", result["code"])
        wanted = min(options.answers, result["answers"] + share)
        # What is answered already comes first: the benchmark's answers count here too.
        order = sorted(sample(data.questions, options.questions), key=records.is_new)
        for outcome, _ in records.answer_all(order):
            result["answers" if outcome.answered else "refusals"] += 1
            for name in _COUNTS:
                result[name] += getattr(outcome, name)
            if result["answers"] >= wanted:
                break
        result["sets"].append(data.name)
        print(json.dumps(result), file=sys.stderr, flush=True)
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(bool(result["wrong_quotes"] or result["loose_markers"]))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers.check", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders of question data")
    parser.add_argument("--answers", type=int, default=1000, help="check so many answers")
    parser.add_argument("--questions", type=int, help="ask at most so many of each folder")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="answers and vectors")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
