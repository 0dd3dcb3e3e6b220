"""Numbers, dates, times and weekdays in German and English text, in one form for both.

"25. Oktober 2024" and "October 25, 2024" are one date, "1,5 Millionen" and "1.5 million"
one number, "siebzehn" is 17, "10:40 pm" is 22.40 Uhr. What is left out: ordinal numbers in
words ("der dritte"), fractions in words ("zwei Drittel" is 2), and Roman numerals.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["date", "number", "time", "weekday"]
Value = tuple[float | str | None, ...]

_MONTH_NAMES = (
    "januar jänner january jan",
    "februar february feb",
    "märz march mär mrz",
    "april apr",
    "mai may",
    "juni june jun",
    "juli july jul",
    "august aug",
    "september sept sep",
    "oktober october okt oct",
    "november nov",
    "dezember december dez dec",
)
_MONTHS = {name: at for at, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_DAY_NAMES = (
    "montag monday",
    "dienstag tuesday",
    "mittwoch wednesday",
    "donnerstag thursday",
    "freitag friday",
    "samstag sonnabend saturday",
    "sonntag sunday",
)
_WEEKDAYS = {name: at for at, names in enumerate(_DAY_NAMES) for name in names.split()}
_UNITS = {
    name: unit
    for unit, names in {
        "%": "% prozent percent prozentpunkte prozentpunkten",
        "EUR": "€ euro euros eur",
        "USD": "$ dollar dollars usd us-dollar",
        "GBP": "£ pfund pound pounds gbp",
        "CHF": "franken francs chf",
        "cent": "cent cents",
        "km": "km km/h kilometer kilometern kilometre kilometres kilometers stundenkilometer "
        "stundenkilometern",
        "m": "meter metern metre metres meters",
        "mile": "meile meilen mile miles mph",
        "kg": "kg kilo kilos kilogramm kilogram kilograms",
        "t": "tonne tonnen tons tonnes",
        "year": "jahr jahre jahren year years",
        "month": "monat monate monaten month months",
        "week": "woche wochen week weeks",
        "day": "tag tage tagen day days",
        "hour": "stunde stunden hour hours",
        "minute": "minute minuten minutes",
        "second": "sekunde sekunden second seconds",
    }.items()
    for name in names.split()
}
_SCALES = {
    "tausend": 1e3,
    "thousand": 1e3,
    "million": 1e6,
    "millionen": 1e6,
    "mio": 1e6,
    "mill": 1e6,
    "millions": 1e6,
    "milliarde": 1e9,
    "milliarden": 1e9,
    "mrd": 1e9,
    "bn": 1e9,
    "billionen": 1e12,
    "trillion": 1e12,
}
_GERMAN = dict(
    zip(
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn "
        "fünfzehn sechzehn siebzehn achtzehn neunzehn".split(),
        range(20),
        strict=True,
    )
) | {
    name: 10 * at
    for at, name in enumerate(
        "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(), 2
    )
}
_ENGLISH = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split(),
        range(20),
        strict=True,
    )
) | {
    name: 10 * at
    for at, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_PAIRS = {"beide": 2, "beiden": 2, "both": 2, "dutzend": 12, "dozen": 12}

# Capital letters tell months from other words: "may", "march", "august".
_MONTH = "|".join(sorted((name.capitalize() for name in _MONTHS), key=len, reverse=True))
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_DOTTED = re.compile(r"\b(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}))?(?!\d)")
_DAY_MONTH = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
    r"(?:,?\s+(?P<year>\d{4})\b)?"
)
_MONTH_DAY = re.compile(
    rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?![.:]\d)"
    r"(?:,?\s+(?P<year>\d{4})\b)?"
)
_MONTH_ALONE = re.compile(rf"\b(?P<month>{_MONTH})\b(?:\.?\s+(?P<year>\d{{4}})\b)?")
_DATES = (_ISO, _DOTTED, _DAY_MONTH, _MONTH_DAY, _MONTH_ALONE)
_TIME = re.compile(
    r"\b(?P<h1>\d{1,2})[.:](?P<m1>\d\d)\s*(?:Uhr\b|o'clock)|\b(?P<h2>\d{1,2})\s*Uhr(?:\s(?P<m2>\d\d)\b)?"
    r"|\b(?P<h3>\d{1,2})(?:[.:](?P<m3>\d\d))?\s?(?P<half>[ap])\.?m\b\.?"
    r"|\b(?P<h4>[012]?\d):(?P<m4>[0-5]\d)\b"
)
_RESULT = re.compile(r"\b(?P<one>\d{1,3})\s?[:–]\s?(?P<two>\d{1,3})\b|\b(\d{1,2})-(\d{1,2})\b")
_DIGITS = re.compile(
    r"(?P<sign>[€$£]\s?)?(?<![\w.,])(?P<digits>\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?)"
)
_WORD = re.compile(r"[^\W\d_]+")
_ONE_LARGE = re.compile(
    r"\b(?:eine[rn]?|an?)\s(million|milliarde|billion|thousand)\b", re.IGNORECASE
)
_NEXT = re.compile(r"[\s\u00a0-]{0,2}(us-dollar|km/h|[^\W\d_]+|[%€$£])\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date, time or weekday, and the words that it stands in."""

    kind: Kind
    value: Value
    """Number: (value, unit or None); date: (year, month, day), each or None; time: (hours,
    minutes); weekday: (0 for Monday …,)."""
    text: str

    def is_word_for_one(self) -> bool:
        """Tell whether this may be an article: "ein", "one"."""
        return self.kind == "number" and self.value[0] == 1 and not self.text[:1].isdigit()


