"""What a digest is made of, and what it quotes: sentences, with those that tell the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from index.arrays import Floats
from qa.answering.digest.differences import ValuePair, pair_statements, share_terms
from qa.answering.digest.events import DatedStatement
from qa.answering.digest.statements import Statement

SENTENCES = 8
"""Of a digest; of many articles more."""
_MOST_SENTENCES = 24
MOST_TOGETHER = 4
"""Sentences that are cited as one."""
_SAME_EVENT = 0.5
"""Least cosine, or share of terms, of two sentences on one event of one day."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of a digest, others that tell the same, and when it was."""

    statement: Statement
    others: tuple[Statement, ...] = ()
    event: DatedStatement | None = None
    differs: tuple[ValuePair, ...] = ()
    """Where others have another value; the pair's first sentence is this one."""


@dataclass(frozen=True, slots=True)
class QuotationGroup:
    """Lines that belong together."""

    title: str
    lines: tuple[Quotation, ...]
    role: str = ""
    """What a part of a comparison is; see `qa.results.DigestPart`."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a digest is made of.

    Attributes:
        statements: all sentences of the story, in the order of their articles.
        scores: how much each of them matters, (statements,).
        since, until: the days that the question names, for events.
        language: what titles are written in.
        stories: of which story each article is, by URI, where there are several.
    """

    statements: Sequence[Statement]
    scores: Floats
    since: date | None = None
    until: date | None = None
    language: str = "en"
    stories: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many sentences are quoted: more of many articles."""
        articles = {item.article.uri for item in self.statements}
        return max(SENTENCES, min(_MOST_SENTENCES, len(articles)))


def newest_first(chosen: Sequence[Statement]) -> list[Statement]:
    """Sort by article, the newest first, and as they stand in each."""
    by_place = sorted(chosen, key=lambda item: (item.article.uri, item.number))
    return sorted(by_place, key=lambda item: item.article.published or date.min, reverse=True)


def quote_all(material: Material, chosen: Sequence[Statement]) -> tuple[Quotation, ...]:
    """Give each sentence those that say the same, and those that say otherwise."""
    pairs = pair_statements(material.statements, set(chosen))
    lines = []
    for item in chosen:
        own = [turn_pair(pair, item) for pair in pairs if item in (pair.one, pair.other)]
        same = [
            pair.other for pair in own if pair.agrees and tells_same_event(pair.one, pair.other)
        ]
        copies = [other for other in material.statements if is_copy(item, other)]
        others = [other for other in dict.fromkeys([*copies, *same]) if other not in chosen]
        differs = [pair for pair in own if pair.contradicts and pair.other in chosen]
        lines.append(Quotation(item, tuple(others[: MOST_TOGETHER - 1]), None, tuple(differs)))
    return tuple(lines)


def turn_pair(pair: ValuePair, first: Statement) -> ValuePair:
    """Return a pair with one of its sentences first."""
    if pair.one is first:
        return pair
    return ValuePair(pair.other, pair.one, pair.alike, pair.counterpart, pair.value)


def is_copy(one: Statement, other: Statement) -> bool:
    """Tell whether two articles have one sentence."""
    return one.article.uri != other.article.uri and one.text == other.text


def tells_same_event(one: Statement, other: Statement) -> bool:
    """Tell whether two sentences, of one day, tell of one event."""
    return share_terms(one, other) >= _SAME_EVENT or float(one.vector @ other.vector) >= _SAME_EVENT
