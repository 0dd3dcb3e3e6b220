"""Sets of labelled questions, as folders hold them: `paragraphs.jsonl` and `questions.jsonl`,
plain or gzip."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """One folder of paragraphs and questions, as read."""

    name: str
    paragraphs: dict[str, dict[str, Any]]
    questions: list[dict[str, Any]]


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read a JSONL file, or the gzip of it that lies in its place."""
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
        return
    with gzip.open(path.with_name(path.name + ".gz"), "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def read_set(folder: Path) -> LabelledSet:
    """Read one folder.

    Raises:
        FileNotFoundError: a file is missing.
    """
    paragraphs = {row["id"]: row for row in read_lines(folder / "paragraphs.jsonl")}
    return LabelledSet(folder.name, paragraphs, list(read_lines(folder / "questions.jsonl")))


def is_held_out(article: str) -> bool:
    """Tell whether an article written for this project is for measuring, by a hash of its id.

    >>> sum(is_held_out(f"n01-{number:02}") for number in range(100))
    10
    """
    return int(hashlib.sha256(article.encode()).hexdigest()[:8], 16) % 10 < 2


def story_of(paragraph: dict[str, Any]) -> str:
    """Return what a paragraph is held out by: its article, or the story that several tell."""
    return str(paragraph.get("story") or paragraph["article"])
