"""OpenDocument texts and presentations (ODT, ODP): paragraphs, headings, tables and slides.

Deleted and hidden text, notes to the speaker, tables of contents and what the master slide
shows are left out; footnotes stand below everything else, as in DOCX.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.blocks import Block, Document, Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.office.properties import language_code, people, real_title
from corpus.readers.office.rows import table_blocks
from corpus.readers.text.plain import title_from
from corpus.readers.xml import child_text, children, local, parse_xml
from corpus.text.scripts import END, SUB, SUPER, set_scripts

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FO = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_LARGEST_PART = 100 * 2**20
_DEEPEST = 60
_LEFT_OUT = frozenset(
    "tracked-changes annotation annotation-end note forms notes table-of-content "
    "alphabetical-index illustration-index table-index user-index bibliography "
    "soft-page-break sequence-decls variable-decls user-field-decls header footer".split()
)
_KINDS = {"title": "title", "subtitle": "lead", "caption": "caption", "quotations": "quote"}
_NOT_OF_A_SLIDE = frozenset(("header", "footer", "date-time", "page-number", "notes"))


@dataclass(frozen=True, slots=True)
class _Style:
    """What a style, with those it builds on, says of text."""

    kind: str = "paragraph"
    level: int = 0
    bold: bool = False
    hidden: bool = False
    script: str = ""


def odf_document(archive: Archive, name: str) -> Document:
    """Return the text of an OpenDocument text or presentation.

    Raises InputError where it is damaged or encrypted and EmptyInput where it has no text.
    """
    check_encryption(archive)
    content = _read_part(archive, "content.xml")
    styles = _styles(archive, content)
    body = next((e for e in content.iter() if local(e) in ("text", "presentation")
                 and local(_parent(e)) == "body"), None)  # fmt: skip
    reader = _Reader(styles)
    blocks = list(reader.blocks(body)) if body is not None else []
    blocks += reader.notes
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("there is no text in the document")
    return Document(blocks, _metadata(archive, blocks, name))


def check_encryption(archive: Archive) -> None:
    """Raise InputError where an OpenDocument file has a password."""
    if "META-INF/manifest.xml" in archive:
        manifest = archive.read("META-INF/manifest.xml", _LARGEST_PART)
        if b"encryption-data" in manifest:
            raise InputError("it is encrypted; save a copy without its password")


def _parent(element: "Element") -> "Element":
    above = element.getparent()
    return element if above is None else above


def _read_part(archive: Archive, name: str) -> "Element":
    return parse_xml(archive.read(name, _LARGEST_PART), "the OpenDocument file")


def _metadata(archive: Archive, blocks: list[Block], name: str) -> Metadata:
    said, authors, language = "", "", ""
    if "meta.xml" in archive:
        try:
            root = _read_part(archive, "meta.xml")
        except InputError:  # the text is there; what is said about it is not
            root = None
        meta = next(children(root, "meta"), None) if root is not None else None
        if meta is not None:
            said = child_text(meta, "title")
            authors = child_text(meta, "initial-creator", "creator")
            language = child_text(meta, "language")
    return Metadata(
        title=real_title(said, blocks) or title_from(name),
        authors=people(authors),
        hint=language_code(language),
        properties=True,
    )


def _styles(archive: Archive, content: "Element") -> dict[str, _Style]:
    """Return the styles by name, each with what it inherits."""
    elements = list(content.iter(f"{_STYLE}style"))
    if "styles.xml" in archive:
        with suppress(InputError):  # without styles the text is still there
            elements = [*_read_part(archive, "styles.xml").iter(f"{_STYLE}style"), *elements]
    found: dict[str, _Style] = {}
    for element in elements:
        name = element.get(f"{_STYLE}name", "")
        above = found.get(element.get(f"{_STYLE}parent-style-name", ""), _Style())
        shown = (element.get(f"{_STYLE}display-name") or name).lower().replace("_20_", " ")
        properties = next(children(element, "text-properties"), None)
        found[name] = _style(above, shown, properties)
    return found


def _style(above: _Style, shown: str, properties: "Element | None") -> _Style:
    kind = _KINDS.get(shown, above.kind)
    bold, hidden, script = above.bold, above.hidden, above.script
    if properties is not None:
        weight = properties.get(f"{_FO}font-weight")
        bold = bold if weight is None else weight in ("bold", "600", "700", "800", "900")
        struck = properties.get(f"{_STYLE}text-line-through-style", "none") != "none"
        hidden = hidden or struck or properties.get(f"{_TEXT}display") == "none"
        position = properties.get(f"{_STYLE}text-position", "")
        if position:
            place = position.split()[0]
            raised = place == "super" or (place.endswith("%") and not place.startswith(("-", "0")))
            script = SUPER if raised else SUB if place == "sub" or place.startswith("-") else ""
    return _Style(kind, above.level, bold, hidden, script)


class _Reader:
    """One pass over a document's elements."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._boxes = 0
        self.notes: list[Block] = []

    def blocks(
        self, parent: "Element", page: int | None = None, depth: int = 0, *, item: bool = False
    ) -> Iterator[Block]:
        """Yield the blocks of an element's paragraphs, lists, tables and slides."""
        if depth > _DEEPEST:
            return
        number = 0
        for element in parent:
            name = local(element)
            if name in _LEFT_OUT or not name:
                continue
            if name in ("p", "h"):
                yield from self._paragraph(element, page, item=item)
            elif name == "table":
                yield from self._table(element, page, depth)
            elif name == "page":
                number += 1
                yield from self._slide(element, number, depth)
            elif element.get(f"{_PRESENTATION}class", "") not in _NOT_OF_A_SLIDE:
                inner = item or name == "list"
                yield from self.blocks(element, page, depth + 1, item=inner)

    def _slide(self, slide: "Element", number: int, depth: int) -> Iterator[Block]:
        """Yield a slide's texts, its title as a heading above them."""
        frames = list(slide)
        titles = [e for e in frames if e.get(f"{_PRESENTATION}class") == "title"]
        for frame in [*titles, *(e for e in frames if e not in titles)]:
            kind = frame.get(f"{_PRESENTATION}class", "")
            if kind in _NOT_OF_A_SLIDE or local(frame) in _LEFT_OUT:
                continue
            holder = _holder(frame)
            for block in self.blocks(holder, number, depth + 1):
                if kind == "title":
                    block.kind, block.level = "heading", 1
                yield block

    def _paragraph(self, element: "Element", page: int | None, *, item: bool) -> Iterator[Block]:
        style = self._styles.get(element.get(f"{_TEXT}style-name", ""), _Style())
        if style.hidden:
            return
        parts: list[str] = []
        bold: list[bool] = []
        boxes: list[Element] = []
        self._collect(element, style, parts, bold, boxes)
        text = set_scripts("".join(parts))
        text = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
        if text:
            kind, level = style.kind, 0
            if local(element) == "h":
                given = element.get(f"{_TEXT}outline-level", "1")
                kind, level = "heading", int(given) if given.isdecimal() else 1
            elif item and kind == "paragraph":
                kind = "item"
            elif kind == "paragraph" and bold and all(bold) and _is_short(text):
                kind = "heading"
            yield Block(text, kind, level=level, page=page)
        for box in boxes:
            self._boxes += 1
            for block in self.blocks(box, page, 1):
                block.box = block.box or self._boxes
                yield block

    def _collect(
        self, element: "Element", style: _Style, parts: list[str], bold: list[bool],
        boxes: list["Element"], depth: int = 0,
    ) -> None:  # fmt: skip
        """Gather a paragraph's text; what hangs in it as a box is told apart."""
        if element.text:
            self._say(element.text, style, parts, bold)
        for child in element:
            name = local(child)
            if name == "s":
                parts.append(" ")
            elif name == "tab":
                parts.append("\t")
            elif name == "line-break":
                parts.append("\n")
            elif name == "note":
                self._note(child)
            elif name in ("frame", "custom-shape", "text-box", "g"):
                boxes.append(child)
            elif name and name not in _LEFT_OUT and depth < _DEEPEST:
                own = self._styles.get(child.get(f"{_TEXT}style-name", ""), style)
                self._collect(child, own, parts, bold, boxes, depth + 1)
            if child.tail:
                self._say(child.tail, style, parts, bold)

    def _say(self, text: str, style: _Style, parts: list[str], bold: list[bool]) -> None:
        if style.hidden:
            return
        text = " ".join(text.replace("\n", " ").split(" "))
        parts.append(f"{style.script}{text}{END}" if style.script and text.strip() else text)
        if text.strip():
            bold.append(style.bold)

    def _note(self, note: "Element") -> None:
        body = next(children(note, "note-body"), None)
        if body is not None:
            self.notes += list(self.blocks(body, None, 1))

    def _table(self, table: "Element", page: int | None, depth: int) -> Iterator[Block]:
        rows = []
        for row in table.iter(f"{_TABLE}table-row"):
            cells = []
            for cell in children(row, "table-cell", "covered-table-cell"):
                texts = [block.text for block in self.blocks(cell, page, depth + 1)]
                cells.append("\n".join(texts))
            rows.append(cells)
        for block in table_blocks(rows):
            block.page = page
            yield block


def _is_short(text: str) -> bool:
    return len(text) <= 100 and text[-1] not in ".!:,;…"


def _holder(frame: "Element") -> "Element":
    """Return the element whose children are a frame's paragraphs or tables."""
    box = next((e for e in frame if local(e) == "text-box"), None)
    return frame if box is None else box
