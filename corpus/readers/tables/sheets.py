"""Spreadsheets: a sheet of articles, a row each; or a sheet of facts, cited by sheet and row."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import quote

from corpus.article import Article, Role
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, ErrorText, InputError
from corpus.readers.options import ReadOptions
from corpus.readers.tables.columns import guess_columns
from corpus.readers.tables.rows import Row, Rows
from corpus.readers.tables.table import table_articles
from corpus.structure.assemble import assemble
from corpus.text.language import detect

Cell = str | int | float | None
"""What a cell shows; a date is text as 2024-05-03."""
_SNIFFED = 30
"""Rows among which the columns' names stand."""
_MOST_FACTS = 50_000
"""Rows of facts that are read of a sheet."""
_TOGETHER = 1000
"""Rows of facts in one article."""
_MOST_COLUMNS = 1000
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_PERCENT = re.compile(r"-?\d+(?:\.\d+)? %")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a spreadsheet."""

    name: str
    read: Callable[[], Iterator[tuple[int, list[Cell]]]]
    """Yields each row that holds something, with its number from 1; each call reads anew."""


def sheet_articles(
    sheets: list[Sheet], name: str, *, uri: str, options: ReadOptions
) -> Iterator[Article]:
    """Yield the articles of a spreadsheet's sheets.

    A sheet with a column of texts gives an article a row, at `uri!/Sheet#row`; any other one
    article of its rows. With `options.columns` or `group_by`, sheets without them are left out.

    Raises EmptyInput where all sheets are empty, and InputError where a column was asked for
    that is in none.
    """
    given = 0
    failed: InputError | None = None
    for sheet in sheets:
        head = list(islice(sheet.read(), _SNIFFED))
        header = _find_header(head)
        if header is None:
            continue
        place = f"{uri}!/{quote(sheet.name)}"
        try:
            if options.columns or options.group_by or "text" in guess_columns(header.names, {}):
                rows = _SheetRows(sheet, header, options)
                for article in table_articles(rows, uri=place, options=options):
                    given += 1
                    yield article
            else:
                for article in _fact_articles(sheet, header, name, place, options):
                    given += 1
                    yield article
        except InputError as exc:
            failed = exc
            if len(sheets) > 1:
                options.problem(f"sheet “{sheet.name}”", exc.text)
    if not given:
        raise failed or EmptyInput("all sheets are empty")


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the columns' names stand."""

    row: int
    """0 where there are none."""
    names: list[str]
    title: str = ""
    """What stands above them, alone in its row."""


def _find_header(head: list[tuple[int, list[Cell]]]) -> _Header | None:
    """Return the first row that names columns: texts alone, with a fuller row below it."""
    title = ""
    for index, (number, cells) in enumerate(head):
        filled = [cell for cell in cells if _show(cell)]
        names = [_show(cell) for cell in cells][:_MOST_COLUMNS]
        are_texts = all(isinstance(cell, str) and len(cell) <= 80 for cell in filled)
        below = head[index + 1 : index + 2]
        if len(filled) >= 2 and are_texts and below and len(set(filter(None, names))) > 1:
            return _Header(number, names, title)
        if len(filled) == 1 and isinstance(filled[0], str) and index < 5:
            title = title or filled[0].strip()
            continue
        break
    return _Header(0, [], title) if head else None


def _show(cell: Cell, language: str = "") -> str:
    """Return a cell as people write it.

    >>> _show(4.2e6), _show(0.5, "de"), _show("2024-12-31", "de"), _show("17.4 %", "de")
    ('4200000', '0,5', '31.12.2024', '17,4 %')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = str(int(cell)) if cell == int(cell) and abs(cell) < 1e15 else f"{cell:.12g}"
        return text.replace(".", ",") if language == "de" else text
    text = " ".join(str(cell).split())
    if language == "de" and (hit := _DAY.fullmatch(text)):
        return f"{int(hit[3])}.{int(hit[2])}.{hit[1]}"
    return text.replace(".", ",") if language == "de" and _PERCENT.fullmatch(text) else text


class _SheetRows(Rows):
    """The rows below a sheet's header; a row's place is its number."""

    def __init__(self, sheet: Sheet, header: _Header, options: ReadOptions) -> None:
        super().__init__(options)
        self._sheet, self._header = sheet, header
        self._kept: dict[int, Row] = {}

    def places(self) -> Iterator[tuple[int, int, Row]]:
        for number, cells in self._sheet.read():
            if number > self._header.row:
                yield number, number, self._row(cells)

    def at(self, place: int) -> Row:
        # A sheet has no way back to a row: for groups, all of them are held.
        if not self._kept:
            self._kept = {number: row for number, _, row in self.places()}
        return self._kept[place]

    def _row(self, cells: list[Cell]) -> Row:
        pairs = zip(self._header.names, cells, strict=False)
        return {name: _show(c) if isinstance(c, float) else c for name, c in pairs if name}


def _fact_articles(
    sheet: Sheet, header: _Header, name: str, uri: str, options: ReadOptions
) -> Iterator[Article]:
    """Yield a sheet of facts, some hundreds of rows an article."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    title = header.title or f"{stem} – {sheet.name}"
    rows = ((number, cells) for number, cells in sheet.read() if number > header.row)
    language, part = "", 0
    while batch := list(islice(rows, _TOGETHER)):
        part += 1
        if part * _TOGETHER > _MOST_FACTS:
            reason = ErrorText("only the first {most:,} rows of facts are read", most=_MOST_FACTS)
            options.problem(f"sheet “{sheet.name}”", reason)
            return
        cells = (_show(cell) for _, row in batch[:40] for cell in row)
        language = language or detect(" ".join([header.title, *header.names, *cells]))
        label = "Zeile" if language == "de" else "Row"
        texts = [_fact(label, number, header.names, row, language) for number, row in batch]
        shown = title if part == 1 else f"{title} ({label} {batch[0][0]}–{batch[-1][0]})"
        blocks = [Block(shown, "title", role=Role.HEADLINE)]
        blocks += [Block(text, "row", role=Role.BODY) for text in texts]
        yield assemble(
            blocks,
            uri=uri if part == 1 else f"{uri}#{batch[0][0]}",
            metadata=Metadata(title=shown, hint=language),
        )


def _fact(label: str, number: int, names: list[str], cells: list[Cell], language: str) -> str:
    """Return a row as a line that can be cited alone: "Zeile 5: Ort: Roden; Gäste: 41000"."""
    padded = [*names, *[""] * (len(cells) - len(names))]
    shown = [(name, _show(cell, language)) for name, cell in zip(padded, cells, strict=False)]
    parts = [f"{name}: {text}" if name else text for name, text in shown if text]
    return f"{label} {number}: {'; '.join(parts)}"
