"""Tables as JSON: one object a line (JSONL, NDJSON), or an array of objects.

One row is one article, or with `group_by` one paragraph of one. A row that cannot be used
is told to `options.problem` and the others go on. Lines are parsed as they are needed: a
table is never held twice. Of a grouped table, only the places of its rows are remembered.
"""

import io
import json
import logging
import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from corpus.article import Article, Role
from corpus.blocks import Block, Metadata
from corpus.bylines import find_date
from corpus.errors import EmptyInput, InputError
from corpus.readers.options import ReadOptions
from corpus.structure import assemble
from corpus.text import clean, decode

_LOG = logging.getLogger(__name__)

OUR_COLUMNS = (
    "uri", "url", "title", "text", "published", "modified", "source", "authors", "language",
    "section", "heading",
)  # fmt: skip
_SNIFFED = 100
"""Rows looked at to learn which columns a table has."""
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


class _BadRow(Exception):
    """A row that cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each of our columns is in the file."""

    names: Mapping[str, str]

    def get(self, row: Mapping[str, Any], ours: str) -> Any:
        return row.get(self.names.get(ours, ours))

    def text(self, row: Mapping[str, Any], ours: str) -> str:
        """Return a cell as a line of text; a number is written out, a list is refused."""
        value = self.get(row, ours)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise _BadRow(f"{self.names.get(ours, ours)!r} is {_kind(value)}, not text")
        return clean(str(value)).strip()


def read_table(data: bytes, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of a table.

    Raises EmptyInput where there are no rows, and InputError where a column that was asked
    for is in none of the first rows, or where the rows are no objects at all.
    """
    rows = _Rows(data, options)
    columns = _columns(rows, options)
    if options.group_by:
        yield from _grouped(rows, columns, uri, options.group_by)
    else:
        for number, row in rows:
            with _Reported(rows, number):
                yield _article(row, columns, uri, number)


class _Reported:
    """Hand a bad row's reason to the caller instead of stopping at it."""

    def __init__(self, rows: "_Rows", number: int) -> None:
        self._rows, self._number = rows, number

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, _BadRow):
            self._rows.report(self._number, str(error))
            return True
        return False


class _Rows:
    """The rows of a table with their numbers, counted from 1; parsed anew on each pass."""

    def __init__(self, data: bytes, options: ReadOptions) -> None:
        self._options = options
        self._reported: set[int] = set()
        self._array: list[Any] | None = None
        head = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
        plain = not data.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" not in data[:64]
        if not plain:
            data = decode(data).encode("utf-8", "replace")
            head = data[:64].lstrip()
        self._data = data
        if head.startswith(b"["):
            self._array = self._parse_array()
        elif head.startswith(b"{") and b"\n" in head:
            self._array = self._parse_object()

    def _parse_array(self) -> list[Any]:
        try:
            rows = json.loads(decode(self._data))
        except (ValueError, RecursionError) as exc:
            raise InputError(f"the JSON array cannot be read: {_reason(exc)}") from exc
        if not isinstance(rows, list):
            raise InputError("the JSON is no array of rows")
        return rows

    def _parse_object(self) -> list[Any] | None:
        """Read a file that is one object over many lines; None where it is lines of objects."""
        try:
            return [json.loads(decode(self._data))]
        except (ValueError, RecursionError):
            return None

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, _, raw in self._raw():
            row = self._object(number, raw)
            if row is not None:
                yield number, row

    def places(self) -> Iterator[tuple[int, int, dict[str, Any]]]:
        """Yield number, place and row; `at(place)` gives the row again."""
        for number, place, raw in self._raw():
            row = self._object(number, raw)
            if row is not None:
                yield number, place, row

    def at(self, place: int) -> dict[str, Any]:
        raw: Any
        if self._array is not None:
            raw = self._array[place]
        else:
            end = self._data.find(b"\n", place)
            raw = self._data[place : end if end >= 0 else len(self._data)]
        row = self._object(0, raw)
        assert row is not None
        return row

    def _raw(self) -> Iterator[tuple[int, int, Any]]:
        if self._array is not None:
            for index, item in enumerate(self._array):
                yield index + 1, index, item
            return
        place = 0
        for number, line in enumerate(io.BytesIO(self._data), start=1):
            if line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield number, place, line
            place += len(line)

    def _object(self, number: int, raw: Any) -> dict[str, Any] | None:
        try:
            row = json.loads(_line(raw)) if isinstance(raw, bytes) else raw
        except (ValueError, RecursionError) as exc:
            self.report(number, f"no valid JSON: {_reason(exc)}")
            return None
        if not isinstance(row, dict):
            self.report(number, f"is {_kind(row)}, not an object with columns")
            return None
        return row

    def report(self, number: int, reason: str) -> None:
        if number in self._reported:  # a second pass over the same rows
            return
        self._reported.add(number)
        if self._options.problem:
            self._options.problem(f"row {number}", reason)
        else:
            _LOG.warning("row %d left out: %s", number, reason)


