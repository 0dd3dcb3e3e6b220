"""Word documents (DOCX): paragraphs and tables as written, without deletions and hidden text.

Headers, footers and comments lie in parts of their own and are never read. A document's
properties say when the file was made; that is no publication, so no date is taken from them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus.blocks import Block, Document
from corpus.errors import EmptyInput, InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.office.docx_text import (
    LEFT_OUT,
    RunStyle,
    W,
    paragraph_text,
    run_style,
    value_of,
)
from corpus.readers.office.properties import package_metadata
from corpus.readers.xml import children, local, parse_xml
from corpus.structure.tables import table_row

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LARGEST_PART = 100 * 2**20
_LONGEST_CELL = 400
_MAIN_PART = re.compile(r"word/document\d{0,3}\.xml")
_HEADING = re.compile(r"heading (\d)$")
_KINDS = {
    "title": "title",
    "caption": "caption",
    "image caption": "caption",
    "table caption": "caption",
    "quote": "quote",
    "intense quote": "quote",
    "block text": "quote",
    "list paragraph": "item",
}


@dataclass(frozen=True, slots=True)
class _Style:
    kind: str = "paragraph"
    level: int = 0
    run: RunStyle = field(default_factory=RunStyle)


def docx_document(data: bytes, name: str) -> Document:
    """Return the text of a Word document.

    Raises InputError where it is damaged or encrypted and EmptyInput where it has no text.
    """
    archive = Archive(io.BytesIO(data), "the Word document")
    body = next(children(_read_part(archive, main_part(archive)), "body"), None)
    blocks = list(_Reader(_styles(archive)).blocks(body)) if body is not None else []
    blocks += _footnotes(archive)
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("there is no text in the document")
    return Document(blocks, package_metadata(archive, blocks, name))


def main_part(archive: Archive) -> str:
    """Return the name of the part that holds a Word document's text, or "" where there is none.

    Word on the web calls it word/document2.xml.
    """
    return next((name for name in archive.files() if _MAIN_PART.fullmatch(name)), "")


def _read_part(archive: Archive, name: str) -> "Element":
    data = archive.read(name, _LARGEST_PART)
    if _STRICT in data[:65536]:
        data = data.replace(_STRICT, W[1:-1].encode())
    return parse_xml(data, "the Word document")


def _styles(archive: Archive) -> dict[str, _Style]:
    """Return what each style's name and outline level make of its paragraphs."""
    if "word/styles.xml" not in archive:
        return {}
    try:
        root = _read_part(archive, "word/styles.xml")
    except InputError:  # without styles the text is still there
        return {}
    parents, kinds, runs = {}, {}, {}
    for style in children(root, "style"):
        key = style.get(f"{W}styleId", "")
        parents[key] = value_of(style, "basedon")
        kinds[key] = _kind(style)
        runs[key] = run_style(next(children(style, "rpr"), None))
    found = {}
    for key in kinds:
        chain = [key]
        while (above := parents[chain[-1]]) in kinds and above not in chain:
            chain.append(above)
        kind, level = next((kinds[k] for k in chain if kinds[k][0] != "paragraph"), kinds[key])
        run = RunStyle()
        for one in reversed(chain):
            run = runs[one].over(run)
        found[key] = _Style(kind, level, run)
    return found


def _kind(style: "Element") -> tuple[str, int]:
    """Return the kind of block that a style makes, and a heading's level."""
    name = value_of(style, "name").lower()
    hit = _HEADING.match(name)
    properties = next(children(style, "ppr"), None)
    outline = "" if properties is None else value_of(properties, "outlinelvl")
    if hit:
        return "heading", int(hit[1])
    if name in _KINDS:
        return _KINDS[name], 0
    if outline.isdecimal() and int(outline) < 9:
        return "heading", int(outline) + 1
    return "paragraph", 0


