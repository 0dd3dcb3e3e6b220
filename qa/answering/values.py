"""What a stretch of text says as a value: dates, numbers and names, German and English.

Two values agree where they say the same in other words ("12. April", "Saturday 12 April
2025"; "2,3 Mio. Euro", "€2.3m"), and differ where both are of one kind and cannot both
be true of one thing. What is neither is not comparable.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan jänner",
            "februar february feb",
            "märz march mar mär maerz",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sep sept",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>1\d{3}|20\d{2})"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<day>\d{1,2})\.\s?(?P<number>\d{1,2})\.\s?(?P<year>\d{4})?(?!\d)",
        rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
        rf"(?:,?\s+{_YEAR}\b)?",
        rf"\b(?P<month>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[.:]\d)"
        rf"(?:,?\s+{_YEAR}\b)?",
        rf"\b(?P<month>{_MONTH})\b\.?\s+{_YEAR}\b",
        rf"\b(?:im Jahre?|in|since|seit|ab|von|from|until|bis|anno|year)\s+{_YEAR}\b(?!\s*\w)",
        rf"^\W*{_YEAR}\W*$",
    )
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<before>[€£$]\s?)?(?P<digits>\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?)"
    r"(?:\s?(?P<times>Millionen|Million|Mio\.?|million|mn|m|Milliarden|Milliarde|Mrd\.?|billion|bn"
    r"|Tausend|tausend|thousand|k)(?!\w))?"
    r"(?:\s?(?P<unit>[€£$%]|[^\W\d_]+(?:/[^\W\d_]+)?))?"
)
_TIMES = {
    **dict.fromkeys(("millionen", "million", "mio", "mn", "m"), 1e6),
    **dict.fromkeys(("milliarden", "milliarde", "mrd", "billion", "bn"), 1e9),
    **dict.fromkeys(("tausend", "thousand", "k"), 1e3),
}
_UNITS = {
    **dict.fromkeys(("€", "euro", "euros", "eur"), "EUR"),
    **dict.fromkeys(("£", "pfund", "pound", "pounds"), "GBP"),
    **dict.fromkeys(("$", "dollar", "dollars"), "USD"),
    **dict.fromkeys(("%", "prozent", "percent"), "%"),
    **dict.fromkeys(("m", "meter", "metern", "metres", "metre", "meters"), "m"),
    **dict.fromkeys(("km", "kilometer", "kilometern", "kilometres", "kilometers"), "km"),
    **dict.fromkeys(("km/h", "stundenkilometer"), "km/h"),
    **dict.fromkeys(("kg", "kilogramm", "kilograms", "kilos", "kilo"), "kg"),
    **dict.fromkeys(("tonne", "tonnen", "tonnes", "t"), "t"),
    **dict.fromkeys(("minute", "minuten", "minutes"), "min"),
    **dict.fromkeys(("stunde", "stunden", "hour", "hours", "uhr"), "h"),
    **dict.fromkeys(("tag", "tage", "tagen", "day", "days"), "d"),
    **dict.fromkeys(("woche", "wochen", "week", "weeks"), "weeks"),
    **dict.fromkeys(("monat", "monate", "monaten", "month", "months"), "months"),
    **dict.fromkeys(("jahr", "jahre", "jahren", "year", "years"), "years"),
}
_SUMS = frozenset(("EUR", "GBP", "USD", "%", "m", "km", "km/h", "kg", "t"))
_WORDS = {
    word: number
    for number, words in {
        2: "zwei two", 3: "drei three", 4: "vier four", 5: "fünf five", 6: "sechs six",
        7: "sieben seven", 8: "acht eight", 9: "neun nine", 10: "zehn ten", 11: "elf eleven",
        12: "zwölf twelve", 13: "dreizehn thirteen", 14: "vierzehn fourteen",
        15: "fünfzehn fifteen", 16: "sechzehn sixteen", 20: "zwanzig twenty",
        30: "dreißig thirty", 40: "vierzig forty", 50: "fünfzig fifty", 60: "sechzig sixty",
        70: "siebzig seventy", 80: "achtzig eighty", 90: "neunzig ninety",
        100: "hundert hundred",
    }.items()
    for word in words.split()
}  # fmt: skip
_WORD_NUMBER = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(_WORDS, key=len, reverse=True))})\b"
    r"(?:\s(?P<unit>[^\W\d_]+))?",
    re.IGNORECASE,
)
_TITLES = frozenset(
    "dr prof professor herr frau mr mrs ms sir dame lord lady von van de der die das the".split()
)
_NAME = re.compile(r"[^\W\d_][\w'’-]*")


_QUANTITY = re.compile(
    # Digits, number words, and words that say how many without a number, or that nobody knows.
    r"\d|\b(?:ein(?:e[nrms]?|s)?|one|an?|once|twice|thrice|kein\w*|no|none|null|zero|niemand\w*|"
    r"nobody|beide\w*|both|halb\w*|half|hälfte|drittel|third|viertel|quarter|dutzend\w*|dozens?|"
    r"paar|couple|mehrere\w*|several|viele\w*|many|wenige\w*|few|einige\w*|some|alle[nr]?|all|"
    r"jede\w*|every|each|mehrheit|majority|meisten|most|unklar|unbekannt|unclear|unknown|"
    r"(?:nicht|noch nicht|not|yet)\s+(?:bekannt|known)|offen|"
    r"\w*(?:zwei|drei|vier|fünf|sechs|sieb|acht|neun|zehn|elf|zwölf|hundert|tausend|mi[lo]+ion|"
    r"milliarde|zwanzig|dreißig|-?mal)\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|\w+teen|\w*(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\w*|"
    r"hundreds?|thousands?|millions?|billions?|first|einzig\w*|single|only|erste\w*)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or the parts of one that are said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def agrees(self, other: "Day") -> bool:
        """Tell whether one date can be both, and they have a part in common.

        >>> Day(2025, 4, 12).agrees(Day(None, 4, 12)), Day(2025).agrees(Day(None, 4, 12))
        (True, False)
        """
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        both = [(one, two) for one, two in pairs if one is not None and two is not None]
        return bool(both) and all(one == two for one, two in both)


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit: a known one in one form, else the word after it, or ""."""

    value: float
    unit: str = ""

    @property
    def measured(self) -> bool:
        """Whether the unit is a known one, so that others exclude it."""
        return self.unit in _UNITS.values()

    def comparable(self, other: "Number") -> bool:
        """Tell whether both may count the same: not euros and metres."""
        if self.measured or other.measured:
            return self.unit == other.unit or not (self.unit and other.unit)
        return True

    def agrees(self, other: "Number") -> bool:
        """Tell whether the numbers are the same, and their units not two different ones.

        >>> Number(2.3e6, "EUR").agrees(Number(2300000.0)), Number(5, "km").agrees(Number(5, "d"))
        (True, False)
        """
        return self.comparable(other) and isclose(self.value, other.value, rel_tol=1e-9)


