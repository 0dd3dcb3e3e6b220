"""Exports of WISO and GENIOS, and of PMG Presse-Monitor: text, HTML, PDF and XML.

The German databases write their fields below each text ("Quelle: … vom 3. Mai 2024, S. 5",
"Dokumentnummer: …"), or as labels above it; PMG's XML has elements of the same names.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.readers.press.export import Export, ExportLines, state_no_text, state_truncated
from corpus.readers.press.fields import set_field, split_field
from corpus.readers.press.record import PressRecord, paragraphs_of
from corpus.readers.xml import children, local, text_of
from corpus.text.normalize import clean
from corpus.text.quantities import find_date

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SOURCE = re.compile(r"\s*Quelle:[\s\u00a0]*(?P<value>.*)$")
_ISSUE = re.compile(
    r"[\"“„]?(?P<paper>.{2,80}?)[\"”“]?,?\s+(?:(?:Nr\.|Heft)\s*[\w/-]+,?\s+)?(?:vom|v\.|,|den)?\s*"
    r"(?P<day>\d{1,2}\.\s?(?:\d{1,2}\.|[A-Za-zä]{3,9})\s?\d{2,4})"
    r"(?:.{0,40}?\b(?:S\.|Seite|Page)\s*(?P<page>[\w-]{1,8}))?",
    re.I,
)
_NUMBER = re.compile(r"\s*Dokumentnummer:", re.I)
_HOUSE = re.compile(r"GBI[- ]?Genios|GENIOS|wiso-net\.de|Presse-?Monitor|\bPMG\b", re.I)
_RIGHTS = re.compile(r"\s*(?:Alle Rechte vorbehalten|©|\(c\)|Copyright)\b.{0,200}$", re.I)
_CONTENTS = re.compile(r"\s*Inhaltsverzeichnis\s*$", re.I)
_CONTENTS_LINE = re.compile(r"(?P<title>.{2,300}?)(?:\s?\.){3,}\s*\d{1,4}\s*$")
_FURNITURE = re.compile(r"\s*(?:Dokumente|Seite \d+ von \d+|\d{1,4})\s*$", re.I)
_COUNT = re.compile(
    r"\b(?:Anzahl(?: der)? (?:Dokumente|Treffer)|Dokumente|Treffer)\s*:\s*(\d{1,5})\b"
)
_FRONT = re.compile(r"\s*(?:Titel|Überschrift|Headline):\s*\S", re.I)
_TEXT = re.compile(r"\s*(?:Text|Volltext|Artikeltext|Haupttext):", re.I)


def is_genios(lines: Sequence[str]) -> bool:
    """Say whether lines are an export of one of these databases."""
    sources = sum(1 for line in lines if _SOURCE.match(line))
    if not sources:
        return False
    numbered = any(map(_NUMBER.match, lines))
    front = any(map(_FRONT.match, lines)) and any(map(_TEXT.match, lines))
    return numbered or front or any(_HOUSE.search(line) for line in lines)


def read_genios(export: ExportLines) -> Export:
    """Return the articles of such an export."""
    made = Export(iter(()))
    lines = export.lines
    counted = next((hit for line in lines[:200] if (hit := _COUNT.search(line))), None)
    contents = [line for line in lines if _CONTENTS_LINE.match(line)]
    made.stated = int(counted[1]) if counted else len(contents)
    front = any(map(_FRONT.match, lines)) and any(map(_TEXT.match, lines))
    made.records = _read_front(export, made) if front else _read_below(export, made)
    return made


# Fields above the text


def _read_front(export: ExportLines, made: Export) -> Iterator[PressRecord]:
    lines = export.lines
    starts = [n for n, line in enumerate(lines) if _FRONT.match(line)]
    # Other fields may stand above the title: an article begins where they do.
    firsts = [_first_field(lines, start) for start in starts]
    for number, (start, stop) in enumerate(pairwise([*firsts, len(lines)]), start=1):
        record, body = PressRecord(), list[str]()
        in_text = False
        for line in lines[start:stop]:
            field = split_field(line)
            if (
                field is not None
                and (field[1] != "text" or not in_text)
                and not _belongs_to_text(line, body)
            ):
                in_text = field[1] == "text"
                if in_text:
                    body.append(field[2])
                else:
                    _set(record, field[1], field[2])
            elif _RIGHTS.match(line) or _FURNITURE.match(line) or set(line.strip()) <= set("-_=*"):
                in_text = in_text and not line.strip()
            elif in_text:
                body.append(line)
            if in_text and not line.strip():
                body.append("")
        record.text = paragraphs_of(body, wrapped=export.wrapped)
        if record.has_text:
            yield record
        else:
            state_no_text(made, number, record.title)


def _belongs_to_text(line: str, body: list[str]) -> bool:
    """Say whether a label within the text is the text's own: "Thema: …" in a sentence's midst."""
    label = line.partition(":")[0].strip().lower()
    return bool(body) and label in ("thema", "person", "region", "von", "ort", "land", "teil")


def _first_field(lines: Sequence[str], start: int) -> int:
    while start > 0 and split_field(lines[start - 1]) and not _TEXT.match(lines[start - 1]):
        field = split_field(lines[start - 1])
        if field is None or field[1] in ("title", "text", "key"):
            break
        start -= 1
    return start


# Fields below the text


def _read_below(export: ExportLines, made: Export) -> Iterator[PressRecord]:
    """Yield the articles of an export whose every text is followed by "Quelle: …" and more."""
    lines = _without_contents(export.lines)
    part, tail, number = list[str](), False, 0
    for line in [*lines, "\f"]:
        field = split_field(line)
        labelled = field is not None or _RIGHTS.match(line) or line.strip().startswith("http")
        if tail and line.strip() and not labelled and not _HOUSE.search(line):
            number += 1
            record = _below_record(part, wrapped=export.wrapped)
            if record.has_text:
                yield record
            else:
                state_no_text(made, number, record.title)
            part, tail = [], False
        tail = tail or bool(_SOURCE.match(line))
        if not _FURNITURE.match(line):
            part.append(line)
    if any(line.strip() for line in part[:-1]):
        number += 1
        if tail:
            record = _below_record(part[:-1], wrapped=export.wrapped)
            if record.has_text:
                yield record
                return
            state_no_text(made, number, record.title)
        else:
            record = _below_record(part[:-1], wrapped=export.wrapped)
            if record.has_text and len(" ".join(record.text)) > 80:
                state_truncated(made, number)
                yield record


def _without_contents(lines: Sequence[str]) -> list[str]:
    """Return the lines without the table of contents above the first article."""
    start = next((n for n, line in enumerate(lines[:100]) if _CONTENTS.match(line)), None)
    if start is None:
        return [line for line in lines if not _CONTENTS_LINE.match(line)]
    last = max(
        (n for n in range(start, len(lines)) if _CONTENTS_LINE.match(lines[n])), default=start
    )
    return list(lines[last + 1 :])


def _below_record(lines: Sequence[str], *, wrapped: bool) -> PressRecord:
    record = PressRecord()
    at = next((n for n, line in enumerate(lines) if _SOURCE.match(line)), len(lines))
    above = list(lines[:at])
    following = iter(lines[at:])
    for line in following:
        field = split_field(line)
        if field is not None:
            value = field[2] or next((v for v in following if v.strip()), "").strip()
            _set(record, field[1], value)
        elif _RIGHTS.match(line):
            record.rights = record.rights or line.strip()
        elif line.strip().startswith("http"):
            set_field(record, "url", line.strip())
    while above and not above[0].strip():
        above.pop(0)
    if not above:
        return record
    title = [above.pop(0).strip()]
    if wrapped:
        while above and above[0].strip() and len(title) < 4:
            title.append(above.pop(0).strip())
    record.title = " ".join(title)
    if above and re.match(
        r"\s*(?:Von|Autor(?:in)?:|VON)\s+\S.{2,60}$", next(filter(str.strip, above), "")
    ):
        first = next(n for n, line in enumerate(above) if line.strip())
        record.byline = record.byline or above.pop(first).strip()
    record.text = paragraphs_of(above, wrapped=wrapped)
    return record


def _set(record: PressRecord, field: str, value: str) -> None:
    """Put a field in; a source may carry the day and the page too."""
    if field == "source":
        hit = _ISSUE.match(value)
        if hit is not None:
            set_field(record, "source", hit["paper"].strip(' ,"“”„'))
            set_field(record, "day", hit["day"])
            set_field(record, "page", hit["page"] or "")
            return
        day = find_date(value, "DMY")
        if day is not None:
            set_field(record, "day", day.isoformat())
            value = re.split(r",?\s+(?:vom\s+|den\s+)?\d", value, maxsplit=1)[0]
    set_field(record, field, value)


# PMG's XML

_ELEMENTS = {
    "titel": "title", "headline": "title", "untertitel": "subtitle", "dachzeile": "kicker",
    "datum": "day", "erscheinungsdatum": "day", "seite": "page", "seite-start": "page",
    "ressort": "section", "autor": "byline", "sprache": "language", "publikation": "source",
    "artikel-id": "key", "url": "url", "copyright": "rights", "rubrik": "section",
}  # fmt: skip


def pmg_records(root: "Element") -> Iterator[PressRecord]:
    """Yield the articles of PMG's XML, `<artikel>` elements below one list."""
    articles = [e for e in root.iter() if local(e) == "artikel"]
    for article in articles:
        record = PressRecord()
        for element in article.iter():
            name = local(element)
            value = text_of(element)
            if name == "quelle" or (name == "autor" and len(element)):
                inner = next(children(element, "name"), None)
                named = "".join(inner.itertext()) if inner is not None else value
                set_field(record, "source" if name == "quelle" else "byline", named)
            elif name in _ELEMENTS:
                set_field(record, _ELEMENTS[name], value)
            elif name in ("text", "volltext", "artikeltext", "inhaltstext") and not record.text:
                record.text = _xml_paragraphs(element)
            elif name in ("bildunterschrift", "bildtext"):
                set_field(record, "captions", value)
        yield record


def _xml_paragraphs(element: "Element") -> list[str]:
    inner = [e for e in element.iter() if local(e) in ("p", "absatz")]
    if inner:
        return list(map(text_of, inner))
    return paragraphs_of(clean("".join(element.itertext())).split("\n"), wrapped=True)
