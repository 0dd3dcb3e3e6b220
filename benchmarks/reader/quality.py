"""Measure the shipped reader: `python -m benchmarks.reader.quality --data DIR`.

Writes benchmarks/reader/quality.json. XQuAD counts with its development articles only,
squad2-dev without the paragraphs that training saw. Parts can be named with --only, and
sets of recall with --set; the others keep what the file says, where it is of the same reader.
"""

import argparse
import json
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.encoder import SentenceTransformerEncoder
from qa.evaluation.calibration import as_json, calibration_error, reliability
from qa.evaluation.span_metrics import auroc
from qa.reader import EncoderReader, reader_from
from qa.reader.read import RERANK_WEIGHT
from qa.reader.weights import read_sidecar
from training.reader.data import article_of, parts
from training.reader.evaluate import (
    ANSWER_SETS,
    TOP,
    Ranked,
    answers_found,
    development_questions,
    measure_removed,
    recall_at_1,
    retrieve,
    unseen_part,
)
from training.reader.sets import LabelledSet, read_set
from training.reader.weights_file import identity

QUESTIONS = 800
"""At most so many questions of a set and part, a seeded sample; --questions changes it."""
WEIGHTS = sorted({RERANK_WEIGHT, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0})
"""Of reading beside retrieval: the product's, and others to choose from."""
RECALL_SETS = {
    "xquad-de": "de",
    "xquad-en": "en",
    "xquad-qde-pen": "en",
    "xquad-qen-pde": "de",
    "mlqa-dev-en": "en",
    "squad2-dev": "en",
}
"""Set -> its paragraphs' language."""
PARTS = ("answers", "near_misses", "removed", "recall")


class Bench:
    """A reader, an encoder and the folders to measure on."""

    def __init__(
        self, data: Path, weights: Path, most: int, sets: Sequence[str] = tuple(RECALL_SETS)
    ) -> None:
        self.data = data
        self.most = most
        self.sets = sets
        self.encoder = SentenceTransformerEncoder()
        self.reader: EncoderReader = reader_from(weights, self.encoder)

    def sample(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return at most so many questions."""
        return rows if len(rows) <= self.most else random.Random(1).sample(rows, self.most)

    def unseen_squad(self) -> LabelledSet:
        """Return squad2-dev without the paragraphs that XQuAD's training part holds."""
        return unseen_part(
            read_set(self.data / "squad2-dev"), parts(read_set(self.data / "xquad-en"))[0]
        )

    def answers(self) -> dict[str, Any]:
        """F1 and exact match, each question with its own paragraph."""
        found = {
            name: answers_found(self.reader, parts(read_set(self.data / name))[1])
            for name in ANSWER_SETS
        }
        english = read_set(self.data / "mlqa-dev-en")
        sampled = LabelledSet(english.name, english.paragraphs, self.sample(english.questions))
        found["mlqa-dev-en"] = answers_found(self.reader, sampled)
        return found

    def near_misses(self) -> dict[str, Any]:
        """AUROC and calibration on squad2-dev's unseen paragraphs."""
        data = self.unseen_squad()
        scores: dict[bool, list[float]] = {True: [], False: []}
        chances, truth = [], []
        for row in self.sample(data.questions):
            paragraph = data.paragraphs[row["paragraph_id"]]
            about = article_of(data.name, paragraph)
            (reading,) = self.reader.read(row["question"], [paragraph["text"]], [about])
            scores[bool(row["answers"])].append(reading.score)
            chances.append(reading.answerable)
            truth.append(bool(row["answers"]))
        bars = reliability(chances, truth)
        return {
            "auroc": round(auroc(scores[True], scores[False]), 4),
            "answerable": len(scores[True]),
            "unanswerable": len(scores[False]),
            "calibration_error": round(calibration_error(bars), 4),
            "reliability": as_json(bars),
        }

    def measure_removed(self) -> dict[str, Any]:
        """AUROC of the top passages' best score, answered against removed."""
        found = {}
        for language in ("de", "en"):
            data = read_set(self.data / f"xquad-{language}-abstain-paragraph")
            full = read_set(self.data / f"xquad-{language}")
            questions = self.sample(development_questions(data, full))
            ranked = retrieve(data, self.encoder, language, questions)
            found[data.name] = measure_removed(self.reader, data, ranked, RERANK_WEIGHT)
        return found

    def recall(self) -> dict[str, Any]:
        """recall@1 of fused retrieval, and with reading at several weights."""
        found = {}
        for name in self.sets:
            language = RECALL_SETS[name]
            data = read_set(self.data / name)
            questions = data.questions
            if name.startswith("xquad"):
                questions = parts(data)[1].questions
            elif name == "squad2-dev":
                questions = [row for row in self.unseen_squad().questions if row["answers"]]
            questions = self.sample(questions)
            ranked: dict[str, Ranked] = retrieve(data, self.encoder, language, questions)
            found[name] = recall_at_1(self.reader, data, ranked, WEIGHTS)
        return found


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--weights", type=Path, default=Path("qa/reader"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "quality.json")
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="At most so many a part.")
    parser.add_argument("--set", action="append", choices=RECALL_SETS, help="For recall only.")
    options = parser.parse_args(arguments)
    sets = options.set or tuple(RECALL_SETS)
    bench = Bench(options.data, options.weights, options.questions, sets)
    known = identity(read_sidecar(options.weights))
    result: dict[str, Any] = {}
    if options.out.is_file():
        earlier = json.loads(options.out.read_text(encoding="utf-8"))
        result = earlier if earlier.get("reader") == known else {}
    result |= {
        "reader": known,
        "command": "python -m benchmarks.reader.quality --data DIR",
        "machine": f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
        "passages_read": TOP,
        "rerank_weight": RERANK_WEIGHT,
    }
    measured: dict[str, Callable[[], dict[str, Any]]] = {
        "answers": bench.answers,
        "near_misses": bench.near_misses,
        "removed": bench.measure_removed,
        "recall": bench.recall,
    }
    for name in options.only or measured:
        began = time.monotonic()
        kept = result.get(name, {}) if name == "recall" and options.set else {}
        result[name] = kept | {"at_most": options.questions, **measured[name]()}
        print(name, json.dumps(result[name]), f"{time.monotonic() - began:.0f} s", flush=True)
        options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
