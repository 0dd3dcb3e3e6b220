"""Dates in German and English text, whole or in part: "3. März 2025", "in May", "20250403".

Which of two numbers in "03/04/2025" is the month depends on the country. Where nothing tells,
there is no date: a guess would put a wrong one under a quotation.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from corpus.text.quantities.names import LONG_MONTHS, MONTHS, alternatives

Order = Literal["DMY", "MDY"]
"""Whether the day comes before the month in "03/04/2025"."""

_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_MONTH = rf"(?P<name>{alternatives(MONTHS)})(?![^\W\d_])\.?"
# Words of everyday English that are months only with a capital letter, or with a year.
_ALSO_WORDS = frozenset(("may", "march", "mar", "august"))
_YEAR_AFTER = r"(?:,?\s+(?P<year>1\d{3}|2[01]\d\d)(?!\d|[.,]\d))?"
_COMPACT = re.compile(
    r"(?<![\w.-])(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?=T?\d{0,6}Z?\W|T?\d{0,6}Z?$)"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?<!\d\.)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?"
        r"(?P<year>\d{4}|(?<=\.)\d{2})(?!\d|\.\d)",
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<mark>[/-])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4})"
        r"(?![\d/-])",
        rf"(?<!\d)(?P<day>\d{{1,2}})-(?P<name>{alternatives(MONTHS)})-(?P<year>\d{{4}}|\d{{2}})"
        r"(?!\d)",
        rf"(?<!\d)(?<!\d[.,])(?P<day>\d{{1,2}})(?:\.\s*|(?:st|nd|rd|th)?\s+(?:of\s+)?){_MONTH}"
        + _YEAR_AFTER,
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[.:]\d){_YEAR_AFTER}",
        # In running text a day and a month without a year: "am 3.5.", "am 3. 5."
        r"(?<!\d)(?<!\d\.)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)",
        rf"\b{_MONTH}(?:\s+(?P<year>1\d{{3}}|2[01]\d\d)(?![\w]|[.,]\d))?",
        r"\b(?:im Jahre?|in|since|seit|ab|von|from|until|bis|anno|year)\s+"
        r"(?P<year>1\d{3}|20\d\d)\b(?!\s*\w|[.,]\d)",
        r"^\W*(?P<year>1\d{3}|20\d{2})\W*$",
    )
)
_SPACED = re.compile(r"(?<!\d)(?P<day>\d{1,2})\. (?P<month>\d{1,2})\. (?P<year>\d{2})(?![\d.,])")
_WHOLE = (_COMPACT, _SPACED, *_FORMS[:6])
"""Forms that can have day, month and year; the first two are anything in running text."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date, or the parts of one that are said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def agrees(self, other: "PartialDate") -> bool:
        """Tell whether one date can be both, and they have a part in common.

        >>> spring = PartialDate(None, 4, 12)
        >>> PartialDate(2025, 4, 12).agrees(spring), PartialDate(2025).agrees(spring)
        (True, False)
        """
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        both = [(one, two) for one, two in pairs if one is not None and two is not None]
        return bool(both) and all(one == two for one, two in both)

    def whole(self) -> date | None:
        """Return the day of the calendar, where it is one and all of it is said."""
        if self.year is None or self.month is None or self.day is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:  # the 31st of February
            return None


@dataclass(frozen=True, slots=True)
class DatePlace:
    """A date in a text; `day` is None where day and month cannot be told apart."""

    day: PartialDate | None
    start: int
    end: int


def find_date(text: str, order: Order | None = None, today: date | None = None) -> date | None:
    """Return the first date with day, month and year in a text; None where it is not certain.

    Args:
        text: any.
        order: of day and month in "03/04/2025"; None where it is not known.
        today: two digits never name a later year; by default the present day.

    >>> find_date("Stand: 25.10.2024, 14:03 Uhr"), find_date("May 3, 2024"), find_date("im Mai")
    (datetime.date(2024, 10, 25), datetime.date(2024, 5, 3), None)
    >>> find_date("03/04/2025"), find_date("03/04/2025", "MDY"), find_date("13/04/2025")
    (None, datetime.date(2025, 3, 4), datetime.date(2025, 4, 13))
    """
    return next((day for day, _, _ in _whole_days(text, order, today)), None)


def leading_date(text: str, order: Order | None = None) -> tuple[date | None, int]:
    """Return the date that a text begins with, and how many characters it takes.

    Of one whose day and month cannot be told apart the length is given, and no day.

    >>> leading_date("12. März 2026. Von"), leading_date("Heute"), leading_date("03/04/2025 ab")
    ((datetime.date(2026, 3, 12), 13), (None, 0), (None, 10))
    """
    head = text[:40]
    found = next((item for item in _whole_days(head, order) if item[1] == 0), None)
    return (found[0], found[2]) if found else (None, 0)


def unclear_date(text: str) -> str:
    """Return the first date in a text whose day and month cannot be told apart, or "".

    >>> unclear_date("Stand: 03/04/2025"), unclear_date("13/04/2025"), unclear_date("04/04/2025")
    ('03/04/2025', '', '')
    """
    return next((text[start:end] for day, start, end in _whole_days(text) if day is None), "")


