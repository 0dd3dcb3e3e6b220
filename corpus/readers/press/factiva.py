"""Exports of Factiva: text and RTF with field codes (HD, SN, PD, LP, TD …) or without, HTML.

Without codes an article is: section, headline, author, "355 words", date, time, source, its
code, page, language, rights, text, and "Document GRDN000020190701ef7100001".
"""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.readers.press.export import Export, ExportLines, state_no_text, state_truncated
from corpus.readers.press.record import PressRecord, language_of, page_number, paragraphs_of
from corpus.text.quantities import find_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CODES = {
    "SE": "section", "HD": "title", "BY": "byline", "CR": "", "WC": "length", "PD": "day",
    "ET": "", "SN": "source", "SC": "", "ED": "", "PG": "page", "LA": "language", "CY": "rights",
    "LP": "text", "TD": "text", "RF": "", "CO": "", "IN": "", "NS": "", "RE": "", "IPC": "",
    "IPD": "", "PUB": "", "AN": "key", "ART": "captions", "CX": "", "VOL": "", "CLM": "section",
    "CT": "", "DC": "", "NT": "", "GC": "",
}  # fmt: skip
_CODE = re.compile(rf"\s{{0,8}}(?P<code>{'|'.join(_CODES)})(?:[ \t\u00a0]+(?P<value>\S.*))?\s*$")
_KEY = re.compile(
    r"\s*(?:Document|Dokument|Documento)\s+(?P<key>[A-Z][A-Z0-9]{2,9}\d{6,}\w{5,})\s*$"
)
_WORDS = re.compile(r"\s*\d[\d.,]* (?:words|Wörter|mots|palabras)\s*$", re.I)
_SUMMARY = re.compile(r"\s*(?:Search Summary|Suchzusammenfassung|Suchübersicht)\s*$", re.I)
_FOUND = re.compile(
    r"\s*(?:Results Found|Anzahl der Ergebnisse|Ergebnisse|Gefundene Ergebnisse|Results)\s*:?\s+"
    r"(\d[\d.,]*)\s*$",
    re.I,
)
_TIME = re.compile(r"\s*\d{1,2}:\d{2}(?:\s?[AP]M)?(?:\s?\w{2,4})?\s*$", re.I)
_RIGHTS = re.compile(r"\s*(?:\(c\)|©|Copyright|\(Copyright)", re.I)
_SHORT_CODE = re.compile(r"\s*[A-Z][A-Z0-9]{2,9}\s*$")
_BY = re.compile(r"\s*(?:by|von|par)\s+\S", re.I)


def is_factiva(lines: Sequence[str]) -> bool:
    """Say whether lines are an export of this database."""
    if not any(map(_KEY.match, lines)) and not any(_code(ln) == "AN" for ln in lines):
        return False
    codes = {_code(line) for line in lines}
    return {"HD", "PD"} <= codes or any(map(_WORDS.match, lines))


def _code(line: str) -> str:
    hit = _CODE.match(line)
    return hit["code"] if hit else ""


def read_factiva(export: ExportLines) -> Export:
    """Return the articles of such an export."""
    made = Export(iter(()))
    lines = export.lines
    found = next((hit for line in lines[-60:] if (hit := _FOUND.match(line))), None)
    made.stated = int(re.sub(r"[.,]", "", found[1])) if found else 0
    coded = {"HD", "PD"} <= {_code(line) for line in lines}
    made.records = _read_articles(export, made, coded=coded)
    return made


def _read_articles(export: ExportLines, made: Export, *, coded: bool) -> Iterator[PressRecord]:
    number = 0
    for lines, whole in _divide(export.lines, coded=coded):
        number += 1
        record = (_coded_record if coded else _plain_record)(lines, wrapped=export.wrapped)
        if not record.has_text:
            state_no_text(made, number, record.title)
            continue
        if not whole:
            state_truncated(made, number)
        yield record


def _divide(lines: Sequence[str], *, coded: bool) -> Iterator[tuple[list[str], bool]]:
    """Yield the lines of each article, and whether its end was there.

    Two that were put together without the line between them are told by a second headline.
    """
    part: list[str] = []
    codes: set[str] = set()
    for line in lines:
        if _SUMMARY.match(line):
            break
        code = _code(line) if coded else ""
        if code in ("HD", "SE") and {"HD", "TD"} <= codes:
            yield part, True
            part, codes = [], set()
        part.append(line)
        codes.add(code)
        # Below the key nothing follows that belongs to the article.
        if _KEY.match(line) or (code == "AN" and _KEY.search(line.partition("AN")[2])):
            yield part, True
            part, codes = [], set()
    if any(map(_WORDS.match, part)) or "HD" in codes:
        yield part, False


