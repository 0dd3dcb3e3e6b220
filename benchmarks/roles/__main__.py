"""Roles of paragraphs, measured: `python -m benchmarks.roles [--out FILE] [--wrong]`.

Each labelled document is read as `add` reads it, and each labelled line is looked for among
the article's paragraphs. Lead and body are one class: both answer. A line that the reader
dropped (menus, forms) counts as promotion where it is something that does not answer, and
as missed where it does. Precision and recall are per role, over lines.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.roles.labelled import FOLDER, Document, documents
from corpus.article import ANSWERING_ROLES, Article, Role
from corpus.readers import read

HALVES = ("development", "held")
ANSWERS = "lead or body"
Wrong = tuple[str, str, str, str]
"""Document, label, prediction, line."""


def measure(half: str, folder: Path = FOLDER) -> tuple[dict[str, Any], list[Wrong]]:
    """Return the figures of one half, and the lines that were wrong."""
    found = documents(half, folder)
    counts: Counter[tuple[str, str]] = Counter()
    wrong = []
    for document in found:
        article = next(iter(read(document.data, document.name, uri=f"x:{document.name}")))
        for (line, label), predicted in zip(
            document.lines, _predict(document, article), strict=True
        ):
            gold = _class(label)
            counts[gold, predicted] += 1
            if gold != predicted:
                wrong.append((document.name, gold, predicted, line.replace("\x00", " | ")[:70]))
    names = sorted({name for pair in counts for name in pair} - {"missing"})
    report = {
        "documents": len(found),
        "lines": sum(counts.values()),
        "right": sum(count for (gold, own), count in counts.items() if gold == own),
        "roles": {name: _figures(counts, name) for name in names},
    }
    return report, wrong


def _class(role: Role) -> str:
    return ANSWERS if role in ANSWERING_ROLES else str(role)


def _predict(document: Document, article: Article) -> list[str]:
    """Return the class of each labelled line, by the paragraph in which it stands."""
    paragraphs = [(_letters(article.paragraph_text(p)), p.role) for p in article.paragraphs]
    at, classes = 0, []
    for line, label in document.lines:
        parts = [part for part in map(_letters, line.split("\x00")) if part]
        # From where the last one stood, so that a line that occurs twice is found in order.
        order = [*range(at, len(paragraphs)), *range(at)]
        place = next((i for i in order if all(part in paragraphs[i][0] for part in parts)), None)
        if place is None:
            classes.append("missing" if label in ANSWERING_ROLES else str(Role.PROMO))
        else:
            at = place
            classes.append(_class(paragraphs[place][1]))
    return classes


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _figures(counts: Counter[tuple[str, str]], name: str) -> dict[str, float | int]:
    hit = counts[name, name]
    labelled = sum(count for (gold, _), count in counts.items() if gold == name)
    predicted = sum(count for (_, own), count in counts.items() if own == name)
    return {
        "lines": labelled,
        "precision": round(hit / max(1, predicted), 3),
        "recall": round(hit / max(1, labelled), 3),
    }


def main() -> None:
    """Measure both halves and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roles", description=__doc__)
    parser.add_argument("--out", type=Path, help="also write the JSON there")
    parser.add_argument("--half", choices=HALVES, help="only this half")
    parser.add_argument("--wrong", action="store_true", help="also list the lines that were wrong")
    options = parser.parse_args()
    reports = {}
    for half in HALVES:
        if options.half in (None, half):
            reports[half], wrong = measure(half)
            for item in wrong if options.wrong else ():
                sys.stderr.write(f"{half}: {' · '.join(item)}\n")
    text = json.dumps(reports, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
