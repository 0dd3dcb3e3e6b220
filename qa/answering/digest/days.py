"""Days of the calendar in words: a day, a month, a season, a quarter, years, or from … to …."""

from collections.abc import Mapping
from datetime import date, timedelta

from corpus.text.quantities import month_name
from qa.answering.citations import write_date
from qa.answering.messages import message
from qa.results import DigestEntry

_SEASONS: Mapping[int, str] = {3: "spring", 6: "summer", 9: "autumn", 12: "winter"}
"""By their first months; a season has three whole ones, as who names one means no day."""
_PARTS = ("early", "mid", "late")
_DAY = timedelta(days=1)


def write_days(entry: DigestEntry, language: str) -> str:
    """Write the days that an entry tells of: a day, a month, a year or a stretch of days.

    It says so where they are vague, or only those on which the article was printed.
    """
    if entry.since is None:
        return ""
    text = write_period(entry.since, entry.until or entry.since, language)
    if entry.certain:
        return text
    return message("digest_about" if entry.when else "digest_printed", language, days=text)


def write_period(first: date, last: date, language: str) -> str:
    """Write a stretch of days as short as it can be said.

    >>> write_period(date(2024, 5, 1), date(2024, 5, 31), "de")
    'Mai 2024'
    >>> write_period(date(1896, 6, 1), date(1896, 8, 31), "en")
    'summer 1896'
    >>> write_period(date(1896, 12, 1), date(1897, 2, 28), "de")
    'Winter 1896/97'
    >>> write_period(date(2024, 4, 1), date(2024, 6, 30), "de")
    '2. Quartal 2024'
    >>> write_period(date(2024, 5, 21), date(2024, 5, 31), "de")
    'Ende Mai 2024'
    >>> write_period(date(2024, 1, 1), date(2024, 12, 31), "en")
    '2024'
    >>> write_period(date(2024, 7, 5), date(2024, 7, 7), "de")
    '05.07.2024–07.07.2024'
    """
    if first == last:
        return write_date(first, language)
    whole = _write_months(first, last, language) or _write_part(first, last, language)
    return whole or f"{write_date(first, language)}–{write_date(last, language)}"


def _write_months(first: date, last: date, language: str) -> str:
    """Write whole months; "" where days are not."""
    if first.day != 1 or last != _end_of_month(last):
        return ""
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    begun = f"{month_name(first.month, language)} {first.year}"
    if months == 1:
        return begun
    if months % 12 == 0 and first.month == 1:
        return str(first.year) if months == 12 else f"{first.year}–{last.year}"
    if months == 3 and first.month in _SEASONS:
        years = str(first.year)
        if last.year > first.year:
            years += f"/{last.year % 100:02d}"
        return message(f"digest_{_SEASONS[first.month]}", language, year=years)
    if months == 3 and first.month % 3 == 1:
        number = str(first.month // 3 + 1)
        return message("digest_quarter", language, number=number, year=str(first.year))
    if months == 6 and first.month in (1, 7):
        half = "first_half" if first.month == 1 else "second_half"
        return message(f"digest_{half}", language, year=str(first.year))
    if months == 4 and first.month in (1, 5, 9):
        part = _PARTS[first.month // 4]
        return message(f"digest_{part}", language, days=str(first.year))
    if first.year == last.year:
        begun = month_name(first.month, language)
    return f"{begun}–{month_name(last.month, language)} {last.year}"


def _write_part(first: date, last: date, language: str) -> str:
    """Write the first, middle or last third of a month; "" where days are not one."""
    if (first.year, first.month) != (last.year, last.month):
        return ""
    third = _end_of_month(first).day // 3
    borders = ((1, third), (third + 1, 2 * third), (2 * third + 1, _end_of_month(first).day))
    if (first.day, last.day) not in borders:
        return ""
    part = _PARTS[borders.index((first.day, last.day))]
    month = f"{month_name(first.month, language)} {first.year}"
    return message(f"digest_{part}", language, days=month)


def _end_of_month(day: date) -> date:
    if (day.year, day.month) == (date.max.year, date.max.month):
        return date.max
    return (day.replace(day=1) + 31 * _DAY).replace(day=1) - _DAY
