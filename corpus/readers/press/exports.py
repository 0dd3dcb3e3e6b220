"""From a file's lines, page or XML to the articles of the press database that made it.

Which database it was is read off the text: the files carry no mark of their own.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from corpus.article import Article
from corpus.blocks import Document
from corpus.errors import EmptyInput, ErrorText
from corpus.readers.options import ReadOptions
from corpus.readers.press.europresse import europresse_export
from corpus.readers.press.export import (
    Export,
    ExportLines,
    state_no_text,
    without_running_heads,
)
from corpus.readers.press.factiva import html_lines, is_factiva, read_factiva
from corpus.readers.press.genios import is_genios, pmg_records, read_genios
from corpus.readers.press.marks import may_be_export
from corpus.readers.press.newsml import ROOTS, newsml_records
from corpus.readers.press.nexis import is_cover, is_nexis, read_nexis
from corpus.readers.press.ninjs import ninjs_records
from corpus.readers.press.proquest import is_proquest, read_proquest
from corpus.readers.press.record import PressRecord, press_article
from corpus.readers.press.references import (
    bibtex_records,
    looks_like_bibtex,
    looks_like_ris,
    ris_records,
)
from corpus.readers.xml import local, parse_xml, root_name

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WIDTH = 120
"""Characters of the longest line of text that was broken at a width."""
_PMG = frozenset({"artikel-liste", "artikelliste", "pmg", "artikel", "pmg-export"})


def text_export(text: str) -> Export | None:
    """Return the export that a text is; None for any other text.

    Raises InputError for a list of an export's documents without their texts.
    """
    if looks_like_ris(text):
        return references_export(ris_records(text))
    if looks_like_bibtex(text):
        return references_export(bibtex_records(text))
    if not may_be_export(text):
        return None
    lines = text.replace("\f", "\n").split("\n")
    widest = max(map(len, lines))
    return _line_export(ExportLines(lines, wrapped=widest <= _WIDTH))


def document_export(document: Document) -> Export | None:
    """Return the export that a document is, by its printed lines or its blocks; or None."""
    if document.lines:
        lines = list(without_running_heads(document.lines))
        return _line_export(ExportLines(lines, wrapped=True))
    lines = [line for block in document.blocks for line in block.text.split("\n")]
    return _line_export(ExportLines(lines, wrapped=False))


def _line_export(lines: ExportLines) -> Export | None:
    if is_nexis(lines):
        export = read_nexis(lines)
        if is_cover(lines.lines) and not any("Document" in ln for ln in lines.lines[200:]):
            first = next(export.records, None)
            if first is None:
                raise EmptyInput(
                    "this lists the documents of an export, and holds none of their texts"
                )
            return Export(_chain(first, export.records), export.stated, export.problems)
        return export
    if is_factiva(lines.lines):
        return read_factiva(lines)
    if is_proquest(lines.lines):
        return read_proquest(lines)
    return read_genios(lines) if is_genios(lines.lines) else None


def _chain(first: PressRecord, rest: Iterator[PressRecord]) -> Iterator[PressRecord]:
    yield first
    yield from rest


def page_export(root: "HtmlElement | None") -> Export | None:
    """Return the export that a page is; None for any other page."""
    if root is None:
        return None
    made = europresse_export(root)
    if made is not None:
        return made
    lines = html_lines(root)
    if lines is not None:
        return read_factiva(ExportLines(lines, wrapped=False))
    text = "".join(root.itertext())
    if "Dokumentnummer" in text or "wiso-net" in text:
        found = [line.strip() for line in _element_lines(root)]
        export = ExportLines(found, wrapped=False)
        return read_genios(export) if is_genios(found) else None
    return None


def _element_lines(root: "HtmlElement") -> Iterator[str]:
    """Yield the text of each element that holds no other block, cells of a row together."""
    for element in root.iter("p", "div", "h1", "h2", "h3", "h4", "tr", "pre", "li"):
        inner = element.iterdescendants("p", "div", "h1", "h2", "h3", "h4", "tr", "pre", "li")
        if element.tag != "tr" and next(inner, None) is not None:
            continue
        if any(above.tag == "tr" for above in element.iterancestors()):
            continue
        text = " ".join(" ".join(element.itertext()).split())
        if text:
            yield text


def is_news_xml(data: bytes) -> bool:
    """Say whether a document's first element is an agency's or a press monitor's."""
    return root_name(data) in ROOTS | _PMG


def xml_export(data: bytes) -> Export:
    """Return the articles of agencies' or a press monitor's XML.

    Raises InputError where it is damaged beyond repair.
    """
    root = parse_xml(data, "the news XML", lenient=True)
    made = Export(iter(()))
    records = newsml_records(root) if local(root) in ROOTS else pmg_records(root)
    made.records = _with_text(records, made)
    return made


def json_export(data: bytes) -> Export:
    """Return the items of agencies' JSON.

    Raises InputError where it is none.
    """
    made = Export(iter(()))
    made.records = _with_text(ninjs_records(data), made)
    return made


def references_export(records: Iterator[PressRecord]) -> Export:
    """Return references as an export."""
    made = Export(iter(()))
    made.records = _with_text(records, made)
    return made


def _with_text(records: Iterator[PressRecord], made: Export) -> Iterator[PressRecord]:
    for number, record in enumerate(records, start=1):
        if record.has_text:
            yield record
        else:
            state_no_text(made, number, record.title)


def export_articles(export: Export, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield an export's articles; what is missing of it is told to `options.problem`.

    An article's URI is `uri#` with what the database knows it by, or its number.

    Raises EmptyInput where none has a text.
    """
    keys: Counter[str] = Counter()
    count = told = 0
    for record in export.records:
        count += 1
        told = _tell(export, told, options)
        key = record.key or str(count)
        keys[key] += 1
        if keys[key] > 1:
            key = f"{key}-{keys[key]}"
        yield press_article(record, uri=f"{uri}#{quote(key, safe='.:-_')}")
    _tell(export, told, options)
    if not count:
        raise EmptyInput("no article of this export has a text")
    if export.stated and export.stated != count + _empty(export):
        reason = ErrorText(
            "the export says that it holds {stated:,} articles, and {count:,} are in it",
            stated=export.stated,
            count=count,
        )
        options.problem("(number of articles)", reason)


def _empty(export: Export) -> int:
    """Return how many articles were told to have no text: they are there, all the same."""
    return sum(1 for _, reason in export.problems if reason.startswith("there is no text"))


def _tell(export: Export, told: int, options: ReadOptions) -> int:
    for part, reason in export.problems[told:]:
        options.problem(part, reason)
    return len(export.problems)
