"""Exports of Nexis Uni and of the older LexisNexis: DOCX, RTF, PDF and text.

Nexis Uni sets "Body" above each text and "End of Document" below; the older service counts
its documents ("3 of 10 DOCUMENTS") and writes labels in capitals. Both have a cover.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.readers.press.export import Export, ExportLines, state_no_text, state_truncated
from corpus.readers.press.fields import section_and_page, set_field, split_field
from corpus.readers.press.record import PressRecord, paragraphs_of
from corpus.text.quantities import find_date, unclear_date

_BODY = re.compile(r"\s*(?:Body|Text|Hauptteil|Textkörper|Corps)\s*$")
_END = re.compile(r"(?:.{0,200}\s)?(?:End of Document|Ende des Dokuments|Fin du document)\s*$")
_COUNTED = re.compile(
    r"\s*(?:Dokument\s+|Document\s+)?(?P<n>\d{1,5}) (?:of|von|de|sur) (?P<all>\d{1,5})"
    r"(?: (?:DOCUMENTS?|DOKUMENTEN?))?\s*$",
    re.I,
)
_COUNTED_WORD = re.compile(r"DOCUMENT|DOKUMENT", re.I)
_COVER_COUNT = re.compile(r"\s*(?:Documents|Dokumente|Document\(s\))\s*\((\d{1,5})\)\s*$", re.I)
_SELECTED = re.compile(r"Selected Items:\s*1-(\d{1,5})\s*$", re.I)
_COVER = re.compile(
    r"\s*(?:Client/Matter|Search Terms|Search Type|Suchbegriffe|Narrowed by|Job Number)\s*:", re.I
)
_RIGHTS = re.compile(
    r"\s*(?:Copyright|©|\(c\)|All Rights Reserved|Alle Rechte vorbehalten)\b.{0,300}$", re.I
)
_TAIL = re.compile(r"\s*(?:Classification|Klassifikation|Klassifizierung|Notes|Anmerkungen)\s*$")
_GRAPHIC = re.compile(r"\s*(?:Graphic|Grafik|Graphique)\s*$")
_TAIL_LABELS = {
    "load-date", "update", "publication-type", "subject", "document type", "journal code",
    "zeitungs-code", "language", "sprache", "graphic", "grafik", "acc-no",
}  # fmt: skip
_EDITION = re.compile(r"\b(?:edition|ausgabe|uhr|GMT|[A-Z]{2,4}T)\s*$", re.I)
_HEADER_LINES = 20
"""Lines above "Body" among which an article's headline stands."""


def is_nexis(export: ExportLines) -> bool:
    """Say whether lines are an export of this database, or its cover."""
    lines = export.lines
    if any(map(_END.match, lines)) and _bodies(lines):
        return True
    if any(_COUNTED.match(line) and _COUNTED_WORD.search(line) for line in lines):
        return any((split_field(line) or ("",))[0] in ("length", "länge") for line in lines)
    return is_cover(lines)


def is_cover(lines: Sequence[str]) -> bool:
    """Say whether lines are the list of an export's documents and nothing more."""
    head = lines[:200]
    return any(map(_COVER_COUNT.match, head)) and any(map(_COVER.match, head))


def read_nexis(export: ExportLines) -> Export:
    """Return the articles of such an export."""
    made = Export(iter(()))
    made.stated = _read_stated(export.lines)
    if _bodies(export.lines):
        made.records = _read_uni(export, made)
    else:
        made.records = _read_counted(export, made)
    return made


def _read_stated(lines: Sequence[str]) -> int:
    for line in lines[:400]:
        hit = _COVER_COUNT.match(line) or _SELECTED.search(line)
        if hit:
            return int(hit[1])
    for line in lines:
        hit = _COUNTED.match(line)
        if hit and _COUNTED_WORD.search(line):
            return int(hit["all"])
    return 0


# Nexis Uni


def _read_uni(export: ExportLines, made: Export) -> Iterator[PressRecord]:
    """Yield the articles between "Body" and "End of Document", each with the lines above it."""
    lines = export.lines
    ends = [n for n, line in enumerate(lines) if _END.match(line)]
    bodies = _bodies(lines)
    starts = [_header_start(export, body, before) for before, body in pairwise([-1, *bodies])]
    places = zip(starts, bodies, [*starts[1:], len(lines)], strict=True)
    for number, (start, body, following) in enumerate(places, start=1):
        end = next((n for n in ends if body < n <= following), None)
        if end is None and following == len(lines):
            state_truncated(made, number)
        stop = following if end is None else end
        record = _uni_record(export, start, body, stop)
        if record.has_text:
            yield record
        else:
            state_no_text(made, number, record.title)


def _bodies(lines: Sequence[str]) -> list[int]:
    """Return the lines "Body" below which an article's text stands."""
    return [n for n, line in enumerate(lines) if _BODY.match(line) and _opens(lines, n)]


def _opens(lines: Sequence[str], body: int) -> bool:
    """Say whether a line "Body" stands below an article's head: a length or a date above it."""
    for line in reversed(lines[max(0, body - _HEADER_LINES) : body]):
        if _END.match(line):
            return False
        field = split_field(line)
        if (field and field[1] == "length") or (field is None and _is_day(line)):
            return True
    return False


