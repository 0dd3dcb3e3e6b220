"""The sentences of a digest in their parts and order, by what was asked for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from qa.answering.digest.comparison import compare
from qa.answering.digest.differences import is_newer, pair_statements
from qa.answering.digest.events import DatedStatement, date_statements
from qa.answering.digest.material import (
    MOST_TOGETHER,
    SENTENCES,
    Material,
    Quotation,
    QuotationGroup,
    newest_first,
    quote_all,
    tells_same_event,
    turn_pair,
)
from qa.answering.digest.ranking import DIFFERENT, Novelty, choose
from qa.answering.digest.statements import Statement

_SUMMARY_SENTENCES = 6
_SPREAD = Novelty(paragraph=0.6, meaning=0.3, words=0.3)
"""Of a summary: something of each paragraph."""
_VARIED = Novelty(paragraph=0.15, meaning=0.6, words=0.6)
"""Of a story as a whole."""
_TOGETHER = Novelty(paragraph=-0.15, meaning=0.3, words=0.3)
"""Of the items of a list, several of which often stand in one paragraph."""
_DATED = 0.5
"""What a sentence gains in a timeline that says when it was."""
_LEADS = 0.4
"""What an article's first sentence gains in a timeline: mostly it is the event itself."""


Form = Callable[[Material], list[QuotationGroup]]


def summarise(material: Material) -> list[QuotationGroup]:
    """Say what an article, or a story, is about; the newest article first, each in its order."""
    chosen = choose(material.statements, material.scores, _SUMMARY_SENTENCES, _SPREAD)
    return [QuotationGroup("", quote_all(material, newest_first(chosen)))]


def give_overview(material: Material) -> list[QuotationGroup]:
    """Say what there is, the newest first: a part for each article, of several stories for each."""
    chosen = choose(material.statements, material.scores, material.count, _VARIED)
    if len(set(material.stories.values())) > 1:
        return _by_story(material, chosen)
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
    return [QuotationGroup("", quote_all(material, newest_first(chosen)))]


def answer_part(title: str, material: Material, parts: int) -> QuotationGroup:
    """Quote what answers one of several parts of a question."""
    count = max(2, SENTENCES // parts)
    chosen = choose(material.statements, material.scores, count, DIFFERENT)
    return QuotationGroup(title, quote_all(material, _best_first(chosen)))


def tell_timeline(material: Material) -> list[QuotationGroup]:
    """Tell the events in the order in which they were, one that several tell once."""
    events = [event for event in date_statements(material.statements) if _within(material, event)]
    known = {id(event.statement): event for event in events}
    mask = np.array([id(item) in known for item in material.statements])
    statements = [item for item in material.statements if id(item) in known]
    dated = np.array([known[id(item)].when != "" for item in statements], dtype=np.float32)
    leads = np.array([item.number == 0 for item in statements], dtype=np.float32)
    scores = material.scores[mask] + _DATED * dated + _LEADS * leads
    chosen = choose(statements, scores, material.count, _VARIED)
    lines = [replace(line, event=known[id(line.statement)]) for line in quote_all(material, chosen)]
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


def _best_first(chosen: Sequence[Statement]) -> list[Statement]:
    """Put the best before the others, unless a newer one has another value in its place."""
    if not chosen:
        return []
    best, *others = chosen
    pairs = [turn_pair(pair, best) for pair in pair_statements(chosen, {best})]
    if any(not pair.agrees and is_newer(pair.other, best) for pair in pairs):
        return newest_first(chosen)
    return [best, *newest_first(others)]


def _by_story(material: Material, chosen: Sequence[Statement]) -> list[QuotationGroup]:
    """Return a part for each story, under the title of its newest article."""
    groups: dict[int, list[Quotation]] = {}
    for line in quote_all(material, newest_first(chosen)):
        groups.setdefault(material.stories[line.statement.article.uri], []).append(line)
    return [
        QuotationGroup(lines[0].statement.article.title or "", tuple(lines))
        for lines in groups.values()
    ]


def _by_article(material: Material, chosen: Sequence[Statement]) -> list[QuotationGroup]:
    parts: list[QuotationGroup] = []
    lines = quote_all(material, newest_first(chosen))
    for info in dict.fromkeys(line.statement.article for line in lines):
        own = tuple(line for line in lines if line.statement.article == info)
        parts.append(QuotationGroup(info.title or info.uri, own))
    return parts


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
            merged[same] = replace(merged[same], others=others[: MOST_TOGETHER - 1])
    return merged


def _tell_the_same(one: Quotation, other: Quotation) -> bool:
    if one.event is None or other.event is None:
        return False
    days = {(line.event.first, line.event.last) for line in (one, other) if line.event}
    apart = one.statement.article.uri != other.statement.article.uri
    named = one.event.when and other.event.when
    return bool(
        apart and named and len(days) == 1 and tells_same_event(one.statement, other.statement)
    )
