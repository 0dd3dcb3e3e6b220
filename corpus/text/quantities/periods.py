"""When what a sentence tells was: its dates and turns of phrase, as days of the calendar.

German and English. What leaves the year out, a weekday or "two weeks ago" is counted from the
day on which the sentence was printed; where that is not known, they name no day. Left out: what
counts from another event ("four days after the fire"), and festivals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from corpus.text.quantities.dates import DatePlace, PartialDate, dates_in
from corpus.text.quantities.names import ENGLISH_WORDS, GERMAN_WORDS, WEEKDAYS, alternatives

_NEARER = 2
"""By how much nearer the coming one of a day of the year must be than the last to be meant."""
_DAY = timedelta(days=1)
_WEEKDAY_NAMES = alternatives(name for name in WEEKDAYS if len(name) >= 6)
_NUMBERS = {**GERMAN_WORDS, **ENGLISH_WORDS} | dict.fromkeys(
    ("einem", "einer", "einen", "a", "an"), 1
)
_NUMBER = rf"\d{{1,3}}|{alternatives(name for name, value in _NUMBERS.items() if value)}"
_LAST = r"letzte[rnsm]?|vergangene[rnsm]?|vorige[rnsm]?|last|past|previous"
_NEXT = r"kommende[rnsm]?|nächste[rnsm]?|next|coming"
_SEASONS = {
    "frühjahr": 3, "frühling": 3, "spring": 3, "sommer": 6, "summer": 6,
    "herbst": 9, "autumn": 9, "winter": 12,
}  # fmt: skip
_NTH = {
    name: number
    for number, names in enumerate((
        "erste ersten erstes first", "zweite zweiten zweites second",
        "dritte dritten drittes third", "vierte vierten viertes fourth",
    ), start=1)
    for name in names.split()
}  # fmt: skip
_UNITS = {
    "tag": 1, "day": 1, "woche": 7, "week": 7, "monat": 30, "month": 30, "jahr": 365, "year": 365,
}  # fmt: skip
_PHRASE = re.compile(
    rf"""
    (?P<near>(?<!bis\s)\b(?:heute|today|gestern|yesterday|vorgestern)\b(?!\s\d))
    | \bvor\s(?:\w+\s)?(?P<agode>{_NUMBER})\s(?P<unitde>tag|woche|monat|jahr)(?:en|n|e)?\b
    | \b(?P<agoen>{_NUMBER})\s(?P<uniten>day|week|month|year)s?\sago\b
    | \b(?P<which>{_LAST}|{_NEXT}|diese[rmns]?|this)\s
        (?P<whole>woche|week|monats?|month|jahre?s?|year)\b
    | \b(?P<before>vorjahr(?:es)?)\b
    | \b(?:am|at\sthe|over\sthe)\s(?:(?P<whichend>{_LAST}|{_NEXT})\s)?
        (?P<weekend>wochenende|weekend)\b
    | \b(?:(?P<whichday>{_LAST}|{_NEXT})\s)?(?P<weekday>{_WEEKDAY_NAMES})
        (?:abend|nacht|morgen|mittag|nachmittag|vormittag|früh|\s(?:night|morning|evening))?\b
    | \b(?:(?P<part>anfang|mitte|ende|early|mid|late)[\s-])?(?P<season>{alternatives(_SEASONS)})
        \s(?P<seasonyear>(?:1\d|20)\d\d)\b
    | \b(?:(?P<seasonin>im|in\sthe)\s)(?P<season2>{alternatives(_SEASONS)})\b(?!\s\d)
    | \b(?P<nth>{alternatives(_NTH)}|[1-4]\.)\s(?:
        (?P<quarter>quartals?|quarter(?=\s(?:of\s)?(?:1\d|20)\d\d))|halbjahr(?:s|es)?|
        (?:half|jahreshälfte)(?=\s(?:of\s|des\sjahres\s)?(?:1\d|20)\d\d))\b
        (?:\s(?:of\s|des\sjahres\s)?(?P<nthyear>(?:1\d|20)\d\d))?
    | \b(?P<partyear>anfang|mitte|ende|early|mid|late)[\s-](?P<ofyear>(?:1\d|20)\d\d)\b(?![.,]\d)
    | \b(?:im\sjahre?|in\sthe\syear|anno)\s(?P<old>\d{{3,4}})\b
    | \b(?:seit|erst|schon|bereits|noch|zuletzt|wurden?|waren?|since|in|was|were)\s
        (?P<bare>(?:19|20)\d\d)\b
        (?![.,]\d|\s(?:euro|menschen|tonnen|liter|mal|fällen|stimmen|people|cases|votes)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PART = re.compile(r"\b(anfang|mitte|ende|early|mid|late)[\s-]$", re.IGNORECASE)
_FIRST_DAY = re.compile(r"\b(\d{1,2})\.?\s?(?:bis|und|to|and|–|-)\s?(?:zum\s)?$", re.IGNORECASE)
_UNTIL = re.compile(
    r"\b(?:bis|until|till|by)\s(?:zum\s|zur\s|the\s|mindestens\s)?(?:(?:anfang|mitte|ende)\s)?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"\b(?:d(?:ie|er|as|en|em|es)|ein(?:e[nmrs]?)?)\s(?:im|am|zum|vom)\s$", re.I
)
_ADJECTIVE = re.compile(r"^(?:\s\w+){0,2}?\s[a-zäöüß]+(?:t|en)e[nrsm]?\b")
_VAGUE = re.compile(
    r"\b(?:wohl|vermutlich|voraussichtlich|frühestens|spätestens|etwa|rund|ungefähr|gegen|"
    r"about|around|probably|expected|perhaps)\s(?:(?:im|am|in|on|zum)\s)?$",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:soll(?:en|te|ten)?|will|wollen|wird|werden|kann|können|darf|dürfen|dürfte\w*|plant|planen|"
    r"bleib(?:t|en)|gilt|gelten|läuft|dauert|voraussichtlich|frühestens|spätestens|kündigte\w*|"
    r"shall|should|plans?|to be|going to|remains?|expected)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(?:hat|haben|hatten?|wurden?|war(?:en)?|worden|had|was|were|has|have)\b"
    # "soll geflossen sein" is hearsay, "nach Angaben vom Dienstag" was said.
    r"|(?:t|en)\s(?:sein|haben)\b|\bangaben\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:–—()\"„“”»«]")


@dataclass(frozen=True, slots=True)
class Period:
    """Days that a text names, and the words that do."""

    first: date
    last: date
    text: str
    start: int
    """Where the words begin in the text."""
    certain: bool = True
    """False where the words are vague: "two weeks ago", "probably in May"."""
    until: bool = False
    """Whether something ends then."""
    aside: bool = False
    """Whether it only describes a thing: "the number given in July"."""


def find_periods(text: str, printed: date | None) -> tuple[Period, ...]:
    """Return the days that a text names, in its order; no two overlap.

    Args:
        text: a sentence.
        printed: the day on which it was printed, or None.

    >>> day = date(2025, 6, 19)  # a Thursday
    >>> [(item.text, item.first.isoformat()) for item in find_periods("Es brannte am Dienstag.", day)]
    [('Dienstag', '2025-06-17')]
    >>> [item.first.isoformat() for item in find_periods("It opened on 3 May, two days ago.", day)]
    ['2025-05-03', '2025-06-17']
    >>> find_periods("Es brannte am Dienstag.", None)
    ()
    """  # noqa: E501 - a doctest's output is one line
    found: list[Period] = []
    for item in (*_of_dates(text, printed), *_of_phrases(text, printed)):
        if not any(_overlap(item, other) for other in found):
            found.append(item)
    return tuple(sorted(found, key=lambda item: item.start))


def _overlap(one: Period, other: Period) -> bool:
    return one.start < other.start + len(other.text) and other.start < one.start + len(one.text)


def _is_to_come(text: str, start: int, end: int) -> bool:
    """Tell whether what the clause around some words tells is still to come.

    >>> text = "Der Pegel war gestiegen, am Montag soll er fallen."
    >>> _is_to_come(text, 28, 34), _is_to_come(text, 0, 3)
    (True, False)
    """
    borders = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text) + 1]
    first = max(border for border in borders if border <= start)
    last = min(border for border in borders if border > end)
    clause = text[first:last]
    return bool(_PLANNED.search(clause)) and not _PAST.search(clause)