def _line(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(raw)


def _reason(exc: Exception) -> str:
    if isinstance(exc, json.JSONDecodeError):
        return f"{exc.msg} (column {exc.colno})"
    return "nested too deeply" if isinstance(exc, RecursionError) else str(exc)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", str: "text"}
    return names.get(type(value), "empty" if value is None else "a number")


def _columns(rows: _Rows, options: ReadOptions) -> _Columns:
    """Check the columns that were asked for against those of the first rows."""
    unknown = [name for name in options.columns if name not in OUR_COLUMNS]
    if unknown:
        raise InputError(
            f"there is no field {unknown[0]!r} to map to; fields are {', '.join(OUR_COLUMNS)}"
        )
    present: dict[str, None] = {}
    first = list(islice(rows, _SNIFFED))
    for _, row in first:
        present.update(dict.fromkeys(row))
    if not first:
        raise EmptyInput("there is no row in it that is a JSON object")
    wanted = [*options.columns.values(), *([options.group_by] if options.group_by else [])]
    listed = ", ".join(map(str, present)) or "none"
    for name in wanted:
        if name not in present:
            raise InputError(f"there is no column {name!r}; columns are {listed}")
    if options.columns.get("text", "text") not in present:
        raise InputError(
            f"there is no column 'text'; columns are {listed}. "
            "Say which one it is with --map text=COLUMN"
        )
    return _Columns(options.columns)


def _article(row: dict[str, Any], columns: _Columns, uri: str, number: int) -> Article:
    text = _text(row, columns)
    blocks = [Block(piece) for piece in _BLANK.split(clean(text).strip())]
    if not any(block.text.strip() for block in blocks):
        raise _BadRow("the text is empty")
    heading = columns.text(row, "heading")
    if heading:
        blocks.insert(0, Block(heading, "heading"))
    given, metadata = _metadata(row, columns)
    return assemble(blocks, uri=given or f"{uri}#{number}", metadata=metadata)


def _text(row: dict[str, Any], columns: _Columns) -> str:
    value = columns.get(row, "text")
    name = columns.names.get("text", "text")
    if value is None:
        raise _BadRow(f"there is no {name!r}")
    if not isinstance(value, str):
        raise _BadRow(f"{name!r} is {_kind(value)}, not text")
    return value


def _metadata(row: dict[str, Any], columns: _Columns) -> tuple[str, Metadata]:
    """Return the row's own URI, or "", and its metadata."""
    url, given = columns.text(row, "url"), columns.text(row, "uri")
    given = given or url
    if not url.startswith(("http://", "https://")):
        url = given if given.startswith(("http://", "https://")) else ""
    return given, Metadata(
        title=columns.text(row, "title"),
        authors=_authors(columns.get(row, "authors")),
        published=_date(columns.get(row, "published")),
        modified=_date(columns.get(row, "modified")),
        source=columns.text(row, "source"),
        section=columns.text(row, "section"),
        url=url,
        language=columns.text(row, "language")[:3].split("-")[0].lower(),
    )


def _authors(value: Any) -> list[str]:
    if isinstance(value, list):
        parts = [item.get("name") if isinstance(item, dict) else item for item in value]
        return [clean(part).strip() for part in parts if isinstance(part, str) and part.strip()]
    if not isinstance(value, str):
        return []
    return [
        part for part in re.split(r"\s*(?:;|,|\bund\b|\band\b)\s*", clean(value).strip()) if part
    ]


def _date(value: Any) -> date | None:
    """Return a day from ISO text, from a written date, or from seconds or milliseconds."""
    if isinstance(value, str):
        return find_date(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > 10_000_000:
        seconds = value / 1000 if abs(value) > 100_000_000_000 else value
        try:
            return datetime.fromtimestamp(seconds, tz=UTC).date()
        except (ValueError, OverflowError, OSError):
            return None
    return None


def _grouped(rows: _Rows, columns: _Columns, uri: str, group_by: str) -> Iterator[Article]:
    """Yield one article for each value of a column, in the order of first appearance."""
    places: dict[str, array[int]] = {}
    for number, place, row in rows.places():
        with _Reported(rows, number):
            value = row.get(group_by)
            if value is None or isinstance(value, bool | dict | list):
                raise _BadRow(f"{group_by!r} is {_kind(value)}, so it belongs to no article")
            if not _text(row, columns).strip():
                raise _BadRow("the text is empty")
            places.setdefault(str(value), array("Q")).append(place)
    for value, found in places.items():
        yield _group_article(value, (rows.at(place) for place in found), columns, uri, group_by)


def _group_article(
    value: str, rows: Iterator[dict[str, Any]], columns: _Columns, uri: str, group_by: str
) -> Article:
    blocks: list[Block] = []
    given, metadata, heading = "", Metadata(), ""
    for index, row in enumerate(rows):
        if index == 0:
            given, metadata = _group_metadata(row, columns)
        above = _heading(row, columns)
        if above and above != heading:
            blocks.append(Block(above, "heading", role=Role.HEADING))
        heading = above
        blocks.append(Block(_text(row, columns), "verbatim", role=Role.BODY))
    if not metadata.title and columns.names.get("title", "title") == group_by:
        metadata.title = value
    return assemble(blocks, uri=given or f"{uri}#{value}", metadata=metadata)


def _group_metadata(row: dict[str, Any], columns: _Columns) -> tuple[str, Metadata]:
    try:
        return _metadata(row, columns)
    except _BadRow:  # a strange title must not cost the whole group
        return "", Metadata()


def _heading(row: dict[str, Any], columns: _Columns) -> str:
    try:
        return columns.text(row, "heading")
    except _BadRow:
        return ""
