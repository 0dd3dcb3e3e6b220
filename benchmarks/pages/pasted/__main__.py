"""Pasted pages, measured: `python -m benchmarks.pages.pasted [--out FILE] [--wrong]`.

Each selection is read as a text file of that content. Words of lines that are no article and
stand in paragraphs that answer; words of the article that do; titles, authors, dates.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.pages.pasted.selections import STARTS, Pasted, select_all
from corpus.article import ANSWERING_ROLES, Article
from corpus.readers import read

_ARTICLE = ("lead", "body")
_NEITHER = ("headline", "heading")
_FACTS = ("title", "author", "date")


def measure(selections: Iterable[Pasted], *, wrong: bool = False) -> dict[str, Any]:
    """Return the figures of each start and of all."""
    found = [(item, _figures(item, wrong=wrong)) for item in selections]
    return {
        start: _summary([own for item, own in found if start in ("all", item.start)])
        for start in ("all", *STARTS)
    }


def _summary(figures: list[dict[str, int]]) -> dict[str, float | int]:
    total = {name: sum(own[name] for own in figures) for name in figures[0]} if figures else {}
    cases = len(figures)
    return {
        "selections": cases,
        "boilerplate words that answer": _share(total, "answering", "around"),
        "words of the article kept": _share(total, "kept", "article"),
        **{name: round(total.get(name, 0) / max(cases, 1), 3) for name in _FACTS},
    }


def _share(total: dict[str, int], part: str, whole: str) -> float:
    return round(total.get(part, 0) / max(total.get(whole, 0), 1), 4)


def _figures(item: Pasted, *, wrong: bool) -> dict[str, int]:
    article = next(iter(read(item.text.encode(), "pasted.txt", uri="pasted")))
    names = ("answering", "around", "kept", "article", "title", "author", "date")
    counts = dict.fromkeys(names, 0)
    for text, label, answers in _read_lines(item, article):
        size = len(text.split())
        if label in _NEITHER:
            continue
        own = label in _ARTICLE
        counts["article" if own else "around"] += size
        counts["kept" if own else "answering"] += size if answers else 0
        if wrong and own != answers:
            sys.stderr.write(f"{item.start} {item.name}: {label}: {text[:70]}\n")
    counts["title"] = _letters(article.title) == _letters(item.title)
    counts["author"] = article.authors == (item.author,)
    counts["date"] = str(article.published) == item.published
    if wrong:
        told = {"title": article.title, "author": article.authors, "date": article.published}
        for name, value in told.items():
            if not counts[name]:
                sys.stderr.write(f"{item.start} {item.name}: {name} {value!r}\n")
    return counts


def _read_lines(item: Pasted, article: Article) -> Iterable[tuple[str, str, bool]]:
    """Yield each labelled line and whether it stands in a paragraph that answers."""
    paragraphs = [(_letters(article.paragraph_text(p)), p.role) for p in article.paragraphs]
    at = 0
    for text, label in item.lines:
        own = _letters(text)
        order = [*range(at, len(paragraphs)), *range(at)]
        place = next((i for i in order if own in paragraphs[i][0]), None)
        if own and place is not None:
            at = place
            yield text, label, paragraphs[place][1] in ANSWERING_ROLES
        elif own:
            yield text, label, False


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def main() -> None:
    """Measure all selections and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages.pasted", description=__doc__)
    parser.add_argument("--out", type=Path, help="also write the JSON there")
    parser.add_argument("--wrong", action="store_true", help="also list what was wrong")
    options = parser.parse_args()
    report = measure(select_all(), wrong=options.wrong)
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
