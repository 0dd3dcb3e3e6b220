"""The names under which press databases state what they know of an article."""

import re

from corpus.readers.press.record import PressRecord

_NAMES = {
    "title": "title|titel|headline|überschrift|schlagzeile|titre",
    "kicker": "kicker|dachzeile|oberzeile|spitzmarke",
    "subtitle": "subtitle|untertitel|highlight|vorspann|sous-titre",
    "byline": "byline|author|authors|autor|autoren|autor/in|autor(en)|verfasser|auteur|von",
    "source": "source|quelle|medium|zeitung|publikation|publication title|publication info|"
    "zeitschrift|publication",
    "day": "date|datum|publication date|erscheinungsdatum|erschienen am|erscheinungstag|"
    "veröffentlichungsdatum",
    "page": "page|pages|seite|seiten|start page|first page",
    "section": "section|rubrik|ressort|teil|rubrique",
    "language": "language|language of publication|sprache|langue",
    "length": "length|länge|laenge|umfang|wörter|wortanzahl|longueur|word count",
    "url": "document url|dauerhafte adresse des dokuments|url|link|permalink|adresse",
    "key": "dokumentnummer|document number|dokument-id|dokument-nr.|proquest document id|"
    "artikel-id|accession number|id",
    "rights": "copyright|rechte|alle rechte vorbehalten",
    "text": "text|full text|volltext|body|artikeltext|haupttext|textkörper|inhalt",
    "captions": "graphic|grafik|bildunterschrift|caption|abbildung",
    # What says how the database files the article, not what stands in it.
    "": "load-date|update|publication-type|publikationstyp|document type|dokumenttyp|source type|"
    "journal code|zeitungs-code|subject|schlagwort|schlagwörter|thema|themen|company|firma|firmen|"
    "organization|organisation|organisationen|ticker|industry|branche|branchen|person|personen|"
    "geographic|city|state|country|land|region|regionen|location|people|company / organization|"
    "business indexing term|identifier / keyword|keywords|issn|isbn|edition|ausgabe|ausgaben|"
    "volume|issue|jahrgang|heft|heftnummer|nummer|publisher|verlag|herausgeber|publication year|"
    "publication subject|place of publication|country of publication|erscheinungsort|"
    "last updated|database|datenbank|datenbanken|links|abstract|dateline|distribution|"
    "classification|"
    "klassifikation|acc-no|pub-type|notes|anmerkungen|correction|series|dokumentart|deskriptoren|"
    "sachgebiet|branchencode|pressemitteilung|column|type|rank|reichweite|auflage|verbreitung|"
    "verbreitete auflage|verkaufte auflage|isbn-13|coden|features|credit|illustration|"
    "document feature|publication info.|subject area|issn-l|e-issn",
}
FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split("|")}
"""A label in lower case -> the field of `PressRecord` that it fills, "" for none."""
_LABEL = re.compile(
    r"\s{0,12}(?P<label>[A-ZÄÖÜa-zäöü][\w() ./-]{1,40}?)\s*:[\s\u00a0]*(?P<value>.*)$"
)


def split_field(line: str) -> tuple[str, str, str] | None:
    """Return a line's label in lower case, its field and its value; None where it is no field.

    >>> split_field("LENGTH: 355 words"), split_field("Rubrik:\u00a0Politik")
    (('length', 'length', '355 words'), ('rubrik', 'section', 'Politik'))
    >>> split_field("Er sagte: nein") is None
    True
    """
    hit = _LABEL.match(line)
    if hit is None:
        return None
    label = " ".join(hit["label"].lower().split())
    return (label, FIELD_OF[label], hit["value"].strip()) if label in FIELD_OF else None


def set_field(record: PressRecord, field: str, value: str) -> None:
    """Put a value into a record's field, unless there is one already."""
    if not field or not value.strip():
        return
    if field in ("text", "captions"):
        getattr(record, field).append(value)
    elif not getattr(record, field):
        setattr(record, field, " ".join(value.split()))


def section_and_page(record: PressRecord) -> None:
    """Take a page out of a section: "Politik; S. 4", "NEWS; Pg. 12"."""
    parts = [part.strip() for part in record.section.split(";")]
    for part in list(parts):
        hit = re.fullmatch(r"(?:S\.|Seite|Pg\.?|Page)\s*([\w-]{1,8})", part, re.I)
        if hit:
            record.page = record.page or hit[1]
            parts.remove(part)
        elif re.match(r"(?:Version|Ausgabe|Edition)\s*:", part, re.I):
            parts.remove(part)
    record.section = "; ".join(parts)