def _of_dates(text: str, printed: date | None) -> Iterator[Period]:
    for place in dates_in(text):
        if place.day is None:
            continue
        planned = _is_to_come(text, place.start, place.end)
        days = _days_of(place.day, text[: place.start], printed, planned)
        if days is not None:
            yield _describe(text, place, days)


def _describe(text: str, place: DatePlace, days: tuple[date, date]) -> Period:
    before, after = text[: place.start], text[place.end :]
    aside = bool(_ATTRIBUTE.search(before) and _ADJECTIVE.match(after))
    return Period(
        *days,
        text[place.start : place.end].rstrip(" ."),
        place.start,
        certain=not _VAGUE.search(before),
        until=days[0] == days[1] and bool(_UNTIL.search(before)),
        aside=aside,
    )


def _days_of(
    day: PartialDate, before: str, printed: date | None, planned: bool
) -> tuple[date, date] | None:
    """Return the first and last day of a date, of which parts may be missing."""
    if day.year is None:
        if printed is None or day.month is None:
            return None
        year = _year_of(day, printed, planned)
        if year is None:
            return None
        day = PartialDate(year, day.month, day.day)
    assert day.year is not None
    if day.month is None:
        return _year(day.year)
    if day.day is None:
        part = _PART.search(before)
        return _part_of(_month(day.year, day.month), part[1] if part else "")
    whole = day.whole()
    if whole is None:
        return None
    first = _FIRST_DAY.search(before)
    if first and 1 <= int(first[1]) < whole.day:
        return whole.replace(day=int(first[1])), whole
    return whole, whole


