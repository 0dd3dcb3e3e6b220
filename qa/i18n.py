"""Messages in German and English, and how each language writes dates, numbers and names.

The texts are gettext catalogues, `qa/locale/LANGUAGE/LC_MESSAGES/messages.po`, read by babel.
"""

import datetime
import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date, format_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from corpus.errors import ErrorText

LANGUAGES = ("de", "en")

# babel's own English is American.
_LOCALES = {"de": Locale("de"), "en": Locale("en", "GB")}


class Words:
    """The words of one language: `words["sources"]`, `words.count("n_articles", 3)`.

    >>> Words("de").count("n_articles", 1), Words("en").count("n_articles", 1200)
    ('1 Artikel', '1,200 articles')
    """

    def __init__(self, language: str) -> None:
        """Of a language that is neither German nor English, the words are English."""
        self.language = language if language in LANGUAGES else "en"
        self._texts = _catalogue(self.language, "messages")
        self._locale = _LOCALES[self.language]

    def __getitem__(self, key: str) -> str:
        text = self._texts[key]
        assert isinstance(text, str), f"{key} counts something"
        return text

    def fill(self, key: str, /, **values: object) -> str:
        """Return the words with their {places} filled in."""
        return self[key].format(**values)

    def count(self, key: str, number: int) -> str:
        """Return "1 article" or "1,200 articles", as the language counts."""
        forms = self._texts[key]
        assert isinstance(forms, tuple), f"{key} counts nothing"
        form = forms[0] if self._locale.plural_form(number) == "one" else forms[1]
        return form.format(n=self.number(number))

    def reason(self, text: str) -> str:
        """Return what an error says; an `ErrorText` has its template, any other stays English.

        >>> text = ErrorText("the feed has no entries")
        >>> Words("de").reason(text), Words("en").reason(text)
        ('der Feed hat keine Einträge', 'the feed has no entries')
        """
        known = {} if self.language == "en" else _catalogue(self.language, "errors")
        if not isinstance(text, ErrorText):
            return str(known.get(text, text))
        worded = known.get(text.template)
        if worded is None:
            return str(text)
        return _Filler(self).vformat(str(worded), (), text.values)

    def language_name(self, code: str) -> str:
        """Return a language's name, or its code where it has none.

        >>> Words("de").language_name("fr"), Words("en").language_name("xx")
        ('Französisch', 'xx')
        """
        if code == "und":  # babel would guess
            return code
        try:
            return Locale.parse(code, sep="-").get_display_name(self._locale) or code
        except (UnknownLocaleError, ValueError):
            return code

    def date(self, day: datetime.date | None) -> str:
        """Return a date as the language writes it.

        >>> Words("de").date(datetime.date(2024, 10, 5)), Words("en").date(None)
        ('5. Oktober 2024', 'undated')
        """
        return self["undated"] if day is None else format_date(day, "long", self._locale)

    def time(self, moment: datetime.datetime) -> str:
        """Return a time of day as the language writes it.

        >>> Words("de").time(datetime.datetime(2024, 10, 5, 9, 3))
        '09:03'
        """
        return format_time(moment, "short", locale=self._locale)

    def weekday(self, day: datetime.date) -> str:
        """Return the name of a day of the week.

        >>> Words("de").weekday(datetime.date(2024, 10, 5))
        'Samstag'
        """
        return format_date(day, "EEEE", self._locale)

    def month(self, day: datetime.date, *, short: bool = False) -> str:
        """Return a day's month and year.

        >>> day = datetime.date(2024, 10, 5)
        >>> Words("de").month(day), Words("en").month(day, short=True)
        ('Oktober 2024', 'Oct 24')
        """
        name = self._locale.months["stand-alone"]["wide"][day.month]
        return f"{name[:3]} {day.year % 100:02}" if short else f"{name} {day.year}"

    def number(self, number: int) -> str:
        """Return a number with the language's thousands.

        >>> Words("de").number(12000), Words("en").number(12000)
        ('12.000', '12,000')
        """
        return format_decimal(number, locale=self._locale)

    def decimal(self, number: float) -> str:
        """Return a score with two decimals.

        >>> Words("de").decimal(-0.5), Words("en").decimal(2)
        ('−0,50', '2.00')
        """
        digits = format_decimal(round(number, 2) + 0.0, "0.00", locale=self._locale)
        return digits.replace("-", "−")

    def percent(self, share: float) -> str:
        r"""Return a share of 0..1 in per cent, as the language writes it.

        >>> Words("de").percent(0.96), Words("en").percent(0.96)
        ('96\xa0%', '96%')
        """
        return format_percent(share, locale=self._locale)

    def size(self, count: int) -> str:
        """Return a number of bytes for people.

        >>> Words("en").size(100_000_000)
        '100 MB'
        """
        return f"{count // 1_000_000} MB"


class _Filler(string.Formatter):
    """Fills in numbers and known nouns as a language writes them."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, str):
            return self._words.reason(value)
        text = format(value, format_spec)
        return text.translate(str.maketrans(",.", ".,")) if isinstance(value, int | float) else text


def choose_language(chosen: str, accepted: str) -> str:
    """Return the interface's language: the one chosen here, else the browser's first known one.

    `accepted` is an Accept-Language header. What is neither German nor English gets English.

    >>> choose_language("", "fr;q=0.9, de-AT;q=0.8, en;q=0.1")
    'de'
    >>> choose_language("en", "de"), choose_language("xx", "")
    ('en', 'en')
    """
    if chosen in LANGUAGES:
        return chosen
    weighted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        weighted.append((-weight, name))
    ranked = [name for _, name in sorted(weighted, key=lambda item: item[0])]
    return negotiate_locale(ranked, LANGUAGES, sep="-") or "en"


@cache
def _catalogue(language: str, domain: str) -> Mapping[str, str | tuple[str, ...]]:
    """Return a catalogue's texts by their keys; where something is counted, both forms."""
    path = files("qa") / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        found = read_po(file, locale=language)
    texts: dict[str, str | tuple[str, ...]] = {}
    for message in list(found)[1:]:  # the first is the head
        if isinstance(message.id, str):
            texts[message.id] = str(message.string)
        else:
            texts[message.id[0]] = tuple(message.string or ())
    return texts
