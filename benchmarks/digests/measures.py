"""What a digest holds of what it has to hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from benchmarks.digests.data import DigestQuestion

MOST = 8
"""Sentences that count."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted sentence and the paragraphs that it cites, as "article-pN"."""

    text: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """Of one answer; None where the question does not ask for it."""

    must: float
    order: float | None
    clean: bool
    corrected: bool | None
    answered: bool


def judge(
    question: DigestQuestion, quoted: Sequence[Quoted], stories: Sequence[frozenset[str]]
) -> Marks:
    """Judge the sentences of an answer; none is a refusal."""
    first = quoted[:MOST]
    whole = "\n".join(item.text for item in first)
    held = [any(text in whole for text in group) for group in question.must]
    cited = {paragraph for item in first for paragraph in item.paragraphs}
    own = set(question.articles).union(*(s for s in stories if s & set(question.articles)))
    return Marks(
        sum(held) / len(held),
        _order(question, first) if question.order else None,
        all(_article(item) in own for item in cited) and not cited & question.forbidden,
        _is_corrected(question, first) if question.first else None,
        bool(quoted),
    )


def kendall_tau(places: Sequence[int]) -> float:
    """Return Kendall's tau of places against the order that they are given in.

    >>> kendall_tau([1, 2, 5]), kendall_tau([5, 2, 1]), kendall_tau([1, 3, 2])
    (1.0, -1.0, 0.3333333333333333)
    """
    signs = [(one < other) - (one > other) for one, other in combinations(places, 2)]
    return sum(signs) / len(signs)


def _order(question: DigestQuestion, quoted: Sequence[Quoted]) -> float | None:
    """Return tau of the paragraphs that are cited; None of fewer than two."""
    found = (_place(question, quoted, paragraph) for paragraph in question.order)
    places = [place for place in found if place is not None]
    return kendall_tau(places) if len(places) > 1 else None


def _place(question: DigestQuestion, quoted: Sequence[Quoted], paragraph: str) -> int | None:
    """Return where a paragraph is first cited, by a sentence with a fact if there is one."""
    citing = [at for at, item in enumerate(quoted) if paragraph in item.paragraphs]
    facts = [text for group in question.must for text in group]
    telling = [at for at in citing if any(text in quoted[at].text for text in facts)]
    return next(iter(telling or citing), None)


def _is_corrected(question: DigestQuestion, quoted: Sequence[Quoted]) -> bool:
    """Tell whether nothing that was corrected comes before, or without, what holds."""
    for item in quoted:
        if question.first in item.text:
            return True
        if any(text in item.text for text in question.old):
            return False
    return True


def _article(paragraph: str) -> str:
    return paragraph.rpartition("-p")[0]
