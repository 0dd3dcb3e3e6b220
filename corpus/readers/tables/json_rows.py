"""Rows of JSON: one object a line (JSONL, NDJSON), an array of objects, or one object alone."""

import codecs
import io
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from corpus.errors import InputError
from corpus.readers.options import ReadOptions
from corpus.readers.tables.rows import Row, Rows, kind_of
from corpus.text.normalize import decode

_HEAD = 65536
_CHUNK = 2**20
_BETWEEN = re.compile(r"[\s,]+")
_MARK = b"\xef\xbb\xbf"


class JsonRows(Rows):
    """The rows of a stream of JSON, parsed as they are needed."""

    def __init__(self, stream: BinaryIO, options: ReadOptions) -> None:
        """Take a stream that can be sought; it is read anew on each pass."""
        super().__init__(options)
        head = stream.read(_HEAD)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:64]:
            stream = _to_utf8(stream)
            head = stream.read(_HEAD)
        self._stream = stream
        start = head.removeprefix(_MARK).lstrip()
        self._is_array = start.startswith(b"[")
        self._object: Any = None
        if self._is_array and not _is_utf8(stream):
            self._stream = _to_utf8(stream)
        elif start.startswith(b"{"):
            self._object = _lone_object(stream, start)

    def places(self) -> Iterator[tuple[int, int, Row]]:
        """See `Rows.places`; a place is a byte."""
        if self._object is not None:
            raw: Iterator[tuple[int, int, Any]] = iter([(1, 0, self._object)])
        else:
            raw = self._items() if self._is_array else self._lines()
        for number, place, value in raw:
            row = self._row(number, value)
            if row is not None:
                yield number, place, row

    def at(self, place: int) -> Row:
        """See `Rows.at`."""
        value = self._object
        if self._is_array:
            value = next(_Array(self._stream, place).values())[1]
        elif value is None:
            self._stream.seek(place)
            value = self._stream.readline()
        row = self._row(0, value)
        assert row is not None
        return row

    def _lines(self) -> Iterator[tuple[int, int, Any]]:
        number, place = 0, 0
        while True:
            # `at` may have moved the stream since the line before.
            self._stream.seek(place)
            line = self._stream.readline()
            if not line:
                return
            number += 1
            if line.strip(b" \t\r\n" + _MARK):
                yield number, place, line
            place += len(line)

    def _items(self) -> Iterator[tuple[int, int, Any]]:
        self._stream.seek(0)
        start = self._stream.read(_HEAD).find(b"[") + 1
        if not start:
            # It was there in the bytes, and is not in the text that they turned out to be.
            raise InputError("the JSON array cannot be read: its encoding is not clear")
        for number, (place, value) in enumerate(_Array(self._stream, start).values(), start=1):
            yield number, place, value

    def _row(self, number: int, raw: Any) -> Row | None:
        try:
            row = json.loads(_line(raw)) if isinstance(raw, bytes) else raw
        except (ValueError, RecursionError) as exc:
            self.report(number, f"no valid JSON: {_reason(exc)}")
            return None
        if not isinstance(row, dict):
            self.report(number, f"is {kind_of(row)}, not an object with columns")
            return None
        return row


class _Array:
    """The items of an array in UTF-8 from some place on, parsed chunk by chunk."""

    def __init__(self, stream: BinaryIO, place: int) -> None:
        self._stream = stream
        self._place = place
        self._next = place
        self._text = ""
        self._at = 0
        # Escaped, every byte keeps its length, so that places can be counted in the text.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def values(self) -> Iterator[tuple[int, Any]]:
        """Yield each item and its place in bytes, up to the array's end.

        Raises InputError where the JSON is damaged.
        """
        decoder = json.JSONDecoder()
        while True:
            self._skip()
            if self._text[self._at : self._at + 1] == "]":
                return
            size = _CHUNK
            while True:
                try:
                    value, end = decoder.raw_decode(self._text, self._at)
                except (ValueError, RecursionError) as exc:
                    if isinstance(exc, RecursionError) or not self._read_more(size):
                        raise InputError(
                            "the JSON array cannot be read: {reason}", reason=_reason(exc)
                        ) from exc
                    size *= 2  # one item of many megabytes must not be parsed a thousand times
                    continue
                if end < len(self._text) or not self._read_more(size):
                    break
            yield self._place, value
            self._advance(end)

    def _skip(self) -> None:
        """Go on to the next item, or to the end."""
        while True:
            hit = _BETWEEN.match(self._text, self._at)
            self._advance(hit.end() if hit else self._at)
            if self._at < len(self._text) or not self._read_more(_CHUNK):
                return

    def _advance(self, end: int) -> None:
        passed = self._text[self._at : end]
        self._place += len(passed.encode("utf-8", "surrogateescape"))
        self._at = end

    def _read_more(self, size: int) -> bool:
        self._stream.seek(self._next)
        data = self._stream.read(size)
        self._next += len(data)
        if not data:
            self._text += self._decoder.decode(b"", final=True)
            return False
        self._text = self._text[self._at :] + self._decoder.decode(data)
        self._at = 0
        return True


def _lone_object(stream: BinaryIO, start: bytes) -> Any:
    """Return what a file holds that is one object over many lines; None for lines of objects."""
    first, mark, _ = start.partition(b"\n")
    if mark:
        try:
            json.loads(_line(first))
        except (ValueError, RecursionError):
            pass
        else:
            return None
    elif len(start) >= _HEAD // 2:
        return None
    stream.seek(0)
    try:
        return json.loads(decode(stream.read()))
    except (ValueError, RecursionError):
        return None


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    stream.seek(0)
    try:
        while data := stream.read(_CHUNK):
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _to_utf8(stream: BinaryIO) -> BinaryIO:
    """Return the stream in UTF-8; what is in none of it has to be in memory whole."""
    stream.seek(0)
    return io.BytesIO(decode(stream.read()).encode("utf-8", "replace"))


def _line(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return decode(raw)


def _reason(exc: Exception) -> str:
    if isinstance(exc, json.JSONDecodeError):
        return f"{exc.msg} (column {exc.colno})"
    return "nested too deeply" if isinstance(exc, RecursionError) else str(exc)
