"""Word documents (DOCX): paragraphs and tables as written, deletions left out.

Headers, footers and comments lie in parts of their own and are never read. A document's
properties say when the file was made; that is no publication, so no date is taken from them.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.office.properties import language_code, people, real_title
from corpus.readers.text.plain import title_from
from corpus.readers.xml import child_text, children, local, parse_xml
from corpus.structure.assemble import assemble
from corpus.structure.tables import table_row

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LARGEST_PART = 100 * 2**20
_LEFT_OUT = frozenset(
    "del movefrom fallback txbxcontent instrtext deltext rt ppr rpr footnotereference".split()
)
_LONGEST_CELL = 400
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
    bold: bool = False


def read_docx(data: bytes, name: str, *, uri: str) -> Article:
    """Return the article in a Word document.

    Raises InputError where it is damaged or encrypted and EmptyInput where it has no text.
    """
    archive = Archive(io.BytesIO(data), "the Word document")
    body = next(children(_part(archive, "word/document.xml"), "body"), None)
    blocks = list(_Reader(_styles(archive)).blocks(body)) if body is not None else []
    blocks += _footnotes(archive)
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("there is no text in the document")
    return assemble(blocks, uri=uri, metadata=_metadata(archive, blocks, name))


def _part(archive: Archive, name: str) -> "Element":
    data = archive.read(name, _LARGEST_PART)
    if _STRICT in data[:65536]:
        data = data.replace(_STRICT, _W[1:-1].encode())
    return parse_xml(data, "the Word document")


def _metadata(archive: Archive, blocks: list[Block], name: str) -> Metadata:
    """Return the document's properties, and make its first heading the title."""
    said, authors, language = "", "", ""
    if "docProps/core.xml" in archive:
        try:
            core = _part(archive, "docProps/core.xml")
        except InputError:  # the text is there; what is said about it is not
            core = None
        if core is not None:
            said, authors = child_text(core, "title"), child_text(core, "creator")
            language = child_text(core, "language")
    return Metadata(
        title=real_title(said, blocks) or title_from(name),
        authors=people(authors),
        hint=language_code(language),
        properties=True,
    )


def _styles(archive: Archive) -> dict[str, _Style]:
    """Return what each style's name and outline level make of its paragraphs."""
    if "word/styles.xml" not in archive:
        return {}
    try:
        root = _part(archive, "word/styles.xml")
    except InputError:  # without styles the text is still there
        return {}
    parents, own = {}, {}
    for style in children(root, "style"):
        key = style.get(f"{_W}styleId", "")
        parents[key] = _value(style, "basedon")
        own[key] = _style(style)
    found = {}
    for key, style in own.items():
        above, seen = parents[key], {key}
        while style.kind == "paragraph" and above in own and above not in seen:
            seen.add(above)
            style = own[above]
            above = parents[above]
        found[key] = style
    return found


def _style(style: "Element") -> _Style:
    name = _value(style, "name").lower()
    hit = _HEADING.match(name)
    properties = next(children(style, "ppr"), None)
    outline = "" if properties is None else _value(properties, "outlinelvl")
    if hit:
        return _Style("heading", int(hit[1]))
    if name in _KINDS:
        return _Style(_KINDS[name])
    if outline.isdecimal() and int(outline) < 9:
        return _Style("heading", int(outline) + 1)
    runs = next(children(style, "rpr"), None)
    return _Style(bold=runs is not None and _is_on(runs, "b"))


def _value(element: "Element", child: str) -> str:
    found = next(children(element, child), None)
    return "" if found is None else found.get(f"{_W}val", "")


def _is_on(properties: "Element", name: str) -> bool:
    found = next(children(properties, name), None)
    return found is not None and found.get(f"{_W}val", "1").lower() not in ("0", "false", "off")


class _Reader:
    """One pass over a document's elements."""

    def __init__(self, styles: dict[str, _Style]) -> None:
        self._styles = styles
        self._boxes = 0

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
                yield from self._table(element)
            elif name not in _LEFT_OUT and len(pending) < 50:
                pending.append(iter(element))

    def _paragraph(self, element: "Element") -> Iterator[Block]:
        properties = next(children(element, "ppr"), None)
        style = _Style()
        if properties is not None:
            style = self._styles.get(_value(properties, "pstyle"), style)
            outline = _value(properties, "outlinelvl")
            if outline.isdecimal() and int(outline) < 9:
                style = _Style("heading", int(outline) + 1)
        kind = style.kind
        text, bold = _text(element, bold=style.bold)
        if kind == "paragraph":
            if properties is not None and next(children(properties, "numpr"), None) is not None:
                kind = "item"
            elif bold and len(text) <= 100 and not re.search(r"[.!:,;…\d]$", text.strip()):
                kind = "heading"
        yield Block(text, kind, level=style.level)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(local(above) == "fallback" for above in box.iterancestors()):
                self._boxes += 1
                for block in self.blocks(box):
                    block.box = block.box or self._boxes
                    yield block

    def _table(self, table: "Element") -> Iterator[Block]:
        """Yield a table's rows; one that only lays text out gives its paragraphs."""
        rows = [
            [list(self.blocks(cell)) for cell in _inside(row, "tc")] for row in _inside(table, "tr")
        ]
        cells = [block for row in rows for cell in row for block in cell]
        longest = max((len(block.text) for block in cells), default=0)
        if longest > _LONGEST_CELL or max(map(len, rows), default=0) < 2:
            yield from cells
            return
        texts = [[" ".join(" ".join(b.text for b in cell).split()) for cell in row] for row in rows]
        header = texts[0] if len(texts) > 1 and all(texts[0]) else []
        for row in texts[1:] if header else texts:
            if any(row):
                yield Block(table_row(header, row), "row")


def _inside(parent: "Element", name: str) -> Iterator["Element"]:
    """Yield a table's rows or a row's cells, also those that a content control wraps."""
    for child in parent:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtcontent", "ins", "customxml"):
            yield from _inside(child, name)


def _text(paragraph: "Element", *, bold: bool) -> tuple[str, bool]:
    """Return a paragraph's text, and whether all of it is bold."""
    from lxml.etree import iterwalk

    parts: list[str] = []
    all_bold = True
    walk = iterwalk(paragraph, events=("start",))
    for _, element in walk:
        name = local(element)
        if name in _LEFT_OUT:
            walk.skip_subtree()
        elif name == "r":
            properties = next(children(element, "rpr"), None)
            on = bold if properties is None else _is_on(properties, "b") or bold
            run = "".join(child.text or "" for child in children(element, "t"))
            all_bold = all_bold and (on or not run.strip())
        elif name == "t":
            parts.append(element.text or "")
        elif name == "tab":
            parts.append(" ")
        elif name in ("br", "cr"):
            parts.append(
                "\n" if element.get(f"{_W}type", "textWrapping") == "textWrapping" else " "
            )
        elif name == "nobreakhyphen":
            parts.append("-")
    text = "\n".join(" ".join(line.split()) for line in "".join(parts).split("\n"))
    return text, all_bold and bool(text.strip())


def _footnotes(archive: Archive) -> list[Block]:
    """Return the notes, which stand below everything else."""
    blocks: list[Block] = []
    for part, name in (("word/footnotes.xml", "footnote"), ("word/endnotes.xml", "endnote")):
        if part in archive:
            try:
                root = _part(archive, part)
            except InputError:  # a damaged note must not cost the text
                continue
            notes = [note for note in children(root, name) if not note.get(f"{_W}type")]
            blocks += [block for note in notes for block in _Reader({}).blocks(note)]
    return blocks
