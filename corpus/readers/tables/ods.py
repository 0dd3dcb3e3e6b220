"""OpenDocument spreadsheets (ODS): the sheets' cells as they show, read row by row."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from corpus.readers.archives.archive import Archive
from corpus.readers.tables.sheets import Cell, Sheet
from corpus.readers.tables.xlsx import stream_elements
from corpus.readers.xml import children, local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MOST_COLUMNS = 1000


def ods_sheets(archive: Archive) -> list[Sheet]:
    """Return the sheets of a spreadsheet.

    Raises InputError where it is damaged.
    """
    names: dict[str, None] = {}
    for row in stream_elements(archive, "content.xml", "table-row"):
        names[_sheet_name(row)] = None
    return [Sheet(name, partial(_rows, archive, name)) for name in names]


def _sheet_name(row: "Element") -> str:
    table = next((above for above in row.iterancestors() if local(above) == "table"), None)
    return "" if table is None else table.get(f"{_TABLE}name", "")


def _rows(archive: Archive, name: str) -> Iterator[tuple[int, list[Cell]]]:
    number = 0
    for row in stream_elements(archive, "content.xml", "table-row"):
        if _sheet_name(row) != name:
            continue
        repeated = _count(row.get(f"{_TABLE}number-rows-repeated", "1"))
        cells = _cells(row)
        number += 1
        if any(cell not in (None, "") for cell in cells):
            yield number, cells
        number += repeated - 1


def _cells(row: "Element") -> list[Cell]:
    cells: list[Cell] = []
    for cell in children(row, "table-cell", "covered-table-cell"):
        repeated = _count(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        value = _value(cell)
        if value in (None, "") and repeated > 100:
            break  # the empty rest of the row
        cells += [value] * min(repeated, _MOST_COLUMNS - len(cells))
        if len(cells) >= _MOST_COLUMNS:
            break
    return cells


def _count(text: str) -> int:
    return min(int(text), 2**21) if text.isdecimal() and len(text) < 9 else 1


def _value(cell: "Element") -> Cell:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "date":
        return str(cell.get(f"{_OFFICE}date-value", "")).replace("T", " ")
    if kind == "float":
        try:
            value = float(cell.get(f"{_OFFICE}value", ""))
        except ValueError:
            return None
        return int(value) if abs(value) < 1e15 and value == int(value) else value
    texts = ["".join(_characters(p)) for p in children(cell, "p")]
    return "\n".join(texts) or None


def _characters(paragraph: "Element") -> Iterator[str]:
    """Yield a cell's text; what is noted about it stands elsewhere."""
    yield paragraph.text or ""
    for child in paragraph:
        name = local(child)
        if name == "s":
            yield " " * _count(child.get(f"{_TEXT}c", "1"))
        elif name == "line-break":
            yield "\n"
        elif name == "tab":
            yield " "
        elif name != "annotation":
            yield from _characters(child)
        yield child.tail or ""
