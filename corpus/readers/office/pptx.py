"""PowerPoint presentations (PPTX): each slide's texts and tables, with the slide as the page.

Hidden slides, notes to the speaker, numbers, dates and feet of slides are left out.
"""

import re
from collections.abc import Iterator
from posixpath import join, normpath
from typing import TYPE_CHECKING

from corpus.blocks import Block, Document
from corpus.errors import EmptyInput, InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.office.properties import package_metadata
from corpus.readers.office.rows import table_blocks
from corpus.readers.xml import children, local, parse_xml
from corpus.text.scripts import END, SUB, SUPER, set_scripts

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LARGEST_PART = 50 * 2**20
_MOST_SLIDES = 5000
_LEFT_OUT = frozenset(("sldnum", "dt", "ftr", "hdr"))
_TITLES = frozenset(("title", "ctrtitle"))


def pptx_document(archive: Archive, name: str) -> Document:
    """Return the text of a presentation.

    Raises InputError where it is damaged and EmptyInput where no slide has text.
    """
    blocks: list[Block] = []
    broken = 0
    slides = _slides(archive)
    for number, part in enumerate(slides, start=1):
        try:
            blocks += _slide(_read_part(archive, part), number)
        except InputError:  # one damaged slide must not cost the others
            broken += 1
    if broken and broken == len(slides):
        raise InputError("none of the slides can be read; the presentation is damaged")
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("there is no text in the document")
    return Document(blocks, package_metadata(archive, blocks, name))


def _read_part(archive: Archive, name: str) -> "Element":
    return parse_xml(archive.read(name, _LARGEST_PART), "the presentation")


def _slides(archive: Archive) -> list[str]:
    """Return the parts of the slides in their order."""
    presentation = _read_part(archive, "ppt/presentation.xml")
    targets = {}
    relations = "ppt/_rels/presentation.xml.rels"
    if relations in archive:
        for relation in children(_read_part(archive, relations), "relationship"):
            target = relation.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else normpath(join("ppt", target))
            targets[relation.get("Id", "")] = path
    listed = [e for group in children(presentation, "sldidlst") for e in children(group, "sldid")]
    parts = [targets.get(e.get(_RELATION) or e.get(_STRICT_RELATION) or "", "") for e in listed]
    found = [part for part in parts if part in archive]
    if not found:
        named = [n for n in archive.files() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        found = sorted(named, key=lambda n: int(re.findall(r"\d+", n)[-1]))
    return found[:_MOST_SLIDES]


def _slide(root: "Element", number: int) -> list[Block]:
    if root.get("show") in ("0", "false"):
        return []
    titles: list[Block] = []
    others: list[Block] = []
    for element in root.iter():
        name = local(element)
        if name == "sp":
            kind = _placeholder(element)
            if kind in _LEFT_OUT:
                continue
            shown = list(_shape(element, kind, number))
            (titles if kind in _TITLES else others).extend(shown)
        elif name == "tbl":
            others += _table(element, number)
    return [*titles, *others]


def _placeholder(shape: "Element") -> str:
    found = next((e for e in shape.iter() if local(e) == "ph"), None)
    return "" if found is None else found.get("type", "body").lower()


def _shape(shape: "Element", kind: str, number: int) -> Iterator[Block]:
    body = next(children(shape, "txbody"), None)
    if body is None:
        return
    texts = [_paragraph(p) for p in children(body, "p")]
    if kind in _TITLES:
        title = " ".join(" ".join(text.split()) for text in texts).strip()
        if title:
            yield Block(title, "heading", level=1, page=number)
        return
    filled = [text for text in texts if text]
    listed = len(filled) > 1 and kind in ("body", "obj", "")
    for text in filled:
        # A line of a list that is a sentence stays a paragraph: it says something by itself.
        item = listed and not re.search(r"[.!?]$", text)
        yield Block(text, "item" if item else "paragraph", page=number)


def _paragraph(paragraph: "Element") -> str:
    parts = []
    for run in children(paragraph, "r", "br", "fld"):
        if local(run) == "br":
            parts.append("\n")
            continue
        properties = next(children(run, "rpr"), None)
        strike = "" if properties is None else properties.get("strike", "noStrike")
        if strike not in ("", "noStrike"):
            continue
        baseline = "0" if properties is None else properties.get("baseline", "0")
        text = "".join(t.text or "" for t in children(run, "t"))
        script = SUB if baseline.startswith("-") else SUPER if baseline not in ("0", "") else ""
        parts.append(f"{script}{text}{END}" if script else text)
    text = set_scripts("".join(parts))
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _table(table: "Element", number: int) -> list[Block]:
    rows = []
    for row in children(table, "tr"):
        cells = []
        for cell in children(row, "tc"):
            body = next(children(cell, "txbody"), None)
            texts = [] if body is None else [_paragraph(p) for p in children(body, "p")]
            cells.append("\n".join(filter(None, texts)))
        rows.append(cells)
    blocks = table_blocks(rows)
    for block in blocks:
        block.page = number
    return blocks
