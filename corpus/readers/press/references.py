"""References as Zotero and the databases export them: RIS, BibTeX and CSL-JSON.

A reference is an article where it has an abstract or a text; others are told.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.errors import InputError
from corpus.readers.press.record import PressRecord
from corpus.text.normalize import clean

_RIS_LINE = re.compile(r"^(?P<tag>[A-Z][A-Z0-9])  - ?(?P<value>.*)$")
_RIS = {
    "TI": "title", "T1": "title", "T2": "source", "JO": "source", "JF": "source", "JA": "source",
    "PB": "source", "AU": "byline", "A1": "byline", "DA": "day", "Y1": "day", "PY": "day",
    "SP": "page", "UR": "url", "LA": "language", "N2": "text", "AB": "text", "AN": "key",
    "ID": "key", "CP": "rights", "SE": "section",
}  # fmt: skip
_BIBTEX_START = re.compile(r"@(\w+)\s*\{\s*([^,\s{}]{1,200})\s*,")
_BIBTEX = {
    "title": "title", "journal": "source", "journaltitle": "source", "booktitle": "source",
    "publisher": "source", "newspaper": "source", "date": "day", "year": "day", "pages": "page",
    "url": "url", "language": "language", "langid": "language", "abstract": "text",
}  # fmt: skip
_TEX = {'\\"a': "ä", '\\"o': "ö", '\\"u': "ü", '\\"A': "Ä", '\\"O': "Ö", '\\"U': "Ü", "\\ss": "ß",
        "\\'e": "é", "\\`e": "è", "\\&": "&", "\\%": "%", "\\_": "_", "\\$": "$",
        "--": "–"}  # fmt: skip
_CSL = re.compile(rb'"(?:issued|container-title|citation-key)"\s*:')


def looks_like_ris(text: str) -> bool:
    """Say whether a text is a list of references in RIS."""
    return (
        bool(re.match(r"\s*(?:TY|Provider:.*\n(?:.*\n){0,5}\s*TY)  - ", text)) and "\nER  -" in text
    )


def looks_like_bibtex(text: str) -> bool:
    """Say whether a text is a list of references in BibTeX."""
    return bool(re.search(r"^\s*@\w+\s*\{[^,\s]+,\s*$", text[:20_000], re.M))


def looks_like_csl(head: bytes) -> bool:
    """Say whether the first bytes of a JSON file are references in CSL-JSON."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"[" and bool(_CSL.search(head)) and b'"type"' in head


def ris_records(text: str) -> Iterator[PressRecord]:
    """Yield the references of a RIS file."""
    record, names, last = PressRecord(), list[str](), ""
    for line in text.split("\n"):
        hit = _RIS_LINE.match(line.rstrip())
        if hit is None:
            if last == "text" and record.text and line.strip():
                record.text.append(line.strip())
            continue
        if hit["tag"] == "ER":
            record.byline = "; ".join(names)
            yield record
            record, names, last = PressRecord(), [], ""
            continue
        last = _RIS.get(hit["tag"], "")
        _put(record, last, hit["value"].strip(), names)


def _put(record: PressRecord, field: str, value: str, names: list[str]) -> None:
    if not value or not field:
        return
    if field == "byline":
        names.append(value)
    elif field == "text":
        if sum(map(len, record.text)) < len(value):
            record.text = [part for part in re.split(r"\n+", value) if part.strip()]
    elif field == "day":
        # "2024/07/01/", where a bare year may come first.
        day = value.strip("/").replace("/", "-")
        record.day = day if len(day) > len(record.day) else record.day
    elif not getattr(record, field):
        setattr(record, field, value)


def bibtex_records(text: str) -> Iterator[PressRecord]:
    """Yield the references of a BibTeX file."""
    for hit in _BIBTEX_START.finditer(text):
        if hit[1].lower() in ("comment", "string", "preamble"):
            continue
        record, names = PressRecord(key=hit[2]), list[str]()
        for name, value in _bibtex_fields(text, hit.end()):
            if name == "author":
                names += re.split(r"\s+and\s+", value)
            else:
                _put(record, _BIBTEX.get(name, ""), value, names)
        record.byline = "; ".join(names)
        yield record


def _bibtex_fields(text: str, place: int) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entry, up to the brace that closes it."""
    field = re.compile(r"\s*,?\s*([A-Za-z][\w-]*)\s*=\s*")
    while hit := field.match(text, place):
        value, place = _bibtex_value(text, hit.end())
        yield hit[1].lower(), _plain(value)


def _bibtex_value(text: str, place: int) -> tuple[str, int]:
    if text[place : place + 1] not in ("{", '"'):
        hit = re.compile(r"[^,}\n]*").match(text, place)
        return (hit[0], hit.end()) if hit else ("", place + 1)
    closing = "}" if text[place] == "{" else '"'
    depth, at = 0, place + 1
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 2
            continue
        if char == closing and depth == 0:
            return text[place + 1 : at], at + 1
        depth += (char == "{") - (char == "}")
        at += 1
    return text[place + 1 :], len(text)


def _plain(value: str) -> str:
    """Return a value of BibTeX without its braces and accents."""
    value = re.sub(r"\{(\\[\"'`^~]\{?\w\}?|\\ss)\}", lambda hit: hit[1].replace("{", ""), value)
    for tex, char in _TEX.items():
        value = value.replace(tex, char)
    return " ".join(re.sub(r"[{}]", "", value).split())


def csl_records(text: str) -> Iterator[PressRecord]:
    """Yield the references of a CSL-JSON file.

    Raises InputError where it is no JSON.
    """
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InputError(
            "the references are no JSON that can be read: {reason}", reason=exc
        ) from exc
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            yield _csl_record(item)


def _csl_record(item: dict[str, Any]) -> PressRecord:
    def text_of(name: str) -> str:
        value = item.get(name)
        return clean(value).strip() if isinstance(value, str) else ""

    people = item.get("author")
    names = [
        f"{p.get('family') or p.get('literal') or ''}, {p.get('given') or ''}".strip(" ,")
        for p in (people if isinstance(people, list) else [])
        if isinstance(p, dict)
    ]
    return PressRecord(
        title=text_of("title"),
        source=text_of("container-title") or text_of("publisher"),
        day=_csl_day(item.get("issued")),
        page=text_of("page"),
        section=text_of("section"),
        byline="; ".join(names),
        language=text_of("language"),
        url=text_of("URL"),
        key=text_of("citation-key") or text_of("id").rpartition("/")[2],
        text=[part for part in text_of("abstract").split("\n") if part.strip()],
    )


def _csl_day(issued: Any) -> str:
    if not isinstance(issued, dict):
        return ""
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        numbers = [str(part) for part in parts[0][:3]]
        return "-".join(part.zfill(2) for part in numbers)
    raw = issued.get("raw") or issued.get("literal")
    return raw if isinstance(raw, str) else ""
