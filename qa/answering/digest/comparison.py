"""Articles side by side: what they tell differently, what alike, and what only one tells."""

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from qa.answering.digest.differences import pair_statements
from qa.answering.digest.material import (
    MOST_TOGETHER,
    Material,
    Quotation,
    QuotationGroup,
    is_copy,
    newest_first,
    quote_all,
    tells_same_event,
)
from qa.answering.digest.ranking import DIFFERENT, choose
from qa.answering.digest.statements import Statement
from qa.answering.messages import message
from qa.answering.values import with_noun
from qa.results import AGREE, DIFFER, ONLY, ArticleInfo

_VALUES = 4
"""Values that the title of a difference names."""


def compare(material: Material) -> list[QuotationGroup]:
    """Set articles side by side: differences first, what is alike, then what only one tells.

    Of a difference the newest article comes first, and what corrects before what it corrects.
    """
    lines = _fold(quote_all(material, newest_first(_choose_of_each(material))))
    parts = [
        QuotationGroup(_name_values(group, material.language), group, DIFFER)
        for group in _link(lines)
        if len(group) > 1 or group[0].statement.corrects
    ]
    told = {line.statement for part in parts for line in part.lines}
    rest = [line for line in lines if line.statement not in told]
    alike = tuple(line for line in rest if _articles(line) > 1)
    if alike:
        parts.append(QuotationGroup(message("digest_agree", material.language), alike, AGREE))
    rest = [line for line in rest if _articles(line) == 1]
    for info in dict.fromkeys(line.statement.article for line in rest):
        own = tuple(line for line in rest if line.statement.article == info)
        title = message("digest_only", material.language, source=_name(info))
        parts.append(QuotationGroup(title, own, ONLY))
    return parts


def _choose_of_each(material: Material) -> list[Statement]:
    """Choose sentences so that each article has its say before one has more."""
    articles = list(dict.fromkeys(item.article.uri for item in material.statements))
    each = max(1, material.count // max(1, len(articles)))
    firsts: list[Statement] = []
    for uri in articles:
        mask = [item.article.uri == uri for item in material.statements]
        own = [item for item, kept in zip(material.statements, mask, strict=True) if kept]
        firsts += choose(own, material.scores[np.array(mask)], each, DIFFERENT)
    best = choose(material.statements, material.scores, material.count, DIFFERENT)
    return list(dict.fromkeys([*_best_of_each(firsts), *best]))[: material.count]


def _best_of_each(firsts: Sequence[Statement]) -> list[Statement]:
    """Return the sentences of each article in turn: the best of all, the second best of all, …."""
    taken: dict[str, int] = {}
    turns = []
    for item in firsts:
        turns.append(taken.get(item.article.uri, 0))
        taken[item.article.uri] = turns[-1] + 1
    return [firsts[at] for at in sorted(range(len(firsts)), key=lambda at: turns[at])]


def _fold(lines: Sequence[Quotation]) -> list[Quotation]:
    """Make lines of several articles that tell the same one line, of the newest of them."""
    pairs = pair_statements([line.statement for line in lines])
    agreeing = {frozenset((pair.one, pair.other)) for pair in pairs if pair.agrees}
    folded: list[Quotation] = []
    for line in lines:
        same = next((at for at, other in enumerate(folded) if _agree(other, line, agreeing)), None)
        if same is None:
            folded.append(line)
        else:
            others = (*folded[same].others, line.statement, *line.others)
            kept = tuple(dict.fromkeys(others))[: MOST_TOGETHER - 1]
            folded[same] = replace(folded[same], others=kept)
    return folded


def _agree(one: Quotation, other: Quotation, agreeing: Set[frozenset[Statement]]) -> bool:
    """Tell whether two lines tell the same and nothing else speaks against one of them."""
    if one.differs or other.differs:
        return False
    first, second = one.statement, other.statement
    if is_copy(first, second):
        return True
    return frozenset((first, second)) in agreeing and tells_same_event(first, second)


def _link(lines: Sequence[Quotation]) -> list[tuple[Quotation, ...]]:
    """Return the lines in groups whose values differ, in their order."""
    groups: list[list[Quotation]] = []
    for line in lines:
        near = {pair.other for pair in line.differs}
        joined = [group for group in groups if any(other.statement in near for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), line])
    order = {id(line): at for at, line in enumerate(lines)}
    ordered = [tuple(sorted(group, key=lambda line: order[id(line)])) for group in groups]
    return sorted(ordered, key=lambda group: order[id(group[0])])


def _name_values(group: Sequence[Quotation], language: str) -> str:
    """Name the values of a difference, the newest first."""
    values = [with_noun(line.statement.text, pair.value) for line in group for pair in line.differs]
    named = list(dict.fromkeys(values))[:_VALUES]
    if len(named) < 2:
        return message("digest_corrected", language)
    return message("digest_differ", language, values=" · ".join(named))


def _articles(line: Quotation) -> int:
    return len({item.article.uri for item in (line.statement, *line.others)})


def _name(info: ArticleInfo) -> str:
    return info.source or info.title or info.uri
