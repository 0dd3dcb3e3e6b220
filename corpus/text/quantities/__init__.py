"""Dates, numbers, times and units in German and English text: the one parser of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from corpus.text.quantities.dates import (
    Order,
    PartialDate,
    date_order,
    dates_in,
    find_date,
    leading_date,
    order_of,
    timestamp_date,
    unclear_date,
)
from corpus.text.quantities.names import LONG_MONTHS, MONEY, MONTHS, WEEKDAYS, month_name
from corpus.text.quantities.numbers import Number, german_number, numbers_in, parse_number
from corpus.text.quantities.times import Pair, Time, Weekday, pairs_in, times_in, weekdays_in

__all__ = [
    "LONG_MONTHS",
    "MONEY",
    "MONTHS",
    "WEEKDAYS",
    "Number",
    "Order",
    "Pair",
    "PartialDate",
    "Quantity",
    "Time",
    "Value",
    "Weekday",
    "blank_quantities",
    "date_order",
    "find_date",
    "find_quantities",
    "german_number",
    "leading_date",
    "month_name",
    "order_of",
    "parse_number",
    "timestamp_date",
    "unclear_date",
]

Value = PartialDate | Number | Time | Pair | Weekday


@dataclass(frozen=True, slots=True)
class Quantity:
    """A date, number, time, pair of numbers or weekday, and the words that say it."""

    value: Value
    text: str
    start: int
    """Where the words begin in the text that was read."""

    @property
    def end(self) -> int:
        """Where the words end."""
        return self.start + len(self.text)


@lru_cache(maxsize=2048)
def find_quantities(text: str, language: str = "de") -> tuple[Quantity, ...]:
    """Return the quantities of a text, in its order; no two overlap.

    Args:
        text: any.
        language: "de", "en" or another; it decides what "1,500", "billion" and "one" mean.

    >>> [item.value for item in find_quantities("Am 25. Oktober um 9 Uhr kamen 1,5 Millionen.")]
    [PartialDate(year=None, month=10, day=25), Time(hour=9, minute=0), Number(value=1500000.0, unit='', spelled=False)]
    >>> [(item.text, item.start) for item in find_quantities("On May 3 seventeen came.", "en")]
    [('May 3', 3), ('seventeen', 9)]
    """  # noqa: E501 - a doctest's output is one line
    found: list[Quantity] = []
    rest = text

    def take(places: Iterable[tuple[Value | None, int, int]]) -> None:
        """Keep what was found, and blank its words for what is looked for next."""
        nonlocal rest
        for value, start, end in places:
            words = text[start:end].rstrip()
            if value is not None:
                found.append(Quantity(value, words, start))
            rest = rest[:start] + " " * (end - start) + rest[end:]

    take([(place.day, place.start, place.end) for place in dates_in(text)])
    take(list(times_in(rest, language)))
    take(list(pairs_in(rest)))
    take(list(weekdays_in(rest)))
    take(numbers_in(rest, language))
    return tuple(sorted(found, key=lambda item: item.start))


def blank_quantities(text: str, language: str) -> str:
    """Return a text with blanks in place of its quantities, as long as before.

    >>> blank_quantities("Am 3. Mai regnet es.", "de")
    'Am        regnet es.'
    """
    for item in find_quantities(text, language):
        text = text[: item.start] + " " * len(item.text) + text[item.end :]
    return text
