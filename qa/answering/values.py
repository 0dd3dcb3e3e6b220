"""What an answer's words say as a value: dates, numbers and names, German and English.

Two answers agree where they say the same in other words ("12. April", "Saturday 12 April
2025"; "2,3 Mio. Euro", "€2.3m"), and differ where both are of one kind and cannot both
be true of one thing. What is neither is not comparable.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.text.quantities import (
    Number,
    Pair,
    PartialDate,
    Quantity,
    Time,
    Value,
    find_quantities,
)

_TITLES = frozenset(
    "dr prof professor herr frau mr mrs ms sir dame lord lady von van de der die das the".split()
)
_NAME = re.compile(r"[^\W\d_][\w'’-]*")


def values_of(quantities: Sequence[Quantity]) -> list[Value]:
    """Return what can be compared: dates, or numbers and times where there is no date.

    A month alone counts only where nothing else does, a result or a range as its two numbers.

    >>> values_of(find_quantities("am 12. April, 48 Stellen"))
    [PartialDate(year=None, month=4, day=12)]
    """
    found = [item.value for item in quantities]
    days = [value for value in found if isinstance(value, PartialDate)]
    dates = [day for day in days if day.year is not None or day.day is not None]
    if dates:
        return list(dates)
    numbers: list[Value] = []
    for value in found:
        if isinstance(value, Pair):
            numbers += [Number(value.low), Number(value.high)]
        elif isinstance(value, Time) or (isinstance(value, Number) and not value.may_be_article):
            numbers.append(value)
    return numbers or list(days)


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The words that answer, with what they say; use `read_answer`."""

    text: str
    values: tuple[Value, ...]
    names: frozenset[str]
    """The words of a name, without titles and articles, case folded."""

    def agrees(self, other: "AnswerWords") -> bool:
        """Tell whether two answers say the same.

        >>> read_answer("12. April", "de").agrees(read_answer("Saturday 12 April 2025", "en"))
        True
        >>> read_answer("Quast", "de").agrees(read_answer("Dr. Quast", "de"))
        True
        """
        if self.values and other.values:
            return any(is_same(one, two) for one in self.values for two in other.values)
        if self.values or other.values:
            return False
        one, two = self.names, other.names
        return bool(one and two) and (one <= two or two <= one)

    def differs(self, other: "AnswerWords") -> bool:
        """Tell whether two answers are of one kind, and say different things.

        >>> jobs = read_answer("48 Stellen", "de")
        >>> jobs.differs(read_answer("480 Stellen", "de")), jobs.differs(read_answer("5 m", "de"))
        (True, False)
        """
        if len(self.values) != 1 or len(other.values) != 1 or self.agrees(other):
            return False
        one, two = self.values[0], other.values[0]
        if isinstance(one, Number) and isinstance(two, Number):
            return one.comparable(two)
        if isinstance(one, PartialDate) and isinstance(two, PartialDate):
            # A year and a day of the year say different parts of one date.
            return any(
                a is not None and b is not None
                for a, b in ((one.year, two.year), (one.month, two.month), (one.day, two.day))
            )
        return isinstance(one, Time) and isinstance(two, Time)


@lru_cache(maxsize=512)
def read_answer(text: str, language: str) -> AnswerWords:
    """Read the words that answer.

    >>> sorted(read_answer("Rechtsanwalt Dr. Friedhelm Quast", "de").names)
    ['friedhelm', 'quast', 'rechtsanwalt']
    """
    words = (match[0].casefold() for match in _NAME.finditer(text))
    names = frozenset(word for word in words if word not in _TITLES)
    return AnswerWords(text, tuple(values_of(find_quantities(text, language))), names)


def is_same(one: Value, other: Value) -> bool:
    """Tell whether two values can be one: a day and its date, a number with and without unit."""
    if isinstance(one, PartialDate) and isinstance(other, PartialDate):
        return one.agrees(other)
    if isinstance(one, Number) and isinstance(other, Number):
        return one.agrees(other)
    return one == other


def with_noun(text: str, item: Quantity) -> str:
    """Return the words of a quantity with the noun that it counts: "48 Stellen"."""
    if not isinstance(item.value, Number) or item.value.measured:
        return item.text
    rest = text[item.end :]
    noun = rest.lstrip()[: len(item.value.unit)]
    return text[item.start : item.end + rest.find(noun) + len(noun)]
