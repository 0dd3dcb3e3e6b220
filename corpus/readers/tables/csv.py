"""Tables as CSV: any of the usual separators and encodings, as Excel and databases write them."""

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import BinaryIO

from corpus.article import Article
from corpus.errors import EmptyInput, InputError, UnknownFormat
from corpus.readers.options import ReadOptions
from corpus.readers.tables.rows import Row, Rows
from corpus.readers.tables.table import table_articles
from corpus.text.normalize import decode

_HEAD = 65536
_SEPARATORS = ",;\t|"
_LARGEST_CELL = 20_000_000
"""Characters; a quote that is never closed would otherwise take the rest of the file."""
_MOST_COLUMNS = 1000
_MOST_REWINDS = 20
"""How often what a broken row has swallowed is read again; each time may read to the end."""


def read_csv(stream: BinaryIO, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of a CSV table; see `table_articles`.

    Raises EmptyInput and InputError as that does, and UnknownFormat where it is no text.
    """
    yield from table_articles(_CsvRows(stream, options), uri=uri, options=options)


class _CsvRows(Rows):
    """The rows below the header; a row's place is the byte at which it begins."""

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        super().__init__(options)
        # The limit is the interpreter's, not the reader's; it is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
        head = stream.read(_HEAD)
        text = decode(head[: len(head) // 4 * 4] if b"\x00" in head else head)
        wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:64]
        if wide or (b"\r" in head and b"\n" not in head):
            stream.seek(0)
            text = decode(stream.read()).replace("\r\n", "\n").replace("\r", "\n")
            stream = io.BytesIO(text.encode("utf-8", "replace"))
        self._stream = stream
        self._separator = _separator(text.lstrip("\ufeff"))
        self._header, self._start = self._read_header()

    def places(self) -> Iterator[tuple[int, int, Row]]:
        lines = _Lines(self._stream, self._start)
        reader = csv.reader(lines, delimiter=self._separator)
        number = rewinds = 0
        while True:
            place = lines.place
            number += 1
            try:
                cells = _next_row(reader, lines)
            except csv.Error as exc:
                self.report(number, f"is no row of a table: {exc}")
                # What the reader has gathered of this row must not begin the next; and a
                # quote that is never closed must not take the rows below with it.
                if rewinds < _MOST_REWINDS:
                    lines.place, rewinds = lines.second or lines.place, rewinds + 1
                reader = csv.reader(lines, delimiter=self._separator)
                continue
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(self._header):
                self.report(
                    number,
                    f"has {len(cells)} cells under {len(self._header)} columns; "
                    "texts that hold the separator need quotes",
                )
                continue
            yield number, place, self._row(cells)

    def at(self, place: int) -> Row:
        lines = _Lines(self._stream, place)
        return self._row(next(csv.reader(lines, delimiter=self._separator)))

    def _row(self, cells: list[str]) -> Row:
        # A row may end before its last columns.
        return dict(zip_longest(self._header, cells, fillvalue=""))

    def _read_header(self) -> tuple[list[str], int]:
        lines = _Lines(self._stream, 0)
        try:
            names = next(csv.reader(lines, delimiter=self._separator), [])
            if names == ["sep=", ""]:
                names = next(csv.reader(lines, delimiter=self._separator), [])
        except csv.Error as exc:
            raise InputError("the first line names no columns: {reason}", reason=exc) from exc
        names = [name.strip().removeprefix("\ufeff") for name in names]
        if not any(names):
            raise EmptyInput("the first line names no columns")
        if len(names) > _MOST_COLUMNS:
            raise InputError(
                "it has {count:,} columns; at most {most_columns:,} are read",
                count=len(names),
                most_columns=_MOST_COLUMNS,
            )
        return names, lines.place


def _next_row(reader: Iterator[list[str]], lines: "_Lines") -> list[str] | None:
    lines.begin()
    cells = next(reader, None)
    if cells is not None and lines.at_end:
        raise csv.Error("it opens a quote that is never closed")
    return cells


class _Lines:
    """The lines of a stream as text, and the place of the next."""

    def __init__(self, stream: BinaryIO, place: int) -> None:
        self._stream = stream
        self.place = place
        self.second = 0
        """Where the second line of this row begins, or 0."""
        self.at_end = False
        """Whether this row asked for another line, and there was none."""

    def begin(self) -> None:
        """Note that a row begins here."""
        self.second, self.at_end = 0, False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        # Another pass may have moved the stream since the line before.
        self._stream.seek(self.place)
        line = self._stream.readline(_LARGEST_CELL + _HEAD)
        if not line:
            self.at_end = True
            raise StopIteration
        self.place += len(line)
        self.second = self.second or self.place
        try:
            return line.decode("utf-8-sig").replace("\x00", "")
        except UnicodeDecodeError:
            try:
                return decode(line)
            except UnknownFormat as exc:
                raise csv.Error(f"it holds bytes that are no text ({len(line):,})") from exc


def _separator(text: str) -> str:
    """Return the separator of the header: of those in it, the one that parts it most often."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        return first.strip()[4]
    return max(_SEPARATORS, key=lambda mark: (first.count(mark), -_SEPARATORS.index(mark)))
