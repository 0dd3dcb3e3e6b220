"""Tables, whatever file they come in: one row is one article.

With `group_by` it is one paragraph of one. A row that cannot be used is told to
`options.problem` and the others go on. Rows are read as they are needed: a table is never
held in memory. Of a grouped table, only the places of its rows are remembered.
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from corpus.article import Article, Role
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.options import ReadOptions
from corpus.readers.tables.columns import guess_columns
from corpus.readers.tables.rows import BadRow, Reported, Rows, kind_of
from corpus.structure.assemble import assemble
from corpus.text.normalize import clean
from corpus.text.quantities import (
    Order,
    date_order,
    find_date,
    order_of,
    timestamp_date,
    unclear_date,
)

OUR_COLUMNS = (
    "uri", "url", "title", "text", "published", "modified", "source", "authors", "language",
    "section", "heading",
)  # fmt: skip
_SNIFFED = 100
"""Rows looked at to learn which columns a table has."""
_MOST_ROWS_FOR_ORDER = 10_000
"""Rows looked at for a date that shows whether days or months come first."""
_LONGEST_CELL = 10_000
"""Characters of a title, a name or an address; more means that the mapping is wrong."""
_LONGEST_DATE = 60
"""Characters of a date that are told where it cannot be read."""
_DIGITS = re.compile(r"\s*\d{9,13}(?:\.\d*)?\s*")
_MARKUP = re.compile(r"<(?:p|div|article|section|h[1-6])(?:\s[^<>]{0,500})?>|<br\s*/?>", re.I)
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each of our columns is in the file."""

    names: Mapping[str, str]
    order: Order | None = None
    """Of day and month, as the dates of the table show it."""

    def get(self, row: Mapping[str, Any], ours: str) -> Any:
        return row.get(self.names.get(ours, ours))

    def text(self, row: Mapping[str, Any], ours: str) -> str:
        """Return a cell as a line of text; a number is written out, a list is refused."""
        value = self.get(row, ours)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise BadRow(f"{self.names.get(ours, ours)!r} is {kind_of(value)}, not text")
        text = str(value)
        if len(text) > _LONGEST_CELL:
            name = self.names.get(ours, ours)
            raise BadRow(f"{name!r} has {len(text):,} characters; is the mapping right?")
        return clean(text).strip()


