"""Times of day, results and ranges, and weekdays, in German and English text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.text.quantities.names import WEEKDAYS

_TIME = re.compile(
    r"\b(?P<h1>\d{1,2})[.:](?P<m1>\d\d)\s*(?:Uhr\b|o'clock)|\b(?P<h2>\d{1,2})\s*Uhr(?:\s(?P<m2>\d\d)\b)?"
    r"|(?<![:\d])\b(?P<h3>\d{1,2})(?:[.:](?P<m3>\d\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|\b(?P<h4>[012]?\d):(?P<m4>[0-5]\d)\b"
)
_PAIR = re.compile(
    r"\b(?P<one>\d{1,3})\s?[:–]\s?(?P<two>\d{1,3})\b|\b(?P<low>\d{1,2})-(?P<high>\d{1,2})\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_WEEKDAY = 5
"""Letters of a weekday's name in running text; "So" and "Sun" are other words too."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day: "10:40 pm" is 22, 40."""

    hour: int
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two numbers that belong together, the smaller first: a result, "3:1", or a range, "3–4"."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week; 0 is Monday."""

    number: int


def times_in(text: str, language: str) -> Iterator[tuple[Time, int, int]]:
    """Yield the times of day with their places; in German "3 am" is no time.

    >>> [item for item, _, _ in times_in("at 9 Uhr, at 10:40 pm, 14.05 Uhr", "en")]
    [Time(hour=9, minute=0), Time(hour=22, minute=40), Time(hour=14, minute=5)]
    """
    for match in _TIME.finditer(text):
        parts = match.groupdict()
        if language == "de" and parts["half"] == "a" and "." not in match[0]:
            continue
        hour = int(next(parts[name] for name in ("h1", "h2", "h3", "h4") if parts[name]))
        minute = next((int(parts[name]) for name in ("m1", "m2", "m3", "m4") if parts[name]), 0)
        if parts["half"] == "p" and hour < 12:
            hour += 12
        elif parts["half"] == "a" and hour == 12:
            hour = 0
        yield Time(hour, minute), match.start(), match.end()


def pairs_in(text: str) -> Iterator[tuple[Pair, int, int]]:
    """Yield results and ranges with their places."""
    for match in _PAIR.finditer(text):
        low, high = sorted(int(item) for item in match.groups() if item)
        yield Pair(low, high), match.start(), match.end()


def weekdays_in(text: str) -> Iterator[tuple[Weekday, int, int]]:
    """Yield the weekdays with their places."""
    for match in _WORD.finditer(text):
        name = match[0].lower()
        number = WEEKDAYS.get(name, WEEKDAYS.get(name.removesuffix("s")))
        if number is not None and len(name) >= _SHORTEST_WEEKDAY:
            yield Weekday(number), match.start(), match.end()
