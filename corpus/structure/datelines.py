"""What the first paragraph says before its text begins: place, day, agency, author.

"Quellheim, 12. März 2026. Von Tilda Rehbein. Das Stadtbad …" A scene may be set in the same
words ("Berlin, 9. November 1989. Die Menge …"), and its day is not the day of publication.
So a place and a day alone say nothing: a byline, an agency's sign or a dash has to follow.
"""

import re

from corpus.structure.bylines import WEEKDAY, Facts
from corpus.text.quantities import leading_date

_LONGEST = 160
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-ÞŠŽČ][\w'’]*(?:-[A-ZÀ-ÖØ-Þ][\w'’]*)*|[A-Z]\.)"
_PARTICLE = r"(?:von|van|de|der|den|del|della|di|da|zu|zur|bin|al|el|la|le|ten|ter)"
_PERSON = rf"(?:(?:Dr|Prof)\.\s)*{_NAME_WORD}(?:\s(?:{_PARTICLE}\s)*{_NAME_WORD}){{1,3}}"
_PLACE = (
    r"(?!(?:Am|An|Ab|Bis|Im|In|Seit|Vom|Zum|Der|Die|Das|On|At|By|Since|Until|From|The)\b)"
    r"[A-ZÄÖÜ][\w'’.\-]*"
    r"(?:[ /](?:am|an|der|im|in|ob|upon|on|the|de)\b|[ /][A-ZÄÖÜ][\w'’.\-]*){0,5}"
)
_PLACES = (
    re.compile(_PLACE),
    re.compile(rf"{_PLACE},\s[A-ZÄÖÜ][\w.\-]+(?:\s[A-ZÄÖÜ][\w.\-]+)?"),  # with its region
)
_AGENCY = re.compile(r"\((?:[A-Za-z]{2,8})(?:[-/ ][A-Za-z]{2,8}){0,3}\)")
_BYLINE = re.compile(rf"(?:Von|By|VON|BY)\s(?P<names>{_PERSON}(?:\s(?:und|and)\s{_PERSON})?)")
_DASH = re.compile(r"\s*[–—]|\s+-(?=\s)")
_BETWEEN = re.compile(r"[\s.,:;|/–—-]+")
_BEFORE_DATE = re.compile(rf"\s*[,:–—-]?\s*(?:{WEEKDAY})?(?:(?:den|am|on)\s+)?", re.I)
_TEXT = re.compile(r"[\"“„»«‚'(]?[A-ZÀ-ÖØ-Þ0-9]")


def read_dateline(paragraph: str) -> Facts | None:
    """Return what stands before a paragraph's text, or None where nothing certain does.

    >>> facts = read_dateline("Quellheim, 12. März 2026. Von Tilda Rehbein. Das Bad öffnet.")
    >>> facts.published, facts.authors
    (datetime.date(2026, 3, 12), ['Tilda Rehbein'])
    >>> read_dateline("Berlin, 9. November 1989. Die Menge strömt zur Mauer.") is None
    True
    """
    head = " ".join(paragraph[: 2 * _LONGEST].split())
    day, length = leading_date(head)
    dash = _DASH.match(head, length) if day else None
    if dash and _TEXT.match(head[dash.end() :].lstrip()):
        return Facts(published=day)  # "27.1.2022 - Bei der Übergabe …"
    for form in _PLACES:
        place = form.match(head)
        facts = _after_place(head[place.end() :].lstrip()) if place else None
        if facts is not None:
            return facts
    return None


def _after_place(rest: str) -> Facts | None:
    """Read an agency's sign and the day, and then what makes it certain."""
    sign = _AGENCY.match(rest)
    rest = rest[sign.end() :] if sign else rest
    before = _BEFORE_DATE.match(rest)
    if before is None or not (sign or before[0].strip()):
        return None
    rest = rest[before.end() :]
    day, length = leading_date(rest)
    if day is None:
        return None
    return _after_day(rest[length:], Facts(published=day), certain=sign is not None)


def _after_day(rest: str, facts: Facts, *, certain: bool) -> Facts | None:
    """Read agency, byline and dash behind the day; None where none of them makes it certain."""
    while True:
        dash = _DASH.match(rest)
        certain = certain or dash is not None
        between = _BETWEEN.match(rest)
        rest = rest[between.end() :] if between else rest
        hit = _AGENCY.match(rest) or (None if facts.authors else _BYLINE.match(rest))
        if hit is None or (between is None and hit.re is _BYLINE):
            break
        if hit.re is _BYLINE:
            if not re.match(r"\s?[.,:;|/–—-]", rest[hit.end() :]):
                break  # "Von Karl Marx stammt …"
            facts.authors = re.split(r"\s(?:und|and)\s", hit["names"])
        certain, rest = True, rest[hit.end() :]
    return facts if certain and _TEXT.match(rest) else None