class _Reader:
    """One pass over a document's elements."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._runs = {key: style.run for key, style in styles.items()}
        self._boxes = 0
        self._carried = ""

    def blocks(self, parent: "Element") -> Iterator[Block]:
        """Yield the blocks of an element's paragraphs and tables, however they are wrapped."""
        pending = [iter(parent)]
        while pending:
            element = next(pending[-1], None)
            if element is None:
                pending.pop()
                continue
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._flush_carried()
                yield from self._table(element)
            elif name not in LEFT_OUT and len(pending) < 50:
                pending.append(iter(element))
        yield from self._flush_carried()

    def _flush_carried(self) -> Iterator[Block]:
        """Yield what a paragraph with no end of its own has left, where none follows it."""
        text, self._carried = self._carried, ""
        if text:
            yield Block(text)

    def _paragraph(self, element: "Element") -> Iterator[Block]:
        properties = next(children(element, "ppr"), None)
        style = _Style()
        if properties is not None:
            style = self._styles.get(value_of(properties, "pstyle"), style)
            outline = value_of(properties, "outlinelvl")
            if outline.isdecimal() and int(outline) < 9:
                style = replace(style, kind="heading", level=int(outline) + 1)
        kind = style.kind
        text, bold = paragraph_text(element, style.run, self._runs)
        if self._carried and text:
            text = f"{self._carried} {text}"
            self._carried = ""
        if properties is not None and _ends_deleted(properties):
            self._carried, text = text or self._carried, ""
        if kind == "paragraph":
            if properties is not None and next(children(properties, "numpr"), None) is not None:
                kind = "item"
            elif bold and len(text) <= 100 and not re.search(r"[.!:,;…\d]$", text.strip()):
                kind = "heading"
        if text:
            yield Block(text, kind, level=style.level)
        for box in element.iter(f"{W}txbxContent"):
            if not any(local(above) == "fallback" for above in box.iterancestors()):
                self._boxes += 1
                for block in self.blocks(box):
                    block.box = block.box or self._boxes
                    yield block

    def _table(self, table: "Element") -> Iterator[Block]:
        """Yield a table's rows; one that only lays text out gives its paragraphs.

        So does a row with a table in one of its cells, whose rows are rows.
        """
        elements = list(_inside(table, "tr"))
        rows = [[list(self.blocks(cell)) for cell in _inside(row, "tc")] for row in elements]
        nested = [next(row.iter(f"{W}tbl"), None) is not None for row in elements]
        longest = max((len(b.text) for row in rows for cell in row for b in cell), default=0)
        if longest > _LONGEST_CELL or max(map(len, rows), default=0) < 2:
            nested = [True] * len(rows)
        texts = [[" ".join(" ".join(b.text for b in cell).split()) for cell in row] for row in rows]
        _fill_merged(elements, texts)
        header = texts[0] if len(texts) > 1 and all(texts[0]) and not any(nested[:2]) else []
        for row, cells, inner in list(zip(rows, texts, nested, strict=True))[1 if header else 0 :]:
            if inner:
                yield from (block for cell in row for block in cell)
            elif any(cells):
                yield Block(table_row(header, cells), "row")


def _fill_merged(rows: list["Element"], texts: list[list[str]]) -> None:
    """Give cells that are one with the cell above its text."""
    for above, (row, cells) in zip(texts, list(zip(rows, texts, strict=True))[1:], strict=False):
        for index, cell in enumerate(_inside(row, "tc")):
            properties = next(children(cell, "tcpr"), None)
            merged = None if properties is None else next(children(properties, "vmerge"), None)
            goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            if goes_on and not cells[index] and index < len(above):
                cells[index] = above[index]


def _ends_deleted(properties: "Element") -> bool:
    """Say whether a paragraph's end is a tracked deletion: the next one goes on with it."""
    mark = next(children(properties, "rpr"), None)
    return mark is not None and next(children(mark, "del"), None) is not None


def _inside(parent: "Element", name: str) -> Iterator["Element"]:
    """Yield a table's rows or a row's cells, also those that a content control wraps."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtcontent", "ins", "customxml"):
            yield from _inside(child, name)


def _footnotes(archive: Archive) -> list[Block]:
    """Return the notes, which stand below everything else."""
    blocks: list[Block] = []
    for part, name in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        if part in archive:
            try:
                root = _read_part(archive, part)
            except InputError:  # a damaged note must not cost the text
                continue
            notes = [note for note in children(root, name) if not note.get(f"{W}type")]
            blocks += [block for note in notes for block in _Reader({}).blocks(note)]
    return blocks
