"""An article as a press database states it: its fields as they are written, and its text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from corpus.article import Article, Role
from corpus.blocks import Block, Metadata
from corpus.structure.assemble import assemble
from corpus.structure.bylines import read_line
from corpus.text.normalize import clean
from corpus.text.quantities import Order, order_of

_PAGE = re.compile(r"(?:\b(?:S\.|Seite|Pg\.?|Page|pp?\.)\s*)?(?P<page>[A-Z]{0,3}-?\d{1,4})\b", re.I)
_BY = re.compile(r"^(?:by|von|par|text|autor(?:in)?|author)\b:?\s+", re.I)
_AROUND_NAMES = re.compile(r"\([^()]*\)|\S+@\S+|[*/]+")
_PLACE = re.compile(r",?\s+(?:in|aus|from)\s+[A-ZÄÖÜ].*$")
_FRENCH = {
    "janvier": 1, "février": 2, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6,
    "juillet": 7, "août": 8, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11,
    "décembre": 12, "decembre": 12,
}  # fmt: skip
_FRENCH_DAY = re.compile(rf"\b(\d{{1,2}})(?:er)?\s+({'|'.join(_FRENCH)})\s+(\d{{4}})\b", re.I)
_LANGUAGES = {
    "english": "en", "englisch": "en", "anglais": "en", "german": "de", "deutsch": "de",
    "allemand": "de", "french": "fr", "français": "fr", "französisch": "fr", "spanish": "es",
    "spanisch": "es", "italian": "it", "italienisch": "it", "dutch": "nl", "niederländisch": "nl",
    "portuguese": "pt", "polish": "pl", "polnisch": "pl", "russian": "ru", "russisch": "ru",
}  # fmt: skip


@dataclass(slots=True)
class PressRecord:
    """One article of an export; every field but the text is as the export writes it."""

    title: str = ""
    kicker: str = ""
    subtitle: str = ""
    source: str = ""
    day: str = ""
    page: str = ""
    section: str = ""
    byline: str = ""
    language: str = ""
    length: str = ""
    url: str = ""
    key: str = ""
    """What the database knows the article by."""
    rights: str = ""
    text: list[str] = field(default_factory=list)
    """Its paragraphs."""
    captions: list[str] = field(default_factory=list)
    modified: str = ""
    blocks: list[Block] = field(default_factory=list)
    """Its paragraphs, where the format tells their kinds; instead of `text`."""

    @property
    def has_text(self) -> bool:
        """Whether there is more of it than its headline."""
        return any(text.strip() for text in self.text) or any(b.text.strip() for b in self.blocks)


def press_article(record: PressRecord, *, uri: str) -> Article:
    """Return the article of a record.

    The headline, the masthead and the rights have their roles from the export; which of its
    paragraphs are headings or lines around the text is found out as everywhere.
    """
    page = page_number(record.page)
    language = language_of(record.language)
    order: Order | None = order_of(record.language) or order_of(language)
    body = record.blocks or [Block(text) for text in record.text]
    blocks = [
        Block(record.kicker, role=Role.SOURCE),
        Block(record.title, "title", role=Role.HEADLINE),
        Block(_masthead(record), role=Role.SOURCE),
        Block(record.byline, role=Role.SOURCE),
        Block(record.rights, role=Role.SOURCE),
        Block(record.subtitle, "lead", role=Role.LEAD),
        *body,
        *(Block(text, "caption", role=Role.CAPTION) for text in record.captions),
    ]
    for block in blocks:
        block.page = block.page or page
    metadata = Metadata(
        title=record.title,
        authors=author_names(record.byline),
        source=_line(record.source),
        section=_line(record.section),
        url=record.url if record.url.startswith(("http://", "https://")) else "",
        hint=language,
        order=order,
    )
    metadata.set_published(in_english(record.day))
    if record.modified:
        changed = Metadata(order=order)
        changed.set_published(in_english(record.modified))
        metadata.modified = changed.published
    return assemble(blocks, uri=uri, metadata=metadata)


def page_number(text: str) -> int | None:
    """Return a printed page as a number; None for none, and for "A12".

    >>> page_number("S. 12"), page_number("Pg. 3"), page_number("A12"), page_number("")
    (12, 3, None, None)
    """
    hit = _PAGE.search(text)
    return int(hit["page"]) if hit and hit["page"].isdecimal() else None


def author_names(byline: str) -> list[str]:
    """Return the names in a byline, each with the first name first.

    >>> author_names("Von MAX MUSTER und Anna Nym"), author_names("Muster, Max; Nym, Anna")
    (['Max Muster', 'Anna Nym'], ['Max Muster', 'Anna Nym'])
    >>> author_names("Daniel Hofer in Brüssel"), author_names("")
    (['Daniel Hofer'], [])
    """
    text = _PLACE.sub("", _line(_AROUND_NAMES.sub(" ", _BY.sub("", _line(byline)))))
    if not text:
        return []
    if ";" in text or re.fullmatch(r"[\w-]+, [\w.-]+(?: [\w.-]+)?", text):
        return [_turn_name(part) for part in text.split(";") if part.strip()]
    facts = read_line(f"Von {text}")
    if facts and facts.authors:
        return [_spell_name(name) for name in facts.authors]
    parts = re.split(r"\s*(?:,|\bund\b|\band\b|\bet\b|&)\s*", text)
    return [_spell_name(part) for part in parts if part and len(part.split()) <= 5]


def _turn_name(name: str) -> str:
    """Return "Max Muster" for "Muster, Max"."""
    last, comma, first = name.partition(",")
    return _spell_name(f"{first.strip()} {last.strip()}" if comma else name.strip())


def _spell_name(name: str) -> str:
    return name.title() if name.isupper() and " " in name else name


def language_of(name: str) -> str:
    """Return the code of a language that is named, or "".

    >>> language_of("ENGLISH"), language_of("Deutsch"), language_of("de-AT"), language_of("?")
    ('en', 'de', 'de', '')
    """
    word = re.split(r"[;,]", name.strip().lower())[0].strip()
    code = re.fullmatch(r"([a-z]{2})(?:[-_]\w+)?", word)
    return _LANGUAGES.get(word, code[1] if code else "")


def in_english(day: str) -> str:
    """Return a date whose month may be named in French with a number instead.

    >>> in_english("jeudi 22 décembre 2022"), in_english("1. Juli 2019")
    ('jeudi 22.12.2022', '1. Juli 2019')
    """
    return _FRENCH_DAY.sub(lambda hit: f"{hit[1]}.{_FRENCH[hit[2].lower()]}.{hit[3]}", day)


def _masthead(record: PressRecord) -> str:
    page = record.page
    if page and re.fullmatch(r"[\w-]{1,6}", page):
        page = f"S. {page}" if language_of(record.language) == "de" else f"p. {page}"
    parts = (record.source, record.day, page, record.section, record.length)
    return ", ".join(_line(part) for part in parts if part.strip())


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def paragraphs_of(lines: Iterable[str], *, wrapped: bool) -> list[str]:
    """Return the paragraphs of lines; where they are `wrapped`, those of a text with a width."""
    from corpus.readers.text.plain import split

    if wrapped:
        return split(clean("\n".join(lines)))
    return [line.strip() for line in lines if line.strip()]
