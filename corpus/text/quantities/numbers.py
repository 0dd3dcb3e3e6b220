"""Numbers in German and English text, in digits and in words, with scale and unit.

"1,5 Millionen" and "1.5 million" are one number, "siebzehn" is 17. Left out: ordinal numbers
in words ("der dritte"), fractions in words ("zwei Drittel" is 2), and Roman numerals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import isclose

from corpus.text.quantities.names import (
    ENGLISH_WORDS,
    GERMAN_WORDS,
    GROUP_WORDS,
    MEASURES,
    SIGNS,
    UNITS,
    scale_of,
)

_DIGITS = re.compile(
    rf"(?:(?<![\w])(?P<sign>{'|'.join(map(re.escape, SIGNS))})\s?)?(?<![\w.,])"
    r"(?P<digits>\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_RUN = re.compile(r"(?:\b[a-z]+\b[\s-]?)+", re.IGNORECASE)
_ONE_LARGE = re.compile(
    r"\b(?:eine[rn]?|an?|one)\s(million|milliarde|billion|thousand)\b", re.IGNORECASE
)
_NEXT = re.compile(
    r"[\s\u00a0-]{0,2}(us-dollars?|km/h|[^\W\d_]+(?:/[^\W\d_]+)?|[%€$£])\.?", re.IGNORECASE
)
_PER_CENT = re.compile(r"\s{1,2}per\s?cent\b", re.IGNORECASE)
_CENTS_AFTER = 8
"""Characters between "four euros" and the "eighty cents" that belong to them, at most."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number with its unit: a known one in one form, else the word after it, or ""."""

    value: float
    unit: str = ""
    spelled: bool = field(default=False, compare=False)
    """Whether it is written in words."""

    @property
    def measured(self) -> bool:
        """Whether the unit is a known one, so that others exclude it."""
        return self.unit in MEASURES

    @property
    def may_be_article(self) -> bool:
        """Whether this may be no number at all: "ein", "one"."""
        return self.spelled and self.value == 1

    def comparable(self, other: "Number") -> bool:
        """Tell whether both may count the same: not euros and metres."""
        if self.measured or other.measured:
            return self.unit == other.unit or not (self.unit and other.unit)
        return True

    def agrees(self, other: "Number") -> bool:
        """Tell whether the numbers are the same, and their units not two different ones.

        >>> Number(2.3e6, "EUR").agrees(Number(2300000.0)), Number(5, "km").agrees(Number(5, "day"))
        (True, False)
        """
        return self.comparable(other) and isclose(self.value, other.value, rel_tol=1e-9)


NumberPlace = tuple[Number, int, int]
"""A number, and where it stands with its unit."""


def numbers_in(text: str, language: str) -> list[NumberPlace]:
    """Return the numbers of a text with their places, in its order.

    Args:
        text: any; what is part of a date in it is taken for a number too.
        language: "en" reads "1,500" as a thousand and more, others read "1.500" so.

    >>> [item for item, _, _ in numbers_in("rund 2,3 Mio. Euro, siebzehn Boote", "de")]
    [Number(value=2300000.0, unit='EUR', spelled=False), Number(value=17.0, unit='boote', spelled=True)]
    """  # noqa: E501 - a doctest's output is one line
    found = [*_in_digits(text, language), *_in_words(text, language)]
    return _with_cents(sorted(found, key=lambda item: (item[1], -item[2])))


def parse_number(digits: str, language: str) -> float:
    """Return the value of a number in digits, as its language writes it.

    >>> parse_number("1.500", "de"), parse_number("1.500", "en"), parse_number("1,5", "de")
    (1500.0, 1.5, 1.5)
    >>> parse_number("1,500.25", "en"), parse_number("1.500,25", "en"), parse_number("4.62", "de")
    (1500.25, 1500.25, 4.62)
    """
    digits = re.sub("['’\u00a0\u202f ]", "", digits)
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
    if word in GERMAN_WORDS:
        return GERMAN_WORDS[word]
    for mark, size in (("tausend", 1000), ("hundert", 100)):
        head, found, rest = word.partition(mark)
        if found:
            high = german_number(head) if head else 1
            low = german_number(rest.removeprefix("und")) if rest else 0
            return None if high is None or low is None else high * size + low
    unit, found, ten = word.partition("und")
    if found and GERMAN_WORDS.get(unit, 10) < 10 and GERMAN_WORDS.get(ten, 0) >= 20:
        return GERMAN_WORDS[ten] + GERMAN_WORDS[unit]
    return None


