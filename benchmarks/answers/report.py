"""The committed results of answering as the second half of docs/benchmarks.md."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
CHECK = Path(__file__).with_name("check.json")
_NAMES = {
    "article-qa": "article-qa",
    "language model": "article-qa with a language model",
    "bm25 sentence": "best sentence by BM25",
    "embedding sentence": "best sentence by embedding",
}
_METHOD = """\
Questions in, answers out of the whole pool. **article-qa** is `Collection.ask` with its defaults, \
with titles. The two others quote one sentence of the pool for every question, the best by bm25s \
or by the cosine of article-qa's encoder; they never refuse. Of XQuAD only the questions on the \
last 12 of 48 articles count: the reader was trained on the others. In xquad-de-abstain-article \
half of the articles were taken away, and questions about them should be refused. What the figures \
mean: [evaluation.md](evaluation.md)."""
_SHARES = {
    "right_paragraph_cited_first": "right paragraph cited first, of those answered",
    "first_quote_holds_answer": "first quote holds the answer, of those answered",
    "answered_answerable": "answered, of questions with an answer",
    "answered_unanswerable": "answered, of questions without: smaller is better",
    "f1_when_answered": "F1 of those answered",
}
_NONE = "–"

Results = Mapping[str, Any]


def parts() -> list[str]:
    """Return the part's paragraphs; none where nothing was measured yet."""
    if not RESULTS.exists():
        return []
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    check = json.loads(CHECK.read_text(encoding="utf-8")) if CHECK.exists() else None
    return section(results, check)


def section(results: Results, check: Results | None) -> list[str]:
    """Return the part's paragraphs from results and the check of quotes."""
    found = [
        "## Answers",
        _METHOD,
        "From [results.json](../benchmarks/answers/results.json), measured on "
        f"{results['date']} with Python {results['python']}, "
        + ", ".join(f"{name} {number}" for name, number in results["versions"].items())
        + ".",
        _sizes(results),
        _table(results),
        "**Confidence of article-qa**: mean risk over the answers given, the surest first (AURC); "
        "expected calibration error; share with a short answer, and with one that matches "
        "exactly.",
        _confidence(results),
    ]
    return found + (_check_table(check) if check else [])


def _sizes(results: Results) -> str:
    rows = [
        [
            name,
            f"{s['paragraphs']:,}",
            f"{s['questions']:,} of {s['of']:,}",
            f"{s['unanswerable']:,}",
        ]
        for name, s in results["sets"].items()
    ]
    return _markdown(["", "paragraphs", "questions", "of these without an answer"], rows)


def _table(results: Results) -> str:
    systems = [n for n in _NAMES if any(n in s["systems"] for s in results["sets"].values())]
    rows = [
        [title, name, *(_measure(measured["systems"].get(system), share) for system in systems)]
        for share, title in _SHARES.items()
        for name, measured in results["sets"].items()
    ]
    rows = [row for row in rows if set(row[2:]) != {_NONE}]
    return _markdown(["", "", *(_NAMES[system] for system in systems)], rows)


def _measure(quality: Results | None, name: str) -> str:
    """Write a measure with its interval; – where the system was not asked, or has none."""
    value = quality["measures"].get(name) if quality else None
    if value is None:
        return _NONE
    return f"{_short(value['mean'])} ({_short(value['low'])}–{_short(value['high'])})"


def _confidence(results: Results) -> str:
    rows = []
    for name, measured in results["sets"].items():
        quality = measured["systems"]["article-qa"]
        rows.append(
            [
                name,
                _short(quality["area_under_risk"]),
                _short(quality["calibration_error"]),
                _measure(quality, "short_answer_given"),
                _measure(quality, "exact_when_answered"),
            ]
        )
    header = ["", "AURC", "calibration error", "short answer given", "exact match"]
    return _markdown(header, rows)


def _check_table(check: Results) -> list[str]:
    return [
        "**Every quote, letter for letter**: "
        f"{check['answers']:,} answers with {check['citations']:,} citations, to questions of "
        f"{', '.join(check['sets'])}: {check['wrong_quotes']:,} quotes that differ from their "
        f"article's text at their offsets, {check['loose_markers']:,} markers without a source. "
        "`python -m benchmarks.answers.check` repeats it.",
    ]


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")


def _markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
