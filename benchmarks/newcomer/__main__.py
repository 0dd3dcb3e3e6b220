"""Share of a newcomer's questions that are answered rightly: `python -m benchmarks.newcomer`.

Each question names what is right: strings of which one of each group must stand in what is shown,
strings that must not, a refusal, or a reply that cites nothing and suggests what to ask.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa import Collection, open_collection
from qa.results import Answer, Refusal

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
_SUGGESTED = 3


def main() -> None:
    """Ask all questions and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the results are written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _collect(Path(folder)) as collection:
        asked = [(row, collection.ask(row["question"])) for row in _rows("questions.jsonl")]
    results = summarise(asked)
    options.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps({key: results[key] for key in ("right", "kinds")}, indent=1))


def summarise(asked: Sequence[tuple[Mapping[str, Any], Answer]]) -> dict[str, Any]:
    """Return the share of right answers, of all and by kind, and which are wrong."""
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row, answer in asked:
        kinds[row["kind"]].append(is_right(row, answer))
    rights = [right for some in kinds.values() for right in some]
    return {
        "questions": len(rights),
        "right": round(sum(rights) / len(rights), 3),
        "kind_recognised": round(
            sum(row["kind"] == answer.kind for row, answer in asked) / len(asked), 3
        ),
        "kinds": {kind: f"{sum(some)}/{len(some)}" for kind, some in sorted(kinds.items())},
        "wrong": [row["id"] for row, answer in asked if not is_right(row, answer)],
    }


def is_right(row: Mapping[str, Any], answer: Answer) -> bool:
    """Tell whether an answer is what its question's row asks for."""
    if row.get("talk"):
        return not answer.citations and not answer.passages and _talks(answer)
    if row.get("refused"):
        return not answer.answered and answer.refusal is not Refusal.NO_QUESTION
    shown = "\n".join([answer.text, *(citation.quote for citation in answer.citations)])
    holds = all(any(text in shown for text in group) for group in row.get("must", ()))
    return answer.answered and holds and not any(text in shown for text in row.get("not", ()))


def _talks(answer: Answer) -> bool:
    return bool(answer.text) and len(answer.suggestions) >= _SUGGESTED


def _collect(folder: Path) -> Collection:
    """Return a new collection of the articles."""
    table = folder / "articles.jsonl"
    rows = (
        {
            "uri": f"urn:newcomer:{row['id']}",
            "authors": row["author"],
            "text": "\n\n".join(row["paragraphs"]),
            **{name: row[name] for name in ("title", "source", "published", "language")},
        }
        for row in _rows("articles.jsonl")
    )
    table.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    collection = open_collection(folder / "collection", create=True)
    collection.add(table)
    return collection


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (HERE / name).read_text("utf-8").splitlines():
        yield json.loads(line)


if __name__ == "__main__":
    main()
