"""A folder of pages with what is right of each: its files, and `cases.jsonl`.

A line of it names a `file`, its `kind` of difficulty, the `uri` it comes from and what to
`expect`: the roles that the paragraphs with a `text` may have, or the `title`, `authors`,
`published` or `source` of the article, or a `source_not`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.errors import InputError
from corpus.readers import read


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What was wrong with one file; nothing where it is wholly right."""

    file: str
    kind: str
    wrong: tuple[str, ...]


def check_cases(folder: Path) -> Iterator[CaseResult]:
    """Read each file as `add` does, and yield what differs from what is expected."""
    for line in (folder / "cases.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        data = (folder / case["file"]).read_bytes()
        try:
            article = next(iter(read(data, case["file"], uri=case["uri"])))
        except InputError as problem:
            wrong = [f"not read: {problem}"]
        else:
            wrong = [_difference(article, each) for each in case["expect"]]
        yield CaseResult(case["file"], case["kind"], tuple(filter(None, wrong)))


def _difference(article: Article, expected: dict[str, Any]) -> str:
    """Return what differs from one expectation, or ""."""
    if "text" in expected:
        return _role_difference(article, expected["text"], expected["role"])
    own = {
        "title": article.title,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else "",
        "source": article.source,
    }
    if "source_not" in expected:
        same = article.source == expected["source_not"]
        return f"the source is {article.source!r}" if same else ""
    return "; ".join(
        f"{name}: {own[name]!r} and not {value!r}"
        for name, value in expected.items()
        if own[name] != value
    )


def _role_difference(article: Article, text: str, allowed: list[str]) -> str:
    wanted = _letters(text)
    found = [(_letters(article.paragraph_text(p)), str(p.role)) for p in article.paragraphs]
    roles = [role for own, role in found if own.startswith(wanted)]
    roles = roles or [role for own, role in found if wanted in own]
    if not roles:  # a label that the reader left out answers nothing
        return "" if "promo" in allowed else f"{text[:40]!r}: missing"
    return "" if set(roles) <= set(allowed) else f"{text[:40]!r}: {', '.join(roles)}"


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
