"""Lines that say where a text comes from: who wrote it, when, for whom, at which address.

A line counts only when all of it is read: "Von Anna Beispiel, 25. Oktober 2024" is a
byline, "Von Anna Beispiel stammt die Idee." is not.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from corpus.text.quantities import WEEKDAYS, find_date, leading_date, unclear_date

WEEKDAY = rf"(?:{'|'.join(sorted(WEEKDAYS, key=len, reverse=True))})\b[.,]*\s*"
_TIME = (
    r"(?:(?:um|at)\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?(?:Uhr|[ap]\.?m\.?|h|(?-i:[A-Z]{2,4}T?))\b\.?)*"
    r"|\d{1,2}\s?(?:Uhr|[ap]\.?m\.?)"
)
_FILLER = re.compile(
    rf"(?:{_TIME}|{WEEKDAY}|Uhr\b|\b(?:am|on|um|at|vom|den|the|und|and)\b|[\s,;|·•–—/().\-]+)",
    re.I,
)
_UPDATED = re.compile(
    r"(?:zuletzt\s+)?(?:aktualisiert|geändert|update(?:d)?|last\s+updated|modified|bearbeitet|"
    r"aktualisierung|letzte\s+(?:aktualisierung|änderung)|korrigiert|corrected)"
    r"(?:\s+(?:am|on|at|um))?\s*:?",
    re.I,
)
_PUBLISHED = re.compile(
    r"(?:(?:(?:zu)?erst(?:mals)?|artikel|beitrag|text|online|meldung|first|originally|article|story)\s+)*"
    r"(?:stand|datum|date|veröffentlicht|erschienen|erstellt|publiziert|published|posted|online|"
    r"publication\s+date|veröffentlichung|vom|seit)(?:\s+(?:am|on|at|um|seit))?\s*:?",
    re.I,
)
_READING = re.compile(
    r"(?:(?:geschätzte\s+)?(?:lesezeit|lesedauer|dauer|hördauer|listen|read):?\s*)?(?:ca\.?\s*)?\d{1,2}[\s-]*(?:min(?:\.|uten?|utes?)?)"
    r"(?:\s*(?:lesezeit|lesedauer|read(?:ing)?(?:\s+time)?|lesen))?|reading\s+time:?\s*\d+\s*min\w*|"
    r"(?:heute|gestern|vorgestern|today|yesterday)\b(?=,?\s*(?:um\s|at\s)?\d)|"
    r"vor\s+\d+\s+(?:minuten?|stunden?|tage?n?|wochen?)|"
    r"\d+\s+(?:minutes?|hours?|days?|weeks?)\s+ago",
    re.I,
)
_AUTHOR = re.compile(
    r"(?:(?:(?:ein|eine|an?)\s+(?:\w+\s+)?)?(?:bericht|analyse|(?:gast)?kommentar|reportage|interview|"
    r"gastbeitrag|porträt|beitrag|artikel|essay|kolumne|glosse|rezension|kritik|leitartikel|article|"
    r"analysis|comment|opinion|review|column)\s+(?=von\b|by\b))?"
    # The longer forms first: "von" alone would do for all of them.
    r"(?:von\s+unsere[mrn]\s+\w+|(?:from|by)\s+our\s+\w+(?:\s+correspondent)?|"
    r"(?:written|words|text|story|report|posted)\s+by|"
    r"(?:text|verfasst|geschrieben|aufgezeichnet)\s+von|interview(?:\s+von|\s+by)?|"
    r"das\s+(?:interview|gespräch)\s+führten?|protokoll|von|by|text|autor(?:in|en|innen)?|"
    r"authors?|reporter(?:in)?|words)\b\s*:?\s+",
    re.I,
)
_SOURCE = re.compile(r"(?:quellen?|source|sources|agentur|via)\s*:\s*(?P<name>.+)$", re.I)
_SECTION = re.compile(
    r"(?:veröffentlicht|erschienen|abgelegt|published|posted|filed)\s+(?:in|under|unter):?\s+"
    r"(?P<name>[^\W\d_][\w &/-]{1,30})",
    re.I,
)
_URL = re.compile(
    r"(?:(?:url|link|quelle|source|original|web)\s*:\s*)?(?P<url>https?://\S+)$", re.I
)
_PARTICLE = r"(?:von|van|de|der|den|del|della|di|da|dos|zu|zur|bin|al|el|la|le|ten|ter|y)"
_WORD = r"[A-ZÀ-ÖØ-ÞŠŽČ][\w'’.\-]*"
_NAME = rf"(?:(?:Dr|Prof)\.\s+)*{_WORD}(?:\s+(?:{_PARTICLE}\s+)*{_WORD}){{1,4}}"
_NAMES = re.compile(rf"(?P<names>{_NAME}(?:\s*(?:,|und|and|&|/|;|sowie)\s*{_NAME}){{0,5}})")
_AGENCIES = re.compile(
    r"(?:(?:dpa|DPA|Dpa)(?:[-/]\w+)?|EPD|AFP|Reuters|AP|epd|KNA|sid|APA|dapd|SDA|PA|Red(?:aktion)?|(?:der\s+)?Redaktion)"
    r"(?:\s*[/,]\s*(?:dpa(?:-\w+)?|AFP|Reuters|AP|epd|KNA|sid|APA|\w{2,4}))*",
)
_TITLE_AFTER = re.compile(r"\s*[,(]\s*[^\d.,!?()]{3,40}\)?$")
_TOKENS = re.compile(r"\(?[a-z]{2,5}(?:\s*[/,]\s*[a-z]{2,5}){0,3}\)?$")
_NAMED = re.compile(rf"(?P<name>{_NAME})\s*(?P<mark>[|·•–—,-])\s*(?=.*\d)")
_WIRE = r"\((?:[a-z]{2,5}|[A-Z]{2,5})(?:[-/][A-Za-z]{2,6}){0,3}\)"
# "Bad Lauten, 3. Februar 2026", "KESSIN (dpa) - 12.3.2026": what follows must be a date.
_DATELINE = re.compile(
    rf"[A-ZÄÖÜ][\w.\-]+(?:[ /][A-ZÄÖÜ][\w.\-]+){{0,2}}(?:\s*{_WIRE})?\s*[,.:|·–-]?\s*"
)
_PLACE_WIRE = re.compile(
    r"[A-ZÄÖÜ][\w.\-]+(?:[ /][A-ZÄÖÜ][\w.\-]+){0,2}\s*"
    r"\((?:[a-z]{2,5}|AFP|AP|KNA|SDA|APA|PA)(?:/[A-Za-z]{2,6}){0,3}\)\s*[–-]?"
)
_REPORTER = re.compile(
    r"(?:(?:Von|By)\s+)?(?:[A-Za-zÄÖÜäöüß-]+\s+){0,2}(?i:reporter(?:in)?|correspondent|editor|"
    r"columnist|redakteur(?:in)?|korrespondent(?:in)?|mitarbeiter(?:in)?|volontär(?:in)?)\s+"
    rf"(?P<names>{_NAME})"
)
_WIRE_SIGN = re.compile(rf"\s*{_WIRE}")
_ASKED = re.compile(
    rf"(?:mit\s+{_NAME}\s+sprach(?:en)?|(?:die|seine|ihre)\s+fragen\s+stellten?|"
    rf"(?:das\s+)?(?:gespräch|interview)\s+mit\s+{_NAME}\s+führten?)\s*:?\s+(?P<asker>.+)$",
    re.I,
)
_JOB = (
    r"(?:(?:[\w-]+\s)?(?:[\w-]*(?:redakteur|reporter|korrespondent|volontär|journalist|autor|"
    r"ressortleiter|kolumnist)(?:in)?)(?:\s(?:für|im|der|des|in)\s[\w\s-]{3,40})?|"
    r"(?:\w+\s){0,2}(?:reporter|correspondent|editor|columnist|writer|journalist)(?:\s(?:for|in|at)\s[\w\s-]{3,40})?)"
)
_HOLDS_JOB = re.compile(rf"(?:(?i:von|by)\s+)?(?P<names>{_NAME})\s*[,(|·–-]\s*(?i:{_JOB})\)?")
_BARE_JOB = re.compile(
    r"(?:[a-zäöüß]+\s)?(?:[a-zäöü]+-?)?(?:redakteur|reporter|korrespondent|volontär|journalist)(?:in)?|"
    r"freie (?:autorin|journalistin|mitarbeiterin)|freier (?:autor|journalist|mitarbeiter)|"
    r"(?:\w+ ){0,2}(?:reporter|correspondent|editor|columnist)",
    re.I,
)
_CREDIT_OF = (
    r"(?i:übersetzung|redaktion|mitarbeit|recherche|bearbeitung|lektorat|produktion|schnitt|grafik|"
    r"translation|editing|research|production)"
)
_CREDITS = re.compile(
    rf"(?:{_CREDIT_OF}(?:\s*:|\s+(?:von|by))\s*{_NAME}(?:\s*(?:,|;|/|\||·|und|and)\s*|$))+"
)
_DATE_NAMED = re.compile(
    rf"(?P<head>.*\d(?:\s*Uhr)?)\s*(?:[/|·•–—]|(?<=Uhr)\s*,)\s*(?P<names>{_NAMES.pattern[10:-1]})"
    r"(?:\s*[|·•]\s*(?P<section>[A-ZÄÖÜ][\w-]+(?:[ &/-]+[\w-]+){0,2}))?"
)
_DATE_SECTION = re.compile(
    r"(?P<head>.*\d(?:\s*Uhr)?)\s*[|·•]\s*"
    r"(?P<name>[A-ZÄÖÜ][^\W\d_]+(?:[ &/-]+[A-ZÄÖÜ]?[^\W\d_]+){0,2})"
)
_RELEASE = re.compile(
    r"(?:presse|medien)(?:mitteilung|information|meldung|notiz|erklärung)|(?:press|news|media)\s+release",
    re.I,
)
_WITH_AGENCY = re.compile(
    rf"(?:mit|with|und|and)\s+(?:(?:material|agenturmaterial)\s+(?:von|der)\s+)?(?:{_AGENCIES.pattern})\b"
)
_BEFORE_DATE = re.compile(r"[A-ZÄÖÜ][\w.\-]+(?:[ /][A-ZÄÖÜ][\w.\-]+)?\s*[,/|–-]?\s*")
_PAPER = re.compile(
    r"\b(?:\w*(?:bote|zeitung|tageblatt|kurier|anzeiger|rundschau|nachrichten|blatt|post|presse|"
    r"magazin|echo|spiegel)|news|times|gazette|courier|herald|tribune|journal|chronicle|observer|"
    r"guardian|mail|telegraph|express|mercury|star|sun|review|standard|argus|examiner|dispatch)\b",
    re.I,
)
_PLACE = re.compile(r"(?:in|aus|from),?\s+[A-ZÄÖÜ][\w.\-]+(?:\s[A-ZÄÖÜ][\w.\-]+)?", re.U)


@dataclass(slots=True)
class Facts:
    """What a line says about the article it stands in; not to be changed once returned."""

    authors: list[str] = field(default_factory=list)
    published: date | None = None
    modified: date | None = None
    source: str = ""
    section: str = ""
    url: str = ""
    unclear: str = ""
    """A date whose day and month only the article's language or country tells apart."""