Value = Day | Number


def days(text: str) -> list[Day]:
    """Return the dates in a text.

    >>> days("am Samstag, 12. April 2025, und im Oktober 2026")
    [Day(year=2025, month=4, day=12), Day(year=2026, month=10, day=None)]
    >>> days("on April 3"), days("14.03.2024"), days("in 1897"), days("1897 Stimmen")
    ([Day(year=None, month=4, day=3)], [Day(year=2024, month=3, day=14)], [Day(year=1897, month=None, day=None)], [])
    """  # noqa: E501 - a doctest's output is one line
    return [day for day, _, _ in _days(text)]


def placed(text: str, language: str = "de") -> list[tuple[Value, int, int]]:
    """Return all dates and numbers of a text with their places, in its order.

    >>> placed("Am 3. Mai sind es 48 Stellen")
    [(Day(year=None, month=5, day=3), 3, 9), (Number(value=48.0, unit='stellen'), 18, 28)]
    """
    found: list[tuple[Value, int, int]] = list(_days(text))
    bare = _without_days(text)
    found += [
        (_number(match, language), match.start(), match.end()) for match in _NUMBER.finditer(bare)
    ]
    return sorted(found, key=lambda item: item[1])


def _days(text: str) -> list[tuple[Day, int, int]]:
    found: list[tuple[Day, int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for _, start, end in found):
                continue
            parts = match.groupdict()
            month = parts.get("number")
            number = int(month) if month else _MONTHS.get((parts.get("month") or "").lower())
            day = int(parts["day"]) if parts.get("day") else None
            if (number or 1) > 12 or (day or 1) > 31 or number == 0 or day == 0:
                continue
            year = int(parts["year"]) if parts.get("year") else None
            found.append((Day(year, number, day), match.start(), match.end()))
    return sorted(found, key=lambda item: item[1])


def numbers(text: str, language: str = "de") -> list[Number]:
    """Return the numbers in a text that are not part of a date.

    Args:
        text: any.
        language: "en" reads "1,500" as a thousand and more, others read "1.500" so.

    >>> numbers("rund 2,3 Mio. Euro"), numbers("about €2.3m", "en"), numbers("212 homes", "en")
    ([Number(value=2300000.0, unit='EUR')], [Number(value=2300000.0, unit='EUR')], [Number(value=212.0, unit='homes')])
    >>> numbers("am 12. April"), numbers("1.412 Meter"), numbers("four weeks", "en")
    ([], [Number(value=1412.0, unit='m')], [Number(value=4.0, unit='weeks')])
    """  # noqa: E501 - a doctest's output is one line
    bare = _without_days(text)
    found = [(match.start(), _number(match, language)) for match in _NUMBER.finditer(bare)]
    found += [
        (match.start(), Number(float(_WORDS[match["word"].lower()]), _unit(match["unit"])))
        for match in _WORD_NUMBER.finditer(bare)
    ]
    return [number for _, number in sorted(found, key=lambda item: item[0])]


def _without_days(text: str) -> str:
    for _, start, end in _days(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _number(match: re.Match[str], language: str) -> Number:
    value = _read(match["digits"], language)
    times, unit = (match["times"] or "").lower().rstrip("."), match["unit"]
    if times == "m" and not match["before"]:
        # "4.62 m" is a length; only after a currency is it a million.
        times, unit = "", "m"
    return Number(value * _TIMES.get(times, 1.0), _unit(match["before"] or unit))


def _read(digits: str, language: str) -> float:
    """Read digits with their separators.

    >>> _read("1.234,5", "de"), _read("1,234.5", "en"), _read("4.62", "de"), _read("1,5", "en")
    (1234.5, 1234.5, 4.62, 1.5)
    """
    digits = re.sub(r"[\u00a0\u202f ]", "", digits)
    group, point = (",", ".") if language == "en" else (".", ",")
    grouped = re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", digits)
    if grouped:
        return float(digits.replace(group, "").replace(point, "."))
    # One separator that groups nothing is a decimal point, whichever it is.
    head, mark, tail = digits.replace(",", ".").rpartition(".")
    return float(head.replace(".", "") + mark + tail)


def _unit(word: str | None) -> str:
    plain = (word or "").strip().casefold()
    return _UNITS.get(plain, plain)


def values(text: str, language: str = "de") -> list[Value]:
    """Return a text's dates, or its numbers where it has no date."""
    return list(days(text)) or list(numbers(text, language))


def says_how_many(text: str) -> bool:
    """Tell whether a text has anything in it that can say how many, or that it is not known.

    Generous: in doubt it does.

    >>> says_how_many("Siebzehn Menschen"), says_how_many("Die Höhe ist noch unklar.")
    (True, True)
    >>> says_how_many("Fahrer ist Heinz Papke, der früher den Milchwagen fuhr.")
    False
    """
    return bool(_QUANTITY.search(text))


def says_only_sums(text: str, language: str = "de") -> bool:
    """Tell whether all numbers of a text are money, shares or measures, and there are some.

    >>> says_only_sums("costs of £640,000", "en"), says_only_sums("Sie ist 47 und zahlt 5 Euro.")
    (True, False)
    """
    found = numbers(text, language)
    return bool(found) and not days(text) and all(item.unit in _SUMS for item in found)


def name_words(text: str) -> frozenset[str]:
    """Return the words of a name, without titles and articles, case folded.

    >>> sorted(name_words("Rechtsanwalt Dr. Friedhelm Quast"))
    ['friedhelm', 'quast', 'rechtsanwalt']
    """
    words = (match[0].casefold() for match in _NAME.finditer(text))
    return frozenset(word for word in words if word not in _TITLES)


def agree(one: str, other: str, languages: tuple[str, str] = ("de", "de")) -> bool:
    """Tell whether two answers say the same.

    >>> agree("12. April", "Saturday 12 April 2025", ("de", "en"))
    True
    >>> agree("Friedhelm Quast", "Dr. Quast"), agree("21 Gerettete", "23 Menschen")
    (True, False)
    """
    first, second = values(one, languages[0]), values(other, languages[1])
    if first and second:
        return any(_same(a, b) for a, b in _pairs(first, second))
    if first or second:
        return False
    a, b = name_words(one), name_words(other)
    return bool(a and b) and (a <= b or b <= a)


def differ(one: str, other: str, languages: tuple[str, str] = ("de", "de")) -> bool:
    """Tell whether two answers are of one kind, and say different things.

    >>> differ("480 Stellen", "48 Stellen"), differ("48 Stellen", "30. September")
    (True, False)
    >>> differ("14,2 Meter", "5 Euro"), differ("Anna", "Berta")
    (False, False)
    """
    first, second = values(one, languages[0]), values(other, languages[1])
    if len(first) != 1 or len(second) != 1 or agree(one, other, languages):
        return False
    a, b = first[0], second[0]
    if isinstance(a, Number) and isinstance(b, Number):
        return a.comparable(b)
    if isinstance(a, Day) and isinstance(b, Day):
        # A year and a day of the year say different parts of one date.
        return any(
            one is not None and two is not None
            for one, two in ((a.year, b.year), (a.month, b.month), (a.day, b.day))
        )
    return False


def _pairs(first: list[Value], second: list[Value]) -> Iterator[tuple[Value, Value]]:
    return ((a, b) for a in first for b in second)


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, Day) and isinstance(b, Day):
        return a.agrees(b)
    if isinstance(a, Number) and isinstance(b, Number):
        return a.agrees(b)
    return False
