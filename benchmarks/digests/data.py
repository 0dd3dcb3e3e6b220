"""The articles, the questions for digests, and the stories that they are about."""

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("summary", "overview", "timeline", "latest", "compare", "list", "several")


@dataclass(frozen=True, slots=True)
class DigestQuestion:
    """A question with what its digest has to say.

    Attributes:
        must: groups of strings; one of each group has to stand in a quoted sentence.
        order: paragraphs in the order of the events.
        forbidden: paragraphs that must not be cited.
        first: what has to come before all of `old`; "" where nothing was corrected.
        articles: those that it is about.
    """

    id: str
    text: str
    language: str
    kind: str
    must: tuple[tuple[str, ...], ...]
    order: tuple[str, ...]
    forbidden: frozenset[str]
    first: str
    old: tuple[str, ...]
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestSet:
    """Articles and the questions about them."""

    articles: tuple[Mapping[str, Any], ...]
    questions: tuple[DigestQuestion, ...]

    def stories(self) -> list[frozenset[str]]:
        """Return the articles of each story: those that a question is about together.

        Questions for several things may be about two stories, and tell nothing.
        """
        groups: list[set[str]] = []
        for question in self.questions:
            if question.kind == "several":
                continue
            own = set(question.articles)
            groups = [
                *(g for g in groups if not g & own),
                own.union(*(g for g in groups if g & own)),
            ]
        return sorted(map(frozenset, filter(None, groups)), key=min)

    def tuning_half(self) -> frozenset[str]:
        """Return the questions, by id, about the stories that weights may be chosen on."""
        chosen = frozenset[str]().union(*self.stories()[::2])
        return frozenset(item.id for item in self.questions if set(item.articles) <= chosen)


def read_digest_set(articles: Path, questions: Path) -> DigestSet:
    """Read a folder's articles.jsonl.gz and another's questions.jsonl, without those of meta."""
    with gzip.open(articles / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        found = tuple(map(json.loads, lines))
    with (questions / "questions.jsonl").open(encoding="utf-8") as lines:
        return DigestSet(found, tuple(_questions(map(json.loads, lines))))


def _questions(rows: Iterable[Mapping[str, Any]]) -> Iterable[DigestQuestion]:
    for row in rows:
        if row["kind"] in KINDS:
            yield DigestQuestion(
                row["id"],
                row["question"],
                row["language"],
                row["kind"],
                tuple(map(tuple, row["must"])),
                tuple(row.get("order", ())),
                frozenset(row.get("not", ())),
                row.get("first", ""),
                tuple(row.get("old", ())),
                tuple(row["articles"]),
            )


def write_table(articles: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write the articles as a table of paragraphs, which `add` takes with group_by="article"."""
    with path.open("w", encoding="utf-8") as lines:
        for article in articles:
            shared = {name: article[name] for name in ("title", "source", "published")}
            for text in article["paragraphs"]:
                row = {"article": article["id"], "text": text, **shared}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path
