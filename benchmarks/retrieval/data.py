"""Question data: a pool of paragraphs, and questions with the one paragraph that answers each.

A folder holds `paragraphs.jsonl` with `id`, `article`, `title` and `text`, and
`questions.jsonl` with `id`, `question`, `paragraph_id` and `answers`.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.text.language import UNDETERMINED, detect
from training.reader.sets import read_lines

_SEED = 20261123


@dataclass(frozen=True)
class Pool:
    """The paragraphs of one folder and its answerable questions."""

    name: str
    paragraphs: Mapping[str, str]
    """Id -> text, in the order of the file."""
    articles: Mapping[str, str]
    """Id of a paragraph -> its article."""
    titles: Mapping[str, str]
    """Id of a paragraph -> its article's title, or ""."""
    questions: Mapping[str, str]
    """Id -> question."""
    relevant: Mapping[str, str]
    """Id of a question -> the paragraph that answers it."""

    @cached_property
    def language(self) -> str:
        """The language of most paragraphs (ISO 639-1)."""
        counted = Counter(detect(text) for text in self.paragraphs.values())
        return max(counted, key=lambda code: (code != UNDETERMINED, counted[code]))

    @cached_property
    def first(self) -> Mapping[str, str]:
        """Id -> the first paragraph with the same text.

        A copy of the right paragraph is as right, so every system is measured on these.
        """
        by_text: dict[str, str] = {}
        return {key: by_text.setdefault(text, key) for key, text in self.paragraphs.items()}


def read_pool(folder: Path) -> Pool:
    """Read a folder of question data; questions without an answer are left out."""
    rows = list(_rows(folder / "paragraphs.jsonl"))
    asked = [
        row for row in _rows(folder / "questions.jsonl") if row["answers"] and row["paragraph_id"]
    ]
    return Pool(
        folder.name,
        {row["id"]: row["text"] for row in rows},
        {row["id"]: row["article"] for row in rows},
        {row["id"]: row.get("title") or "" for row in rows},
        {row["id"]: row["question"] for row in asked},
        {row["id"]: row["paragraph_id"] for row in asked},
    )


def with_distractors(pool: Pool, folder: Path, count: int) -> Pool:
    """Return the pool with `count` more paragraphs, of whole articles drawn by a fixed seed.

    None of them answers: `folder` should hold articles about other things.
    """
    by_article: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_lines(folder / "paragraphs.jsonl"):
        by_article[row["article"]].append(row)
    articles = list(by_article)
    random.Random(_SEED).shuffle(articles)
    texts = set(pool.paragraphs.values())
    drawn = (row for name in articles for row in by_article[name] if row["text"] not in texts)
    rows = list(islice(drawn, count))
    if len(rows) < count:
        raise SystemExit(f"{folder} holds only {len(rows):,} paragraphs for {count:,} distractors")
    return replace(
        pool,
        name=f"{pool.name}+{count}",
        paragraphs=dict(pool.paragraphs) | {row["id"]: row["text"] for row in rows},
        articles=dict(pool.articles) | {row["id"]: row["article"] for row in rows},
        titles=dict(pool.titles) | {row["id"]: row.get("title") or "" for row in rows},
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