def figures(text: str, language: str) -> list[Figure]:
    """Return the figures in a text.

    >>> [item.value for item in figures("Am 25. Oktober kamen 1,5 Millionen.", "de")]
    [(None, 10, 25), (1500000.0, None)]
    >>> [item.value for item in figures("On October 25 1.5 million came.", "en")]
    [(None, 10, 25), (1500000.0, None)]
    """
    found: list[Figure] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            day = _date(match)
            if day is not None:
                found.append(Figure("date", day, match[0].strip()))
                text = _blanked(text, match)
    for match in _TIME.finditer(text):
        found.append(Figure("time", _time(match), match[0].strip()))
        text = _blanked(text, match)
    for match in _RESULT.finditer(text):
        pair = sorted(float(item) for item in match.groups() if item)
        found.append(Figure("number", (pair[0], f":{pair[1]:g}"), match[0]))
        text = _blanked(text, match)
    for match in _WORD.finditer(text):
        weekday = _WEEKDAYS.get(match[0].lower().removesuffix("s"))
        if weekday is not None:
            found.append(Figure("weekday", (weekday,), match[0]))
            text = _blanked(text, match)
    numbers = sorted([*_written(text, language), *_in_words(text, language)])
    return found + _with_cents([figure for _, figure in numbers])


def without_figures(text: str, language: str) -> str:
    """Return a text whose figures and units are blanks of the same length."""
    for figure in figures(text, language):
        text = text.replace(figure.text, " " * len(figure.text))
    return text


def is_given(
    figure: Figure,
    source: list[Figure],
    published: date | None,
    beside: Sequence[Figure] = (),
) -> bool:
    """Tell whether a figure occurs among those of a source.

    Args:
        figure: of a sentence.
        source: those of the passage.
        published: when its article was; a date without a year is of that year.
        beside: all figures of the sentence. Where a passage names weekdays, the weekday of one
            of its dates counts only if the sentence names that date too.
    """
    if figure.kind == "weekday":
        named = [item.value for item in source if item.kind == "weekday"]
        if figure.value in named:
            return True
        dates = [item.value for item in source if item.kind == "date"]
        if named:
            own = [item.value for item in beside if item.kind == "date"]
            dates = [day for day in dates if any(_is_date_in(one, day, published) for one in own)]
        return any(_weekday(day, published) == figure.value[0] for day in dates)
    if figure.kind == "date":
        return any(
            item.kind == "date" and _is_date_in(figure.value, item.value, published)
            for item in source
        )
    if figure.kind == "time":
        return any(item.kind == "time" and item.value == figure.value for item in source)
    year = (figure.value[0],) if figure.value[1] is None else ()
    return any(
        (item.kind == "number" and _is_number(figure.value, item.value))
        or (item.kind == "date" and item.value[:1] == year)
        for item in source
    )


def _is_number(one: Value, two: Value) -> bool:
    if one[0] != two[0]:
        return False
    # "62 parents" is not "62 percent of the parents"; "14 weeks" may be "14".
    return one[1] == two[1] or (None in (one[1], two[1]) and "%" not in (one[1], two[1]))


def _is_date_in(claimed: Value, given: Value, published: date | None) -> bool:
    for part, own in zip(claimed[1:], given[1:], strict=True):
        if part is not None and part != own:
            return False
    year, own_year = claimed[0], given[0]
    return year is None or year == own_year or (own_year is None and _year(published) == year)


def _year(published: date | None) -> int | None:
    return published.year if published else None


def _weekday(value: Value, published: date | None) -> int | None:
    year, month, day = value
    year = year if year is not None else _year(published)
    if not isinstance(year, int) or not isinstance(month, int) or not isinstance(day, int):
        return None
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None


def _date(match: re.Match[str]) -> Value | None:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _MONTHS[month.lower()]
    day = int(parts["day"]) if parts.get("day") else None
    year = int(parts["year"]) if parts.get("year") else None
    if not 1 <= number <= 12 or (day is not None and not 1 <= day <= 31):
        return None
    # "Mai" is never another word; "May", "March" and "August" may open a sentence.
    if day is None and year is None and match.start() == 0 and month in ("May", "March"):
        return None
    return (year, number, day)


def _time(match: re.Match[str]) -> Value:
    parts = match.groupdict()
    hour = int(next(parts[name] for name in ("h1", "h2", "h3", "h4") if parts[name]))
    minute = next((int(parts[name]) for name in ("m1", "m2", "m3", "m4") if parts[name]), 0)
    if parts["half"] == "p" and hour < 12:
        hour += 12
    elif parts["half"] == "a" and hour == 12:
        hour = 0
    return (hour, minute)


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]


