"""Web archives (WARC, plain or gzipped): the pages in them, with address and time of capture."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from corpus.article import Article, Paragraph, Role
from corpus.errors import EmptyInput, ErrorText, InputError
from corpus.readers.options import ReadOptions
from corpus.readers.web.address import web_address

_VERSION = re.compile(rb"WARC/[01]\.\d+\s*$")
_LARGEST = 20 * 2**20
"""Bytes of a page; larger records are passed over."""
_MOST_UNPACKED = 4 * 2**30
_LINE = 65_536
_PAGES = ("text/html", "application/xhtml+xml")
_SEPARATOR = "\n\n"


@dataclass(slots=True)
class _Record:
    kind: str
    address: str
    day: str
    content_type: str
    data: bytes


def looks_like_warc(head: bytes) -> bool:
    """Say whether bytes begin as a web archive, gzipped or not."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, 64)
        except zlib.error:
            return False
    return bool(_VERSION.match(head.partition(b"\n")[0]))


def read_warc(stream: BinaryIO, name: str, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles of an archive's pages; their addresses are the URIs.

    Pages that hold no article are told to `options.problem`, other records are passed over.

    Raises EmptyInput where there is no page in it, and InputError where it is damaged.
    """
    from corpus.readers.web.html import read_html

    stream.seek(0)
    zipped = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    source = gzip.GzipFile(fileobj=stream) if zipped else stream
    others: Counter[str] = Counter()
    given = 0
    for record in _records(source, options):
        page = _page(record)
        if page is None:
            others[record.content_type.partition("/")[0] or record.kind] += 1
            continue
        try:
            article = read_html(page[0], name, uri=record.address or uri, encoding=page[1])
        except InputError as exc:
            options.problem(record.address, exc.text)
            continue
        given += 1
        yield with_capture(article, record.address, record.day)
    if not given:
        held = ", ".join(f"{count} × {kind}" for kind, count in others.most_common(3))
        raise EmptyInput("there is no page in the web archive ({held})", held=held or "–")


def _records(source: "BinaryIO | gzip.GzipFile", options: ReadOptions) -> Iterator[_Record]:
    """Yield the records up to the end, or to where the archive is damaged."""
    read = 0
    try:
        while line := source.readline(_LINE):
            if not line.strip():
                continue
            if not _VERSION.match(line):
                raise InputError("the web archive is damaged: {reason}", reason="no WARC record")
            header = _header(source)
            length = header.get("content-length", "")
            if not length.isdecimal():
                raise InputError("the web archive is damaged: {reason}", reason="no length")
            size = int(length)
            read += size
            if read > _MOST_UNPACKED:
                raise InputError("unpacked, {what} grows beyond 4 GiB", what="the web archive")
            data = _take(source, size)
            yield _Record(
                header.get("warc-type", ""),
                web_address(header.get("warc-target-uri", "").strip("<>")),
                header.get("warc-date", ""),
                header.get("content-type", ""),
                data,
            )
    except (EOFError, OSError, zlib.error) as exc:
        reason = ErrorText("the web archive is damaged: {reason}", reason=str(exc)[:150])
        options.problem("(end)", reason)


def _take(source: "BinaryIO | gzip.GzipFile", size: int) -> bytes:
    """Return a record's bytes; those of a very large one are passed over."""
    if size <= _LARGEST:
        data = source.read(size)
        if len(data) < size:
            raise EOFError("it ends within a record")
        return data
    while size > 0 and (part := source.read(min(size, 2**20))):
        size -= len(part)
    return b""


def _header(source: "BinaryIO | gzip.GzipFile") -> dict[str, str]:
    header: dict[str, str] = {}
    for _ in range(200):
        line = source.readline(_LINE)
        if not line.strip():
            break
        name, _, value = line.decode("utf-8", "replace").partition(":")
        header[name.strip().lower()] = value.strip()
    return header


def _page(record: _Record) -> tuple[bytes, str | None] | None:
    """Return a record's page and the encoding that its server named; None for other records."""
    if record.kind == "resource" and record.content_type.startswith(_PAGES):
        return record.data, None
    if record.kind != "response" or not record.data.startswith(b"HTTP/"):
        return None
    head, gap, body = record.data.partition(b"\r\n\r\n")
    if not gap:
        head, _, body = record.data.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    status = lines[0].split(" ")[1:2]
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines[1:])
    }
    kind = fields.get("content-type", "")
    record.content_type = kind or record.content_type
    if status != ["200"] or not kind.lower().startswith(_PAGES):
        return None
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _join_chunks(body)
    charset = re.search(r"charset=[\"']?([\w-]+)", kind, re.I)
    return _unpack(body, fields.get("content-encoding", "").lower()), charset[
        1
    ] if charset else None


def _join_chunks(body: bytes) -> bytes:
    """Return what was sent in pieces, each after its length; as it is where it is no longer so."""
    parts: list[bytes] = []
    place = 0
    while True:
        end = body.find(b"\n", place)
        size = body[place:end].split(b";")[0].strip() if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
            return b"".join(parts) if parts else body
        length = int(size, 16)
        if not length:
            return b"".join(parts)
        parts.append(body[end + 1 : end + 1 + length])
        place = end + 1 + length + (2 if body[end + 1 + length :][:2] == b"\r\n" else 1)


def _unpack(body: bytes, encoding: str) -> bytes:
    """Return a page unpacked, up to the limit; as it is where it was unpacked already."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        for window in (47, -15):
            try:
                return zlib.decompressobj(window).decompress(body, _LARGEST)
            except zlib.error:
                continue
    return body


def with_capture(article: Article, address: str, day: str) -> Article:
    """Return an article with a last line that says where and when it was captured."""
    stamp = re.sub(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*", r"\1 \2 UTC", day)
    line = " · ".join(part for part in (address, stamp) if part)
    if not line:
        return article
    start = len(article.text) + len(_SEPARATOR)
    number = len(article.paragraphs) + 1
    last = Paragraph(number, start, start + len(line), Role.SOURCE, article.language)
    return replace(
        article,
        text=f"{article.text}{_SEPARATOR}{line}",
        paragraphs=(*article.paragraphs, last),
    )