def _year_of(day: PartialDate, printed: date, planned: bool) -> int | None:
    """Return the year of a day or month without one: the last, or the coming one if it is planned.

    >>> _year_of(PartialDate(None, 5, 12), date(2023, 4, 18), False)  # "the show opens on 12 May"
    2023
    >>> _year_of(PartialDate(None, 11, 19), date(2024, 2, 22), False)
    2023
    """
    days = [
        whole
        for year in (printed.year - 1, printed.year, printed.year + 1)
        if (whole := PartialDate(year, day.month, day.day or 1).whole())
    ]
    past = [item for item in days if item <= printed]
    coming = [item for item in days if item > printed]
    if day.day is None and (printed.month == day.month):
        return printed.year
    if not past or not coming:
        return (past or coming)[-1].year if days else None
    is_nearer = (printed - past[-1]) > _NEARER * (coming[0] - printed)
    return (coming[0] if planned or is_nearer else past[-1]).year


def _of_phrases(text: str, printed: date | None) -> Iterator[Period]:
    for match in _PHRASE.finditer(text):
        planned = _is_to_come(text, match.start(), match.end())
        found = _phrase(match, printed, planned)
        if found is None:
            continue
        days, certain = found
        before = text[: match.start()]
        yield Period(
            *days,
            match[0],
            match.start(),
            certain=certain and not _VAGUE.search(before),
            until=bool(_UNTIL.search(before)),
        )


def _phrase(
    match: re.Match[str], printed: date | None, planned: bool
) -> tuple[tuple[date, date], bool] | None:
    """Return the days of a turn of phrase, and whether they are certain."""
    if match["seasonyear"]:
        return _season(match["season"], int(match["seasonyear"])), True
    if match["ofyear"]:
        return _part_of(_year(int(match["ofyear"])), match["partyear"]), True
    if match["old"] or match["bare"]:
        return _year(int(match["old"] or match["bare"])), True
    if match["nth"]:
        days = _part_of_year(match, printed, planned)
        return days and (days, True)
    if printed is None:
        return None
    if match["near"]:
        back = {"heute": 0, "today": 0, "vorgestern": 2}.get(match["near"].lower(), 1)
        return (printed - back * _DAY,) * 2, True
    if match["agode"] or match["agoen"]:
        return _ago(match, printed)
    if match["weekday"]:
        return (_weekday(match, printed, planned),) * 2, True
    if match["season2"]:
        return _season_near(match["season2"], printed, planned), True
    if match["weekend"]:
        return _weekend(match["whichend"] or "", printed, planned), True
    return _whole(match, printed), True