def date_order(texts: Iterable[str]) -> Order | None:
    """Return the order that dates of one origin show: a number above 12 is a day.

    None where none shows it, or they contradict each other.

    >>> date_order(["03/04/2025", "17/04/2025"]), date_order(["03/04/2025"])
    ('DMY', None)
    """
    shown: set[Order] = set()
    for text in texts:
        for hit in _FORMS[2].finditer(text):
            one, two = int(hit["one"]), int(hit["two"])
            if max(one, two) > 12 and min(one, two) <= 12:
                shown.add("DMY" if one > 12 else "MDY")
    return shown.pop() if len(shown) == 1 else None


def order_of(tag: str) -> Order | None:
    """Return the order of day and month in a language or a country.

    Args:
        tag: a language tag; English alone says nothing, and Canada writes both.

    >>> order_of("de"), order_of("en-US"), order_of("en_GB"), order_of("en"), order_of("")
    ('DMY', 'MDY', 'DMY', None, None)
    """
    language, _, country = tag.strip().replace("_", "-").lower().partition("-")
    country = country.rpartition("-")[2]
    if country in ("us", "ph", "fm", "pw"):
        return "MDY"
    if not language or country == "ca" or (language in ("en", "und") and not country):
        return None
    return "DMY"


def timestamp_date(value: float) -> date | None:
    """Return the day (UTC) of seconds or milliseconds since 1970; None for a number too small.

    >>> timestamp_date(1714700000), timestamp_date(1714700000000), timestamp_date(2024)
    (datetime.date(2024, 5, 3), datetime.date(2024, 5, 3), None)
    """
    if abs(value) <= 10_000_000:
        return None
    seconds = value / 1000 if abs(value) > 100_000_000_000 else value
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def dates_in(text: str, order: Order | None = None) -> list[DatePlace]:
    """Return the dates of a text with their places, in its order; also parts of dates.

    >>> [item.day for item in dates_in("am Samstag, 12. April 2025, und im Oktober 2026")]
    [PartialDate(year=2025, month=4, day=12), PartialDate(year=2026, month=10, day=None)]
    """
    found: list[DatePlace] = []
    for form in _FORMS:
        for hit in form.finditer(text):
            if any(hit.start() < item.end and item.start < hit.end() for item in found):
                continue
            if (read := _read(hit, order, None)) is not None:
                found.append(DatePlace(read[0], hit.start(), hit.end()))
    return sorted(found, key=lambda item: item.start)


def _whole_days(
    text: str, order: Order | None = None, today: date | None = None
) -> Iterator[tuple[date | None, int, int]]:
    """Yield the dates that have day, month and year, in the order of the text."""
    found: list[tuple[date | None, int, int]] = []
    if not any(map(str.isdigit, text)):
        return
    for form in _WHOLE:
        for hit in form.finditer(text):
            read = _read(hit, order, today)
            if read is None or not hit["year"]:
                continue
            whole = read[0].whole() if read[0] else None
            if whole is not None or read[0] is None:
                found.append((whole, hit.start(), hit.end()))
    yield from sorted(found, key=lambda item: (item[1], -item[2]))


def _read(
    hit: re.Match[str], order: Order | None, today: date | None
) -> tuple[PartialDate | None] | None:
    """Return what a match says, (None,) where its order is not known; None where it is no date."""
    parts = hit.groupdict()
    year = _year(parts.get("year"), today)
    if year is not None and not _FIRST_YEAR <= year <= _LAST_YEAR and _has_day(parts):
        return None
    if parts.get("one"):
        return _order_fields(int(parts["one"]), int(parts["two"]), year, order)
    name, number = parts.get("name"), parts.get("month")
    if name and not _is_month(hit, name, year):
        return None
    month = MONTHS[name.lower()] if name else int(number) if number else None
    day = int(parts["day"]) if parts.get("day") else None
    if not 1 <= (month or 1) <= 12 or not 1 <= (1 if day is None else day) <= 31:
        return None
    return (PartialDate(year, month, day),)


def _has_day(parts: dict[str, str | None]) -> bool:
    return bool(parts.get("day") or parts.get("one"))


def _is_month(hit: re.Match[str], name: str, year: int | None) -> bool:
    """Tell whether a name is a month here, and not another word."""
    if year is not None:
        return True
    if hit.groupdict().get("day"):
        return name[0].isupper() or name.lower() not in _ALSO_WORDS
    # "Jan" and "Mar" are names of people, "May" and "March" may open a sentence.
    opens = hit.start() == 0 and name in ("May", "March")
    return name.lower() in LONG_MONTHS and name[0].isupper() and not opens


def _order_fields(
    one: int, two: int, year: int | None, order: Order | None
) -> tuple[PartialDate | None] | None:
    if max(one, two) > 31 or min(one, two) < 1 or min(one, two) > 12:
        return None
    if max(one, two) > 12:
        return (PartialDate(year, min(one, two), max(one, two)),)
    if one == two:
        return (PartialDate(year, one, one),)
    if order is None:
        return (None,)
    return (PartialDate(year, two, one) if order == "DMY" else PartialDate(year, one, two),)


def _year(digits: str | None, today: date | None) -> int | None:
    """Return a year; of two digits the last one that has begun.

    >>> _year("69", date(2026, 3, 1)), _year("26", date(2026, 3, 1)), _year("27", date(2026, 3, 1))
    (1969, 2026, 1927)
    """
    if not digits:
        return None
    year = int(digits)
    if len(digits) > 2:
        return year
    now = (today or date.today()).year
    return year + (now - year) // 100 * 100
