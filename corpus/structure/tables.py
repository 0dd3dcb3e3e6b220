"""A table's row as a line that can be read, and cited, alone."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby


def table_row(header: Sequence[str], row: Sequence[str]) -> str:
    """Return the cells of a row, each with its column's name where there is one.

    >>> table_row(["Jahr", "Gäste"], ["2023", "41.000"])
    'Jahr: 2023; Gäste: 41.000'
    """
    if len(header) != len(row) or not any(header):
        return "; ".join(cell for cell in row if cell)
    pairs = zip(header, row, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


def spread(
    cells: Sequence[tuple[str, int, int]], below: dict[int, tuple[str, int]], *, named: bool
) -> list[str]:
    """Return a row's texts, one a column, of cells that may span several.

    Cells are (text, columns, rows); `below` has what cells further up left for this row, by
    column, and gets what this one leaves. A name stands in each column of its cell, a value
    in the first.

    >>> below: dict[int, tuple[str, int]] = {}
    >>> spread([("Roden", 1, 2), ("Kind", 1, 1)], below, named=False)
    ['Roden', 'Kind']
    >>> spread([("Eltern", 1, 1)], below, named=False)
    ['Roden', 'Eltern']
    """
    row: list[str] = []

    def fill() -> None:
        while len(row) in below:
            text, rows = below.pop(len(row))
            if rows > 1:
                left[len(row)] = (text, rows - 1)
            row.append(text)

    left: dict[int, tuple[str, int]] = {}
    for text, columns, rows in cells:
        fill()
        for column in range(columns):
            shown = text if named or not column else ""
            if rows > 1:
                left[len(row)] = (shown, rows - 1)
            row.append(shown)
    fill()
    below.clear()
    below.update(left)
    return row


_RULE = re.compile(r"-{2,}(?: +-{2,})+")
_GAP = re.compile(r"\s{2,}")


def find_tabbed_rows(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    r"""Yield lines of copied text, and whether each is a row of a table with tabs in it.

    Two lines or more with the same number of tabs are a table. A first one without digits
    names the columns, and is part of every row.

    >>> list(find_tabbed_rows(["Jahr\tGäste", "2023\t41.000", "Viele kamen."]))
    [('Jahr: 2023; Gäste: 41.000', True), ('Viele kamen.', False)]
    """
    if any(_RULE.fullmatch(line.strip()) for line in lines):
        yield from _split_ruled(lines)
        return
    for tabs, found in groupby(lines, key=lambda line: line.count("\t")):
        run = list(found)
        rows = [[cell.strip() for cell in line.split("\t")] for line in run]
        if not tabs or len(run) < 2:
            yield from ((line, False) for line in run)
            continue
        named = not any(re.search(r"\d", cell) for cell in rows[0]) and any(
            re.search(r"\d", cell) for row in rows[1:] for cell in row
        )
        header = rows[0] if named else []
        yield from ((table_row(header, row), True) for row in rows[bool(named) :] if any(row))


def _split_ruled(lines: Sequence[str]) -> Iterator[tuple[str, bool]]:
    r"""Yield the rows of a table whose columns are underlined; other lines stay as they are.

    >>> list(_split_ruled(["Jahr   Gäste", "-----  ------", "2023   41.000", "Viele kamen."]))
    [('Jahr: 2023; Gäste: 41.000', True), ('Viele kamen.', False)]
    """
    header: list[str] = []
    columns = 0
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        cells = _GAP.split(line.strip())
        if _RULE.fullmatch(line.strip()):
            columns = len(line.split())
        elif _RULE.fullmatch(below.strip()) and len(cells) == len(below.split()):
            header = cells
        elif columns and len(cells) == columns:
            yield table_row(header, cells), True
        else:
            yield line, False
