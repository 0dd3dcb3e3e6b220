"""Ask all questions of all systems, and write what was measured; see the package's docstring."""

import argparse
import json
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.digests.data import KINDS, DigestSet, read_digest_set
from benchmarks.digests.measures import Marks, judge
from benchmarks.digests.systems import ArticleQA, BestSentences, System

OUT = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    data = read_digest_set(options.data / "dev-news-de", options.data / "dev-digest")
    options.cache.mkdir(parents=True, exist_ok=True)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "stories": [sorted(story) for story in data.stories()],
        "tuning": sorted(data.tuning_half()),
        "systems": {
            name: measure(data, system) for name, system in _systems(data, options.cache).items()
        },
    }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    options.out.write_text(text, encoding="utf-8")


def measure(data: DigestSet, system: System) -> dict[str, Any]:
    """Return a system's figures for all questions and for both halves, and each answer's marks."""
    stories = data.stories()
    marks = {item.id: judge(item, system(item), stories) for item in data.questions}
    tuning = data.tuning_half()
    halves = {
        "all": set(marks),
        "tuning half": set(marks) & tuning,
        "other half": set(marks) - tuning,
    }
    return {
        name: {
            kind: _average([marks[q.id] for q in data.questions if q.id in ids and q.kind == kind])
            for kind in KINDS
        }
        | {"together": _average([marks[item] for item in sorted(ids)])}
        for name, ids in halves.items()
    } | {"must": {key: round(item.must, 3) for key, item in marks.items()}}


def _average(marks: Sequence[Marks]) -> dict[str, float | int]:
    found: dict[str, float | int] = {"questions": len(marks)}
    for name in ("must", "order", "clean", "corrected", "answered"):
        values = [value for item in marks if (value := getattr(item, name)) is not None]
        if values:
            found[name] = round(sum(values) / len(values), 3)
    return found


def _systems(data: DigestSet, cache: Path) -> dict[str, System]:
    ours, best = ArticleQA(data, cache), BestSentences(data)
    return {
        "article-qa": ours.with_kind,
        "article-qa, kind told from the question": ours.as_asked,
        "cosine": best.by_meaning(cache),
        "bm25": best.by_words(),
        "lead": best.by_lead(cache),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.digests", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="dev-news-de and dev-digest")
    parser.add_argument("--cache", type=Path, default=Path(".benchmarks/digests"))
    parser.add_argument("--out", type=Path, default=OUT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
