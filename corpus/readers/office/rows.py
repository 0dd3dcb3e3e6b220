"""A document's table as blocks: a line a row, or its paragraphs where it only lays text out."""

import re
from collections.abc import Sequence

from corpus.blocks import Block
from corpus.structure.tables import table_row

_LONGEST_CELL = 400
_LABEL = re.compile(r"[A-Z]{2,3}|.{1,50}:|")


def table_blocks(rows: Sequence[Sequence[str]]) -> list[Block]:
    """Return a table's rows, each cell with its column's name; cells may have several lines.

    >>> [block.text for block in table_blocks([["Jahr", "Gäste"], ["2023", "41.000"]])]
    ['Jahr: 2023; Gäste: 41.000']
    >>> [block.text for block in table_blocks([["Quelle:", "Talbote"], ["Seite:", "5"]])]
    ['Quelle: Talbote', 'Seite: 5']
    """
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = max(map(len, rows), default=0)
    if width == 2 and len(rows) > 1 and all(_LABEL.fullmatch(row[0].strip()) for row in rows):
        return [Block(" ".join(cell.strip() for cell in row).strip()) for row in rows]
    longest = max((len(cell) for row in rows for cell in row), default=0)
    if width < 2 or longest > _LONGEST_CELL:
        parts = [part for row in rows for cell in row for part in cell.split("\n")]
        return [Block(part) for part in parts if part.strip()]
    flat = [[" ".join(cell.split()) for cell in row] for row in rows]
    header = flat[0] if len(flat) > 1 and all(flat[0]) else []
    return [Block(table_row(header, row), "row") for row in flat[1 if header else 0 :]]