def _coded_record(lines: Sequence[str], *, wrapped: bool) -> PressRecord:
    record, texts = PressRecord(), list[str]()
    code, values = "", list[str]()
    for line in [*lines, "AN"]:
        hit = _CODE.match(line)
        key = _KEY.match(line)
        if hit is None and key is None:
            values.append(line)
            continue
        name = _CODES.get(code, "")
        if name == "text":
            texts += paragraphs_of(values, wrapped=wrapped)
        elif name and not getattr(record, name):
            text = " ".join(" ".join(values).split())
            setattr(record, name, [text] if name == "captions" else text)
        if key is not None:
            record.key = key["key"]
        code = hit["code"] if hit is not None else ""
        values = [hit["value"] or ""] if hit is not None else []
    key = _KEY.match(record.key)
    record.key = key["key"] if key else record.key
    record.text = texts
    return record


def _plain_record(lines: Sequence[str], *, wrapped: bool) -> PressRecord:
    record = PressRecord()
    words = next((n for n, line in enumerate(lines) if _WORDS.match(line)), None)
    if words is None:
        return record
    _set_head(record, [line.strip() for line in lines[:words] if line.strip()])
    record.length = lines[words].strip()
    at = words + 1
    rights = False
    while at < len(lines) and at < words + 24 and not rights:
        line = lines[at].strip()
        if line and not _set_fact(record, line):
            break
        rights = bool(record.rights)
        at += 1
    body = [line for line in lines[at:] if not _KEY.match(line)]
    key = next((hit for line in lines[at:] if (hit := _KEY.match(line))), None)
    record.key = key["key"] if key else ""
    record.text = paragraphs_of(body, wrapped=wrapped)
    return record


def _set_head(record: PressRecord, above: list[str]) -> None:
    """Read what stands above the count of words: section, headline, author."""
    if above and (_BY.match(above[-1]) or (len(above) > 1 and _is_people(above[-1]))):
        record.byline = above.pop()
    if len(above) > 1 and len(above[0]) <= 40 and not re.search(r"[.!?:]$", above[0]):
        record.section = above.pop(0)
    record.title = " ".join(above)


def _is_people(line: str) -> bool:
    from corpus.readers.press.record import author_names

    names = author_names(line)
    known = re.compile(r"[A-ZÄÖÜ][\w.’'-]+(?: (?:von|van|de|der|zu))?(?: [A-ZÄÖÜ][\w.’'-]+){1,3}")
    return bool(names) and all(known.fullmatch(name) for name in names) and len(line) <= 80


def _set_fact(record: PressRecord, line: str) -> bool:
    """Take a line below the count of words for what it says; False where it is text."""
    if not record.day and find_date(line, "DMY") and len(line) <= 40:
        record.day = line
    elif _TIME.match(line):
        pass
    elif _RIGHTS.match(line):
        record.rights = line
    elif not record.source and len(line) <= 100:
        record.source = line
    elif _SHORT_CODE.match(line) and not language_of(line):
        pass
    elif language_of(line) and len(line) <= 20:
        record.language = line
    elif not record.page and len(line) <= 8 and (page_number(line) or re.match(r"[A-Z]\d", line)):
        record.page = line
    elif len(line) <= 30 and not record.language:
        pass  # an edition, between the source's code and the language
    else:
        return False
    return True


def html_lines(root: "HtmlElement") -> list[str] | None:
    """Return the lines of an HTML export as its text form has them; None where it is none."""
    articles = root.xpath("//div[contains(concat(' ', normalize-space(@class), ' '), ' article ')]")
    lines: list[str] = []
    for article in articles:
        rows = [row for row in article.iter("tr") if len(row)]
        if any(_code("".join(row[0].itertext())) for row in rows):
            for row in rows:
                code = " ".join("".join(row[0].itertext()).split())
                value = [part for cell in row[1:] for part in _cell_lines(cell)]
                lines.append(f"{code} {value[0] if value else ''}".rstrip())
                lines += value[1:]
        else:
            lines += _cell_lines(article)
    lines += _cell_lines(root) if lines and not is_factiva(lines) else []
    lines += [text for text in _tail_lines(root) if _SUMMARY.match(text) or _FOUND.match(text)]
    return lines if lines and is_factiva(lines) else None


def _tail_lines(root: "HtmlElement") -> Iterator[str]:
    for row in root.iter("tr", "p"):
        yield " ".join(" ".join(row.itertext()).split())


def _cell_lines(cell: "HtmlElement") -> list[str]:
    """Return the lines of an element: those of its blocks that hold no other, or its text."""
    blocks = [e for e in cell.iter("p", "div", "li", "h1", "h2", "h3", "pre") if e is not cell]
    inner = [e for e in blocks if not any(c.tag in ("p", "div", "li") for c in e.iterdescendants())]
    texts = [" ".join("".join(e.itertext()).split()) for e in inner or [cell]]
    return [text for text in texts if text]
