"""The sentences of a digest in their parts and order, by what was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from index.arrays import Floats
from qa.answering.digest.differences import ValuePair, is_newer, pair_statements
from qa.answering.digest.events import DatedStatement, date_statements
from qa.answering.digest.ranking import Novelty, choose
from qa.answering.digest.statements import Statement
from qa.results import ArticleInfo

SENTENCES = 8
"""Of a digest; of many articles more."""
_SUMMARY_SENTENCES = 6
_MOST_SENTENCES = 24
_MOST_TOGETHER = 4
"""Sentences that are cited as one."""
_SPREAD = Novelty(paragraph=0.6, meaning=0.3, words=0.3)
"""Of a summary: something of each paragraph."""
_VARIED = Novelty(paragraph=0.15, meaning=0.6, words=0.6)
"""Of a story as a whole."""
_DIFFERENT = Novelty(paragraph=0.0, meaning=0.3, words=0.3)
"""Of sentences on one thing."""
_TOGETHER = Novelty(paragraph=-0.15, meaning=0.3, words=0.3)
"""Of the items of a list, several of which often stand in one paragraph."""
_SAME_EVENT = 0.5
"""Least cosine, or share of terms, of two sentences on one event of one day."""
_DATED = 0.5
"""What a sentence gains in a timeline that says when it was."""


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


@dataclass(frozen=True, slots=True)
class Material:
    """What a digest is made of.

    Attributes:
        statements: all sentences of the story, in the order of their articles.
        scores: how much each of them matters, (statements,).
        since, until: the days that the question names, for events.
    """

    statements: Sequence[Statement]
    scores: Floats
    since: date | None = None
    until: date | None = None

    @property
    def count(self) -> int:
        """How many sentences are quoted: more of many articles."""
        articles = {item.article.uri for item in self.statements}
        return max(SENTENCES, min(_MOST_SENTENCES, len(articles)))


Form = Callable[[Material], list[QuotationGroup]]


def summarise(material: Material) -> list[QuotationGroup]:
    """Say what an article, or a story, is about; the newest article first, each in its order."""
    chosen = choose(material.statements, material.scores, _SUMMARY_SENTENCES, _SPREAD)
    return [QuotationGroup("", _lines(material, _newest_first(chosen)))]


def give_overview(material: Material) -> list[QuotationGroup]:
    """Say what there is: a part for each article, the newest first."""
    chosen = choose(material.statements, material.scores, material.count, _VARIED)
    return _by_article(material, chosen)


def tell_latest(material: Material) -> list[QuotationGroup]:
    """Say how things stand: what the newest article tells, before what it replaces."""
    chosen = choose(material.statements, material.scores, material.count, _VARIED)
    return _by_article(material, chosen)


def list_items(material: Material) -> list[QuotationGroup]:
    """Quote each thing, the newest article first."""
    chosen = choose(
        material.statements,
        material.scores,
        material.count,
        _TOGETHER,
    )
    return [QuotationGroup("", _lines(material, _newest_first(chosen)))]


def answer_part(title: str, material: Material, parts: int) -> QuotationGroup:
    """Quote what answers one of several parts of a question."""
    count = max(2, SENTENCES // parts)
    chosen = choose(material.statements, material.scores, count, _DIFFERENT)
    return QuotationGroup(title, _lines(material, _best_first(chosen)))


def compare(material: Material) -> list[QuotationGroup]:
    """Set articles side by side: each has its say before one has more."""
    articles = {item.article.uri for item in material.statements}
    each = max(1, material.count // max(1, len(articles)))
    firsts: list[Statement] = []
    for uri in articles:
        mask = [item.article.uri == uri for item in material.statements]
        own = [item for item, kept in zip(material.statements, mask, strict=True) if kept]
        scores = material.scores[np.array(mask)]
        firsts += choose(own, scores, each, _DIFFERENT)
    best = choose(
        material.statements,
        material.scores,
        material.count,
        _DIFFERENT,
    )
    chosen = list(dict.fromkeys([*_best_of_each(firsts), *best]))[: material.count]
    return _by_article(material, chosen, with_source=True)


def tell_timeline(material: Material) -> list[QuotationGroup]:
    """Tell the events in the order in which they were, one that several tell once."""
    events = [event for event in date_statements(material.statements) if _within(material, event)]
    known = {id(event.statement): event for event in events}
    mask = np.array([id(item) in known for item in material.statements])
    statements = [item for item in material.statements if id(item) in known]
    dated = np.array([known[id(item)].when != "" for item in statements], dtype=np.float32)
    scores = material.scores[mask] + _DATED * dated
    chosen = choose(statements, scores, material.count, _VARIED)
    lines = [replace(line, event=known[id(line.statement)]) for line in _lines(material, chosen)]
    ordered = sorted(_merge(lines), key=lambda line: line.event.order if line.event else ())
    return [QuotationGroup("", tuple(ordered))]


FORMS: dict[str, Form] = {
    "summary": summarise,
    "overview": give_overview,
    "timeline": tell_timeline,
    "latest": tell_latest,
    "compare": compare,
    "list": list_items,
    "several": list_items,
}


def _within(material: Material, event: DatedStatement) -> bool:
    return (material.since is None or event.last >= material.since) and (
        material.until is None or event.first <= material.until
    )


def _best_of_each(firsts: Sequence[Statement]) -> list[Statement]:
    """Return the sentences of each article in turn: the best of all, the second best of all, …."""
    taken: dict[str, int] = {}
    turns = []
    for item in firsts:
        turns.append(taken.get(item.article.uri, 0))
        taken[item.article.uri] = turns[-1] + 1
    return [firsts[at] for at in sorted(range(len(firsts)), key=lambda at: turns[at])]


def _newest_first(chosen: Sequence[Statement]) -> list[Statement]:
    """Sort by article, the newest first, and as they stand in each."""
    by_place = sorted(chosen, key=lambda item: (item.article.uri, item.number))
    return sorted(by_place, key=lambda item: item.article.published or date.min, reverse=True)


def _best_first(chosen: Sequence[Statement]) -> list[Statement]:
    """Put the best before the others, unless a newer one has another value in its place."""
    if not chosen:
        return []
    best, *others = chosen
    pairs = [_turn(pair, best) for pair in pair_statements(chosen, {best})]
    if any(not pair.agrees and is_newer(pair.other, best) for pair in pairs):
        return _newest_first(chosen)
    return [best, *_newest_first(others)]


def _by_article(
    material: Material, chosen: Sequence[Statement], *, with_source: bool = False
) -> list[QuotationGroup]:
    parts: list[QuotationGroup] = []
    lines = _lines(material, _newest_first(chosen))
    for info in dict.fromkeys(line.statement.article for line in lines):
        own = tuple(line for line in lines if line.statement.article == info)
        title = _name_source(info) if with_source else info.title
        parts.append(QuotationGroup(title or info.title or info.uri, own))
    return parts


def _name_source(info: ArticleInfo) -> str:
    return info.source or info.title


def _lines(material: Material, chosen: Sequence[Statement]) -> tuple[Quotation, ...]:
    """Give each sentence those that say the same, and those that say otherwise."""
    pairs = pair_statements(material.statements, set(chosen))
    lines = []
    for item in chosen:
        own = [_turn(pair, item) for pair in pairs if item in (pair.one, pair.other)]
        same = [pair.other for pair in own if pair.agrees and _is_same_event(pair.one, pair.other)]
        copies = [other for other in material.statements if _is_copy(item, other)]
        others = [other for other in dict.fromkeys([*copies, *same]) if other not in chosen]
        differs = [pair for pair in own if not pair.agrees and pair.other in chosen]
        lines.append(Quotation(item, tuple(others[: _MOST_TOGETHER - 1]), None, tuple(differs)))
    return tuple(lines)


def _turn(pair: ValuePair, first: Statement) -> ValuePair:
    if pair.one is first:
        return pair
    return ValuePair(pair.other, pair.one, pair.alike, pair.counterpart, pair.value)


def _is_copy(one: Statement, other: Statement) -> bool:
    return one.article.uri != other.article.uri and one.text == other.text


def _is_same_event(one: Statement, other: Statement) -> bool:
    fewer = min(len(one.terms), len(other.terms))
    share = len(one.terms & other.terms) / fewer if fewer else 0.0
    return share >= _SAME_EVENT or float(one.vector @ other.vector) >= _SAME_EVENT


def _merge(lines: Sequence[Quotation]) -> list[Quotation]:
    """Make lines of several articles on one event of one day one line, of the newest article."""
    merged: list[Quotation] = []
    newest = sorted(lines, key=lambda line: line.statement.article.published or date.min)[::-1]
    for line in newest:
        same = next((at for at, other in enumerate(merged) if _tell_the_same(other, line)), None)
        if same is None:
            merged.append(line)
        else:
            others = (*merged[same].others, line.statement, *line.others)
            merged[same] = replace(merged[same], others=others[: _MOST_TOGETHER - 1])
    return merged


def _tell_the_same(one: Quotation, other: Quotation) -> bool:
    if one.event is None or other.event is None:
        return False
    days = {(line.event.first, line.event.last) for line in (one, other) if line.event}
    apart = one.statement.article.uri != other.statement.article.uri
    named = one.event.when and other.event.when
    return bool(
        apart and named and len(days) == 1 and _is_same_event(one.statement, other.statement)
    )