@lru_cache(maxsize=4096)
def read_line(text: str) -> Facts | None:
    """Return what a line says about its article, or None where it is not such a line.

    >>> facts = read_line("Von Anna Beispiel, 25. Oktober 2024")
    >>> facts.authors, facts.published
    (['Anna Beispiel'], datetime.date(2024, 10, 25))
    >>> read_line("Von Anna Beispiel stammt die Idee.") is None
    True
    """
    text = " ".join(text.split())
    if not text or len(text) > 200:
        return None
    hit = _URL.fullmatch(text)
    if hit:
        return Facts(url=hit["url"].rstrip(".,;)"))
    hit = _SOURCE.fullmatch(text)
    if hit:
        own = re.match(r"(?:eigene|own)\b|.*\b(?:reporting|recherche)$", hit["name"], re.I)
        name = "" if own else hit["name"].strip(" .")
        return Facts(source=name) if len(text) <= 120 else None
    hit = _SECTION.fullmatch(text)
    if hit:
        return Facts(section=hit["name"])
    if _TOKENS.fullmatch(text) or _PLACE_WIRE.fullmatch(
        text
    ):  # an agency's or an editor's letters: "dpa", "(mm/sd)"
        return Facts()
    hit = _NAMED.match(text)
    if hit and not _AUTHOR.match(text):
        facts = _read_parts(text[hit.end() :])
        if facts and (facts.published or facts.modified or facts.unclear):
            if _PAPER.search(hit["name"]):
                facts.source = hit["name"]
                return facts
            if hit["mark"] in "|·•":
                facts.authors = [hit["name"]]
                return facts
    hit = _REPORTER.fullmatch(text)
    if hit:
        return Facts(authors=[hit["names"]])
    hit = _ASKED.match(text)
    if hit and _NAMES.fullmatch(hit["asker"].rstrip(".")):
        return Facts(authors=_split_names(hit["asker"]))
    return _read_more(text) or _read_parts(_after_place(text))


