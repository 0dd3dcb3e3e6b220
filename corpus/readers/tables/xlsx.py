"""Excel workbooks (XLSX, XLSM): the sheets' cells as they show, read row by row.

Formulas give the values that were saved with them; macros are never looked at.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from posixpath import join, normpath
from typing import TYPE_CHECKING

from corpus.errors import InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.tables.sheets import Cell, Sheet
from corpus.readers.xml import children, local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_LARGEST = 2**31
"""Bytes of a sheet, unpacked; it is never held whole."""
_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
"""The built-in number formats that are dates or times."""
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_COLUMN = re.compile(r"([A-Z]{1,3})")
_MOST_COLUMNS = 1000


def xlsx_sheets(archive: Archive) -> list[Sheet]:
    """Return the visible sheets of a workbook.

    Raises InputError where it is damaged.
    """
    workbook = parse_xml(archive.read("xl/workbook.xml"), "the workbook")
    targets = _targets(archive)
    properties = next(children(workbook, "workbookpr"), None)
    since_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    reader = _Reader(archive, since_1904=since_1904)
    sheets = []
    for listed in children(workbook, "sheets"):
        for sheet in children(listed, "sheet"):
            if sheet.get("state", "visible") != "visible":
                continue
            part = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION) or "", "")
            if part in archive and "worksheet" in part:
                sheets.append(Sheet(sheet.get("name", ""), partial(reader.rows, part)))
    if not sheets:
        raise InputError("the workbook has no sheet that can be read")
    return sheets


def _targets(archive: Archive) -> dict[str, str]:
    """Return the parts by the names that the workbook has for them."""
    name = "xl/_rels/workbook.xml.rels"
    if name not in archive:
        return {}
    root = parse_xml(archive.read(name), "the workbook")
    found = {}
    for relation in children(root, "relationship"):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        found[relation.get("Id", "")] = path
    return found


class _Reader:
    """What all sheets of a workbook share: texts and formats, read when they are needed."""

    def __init__(self, archive: Archive, *, since_1904: bool) -> None:
        self._archive = archive
        self._epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
        self._texts: list[str] | None = None
        self._formats: list[str] | None = None

    def rows(self, part: str) -> Iterator[tuple[int, list[Cell]]]:
        """Yield the rows of a sheet that hold something."""
        number = 0
        for row in stream_elements(self._archive, part, "row"):
            given = row.get("r", "")
            number = int(given) if given.isdecimal() and len(given) < 9 else number + 1
            cells = self._cells(row)
            if any(cell not in (None, "") for cell in cells):
                yield number, cells

    def _cells(self, row: "Element") -> list[Cell]:
        cells: list[Cell] = []
        for cell in row:
            if local(cell) != "c":
                continue
            hit = _COLUMN.match(cell.get("r", ""))
            column = _column_number(hit[1]) if hit else len(cells)
            if column >= _MOST_COLUMNS:
                break
            cells += [None] * (column - len(cells))
            cells.append(self._value(cell))
        return cells

    def _value(self, cell: "Element") -> Cell:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _rich_text(next(children(cell, "is"), None))
        found = next(children(cell, "v"), None)
        text = (found.text or "") if found is not None else ""
        if not text or kind == "e":
            return None
        if kind == "s":
            texts = self._shared_texts()
            return texts[int(text)] if text.isdecimal() and int(text) < len(texts) else None
        if kind == "b":
            return "1" if text == "1" else "0"
        if kind in ("str", "d"):
            return text
        try:
            return self._number(float(text), cell.get("s", "0"))
        except (ValueError, OverflowError):
            return text

    def _number(self, value: float, style: str) -> Cell:
        formats = self._number_formats()
        shape = formats[int(style)] if style.isdecimal() and int(style) < len(formats) else ""
        if shape == "date" and 0 <= value < 2_958_466:
            moment = self._epoch + timedelta(days=value)
            whole = value == int(value)
            return moment.date().isoformat() if whole else moment.isoformat(" ", "minutes")
        if shape == "percent":
            return f"{round(value * 100, 6):g} %"
        return int(value) if value == int(value) and abs(value) < 1e15 else value

    def _shared_texts(self) -> list[str]:
        if self._texts is None:
            name = "xl/sharedStrings.xml"
            elements = stream_elements(self._archive, name, "si") if name in self._archive else ()
            self._texts = [_rich_text(element) for element in elements]
        return self._texts

    def _number_formats(self) -> list[str]:
        """Return for each style whether its numbers are dates or percent."""
        if self._formats is None:
            self._formats = []
            if "xl/styles.xml" in self._archive:
                root = parse_xml(self._archive.read("xl/styles.xml"), "the workbook")
                own = {
                    item.get("numFmtId", ""): item.get("formatCode", "")
                    for group in children(root, "numfmts")
                    for item in children(group, "numfmt")
                }
                for group in children(root, "cellxfs"):
                    for item in children(group, "xf"):
                        self._formats.append(_shape(item.get("numFmtId", "0"), own))
        return self._formats


def _shape(identifier: str, own: dict[str, str]) -> str:
    if identifier in own:
        code = _QUOTED.sub("", own[identifier]).lower()
        if re.search(r"[dmyhs]", code.replace("general", "")):
            return "date"
        return "percent" if "%" in code else ""
    number = int(identifier) if identifier.isdecimal() else 0
    return "date" if number in _DATES else "percent" if number in (9, 10) else ""


def _column_number(letters: str) -> int:
    """Return the place of a column, counted from 0.

    >>> _column_number("A"), _column_number("AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _rich_text(element: "Element | None") -> str:
    """Return the text of a cell or a shared string, without how Japanese is read."""
    if element is None:
        return ""
    parts = []
    for child in element:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [part.text or "" for part in children(child, "t")]
    return "".join(parts)


def stream_elements(archive: Archive, part: str, name: str) -> Iterator["Element"]:
    """Yield the elements of a name in a part of a container; each is gone with the next.

    Raises InputError where the XML is damaged.
    """
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("end",), tag=f"{{*}}{name}", resolve_entities=False, load_dtd=False,
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        for chunk in archive.stream(part, _LARGEST):
            parser.feed(chunk)
            for _, element in parser.read_events():
                yield element
                element.clear()
                while element.getprevious() is not None and element.getparent() is not None:
                    del element.getparent()[0]
        parser.close()
    except etree.XMLSyntaxError as exc:
        raise InputError("the table is damaged: {reason}", reason=str(exc)[:150]) from exc