def _ago(match: re.Match[str], printed: date) -> tuple[tuple[date, date], bool]:
    """Count back; "two weeks ago" is a week, "three years ago" a year."""
    word = (match["agode"] or match["agoen"]).lower()
    count = int(word) if word.isdigit() else _NUMBERS[word]
    unit = _UNITS[(match["unitde"] or match["uniten"]).lower()]
    day = printed - count * unit * _DAY if printed.toordinal() > count * unit else date.min
    if unit == 1:
        return (day, day), True
    if unit == 7:
        return (day - 3 * _DAY, day + 3 * _DAY), False
    return (_month(day.year, day.month) if unit == 30 else _year(day.year)), False


def _weekday(match: re.Match[str], printed: date, planned: bool) -> date:
    """Return the last such day, today included; the next one where it is to come."""
    number = WEEKDAYS[match["weekday"].lower()]
    back = (printed.weekday() - number) % 7
    which = (match["whichday"] or "").lower()
    if re.fullmatch(_NEXT, which) or (planned and not which):
        return printed + (7 - back) * _DAY
    return printed - (back or (7 if which else 0)) * _DAY


def _weekend(which: str, printed: date, planned: bool) -> tuple[date, date]:
    saturday = printed - (printed.weekday() - 5) % 7 * _DAY
    if re.fullmatch(_NEXT, which, re.IGNORECASE) or (planned and not which):
        saturday += 7 * _DAY
    return saturday, saturday + _DAY


def _whole(match: re.Match[str], printed: date) -> tuple[date, date]:
    """Return a week, month or year before, after or of the day of printing."""
    if match["before"]:
        return _year(printed.year - 1)
    which, unit = match["which"], match["whole"].lower()
    step = -1 if re.fullmatch(_LAST, which, re.I) else 1 if re.fullmatch(_NEXT, which, re.I) else 0
    if unit.startswith("w"):
        monday = printed - printed.weekday() * _DAY + 7 * step * _DAY
        return monday, monday + 6 * _DAY
    if unit.startswith("m"):
        months = printed.year * 12 + printed.month - 1 + step
        return _month(months // 12, months % 12 + 1)
    return _year(printed.year + step)


def _season(name: str, year: int) -> tuple[date, date]:
    month = _SEASONS[name.lower()]
    return date(year, month, 1), _month(*_later(year, month, 2))[1]


def _season_near(name: str, printed: date, planned: bool) -> tuple[date, date]:
    """Return the last season of a name that has begun, or the next one where it is planned."""
    years = (printed.year - 1, printed.year, printed.year + 1)
    seasons = [_season(name, year) for year in years]
    if planned:
        return next(days for days in seasons if days[0] > printed)
    return next(days for days in reversed(seasons) if days[0] <= printed)


def _part_of_year(
    match: re.Match[str], printed: date | None, planned: bool
) -> tuple[date, date] | None:
    """Return a quarter or half of a year; without a year the last that has begun, or the next."""
    word = match["nth"].lower()
    number = int(word[0]) if word[0].isdigit() else _NTH[word]
    months = 3 if match["quarter"] else 6
    if number * months > 12 or not (match["nthyear"] or printed):
        return None
    begin = (number - 1) * months + 1
    if match["nthyear"]:
        year = int(match["nthyear"])
    else:
        assert printed is not None
        has_begun = begin <= printed.month
        year = printed.year + (planned and has_begun) - (not planned and not has_begun)
    return date(year, begin, 1), _month(*_later(year, begin, months - 1))[1]


def _later(year: int, month: int, months: int) -> tuple[int, int]:
    count = year * 12 + month - 1 + months
    return count // 12, count % 12 + 1


def _month(year: int, month: int) -> tuple[date, date]:
    year_after, month_after = _later(year, month, 1)
    return date(year, month, 1), date(year_after, month_after, 1) - _DAY


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _part_of(days: tuple[date, date], part: str) -> tuple[date, date]:
    """Return the first, the middle or the last third of some days; all of them without a part.

    >>> [day.isoformat() for day in _part_of(_month(2025, 5), "Ende")]
    ['2025-05-21', '2025-05-31']
    """
    name = part.lower()
    if not name:
        return days
    at = 0 if name in ("anfang", "early") else 1 if name in ("mitte", "mid") else 2
    first, last = days
    if (first.month, last.month) == (1, 12):
        begin = date(first.year, 4 * at + 1, 1)
        return begin, _month(first.year, 4 * at + 4)[1]
    third = ((last - first).days + 1) // 3
    begin = first + at * third * _DAY
    return begin, last if at == 2 else begin + (third - 1) * _DAY
