"""The labelled texts: articles with copies of them, and with articles that are no copies."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "duplicates"


@dataclass(frozen=True, slots=True)
class Text:
    """One article of the set."""

    name: str
    title: str
    body: str
    language: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles of the set, and whether one is a copy of the other."""

    first: Text
    second: Text
    kind: str
    duplicate: bool


def pairs(half: str, folder: Path = FOLDER) -> list[Pair]:
    """Return the labelled pairs of one half, "development" or "held".

    Raises ValueError where an edit names words that the text does not have.
    """
    found = yaml.safe_load((folder / f"{half}.yaml").read_text(encoding="utf-8"))
    return [pair for item in found for pair in _pairs(item)]


def _pairs(item: dict[str, Any]) -> Iterator[Pair]:
    language = item["language"]
    if "template" in item:
        texts = [
            Text(
                f"{item['template']}-{number}",
                item["title"].format(**values),
                item["text"].strip().format(**values),
                language,
            )
            for number, values in enumerate(item["values"])
        ]
        for first, second in combinations(texts, 2):
            yield Pair(first, second, "template", False)
        return
    title, body = _split(item["text"])
    original = Text(item["story"], title, body, language)
    copies = [
        (
            edit["kind"],
            Text(f"{item['story']}-copy-{n}", edit["title"], _edit(body, edit), language),
        )
        for n, edit in enumerate(item["copies"])
    ]
    for kind, copy in copies:
        yield Pair(original, copy, kind, True)
    for (_, first), (_, second) in combinations(copies, 2):
        yield Pair(first, second, "two copies", True)
    for number, other in enumerate(item["others"]):
        title, body = _split(other["text"])
        text = Text(f"{item['story']}-other-{number}", title, body, language)
        yield Pair(original, text, other["kind"], False)


def _split(text: str) -> tuple[str, str]:
    title, _, body = text.strip().partition("\n\n")
    return title, body


def _edit(body: str, edit: dict[str, Any]) -> str:
    for old, new in edit.get("replace", {}).items():
        if old not in body:
            raise ValueError(f"{old!r} is not in the text that begins {body[:40]!r}")
        body = body.replace(old, new)
    paragraphs = body.split("\n\n")
    if "only" in edit:
        paragraphs = paragraphs[: edit["only"]]
    dropped = {number - 1 for number in edit.get("drop", ())}
    paragraphs = [text for index, text in enumerate(paragraphs) if index not in dropped]
    if edit.get("merge"):
        paragraphs = [" ".join(paragraphs[at : at + 2]) for at in range(0, len(paragraphs), 2)]
    for place, text in edit.get("insert", {}).items():
        paragraphs.insert(place, text)
    return "\n\n".join(paragraphs)