def _header_start(export: ExportLines, body: int, before: int) -> int:
    """Return where an article's headline stands: two lines above its date, or else the top.

    In wrapped text it may be several lines, up to the blank one above them.
    """
    lines = export.lines
    top = max(before + 1, body - _HEADER_LINES)
    for index in range(body - 1, top - 1, -1):
        if _END.match(lines[index]):
            top = index + 1
            break
    day = next((n for n in range(body - 1, top - 1, -1) if _is_day(lines[n])), None)
    above = [n for n in range(top, day if day is not None else body) if lines[n].strip()]
    if day is None or len(above) < 2:
        return above[0] if above else top
    start = above[-2]
    while export.wrapped and start - 1 in above[-5:] and not _COVER.match(lines[start - 1]):
        start -= 1
    return start


def _is_day(line: str) -> bool:
    text = line.strip()
    if not text or len(text) > 70 or split_field(line) or _RIGHTS.match(line):
        return False
    return find_date(text, "DMY") is not None or bool(unclear_date(text))


def _uni_record(export: ExportLines, start: int, body: int, stop: int) -> PressRecord:
    record = PressRecord()
    head = [line for line in export.lines[start:body] if line.strip()]
    plain: list[str] = []
    for line in head:
        field = split_field(line)
        if field is not None and plain:
            set_field(record, field[1], field[2])
        elif _RIGHTS.match(line) and plain:
            record.rights = record.rights or line.strip()
        else:
            plain.append(line.strip())
    day = next((n for n in range(len(plain) - 1, -1, -1) if _is_day(plain[n])), None)
    if day is not None:
        record.day = plain[day]
        record.source = plain[day - 1] if day >= 1 else ""
    if day == 1:
        record.source = ""
    record.title = " ".join(plain[: max(1, day - 1)] if day else plain[: 0 if day == 0 else 1])
    _set_body(record, export, export.lines[body + 1 : stop])
    section_and_page(record)
    return record


def _set_body(record: PressRecord, export: ExportLines, lines: Sequence[str]) -> None:
    """Put text and captions into a record, and leave the classification out."""
    end = len(lines)
    for index, line in enumerate(lines):
        field = split_field(line)
        if _TAIL.match(line) or _GRAPHIC.match(line) or (field and field[0] == "load-date"):
            end = index
            break
    graphic = end < len(lines) and _GRAPHIC.match(lines[end])
    if graphic:
        tail = lines[end + 1 :]
        stop = next((n for n, ln in enumerate(tail) if _TAIL.match(ln) or split_field(ln)), None)
        record.captions += paragraphs_of(tail[:stop], wrapped=export.wrapped)
    for line in lines[end:]:
        field = split_field(line)
        if field and field[1] in ("language", "url"):
            set_field(record, field[1], field[2])
    record.text = paragraphs_of(lines[:end], wrapped=export.wrapped)


# The older service


def _read_counted(export: ExportLines, made: Export) -> Iterator[PressRecord]:
    lines = export.lines
    starts = [n for n, ln in enumerate(lines) if _COUNTED.match(ln) and _COUNTED_WORD.search(ln)]
    for number, (start, stop) in enumerate(pairwise([*starts, len(lines)]), start=1):
        record, whole = _counted_record(export, lines[start + 1 : stop])
        if not record.has_text:
            state_no_text(made, number, record.title)
            continue
        if not whole and stop == len(lines):
            state_truncated(made, number)
        yield record


def _counted_record(export: ExportLines, lines: Sequence[str]) -> tuple[PressRecord, bool]:
    """Return an article, and whether its end is there: the fields and rights below its text."""
    record = PressRecord()
    groups = _groups(lines)
    at = 0
    while at < len(groups) and not record.day:
        line = " ".join(part.strip() for part in groups[at])
        if _RIGHTS.match(line):
            record.rights = record.rights or line
        elif _is_day(groups[at][0]):
            record.day = groups[at][0].strip()
        elif not record.source:
            record.source = line
        at += 1
    while at < len(groups) and _EDITION.search(groups[at][0]) and groups[at][0][:1] == " ":
        at += 1
    body: list[str] = []
    tail = False
    for group in groups[at:]:
        field = split_field(group[0]) if not body or group[0][:1].isupper() else None
        if body and field and field[0] in _TAIL_LABELS:
            tail = True
        if _RIGHTS.match(group[0]) and body:
            record.rights = record.rights or " ".join(line.strip() for line in group)
            tail = True
        elif field and (tail or not body):
            value = " ".join([field[2], *(line.strip() for line in group[1:])])
            set_field(record, "subtitle" if field[0] == "highlight" else field[1], value)
        elif not record.title:
            record.title = " ".join(line.strip() for line in group)
        elif not tail:
            body += [*group, ""]
    record.text += paragraphs_of(body, wrapped=export.wrapped)
    section_and_page(record)
    return record, tail


def _groups(lines: Sequence[str]) -> list[list[str]]:
    """Return the lines between blank ones; a label in capitals begins a group of its own."""
    groups: list[list[str]] = [[]]
    for line in lines:
        field = split_field(line)
        labelled = field is not None and line.strip()[: len(field[0])].isupper()
        if not line.strip():
            groups.append([])
        elif labelled and groups[-1]:
            groups.append([line])
        else:
            groups[-1].append(line)
    return [group for group in groups if group]
