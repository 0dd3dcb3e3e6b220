"""Where sentences of several articles tell the same thing: with one value, or with two."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from corpus.text.quantities import Number, Quantity
from index.arrays import Floats
from qa.answering.digest.statements import Statement

_ALIKE = 0.3
"""Least cosine, without what the collection has in common, of two sentences on one thing."""
_TIMES = frozenset(("year", "month", "week", "day", "hour", "minute", "second"))
"""Units in which two sentences on one thing may well have different numbers."""


_ON_ONE_THING = 0.5
"""Least likeness of two values of one thing; of 22 pairs that reach it in a development set, 18
are of one thing, while of all 225 of one unit that differ few are (docs/experiments.md)."""
_APART = 0.5
"""What e times the value takes off there."""
_PERCENT_WORDS = 0.3
"""Least share of words that two percentages on one thing have in common: they are near anyway."""


@dataclass(frozen=True, slots=True)
class ValuePair:
    """Two sentences of two articles on one thing, with their values of one unit."""

    one: Statement
    other: Statement
    alike: float
    """Their cosine."""
    value: Quantity
    """Of the first one."""
    counterpart: Quantity
    """Of the other one."""

    @property
    def agrees(self) -> bool:
        """Whether the values are the same."""
        ours, theirs = self.value.value, self.counterpart.value
        return isinstance(ours, Number) and isinstance(theirs, Number) and ours.agrees(theirs)

    @property
    def contradicts(self) -> bool:
        """Whether the values differ and are very likely of one thing.

        Their sentences are alike, and the values not far apart: who corrects a number seldom
        makes it ten times as large.
        """
        ours, theirs = self.value.value, self.counterpart.value
        if self.agrees or not isinstance(ours, Number) or not isinstance(theirs, Number):
            return False
        if ours.value <= 0 or theirs.value <= 0:
            return False
        shared = share_terms(self.one, self.other)
        if ours.unit == "%" and shared < _PERCENT_WORDS:
            return False
        apart = abs(math.log(ours.value / theirs.value))
        return self.alike + shared - _APART * apart >= _ON_ONE_THING


def share_terms(one: Statement, other: Statement) -> float:
    """Return the share of the terms of the shorter of two sentences that both have."""
    fewer = min(len(one.terms), len(other.terms))
    return len(one.terms & other.terms) / fewer if fewer else 0.0


def find_updates(statements: Sequence[Statement]) -> Floats:
    """Return for each sentence how like it is an older article's that has another value.

    0 where there is none; (statements,).
    """
    found = {id(item): 0.0 for item in statements}
    for pair in pair_statements(statements):
        if not pair.agrees and is_newer(pair.one, pair.other):
            found[id(pair.one)] = max(found[id(pair.one)], pair.alike)
        elif not pair.agrees and is_newer(pair.other, pair.one):
            found[id(pair.other)] = max(found[id(pair.other)], pair.alike)
    return np.array([found[id(item)] for item in statements], dtype=np.float32)


def pair_statements(
    statements: Sequence[Statement], among: Collection[Statement] | None = None
) -> list[ValuePair]:
    """Return the pairs of sentences that have a value of one unit in common, of each two once.

    Args:
        statements: those of one story.
        among: of each pair one has to be among these; by default any two are paired.
    """
    measured = [(item, values) for item in statements if (values := _read_values(item))]
    if not measured:
        return []
    cosines, alike = _find_alike([item for item, _ in measured], among)
    pairs = []
    for at, further in alike:
        (other, counterparts), (one, values) = measured[at], measured[further]
        matched = _match(values, counterparts)
        if matched is not None:
            pairs.append(ValuePair(one, other, float(cosines[at, further]), *matched))
    return pairs


def _find_alike(
    statements: Sequence[Statement], among: Collection[Statement] | None
) -> tuple[Floats, list[tuple[int, int]]]:
    """Return all cosines, and which two sentences of two articles are on one thing.

    Few of all pairs are: what can be told of whole rows is not asked of each pair.
    """
    vectors = np.stack([item.vector for item in statements])
    cosines = vectors @ vectors.T
    articles = np.unique([item.article.uri for item in statements], return_inverse=True)[1]
    kept = np.triu(cosines >= _ALIKE, k=1) & (articles[:, None] != articles)
    if among is not None:
        chosen = np.array([item in among for item in statements])
        kept &= chosen[:, None] | chosen
    ones, others = np.nonzero(kept)
    return cosines, list(zip(ones.tolist(), others.tolist(), strict=True))


def _read_values(statement: Statement) -> list[Quantity]:
    """Return the numbers that count or measure something other than time."""
    return [
        item
        for item in statement.quantities
        if isinstance(item.value, Number)
        and item.value.unit
        and item.value.unit not in _TIMES
        and not item.value.may_be_article
    ]


def _match(
    values: Sequence[Quantity], counterparts: Sequence[Quantity]
) -> tuple[Quantity, Quantity] | None:
    """Return a value that both have, or else two that count the same and differ."""
    same_unit = [
        (value, other)
        for value in values
        for other in counterparts
        if isinstance(value.value, Number)
        and isinstance(other.value, Number)
        and value.value.unit == other.value.unit
    ]
    equal = (pair for pair in same_unit if pair[0].value == pair[1].value)
    return next(equal, next(iter(same_unit), None))


def is_newer(one: Statement, other: Statement) -> bool:
    """Tell whether a sentence is of a newer article than another."""
    return (one.article.published or date.min) > (other.article.published or date.min)