def _in_digits(text: str, language: str) -> Iterator[NumberPlace]:
    for match in _DIGITS.finditer(text):
        value = parse_number(match["digits"], language)
        sign = UNITS.get((match["sign"] or "").lower().rstrip(".").removeprefix("us"), "")
        yield _number(text, match.start(), match.end(), Number(value, sign), language)


def _in_words(text: str, language: str) -> Iterator[NumberPlace]:
    for match in _ONE_LARGE.finditer(text):
        one = Number(scale_of(match[1], language) or 1.0, spelled=True)
        yield _number(text, match.start(), match.end(), one, language)
    if language != "de":
        yield from _in_english_words(text, language)
    if language != "en":
        for match in _WORD.finditer(text):
            word = match[0].lower()
            value = GROUP_WORDS.get(word) or german_number(word)
            if value is not None:
                found = Number(float(value), spelled=True)
                yield _number(text, match.start(), match.end(), found, language)


def _in_english_words(text: str, language: str) -> Iterator[NumberPlace]:
    for run in _ENGLISH_RUN.finditer(text):
        start, end, total, current = -1, 0, 0.0, 0.0
        for word in [*_WORD.finditer(text, run.start(), run.end()), None]:
            name = word[0].lower() if word else ""
            value = ENGLISH_WORDS.get(name, GROUP_WORDS.get(name) if language == "en" else None)
            if word and value is not None:
                start, end = (word.start() if start < 0 else start), word.end()
                current += value
            elif word and start >= 0 and name in ("hundred", "thousand"):
                current *= 100 if name == "hundred" else 1000
                end = word.end()
                if name == "thousand":
                    total, current = total + current, 0.0
            elif start >= 0 and name != "and":
                found = Number(total + current, spelled=True)
                yield _number(text, start, end, found, language)
                start, total, current = -1, 0.0, 0.0


def _number(text: str, start: int, end: int, number: Number, language: str) -> NumberPlace:
    """Add the scale and the unit that follow a number."""
    following = _NEXT.match(text, end)
    scale = _scale(following[1], number.unit, language) if following else None
    if following and scale:
        short = following[1].lower() in ("mio", "mrd", "tsd", "mill")
        end = following.end() if short else following.end(1)
        number = replace(number, value=number.value * scale)
        following = _NEXT.match(text, end)
    if following and not number.unit:
        name = following[1].lower()
        if percent := _PER_CENT.match(text, end):
            return replace(number, value=round(number.value, 6), unit="%"), start, percent.end()
        if name in UNITS:
            number, end = replace(number, unit=UNITS[name]), following.end(1)
        else:
            number = replace(number, unit=name)
    return replace(number, value=round(number.value, 6)), start, end


def _scale(word: str, unit: str, language: str) -> float | None:
    if word == "m":
        # "4.62 m" is a length; only after a currency is it a million.
        return 1e6 if unit else None
    return scale_of(word, language)


def _with_cents(found: list[NumberPlace]) -> list[NumberPlace]:
    """Make one number of "four euros" and "eighty cents"; of two that overlap keep the first."""
    joined: list[NumberPlace] = []
    for number, start, end in found:
        before = joined[-1] if joined else None
        if before is not None and start < before[2]:
            continue  # a word of both languages, or of a larger number
        near = before is not None and start - before[2] <= _CENTS_AFTER
        if not near or before is None or number.unit != "cent" or number.value >= 100:
            joined.append((number, start, end))
        elif before[0].unit in ("EUR", "USD", "CHF"):
            total = round(before[0].value + number.value / 100, 6)
            joined[-1] = (replace(before[0], value=total), before[1], end)
        else:
            joined.append((number, start, end))
    return joined
