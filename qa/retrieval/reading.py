"""The reader over what retrieval found: passages in a better order, and the span in each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from qa.i18n import Words
from qa.reader.read import RERANK_WEIGHT, Reader
from qa.results import Passage

READ = 8
"""Passages that are read; further ones keep their place behind them."""

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SpanFound:
    """The words of a passage that may answer; the offsets are the article's."""

    start: int
    end: int
    answerable: float
    """Chance that the passage answers, 0 to 1."""

    @property
    def score(self) -> float:
        """The same as log odds."""
        chance = min(max(self.answerable, 1e-9), 1 - 1e-9)
        return math.log(chance / (1 - chance))


def key(passage: Passage) -> Key:
    """Return what a passage is known by: its article and its number there."""
    return passage.article.uri, passage.paragraph


def write_about(title: str, published: date | None, language: str) -> str:
    """Return what an article is, for reading: paragraphs seldom repeat it.

    >>> write_about("Rathaus wird teurer", date(2024, 9, 12), "de")
    '12. September 2024: Rathaus wird teurer'
    """
    day = Words(language).date(published) if published else ""
    return ": ".join(filter(None, (day, title)))


def write_asked(question: str, complete: str = "", before: str = "") -> str:
    """Return a follow-up as it is read: with what was asked before it.

    Args:
        question: as typed.
        complete: the last complete question; "" where the question stands alone.
        before: the follow-up between the two, or "".

    >>> write_asked("Und wann?", "Wer baut in Auental eine Brücke?")
    'Und wann? (Wer baut in Auental eine Brücke?)'
    """
    earlier = " ".join(filter(None, (complete, before)))
    return f"{question} ({earlier})" if earlier else question


def read_passages(
    question: str, passages: Sequence[Passage], reader: Reader
) -> tuple[tuple[Passage, ...], Mapping[Key, SpanFound]]:
    """Read the first passages, order them by retrieval and reading together, and find spans.

    Args:
        question: in normal form.
        passages: as retrieval ranked them.
        reader: any reader.

    Returns:
        The passages in their new order, each one that was read with "reader" and
        "answerable" among its scores, and the spans by passage.
    """
    first = passages[:READ]
    about = [
        write_about(item.article.title, item.article.published, item.language) for item in first
    ]
    readings = reader.read(question, [passage.text for passage in first], about)
    spans = {}
    read = []
    for passage, reading in zip(first, readings, strict=True):
        scores = dict(passage.scores, reader=reading.score, answerable=reading.answerable)
        total = passage.score + RERANK_WEIGHT * reading.score
        read.append(replace(passage, score=total, scores=scores))
        start, end = passage.start + reading.start, passage.start + reading.end
        spans[key(passage)] = SpanFound(start, end, reading.answerable)
    read.sort(key=lambda passage: -passage.score)
    ordered = [*read, *passages[READ:]]
    return tuple(replace(item, rank=rank) for rank, item in enumerate(ordered, start=1)), spans