def _read_more(text: str) -> Facts | None:
    """Read lines that name people with what they do, or behind a date."""
    if _BARE_JOB.fullmatch(text) or _CREDITS.fullmatch(text):
        return Facts()
    hit = _HOLDS_JOB.fullmatch(text)
    if hit:
        return Facts(authors=[hit["names"]])
    for pattern in (_DATE_NAMED, _DATE_SECTION):
        hit = pattern.fullmatch(text)
        facts = _read_parts(hit["head"]) if hit else None
        if hit and facts and (facts.published or facts.modified or facts.unclear):
            if pattern is _DATE_SECTION:
                facts.section = hit["name"]
            elif is_paper(hit["names"]):
                facts.source = hit["names"]
            elif not facts.authors:
                facts.authors = _split_names(hit["names"])
            if pattern is _DATE_NAMED:
                facts.section = hit["section"] or ""
            return facts
    return None


def _after_place(text: str) -> str:
    """Take the place off a line that opens with one and a date.

    >>> _after_place("Bad Lauten, 3. Februar 2026"), _after_place("Bad Lauten hat gewonnen")
    ('3. Februar 2026', 'Bad Lauten hat gewonnen')
    """
    hit = None if _AUTHOR.match(text) else _DATELINE.match(text)
    rest = text[hit.end() :] if hit else ""
    weekday = re.match(WEEKDAY, rest, re.I)
    rest = rest[weekday.end() :] if weekday else rest
    return rest if leading_date(rest)[1] else text


