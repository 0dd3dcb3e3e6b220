"""The words of dates and numbers in German and English: months, weekdays, units, number words.

Months and weekdays come from babel; what people write beside them is added here.
"""

import re
from collections.abc import Iterable, Mapping

from babel import Locale

_LONG_VARIANTS = {"feber": 2, "maerz": 3, "jaenner": 1}
_MORE_DAYS = {"sonnabend": 5, "sonnabends": 5, "tues": 1, "weds": 2, "thur": 3, "thurs": 3}
UNITS: Mapping[str, str] = {
    name: unit
    for unit, names in {
        "%": "% prozent percent prozentpunkte prozentpunkten",
        "EUR": "€ euro euros eur",
        "USD": "$ dollar dollars usd us-dollar us-dollars",
        "GBP": "£ pfund pound pounds gbp",
        "CHF": "franken francs chf sfr fr",
        "cent": "cent cents",
        "km": "km kilometer kilometern kilometre kilometres kilometers",
        "km/h": "km/h stundenkilometer stundenkilometern kmh",
        "m": "m meter metern metre metres meters",
        "mile": "meile meilen mile miles",
        "mph": "mph",
        "kg": "kg kilo kilos kilogramm kilogram kilograms",
        "t": "t tonne tonnen tons tonnes",
        "year": "jahr jahre jahren year years",
        "month": "monat monate monaten month months",
        "week": "woche wochen week weeks",
        "day": "tag tage tagen day days",
        "hour": "stunde stunden hour hours",
        "minute": "minute minuten minutes min",
        "second": "sekunde sekunden second seconds",
    }.items()
    for name in names.split()
}
"""A word in lower case -> its unit."""
MEASURES = frozenset(UNITS.values())
MONEY = frozenset({"EUR", "USD", "GBP", "CHF", "cent"})
SIGNS = ("€", "£", "$", "EUR", "USD", "GBP", "CHF", "Fr.", "US$")
"""What stands before a sum."""
_SCALES = {
    1e3: "tausend thousand k tsd",
    1e6: "million millionen millions mio mill mn",
    1e9: "milliarde milliarden mrd bn",
    1e12: "billionen trillion trillions",
    1e15: "billiarde billiarden",
}
_SCALE_OF = {name: scale for scale, names in _SCALES.items() for name in names.split()}
_GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn"
)
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"


def _number_words(ones: str, tens: str) -> dict[str, int]:
    return {name: at for at, name in enumerate(ones.split())} | {
        name: 10 * at for at, name in enumerate(tens.split(), 2)
    }


GERMAN_WORDS: Mapping[str, int] = _number_words(_GERMAN, _GERMAN_TENS) | {
    "dreissig": 30, "fuenf": 5, "zwoelf": 12, "zwo": 2,
}  # fmt: skip
ENGLISH_WORDS: Mapping[str, int] = _number_words(_ENGLISH, _ENGLISH_TENS)
GROUP_WORDS: Mapping[str, int] = {
    "beide": 2, "beiden": 2, "both": 2, "dutzend": 12, "dozen": 12,
}  # fmt: skip
"""Words for a number of things that do not count."""


def _month_names(*widths: str) -> dict[str, int]:
    locales = [Locale.parse(name) for name in ("de", "de_AT", "en")]
    return {
        name.lower().rstrip("."): number
        for locale in locales
        for context in ("format", "stand-alone")
        for width in widths
        for number, name in locale.months[context][width].items()
    }


def _weekday_names() -> dict[str, int]:
    found = dict(_MORE_DAYS)
    for code in ("de", "en"):
        for width in ("wide", "abbreviated"):
            for number, name in Locale.parse(code).days["format"][width].items():
                found[name.lower().rstrip(".")] = number
    return found


LONG_MONTHS = _month_names("wide") | _LONG_VARIANTS
MONTHS = _month_names("abbreviated") | {"mrz": 3} | LONG_MONTHS
"""A month's name in lower case, long or short -> 1 to 12."""
WEEKDAYS: Mapping[str, int] = _weekday_names()
"""A weekday's name in lower case, long or short -> 0 for Monday to 6."""


def month_name(month: int, language: str) -> str:
    """Return a month's name in a language, in English where babel does not know the language.

    >>> month_name(3, "de"), month_name(3, "en")
    ('März', 'March')
    """
    code = language if language in ("de", "en") else "en"
    return str(Locale.parse(code).months["format"]["wide"][month])


def scale_of(word: str, language: str) -> float | None:
    """Return what a word after a number multiplies it by, or None.

    >>> scale_of("Mio", "de"), scale_of("billion", "en"), scale_of("billion", "de")
    (1000000.0, 1000000000.0, 1000000000000.0)
    """
    name = word.lower().rstrip(".")
    if name in ("billion", "billions"):
        # A German Billion is a thousand times more.
        return 1e9 if language == "en" else 1e12
    return _SCALE_OF.get(name)


def alternatives(names: Iterable[str]) -> str:
    """Return a regular expression for any of these names, the longest first."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))
