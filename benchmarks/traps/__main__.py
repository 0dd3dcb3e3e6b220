"""Share of small traps that are not stepped into: `python -m benchmarks.traps`.

Twenty articles, each of which holds two values for what is asked: the old and the new one,
the one of the opposite, one that is denied, corrected, demanded or somebody else's. A row
names strings of which one must stand in the short answer (or in the text, where no short one
is given) and strings that must not; where the article only denies what is asked for, a
refusal is right as well.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qa import Collection, open_collection
from qa.results import Answer

HERE = Path(__file__).parent


def main() -> None:
    """Ask all questions and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _collect(Path(folder)) as collection:
        asked = [(row, collection.ask(row["question"])) for row in _rows("questions.jsonl")]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row, answer in asked:
        kinds[row["kind"]].append(is_right(row, answer))
    rights = [right for some in kinds.values() for right in some]
    results = {
        "questions": len(rights),
        "right": round(sum(rights) / len(rights), 3),
        "kinds": {kind: f"{sum(some)}/{len(some)}" for kind, some in kinds.items()},
        "stepped_into": [row["id"] for row, answer in asked if is_stepped_into(row, answer)],
        "refused": [
            row["id"]
            for row, answer in asked
            if not answer.answered and not row.get("refusable", False)
        ],
    }
    options.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for row, answer in asked:
        if not is_right(row, answer):
            print(f"{row['id']} {row['question']} -> {answer.short or answer.text[:90]!r}")
    print(json.dumps({name: results[name] for name in ("right", "kinds")}, indent=1))


def is_right(row: Mapping[str, Any], answer: Answer) -> bool:
    """Tell whether an answer gives what is right and nothing that is wrong."""
    if not answer.answered:
        return bool(row.get("refusable", False))
    shown = answer.short or answer.text
    return any(text in shown for text in row["right"]) and not is_stepped_into(row, answer)


def is_stepped_into(row: Mapping[str, Any], answer: Answer) -> bool:
    """Tell whether a short answer is the wrong value."""
    return answer.answered and any(text in answer.short for text in row["wrong"])


def _collect(folder: Path) -> Collection:
    """Return a new collection of the articles."""
    collection = open_collection(folder / "collection", create=True)
    collection.add(HERE / "articles.jsonl")
    return collection


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / name).read_text("utf-8").splitlines():
        yield json.loads(line)


if __name__ == "__main__":
    main()
