"""Exports of ProQuest as text: documents between rules, each a list of labelled fields."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.readers.press.export import Export, ExportLines, state_no_text, state_truncated
from corpus.readers.press.fields import FIELD_OF, set_field, split_field
from corpus.readers.press.record import PressRecord, paragraphs_of
from corpus.text.quantities import find_date

_DOCUMENT = re.compile(r"\s*(?:Document|Dokument) (\d{1,5}) (?:of|von) (\d{1,5})\s*$")
_RULE = re.compile(r"\s*_{20,}\s*$")
_FULL = re.compile(r"\s*(?:Full text|Volltext):", re.I)
_ISSUE = re.compile(
    r"(?P<paper>[^;\[\]]{2,80}?)\s*(?:;|\[|,\s|\s(?=\d)).*?(?:\d{4}|\]):?\s*(?P<page>[A-Z]?[\w.-]{1,8})?\.?$"
)


def is_proquest(lines: Sequence[str]) -> bool:
    """Say whether lines are an export of this database."""
    return any(map(_FULL.match, lines)) and any(
        _DOCUMENT.match(line) or _RULE.match(line) for line in lines
    )


def read_proquest(export: ExportLines) -> Export:
    """Return the articles of such an export."""
    made = Export(iter(()))
    hit = next((hit for line in export.lines if (hit := _DOCUMENT.match(line))), None)
    made.stated = int(hit[2]) if hit else 0
    made.records = _read_documents(export, made)
    return made


def _read_documents(export: ExportLines, made: Export) -> Iterator[PressRecord]:
    lines = export.lines
    marks = [n for n, line in enumerate(lines) if _DOCUMENT.match(line)]
    marks = marks or [n for n, line in enumerate(lines) if _RULE.match(line)]
    number = 0
    for start, stop in pairwise([*marks, len(lines)]):
        part = lines[start + 1 : stop]
        if not any(split_field(line) for line in part):
            continue
        number += 1
        record, whole = _record(part, wrapped=export.wrapped)
        if not record.has_text:
            state_no_text(made, number, record.title)
            continue
        if not whole and stop == len(lines):
            state_truncated(made, number)
        yield record


def _record(lines: Sequence[str], *, wrapped: bool) -> tuple[PressRecord, bool]:
    """Return an article, and whether fields follow its text."""
    record, body = PressRecord(), list[str]()
    in_text = whole = False
    label = ""
    for line in lines:
        field = split_field(line)
        if field is not None and _FULL.match(line):
            in_text, label = True, ""
            body.append(field[2])
        elif field is not None and not (in_text and field[0] in _IN_TEXT):
            whole, in_text = whole or in_text, False
            label = field[0]
            _set(record, label, field[2])
        elif _RULE.match(line):
            whole, in_text = whole or in_text, False
        elif in_text:
            body.append(line)
        elif label and line.strip() and FIELD_OF[label] in ("title", "byline"):
            value = getattr(record, FIELD_OF[label])
            setattr(record, FIELD_OF[label], f"{value} {line.strip()}".strip())
        if not line.strip():
            label = ""
    record.text = paragraphs_of(body, wrapped=wrapped)
    return record, whole


_IN_TEXT = frozenset(("von", "thema", "text", "person", "region", "credit", "date", "location"))
"""Labels that the text may have too."""


def _set(record: PressRecord, label: str, value: str) -> None:
    if label == "publication info":
        hit = _ISSUE.match(value)
        set_field(record, "source", hit["paper"] if hit else value)
        set_field(record, "page", (hit["page"] or "") if hit else "")
        if find_date(value) is not None:
            set_field(record, "day", value)
    elif label in ("publication title", "publication"):
        record.source = value.partition(";")[0].strip() or record.source
    elif label == "publication date":
        record.day = value or record.day
    else:
        set_field(record, FIELD_OF[label], value)
