"""A table's row as a line that can be read, and cited, alone."""

from collections.abc import Sequence


def table_row(header: Sequence[str], row: Sequence[str]) -> str:
    """Return the cells of a row, each with its column's name where there is one.

    >>> table_row(["Jahr", "Gäste"], ["2023", "41.000"])
    'Jahr: 2023; Gäste: 41.000'
    """
    if len(header) != len(row) or not any(header):
        return "; ".join(cell for cell in row if cell)
    pairs = zip(header, row, strict=True)
    return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)
