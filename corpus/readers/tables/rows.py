"""What every kind of table gives: rows with their numbers, and a way back to each."""

from collections.abc import Iterator
from typing import Any

from corpus.readers.options import ReadOptions

Row = dict[str, Any]


class BadRow(Exception):
    """A row that cannot be used; the message says why."""


class Rows:
    """The rows of a table; each iteration reads them anew."""

    def __init__(self, options: ReadOptions) -> None:
        """Rows that cannot be used are told to `options.problem`, each once."""
        self._options = options
        self._reported: set[int] = set()

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        """Yield each row with its number, counted from 1."""
        for number, _, row in self.places():
            yield number, row

    def places(self) -> Iterator[tuple[int, int, Row]]:
        """Yield number, place and row; `at(place)` gives the row again."""
        raise NotImplementedError

    def at(self, place: int) -> Row:
        """Return the row at a place that `places` named."""
        raise NotImplementedError

    def report(self, number: int, reason: str) -> None:
        """Tell the caller why a row is left out."""
        if number in self._reported:  # a second pass over the same rows
            return
        self._reported.add(number)
        self._options.problem(f"row {number}", reason)


class Reported:
    """Hand a bad row's reason to the caller instead of stopping at it."""

    def __init__(self, rows: Rows, number: int) -> None:
        self._rows, self._number = rows, number

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, BadRow):
            self._rows.report(self._number, str(error))
            return True
        return False


def kind_of(value: Any) -> str:
    """Return what a cell holds instead of text, in words."""
    if value == "":
        return "empty"
    names = {dict: "an object", list: "a list", bool: "true or false", str: "text"}
    return names.get(type(value), "empty" if value is None else "a number")
