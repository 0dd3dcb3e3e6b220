"""The times that a question names: "2023", "seit März", "before the election of 2024".

A pattern finds the words, dateparser reads the date in them, and the word before them says
whether the time begins or ends there. Leaves out what needs to know the world ("seit der
Wahl") and seasons, of which the year is taken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.text.quantities import LONG_MONTHS, WEEKDAYS, month_name
from corpus.text.quantities.names import ENGLISH_WORDS, GERMAN_WORDS
from qa.results import RecognisedDate

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_MONTH = "|".join(sorted(LONG_MONTHS, key=len, reverse=True))
_NAME = re.compile(rf"\b(?:{_MONTH})\b")
_WEEKDAY = "|".join(name for name in WEEKDAYS if len(name) >= 6)  # "So" and "Sun" say nothing
_YEAR = r"(?:19|20)\d\d"
_LAST = r"letzte[rnsm]?|vergangene[rnsm]?|vorige[rnsm]?|last|past|previous"
_THIS = r"diese[rnsm]?|this"
_UNITS = {
    "tag": 1, "day": 1, "woche": 7, "week": 7, "monat": 30, "month": 30, "jahr": 365, "year": 365,
}  # fmt: skip
_UNIT = r"tag|woche|monat|jahr|day|week|month|year"
_NUMBERS = {
    word: number for word, number in {**GERMAN_WORDS, **ENGLISH_WORDS}.items() if 2 <= number <= 20
} | dict.fromkeys(("ein", "eine", "einem", "einer", "einen", "one", "a"), 1)
_NUMBER = rf"\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))}"
# What a number is that counts something: "2000 Euro" names no year.
_COUNTED = (
    r"(?!\s*(?:%|€|\$|°|euro|dollar|pfund|pound|meter|metre|kilo|km\b|m\b|prozent|per\s?cent|"
    r"mensch|einwohner|people|residents|besucher|visitors|mal\b|times\b|stück|tonnen|tons|liter|"
    r"cent|pence|teilnehm|participants|zuschauer|spectators|gäste|guests|stimmen|votes))"
)
_JOIN = r"bis(?:\szum)?|to|until|till|through|und|and|-|–"
_PHRASE = re.compile(
    rf"""
    (?P<months>(?:(?P<opening>zwischen|between|von|from|in|im)\s)?(?P<month1>{_MONTH})\s?
        (?:{_JOIN})\s?(?P<month2>{_MONTH})(?:\s(?P<monthsyear>{_YEAR}))?)
    | (?P<days>(?:vom\s|from\s)?(?P<day1>\d{{1,2}})\.?\s?(?:{_JOIN})\s?
        (?P<lastday>\d{{1,2}}\.?\s(?:{_MONTH})(?:\s{_YEAR})?))
    | (?P<years>(?P<year1>{_YEAR})\s?[-–]\s?(?P<year2>{_YEAR}))
    | (?P<iso>{_YEAR}-\d\d-\d\d)
    | (?P<dotted>\d{{1,2}}\.\s?\d{{1,2}}\.\s?{_YEAR})
    | (?:am|vom|zum|dem|den|seit|ab|bis|vor|nach)\s(?P<short>\d{{1,2}}\.\s?\d{{1,2}}\.(?:\d\d)?)
        (?!\d)
    | (?P<day>\d{{1,2}}(?:\.|st|nd|rd|th)?\s(?:{_MONTH})(?:,?\s{_YEAR})?
        | (?:{_MONTH})\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s{_YEAR})?(?!\d))
    | (?P<month>(?:{_MONTH})\s{_YEAR})
    | (?:(?:im|in)\s)?(?P<monthof>(?:{_MONTH})\s(?:of\s)?(?P<whose>{_LAST}|{_THIS})\s
        (?:jahre?s|year))
    | (?P<decade>(?:19|20)\d0(?:er|s)\b)
    | (?P<century>[3-9]0er(?:n|\sjahren?)\b|(?:the)\s['’]?[3-9]0s\b)
    | (?P<lastmany>(?:{_LAST})\s(?P<many>{_NUMBER})\s(?P<manyunit>{_UNIT})(?:en|e|n|s)?)
    | (?P<ago>vor\s(?P<agode>{_NUMBER})\s(?P<agodeunit>tag|woche|monat|jahr)(?:en|e|n|es)?
        | (?P<agoen>{_NUMBER})\s(?P<agoenunit>day|week|month|year)s?\sago)
    | (?P<relative>(?:{_LAST}|{_THIS})\s(?:{_UNIT}|{_MONTH}|{_WEEKDAY})(?:es|s)?)
    | (?P<near>heute|gestern|vorgestern|today|yesterday)
    | (?P<weekday>(?:am|on)\s(?:{_WEEKDAY}))
    | (?P<bare>(?:im|in|seit|ab|bis|vor|nach|ende|anfang|mitte|since|until|till|before|after|from|
        during|by|early|late|mid)\s(?:{_MONTH})(?!,?\s{_YEAR})
        (?!\s(?:of\s)?(?:{_LAST}|{_THIS})\s(?:jahr|year)))
    | (?P<year>{_YEAR}){_COUNTED}
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FROM = "seit|ab|since|from|starting"
_AFTER = "nach|after"
_TO = "bis|until|till|through|up to"
_BEFORE = "vor|before"
# A preposition, with nothing between it and the date but small words, or with what happened
# then: "vor der Wahl 2024".
_BEFORE_IT = re.compile(
    rf"\b(?P<word>{_FROM}|{_AFTER}|{_TO}|{_BEFORE})\s(?P<between>(?:[\w-]+\s){{0,5}})$",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"(?:(?:dem|den|der|die|das|the|zum|zu|jahr|year|ende|anfang|mitte|of|early|late|mid|end|"
    r"on|am|im|in)\s)*",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s?(?:bis|to|until|und|and|-|–)(?:\s(?:zum|the))?\s?", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:zwischen|between|von|vom|from)\s(?:dem\s|the\s)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Period:
    """A stretch of days, and where in the question it is named."""

    first: date
    last: date
    start: int
    end: int
    closed: bool = False
    """Whether it says itself where it begins and ends."""


def recognise_dates(question: str, today: date) -> tuple[RecognisedDate, ...]:
    """Return the times that a German or English question names, in their order.

    Args:
        question: any text; what is no date in it is left alone.
        today: the day that "last week" is counted from. A month without a year is the
            last one that has begun.

    >>> found = recognise_dates("Was war seit März?", date(2026, 5, 2))
    >>> [(item.text, item.options) for item in found]
    [('seit März', '--since 2026-03-01')]
    """
    periods = list(_periods(question, today))
    found: list[RecognisedDate] = []
    at = 0
    while at < len(periods):
        period = periods[at]
        following = periods[at + 1] if at + 1 < len(periods) else None
        opening = _BETWEEN.search(question[: period.start])
        if following and opening and _RANGE.fullmatch(question[period.end : following.start]):
            text = question[opening.start() : following.end]
            first, last = sorted((period.first, following.last))
            found.append(RecognisedDate(text, opening.start(), first, last))
            at += 2
            continue
        if period.closed:
            text = question[period.start : period.end]
            found.append(RecognisedDate(text, period.start, period.first, period.last))
        else:
            found.append(_open_side(question, period))
        at += 1
    return tuple(found)


def _open_side(question: str, period: _Period) -> RecognisedDate:
    """Open a period on one side where the word before it says so."""
    before = _BEFORE_IT.search(question[: period.start])
    word, start = "", period.start
    own = question[period.start : period.end].split()[0].lower()
    if own in f"{_FROM}|{_AFTER}|{_TO}|{_BEFORE}".split("|") and not _is_ago(question, period):
        word, adjacent = own, True
    elif before:
        word, start = before["word"].lower(), before.start()
        adjacent = _SMALL.fullmatch(before["between"]) is not None
    text = question[start : period.end]
    day = timedelta(days=1)
    since: date | None = period.first
    until: date | None = period.last
    if word in _FROM.split("|"):
        until = None
    elif word in _TO.split("|"):
        since = None
    elif word in _AFTER.split("|"):
        # After 2023 begins when 2023 has ended; after the election of 2023 within it.
        since, until = (period.last + day if adjacent else period.first), None
    elif word in _BEFORE.split("|"):
        since, until = None, (period.first - day if adjacent else period.last)
    return RecognisedDate(text, start, since, until)


def _is_ago(question: str, period: _Period) -> bool:
    match = _PHRASE.match(question, period.start)
    return bool(match and match["ago"])


def _periods(question: str, today: date) -> Iterator[_Period]:
    for match in _PHRASE.finditer(question):
        kind = _kind(match)
        start, end = match.span(kind)
        if question[max(0, start - 1) : start].strip(" (\"'„“»«,;–/\t") or (
            question[end : end + 1].isalnum()
        ):
            continue  # a part of a longer word or number
        days = _range(match, kind, today) if kind in _RANGES else _days(match, kind, today)
        if days is not None:
            yield _Period(*days, start, end, kind in _RANGES)


def _range(match: re.Match[str], kind: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day of a range whose first end leaves out what both share."""
    if kind == "years":
        first, last = sorted((int(match["year1"]), int(match["year2"])))
        return date(first, 1, 1), date(last, 12, 31)
    if kind == "days":
        end = _parse(match["lastday"].lower(), kind, today)
        if end is None or not 1 <= int(match["day1"]) < end[0].day:
            return None
        return end[0].replace(day=int(match["day1"])), end[0]
    year = match["monthsyear"]
    if not (year or match["opening"]):
        return None  # "May and June" may be people
    end = _parse(f"{match['month2']} {year or ''}".strip().lower(), kind, today)
    begin = _parse(f"{match['month1']} 2000".lower(), kind, today)
    if begin is None or end is None:
        return None
    earlier = begin[0].month > end[0].month
    return date(end[0].year - earlier, begin[0].month, 1), end[1]


def _days(match: re.Match[str], kind: str, today: date) -> tuple[date, date] | None:
    """Return the first and last day of what a match names, or None where there is no such day."""
    text = " ".join(match[kind].split())
    if kind == "year":
        return date(int(text), 1, 1), date(int(text), 12, 31)
    if kind in ("decade", "century"):
        digits = "".join(filter(str.isdigit, text))
        first = int(digits if kind == "decade" else f"19{digits}")
        return date(first, 1, 1), date(first + 9, 12, 31)
    if kind == "lastmany":
        days = _count(match["many"]) * _UNITS[match["manyunit"].lower()]
        return today - timedelta(days=days), today
    if kind == "iso":
        return _iso_day(text)
    if kind == "short":
        return _short(text, today)
    if kind == "monthof":
        last = re.fullmatch(_LAST, match["whose"].lower()) is not None
        return _parse(f"{text.split()[0]} {today.year - last}".lower(), kind, today)
    return _parse(_plainer(text, kind), kind, today)


_RANGES = ("months", "days", "years")
_KINDS = (
    *_RANGES, "iso", "dotted", "short", "day", "month", "monthof", "decade", "century", "lastmany",
    "ago", "relative", "near", "weekday", "bare", "year",
)  # fmt: skip


def _kind(match: re.Match[str]) -> str:
    return next(kind for kind in _KINDS if match[kind])


def _iso_day(text: str) -> tuple[date, date] | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day, day


def _short(text: str, today: date) -> tuple[date, date] | None:
    """Read "3.10." as the last one that was, and "3.10.24"; dateparser takes "3.10." for a time."""
    day, month, year = (int(part) if part.strip() else None for part in text.split("."))
    try:
        if year is not None:
            # No more than a year ahead: '99 is 1999.
            century = 2000 if 2000 + year <= today.year + 1 else 1900
            found = date(century + year, month or 0, day or 0)
        else:
            found = date(today.year, month or 0, day or 0)
            if found > today:
                found = found.replace(year=today.year - 1)
    except ValueError:
        return None
    return found, found


_ENGLISH = {"tag": "day", "woche": "week", "monat": "month", "jahr": "year"}


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _plainer(text: str, kind: str) -> str:
    """Bring words into those that dateparser knows."""
    lowered = text.lower()
    if kind in ("bare", "weekday"):
        return lowered.split()[-1]
    if kind == "relative":
        which, what = lowered.split()
        if re.fullmatch(rf"(?:{_WEEKDAY}|{_MONTH})s?", what):
            return what
        last = re.fullmatch(_LAST, which) is not None
        return f"{'last' if last else 'this'} {_ENGLISH.get(what.removesuffix('es'), what)}"
    if kind == "ago":
        return " ".join(str(_NUMBERS.get(word, word)) for word in lowered.split())
    return lowered


def _parse(text: str, kind: str, today: date) -> tuple[date, date] | None:
    text = _NAME.sub(lambda hit: month_name(LONG_MONTHS[hit[0]], "en"), text)
    found = _parser("DMY" if kind == "dotted" else "MDY", today).get_date_data(text)
    if found is None or found.date_obj is None:
        return None
    day: date = found.date_obj.date()
    if found.period == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if found.period == "month":
        return day.replace(day=1), _month_end(day)
    if found.period == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return day, day


def _month_end(day: date) -> date:
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


@lru_cache(maxsize=4)
def _parser(order: str, today: date) -> "DateDataParser":
    # Takes a quarter of a second to import, and most questions name no time.
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["de", "en"],
        settings={
            "DATE_ORDER": order,
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "first",
            "PREFER_MONTH_OF_YEAR": "first",
            "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),
        },
    )
