"""Tables as Parquet files, read batch by batch."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from corpus.article import Article
from corpus.errors import InputError, InputTooLarge
from corpus.readers.options import ReadOptions
from corpus.readers.tables.rows import Row, Rows
from corpus.readers.tables.table import table_articles

_BATCH = 256
_LARGEST_GROUP = 2**30
"""Bytes of a row group, unpacked, that may be held to go back to its rows."""


def read_parquet(stream: BinaryIO, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of a Parquet table; see `table_articles`.

    Raises InputError where the file is damaged or encrypted.
    """
    yield from table_articles(_ParquetRows(stream, options), uri=uri, options=options)


class _ParquetRows(Rows):
    """The rows of a Parquet file; a row's place is its number less one."""

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        super().__init__(options)
        import pyarrow.parquet

        # pyarrow closes what it is given; the stream is the caller's.
        try:
            self._file = pyarrow.parquet.ParquetFile(stream)
        except (pyarrow.ArrowException, OSError, ValueError) as exc:
            raise InputError(
                "the Parquet file cannot be read: {reason}", reason=_reason(exc)
            ) from exc
        self._group: tuple[int, Any] | None = None

    def places(self) -> Iterator[tuple[int, int, Row]]:
        import pyarrow

        number = 0
        try:
            for batch in self._file.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield number, number - 1, _plain(row)
        except (pyarrow.ArrowException, OSError, ValueError) as exc:
            raise InputError(
                "the Parquet file is damaged after row {number}: {reason}",
                number=number,
                reason=_reason(exc),
            ) from exc

    def at(self, place: int) -> Row:
        metadata, before = self._file.metadata, 0
        for index in range(metadata.num_row_groups):
            group = metadata.row_group(index)
            if place < before + group.num_rows:
                if self._group is None or self._group[0] != index:
                    if group.total_byte_size > _LARGEST_GROUP:
                        raise InputTooLarge(
                            "its row groups are too large to be grouped; write it in smaller ones"
                        )
                    self._group = index, self._file.read_row_group(index)
                return _plain(self._group[1].slice(place - before, 1).to_pylist()[0])
            before += group.num_rows
        raise AssertionError(f"there is no row {place}")


def _plain(row: Row) -> Row:
    """Return the row with dates as text: columns of times are dates to pyarrow, not strings."""
    return {name: _value(value) for name, value in row.items()}


def _value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _reason(exc: BaseException) -> str:
    return str(exc).split("\n")[0][:200]