def _written(text: str, language: str) -> Iterator[tuple[int, Figure]]:
    """Yield numbers in digits, with where they stand."""
    for match in _DIGITS.finditer(text):
        value = parsed(match["digits"], language)
        unit = _UNITS.get((match["sign"] or "").strip())
        yield match.start(), _figure(text, match.start(), match.end(), value, unit, language)


def _in_words(text: str, language: str) -> Iterator[tuple[int, Figure]]:
    """Yield numbers in words, with where they stand."""
    for match in _ONE_LARGE.finditer(text):
        scale = _scale(match[1].lower(), language) or 1.0
        yield match.start(), _figure(text, match.start(), match.end(), scale, None, language)
    if language == "en":
        yield from _english(text)
        return
    for match in _WORD.finditer(text):
        word = match[0].lower()
        value = german_number(word) if word not in _PAIRS else _PAIRS[word]
        if value is not None:
            yield (
                match.start(),
                _figure(text, match.start(), match.end(), value, None, language),
            )


def _english(text: str) -> Iterator[tuple[int, Figure]]:
    for match in re.finditer(r"(?:\b[a-z]+\b[\s-]?)+", text, re.IGNORECASE):
        start, total, current, end = 0, 0.0, 0.0, 0
        for word in [*re.finditer(r"[a-z]+", match[0], re.IGNORECASE), None]:
            name = word[0].lower() if word else ""
            value = _ENGLISH.get(name, _PAIRS.get(name))
            if word and value is not None:
                start, current = (word.start() if not end else start), current + value
                end = word.end()
            elif word and end and name in ("hundred", "thousand"):
                current *= 100 if name == "hundred" else 1000
                if name == "thousand":
                    total, current = total + current, 0.0
                end = word.end()
            elif end and name != "and":
                at = match.start()
                yield (
                    at + start,
                    _figure(text, at + start, at + end, total + current, None, "en"),
                )
                start, total, current, end = 0, 0.0, 0.0, 0


def _figure(
    text: str, start: int, end: int, value: float, unit: str | None, language: str
) -> Figure:
    """Make a number of a value and the scale and unit that follow it."""
    following = _NEXT.match(text, end)
    scale = _scale(following[1].lower(), language) if following else None
    if following and scale:
        value, end = value * scale, following.end(1)
        following = _NEXT.match(text, end)
    if following and unit is None:
        name = following[1].lower()
        if name == "per" and text[following.end() :].lstrip().lower().startswith("cent"):
            unit = "%"
        elif name in _UNITS:
            unit, end = _UNITS[name], following.end(1)
    return Figure("number", (round(value, 6), unit), text[start:end].strip())


def _scale(name: str, language: str) -> float | None:
    # A billion is a thousand times more in German.
    if name == "billion":
        return 1e9 if language == "en" else 1e12
    return _SCALES.get(name)


def _with_cents(numbers: list[Figure]) -> list[Figure]:
    """Make one number of "four euros" and "eighty cents"."""
    found: list[Figure] = []
    for figure in numbers:
        value, unit = figure.value
        before = found[-1] if found else None
        if before is None or unit != "cent" or before.value[1] not in ("EUR", "USD", "CHF"):
            found.append(figure)
            continue
        whole, currency = before.value
        total = round(float(whole or 0) + float(value or 0) / 100, 6)
        found[-1] = Figure("number", (total, currency), f"{before.text} {figure.text}")
    return found


def parsed(digits: str, language: str) -> float:
    """Return the value of a number in digits, as its language writes it.

    >>> parsed("1.500", "de"), parsed("1.500", "en"), parsed("1,5", "de"), parsed("1,500.25", "en")
    (1500.0, 1.5, 1.5, 1500.25)
    """
    digits = re.sub("['\u00a0\u202f]", "", digits)
    point, group = (".", ",") if language == "en" else (",", ".")
    if point in digits and group in digits:
        if digits.rfind(group) > digits.rfind(point):
            point, group = group, point  # a number in the other language's form
    elif group in digits and not re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+", digits):
        point, group = group, point
    whole = digits.replace(group, "")
    if whole.count(point) > 1:
        whole = whole.replace(point, "")
    return float(whole.replace(point, "."))


def german_number(word: str) -> int | None:
    """Return the value of a German number word in lower case, or None.

    >>> german_number("zweihundertvierunddreißig"), german_number("zwölftausend")
    (234, 12000)
    >>> german_number("hund"), german_number("stunde")
    (None, None)
    """
    if word in _GERMAN:
        return _GERMAN[word]
    for mark, size in (("tausend", 1000), ("hundert", 100)):
        head, found, rest = word.partition(mark)
        if found:
            high = german_number(head) if head else 1
            low = german_number(rest.removeprefix("und")) if rest else 0
            return None if high is None or low is None else high * size + low
    unit, found, ten = word.partition("und")
    if found and _GERMAN.get(unit, 10) < 10 and _GERMAN.get(ten, 0) >= 20:
        return _GERMAN[ten] + _GERMAN[unit]
    return None