def is_name(text: str) -> bool:
    """Say whether a line is a person's name and nothing more, as far as its form shows.

    >>> is_name("Clara Wieland"), is_name("Bahnhof gesperrt"), is_name("Clara")
    (True, False, False)
    """
    return len(text) <= 50 and re.fullmatch(_NAME, " ".join(text.split())) is not None


def is_paper(text: str) -> bool:
    """Say whether a short line is the name of a newspaper, as far as names show that."""
    return len(text) <= 40 and len(text.split()) <= 5 and bool(_PAPER.search(text))


@lru_cache(maxsize=4096)
def is_bare_date(text: str) -> bool:
    """Say whether a line is a date or a time of day and nothing more.

    >>> is_bare_date("3. Oktober 1990"), is_bare_date("14:03 Uhr"), is_bare_date("Stand: 3.5.24")
    (True, True, False)
    """
    line = " ".join(text.split()).rstrip(":")
    if not line or len(line) > 40 or _PUBLISHED.match(line) or _UPDATED.match(line):
        return False
    facts = _read_parts(line)
    return facts is not None and not facts.authors and not facts.modified and not facts.source


def is_bare_time(text: str) -> bool:
    """Say whether a line is a time of day or a minute of play, without a date.

    >>> is_bare_time("14:03 Uhr"), is_bare_time("3. Oktober 1990, 14:03 Uhr")
    (True, False)
    """
    return is_bare_date(text) and find_date(text) is None and not unclear_date(text)


def _read_parts(text: str) -> Facts | None:
    """Read a line of author, dates, times and agency, in any order; None if words remain."""
    facts = Facts()
    release = _RELEASE.match(text)
    text = text[release.end() :].lstrip(" ,:") if release else text
    author = _AUTHOR.match(text)
    rest, found = text, False
    if author:
        rest = text[author.end() :]
        names = _NAMES.match(rest) or _AGENCIES.match(rest)
        if not names:
            return None
        if _AGENCIES.fullmatch(names[0]):
            facts.source = names[0]
        else:
            facts.authors = _split_names(names[0])
        rest, found = rest[names.end() :], True
        if _TITLE_AFTER.fullmatch(rest) and len(rest.split()) <= 4:
            return facts
    updated = False
    while rest:
        step = _next_part(rest, facts, updated)
        if step is None:
            return None
        length, counts, updated = step
        rest, found = rest[length:], found or counts
    return facts if found else None


def _next_part(rest: str, facts: Facts, updated: bool) -> tuple[int, bool, bool] | None:
    """Take one part off a line: its length, whether it says anything, whether "updated" holds."""
    day, length = leading_date(rest)
    if length:
        if day is None:
            facts.unclear = facts.unclear or ("" if updated else rest[:length])
        elif updated:
            facts.modified = day
        elif facts.published is None:
            facts.published = day
        return length, True, updated
    for pattern, counts, after in (
        (_UPDATED, True, True),
        (_PUBLISHED, True, False),
        (_READING, True, updated),
    ):
        hit = pattern.match(rest)
        if hit:
            return hit.end(), counts, after
    hit = _WIRE_SIGN.match(rest)
    if hit:
        return hit.end(), True, updated
    hit = _FILLER.match(rest)
    if hit:
        return hit.end(), bool(re.search(r"\d", hit[0])), updated
    by = _AUTHOR.match(rest)
    names = _NAMES.match(rest, by.end()) if by and not facts.authors else None
    if names:
        facts.authors = _split_names(names[0])
        return names.end(), True, updated
    hit = _WITH_AGENCY.match(rest)
    if hit:
        return hit.end(), True, updated
    hit = _BEFORE_DATE.match(rest) if facts.authors else None
    if hit and leading_date(rest[hit.end() :])[1]:
        return hit.end(), True, updated
    hit = _AGENCIES.match(rest) or (_PLACE.match(rest) if facts.authors else None)
    return (hit.end(), True, updated) if hit else None


def _split_names(text: str) -> list[str]:
    parts = re.split(r"\s*(?:,|;|/|&|\bund\b|\band\b|\bsowie\b)\s*", text)
    names = [part.strip(" .") for part in parts if part.strip(" .")]
    return [name.title() if name.isupper() and " " in name else name for name in names]
