"""How many unsupported sentences the checks catch: `python -m benchmarks.verification`.

The cases are those of tests/data/verification.yaml. They were written before the checks; one
half was used to choose the checks' constants, the other, "held-out", was not looked at.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from index.encoder import SentenceTransformerEncoder
from qa.collection import open_collection
from qa.generation.verification.verify import Verdict, Verifier
from qa.options import Choice
from qa.reader import default_reader

CASES = Path(__file__).parents[1] / "tests" / "data" / "verification.yaml"


@dataclass(frozen=True, slots=True)
class Checked:
    """A case and what the checks said of it."""

    half: str
    sentence: str
    kind: str
    supported: bool
    across: bool
    """Whether sentence and passage are in two languages."""
    verdict: Verdict


def check_cases(cases: Sequence[Mapping[str, Any]]) -> Iterator[Checked]:
    """Check all cases with the default encoder and reader, over a collection of their passages."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "passages.jsonl"
        rows = [
            {
                "uri": f"case:{number}",
                "title": case["title"],
                "text": case["text"],
                "published": str(case["published"]),
                "language": case["language"],
            }
            for number, case in enumerate(cases)
        ]
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        table.write_text("\n".join(lines), encoding="utf-8")
        encoder = SentenceTransformerEncoder()
        with open_collection(Path(folder) / "c", create=True, encoder=encoder) as collection:
            collection.add(table)
            reader = default_reader(encoder)
            for number, case in enumerate(cases):
                found = collection._answerer.finder.find(
                    case["question"], 1, Choice.of({"uris": f"case:{number}"})
                )
                assert found is not None
                (passage,) = found.passages
                assert passage.article.published == date.fromisoformat(str(case["published"]))
                spread = found.index.spread
                verifier = Verifier(case["question"], [passage], encoder, spread, reader)
                for sentence, supported, kind in case["cases"]:
                    verdict = verifier.check(sentence, [1])
                    language = verifier._language_of(sentence)
                    across = language != case["language"]
                    yield Checked(case["half"], sentence, kind, supported, across, verdict)


def figures_of(found: Sequence[Checked]) -> dict[str, float | int]:
    """Return precision and recall of catching unsupported sentences."""
    caught = [item for item in found if not item.verdict.supported]
    wrong = [item for item in found if not item.supported]
    right = sum(1 for item in caught if not item.supported)
    return {
        "cases": len(found),
        "unsupported": len(wrong),
        "caught": right,
        "falsely caught": len(caught) - right,
        "precision": round(right / len(caught), 3) if caught else 1.0,
        "recall": round(right / len(wrong), 3) if wrong else 1.0,
    }


def main() -> None:
    """Print the figures of both halves, and with --show the cases that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", choices=["tuning", "held-out"], help="list what went wrong")
    options = parser.parse_args()
    results = list(check_cases(yaml.safe_load(CASES.read_text(encoding="utf-8"))))
    for half in ("tuning", "held-out"):
        own = [item for item in results if item.half == half]
        print(f"{half:9} all         ", figures_of(own))
        print(f"{half:9} one language", figures_of([item for item in own if not item.across]))
        print(f"{half:9} two         ", figures_of([item for item in own if item.across]))
    for item in results:
        if item.half == options.show and item.verdict.supported != item.supported:
            was = "supported" if item.supported else "unsupported"
            print(f"{was}, {item.kind}: {item.sentence} -> {item.verdict.reason or 'supported'}")


if __name__ == "__main__":
    main()