def read_table(stream: BinaryIO, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of a table as JSON; see `table_articles`."""
    from corpus.readers.tables.json_rows import JsonRows

    yield from table_articles(JsonRows(stream, options), uri=uri, options=options)


def table_articles(rows: Rows, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of a table's rows.

    Raises EmptyInput where there are no rows, and InputError where a column that was asked
    for is in none of the first rows, or where the rows are no objects at all.
    """
    columns = _columns(rows, options)
    if options.group_by:
        yield from _group_rows(rows, columns, uri, options.group_by)
    else:
        for number, row in rows:
            with Reported(rows, number):
                yield _article(row, columns, uri, number)


def _columns(rows: Rows, options: ReadOptions) -> _Columns:
    """Check the columns that were asked for against those of the first rows."""
    unknown = [name for name in options.columns if name not in OUR_COLUMNS]
    if unknown:
        raise InputError(
            "there is no field {unknown!r} to map to; fields are {our_columns}",
            unknown=unknown[0],
            our_columns=", ".join(OUR_COLUMNS),
        )
    present: dict[str, None] = {}
    first = list(islice(rows, _SNIFFED))
    for _, row in first:
        present.update(dict.fromkeys(row))
    if not first:
        raise EmptyInput("there is no row in it that can be read")
    wanted = [*options.columns.values(), *([options.group_by] if options.group_by else [])]
    listed = ", ".join(map(str, present)) or "none"
    for name in wanted:
        if name not in present:
            raise InputError(
                "there is no column {name!r}; columns are {listed}", name=name, listed=listed
            )
    names = guess_columns(present, options.columns)
    if "text" not in names:
        if "url" in names and not options.columns:
            what = "a list of addresses"
            raise InputError("this is {what}: it names articles and holds none", what=what)
        raise InputError(
            "there is no column 'text'; columns are {listed}. Say which one it is "
            "with --map text=COLUMN",
            listed=listed,
        )
    columns = _Columns(names)
    return replace(columns, order=_order(rows, columns))


def _order(rows: Rows, columns: _Columns) -> Order | None:
    """Return the order of day and month in a table's dates.

    Only a table that has dates which leave it open is read further than its first rows.
    """
    texts = (columns.get(row, name) for _, row in rows for name in ("published", "modified"))
    dates = [text for text in islice(texts, 2 * _SNIFFED) if isinstance(text, str)]
    if any(unclear_date(text) for text in dates) and date_order(dates) is None:
        dates += [text for text in islice(texts, 2 * _MOST_ROWS_FOR_ORDER) if isinstance(text, str)]
    return date_order(dates)


def _article(row: dict[str, Any], columns: _Columns, uri: str, number: int) -> Article:
    text = _text(row, columns)
    blocks = _blocks(text)
    if not any(block.text.strip() for block in blocks):
        raise BadRow("the text is empty")
    heading = columns.text(row, "heading")
    if heading:
        blocks.insert(0, Block(heading, "heading"))
    given, metadata = _metadata(row, columns)
    return assemble(blocks, uri=given or f"{uri}#{number}", metadata=metadata)


def _blocks(text: str) -> list[Block]:
    """Return a cell's paragraphs; one that holds a page's markup is read as that."""
    if _MARKUP.search(text):
        from corpus.readers.web.html import markup_blocks

        return markup_blocks(text)
    return [Block(piece) for piece in _BLANK.split(clean(text).strip())]


def _text(row: dict[str, Any], columns: _Columns) -> str:
    value = columns.get(row, "text")
    name = columns.names.get("text", "text")
    if value is None:
        raise BadRow(f"there is no {name!r}")
    if not isinstance(value, str):
        raise BadRow(f"{name!r} is {kind_of(value)}, not text")
    return value


def _metadata(row: dict[str, Any], columns: _Columns) -> tuple[str, Metadata]:
    """Return the row's own URI, or "", and its metadata."""
    url, given = columns.text(row, "url"), columns.text(row, "uri")
    given = given or url
    if not url.startswith(("http://", "https://")):
        url = given if given.startswith(("http://", "https://")) else ""
    tag = columns.text(row, "language")
    order = columns.order or order_of(tag)
    metadata = Metadata(
        title=columns.text(row, "title"),
        authors=_authors(columns.get(row, "authors")),
        published=_date(columns.get(row, "published"), order),
        modified=_date(columns.get(row, "modified"), order),
        source=columns.text(row, "source"),
        section=columns.text(row, "section"),
        url=url,
        language=tag[:3].split("-")[0].lower(),
        order=order,
    )
    said = columns.get(row, "published")
    if metadata.published is None and said not in (None, ""):
        metadata.unread.append(clean(str(said)[:_LONGEST_DATE]).strip())
    return given, metadata


def _authors(value: Any) -> list[str]:
    if isinstance(value, list):
        parts = [item.get("name") if isinstance(item, dict) else item for item in value]
        return [clean(part).strip() for part in parts if isinstance(part, str) and part.strip()]
    if not isinstance(value, str):
        return []
    return [
        part for part in re.split(r"\s*(?:;|,|\bund\b|\band\b)\s*", clean(value).strip()) if part
    ]


def _date(value: Any, order: Order | None) -> date | None:
    """Return a day from ISO text, from a written date, or from seconds or milliseconds."""
    if isinstance(value, str):
        # A CSV file has the seconds as text.
        return timestamp_date(float(value)) if _DIGITS.fullmatch(value) else find_date(value, order)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return find_date(str(value)) or timestamp_date(value)
    return None


def _group_rows(rows: Rows, columns: _Columns, uri: str, group_by: str) -> Iterator[Article]:
    """Yield one article for each value of a column, in the order of first appearance."""
    places: dict[str, array[int]] = {}
    for number, place, row in rows.places():
        with Reported(rows, number):
            value = row.get(group_by)
            if value in (None, "") or isinstance(value, bool | dict | list):
                raise BadRow(f"{group_by!r} is {kind_of(value)}, so it belongs to no article")
            if not _text(row, columns).strip():
                raise BadRow("the text is empty")
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
    except BadRow:  # a strange title must not cost the whole group
        return "", Metadata()


def _heading(row: dict[str, Any], columns: _Columns) -> str:
    try:
        return columns.text(row, "heading")
    except BadRow:
        return ""
