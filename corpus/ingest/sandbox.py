"""Strangers' files parsed in a child process, within limits of memory, computing and time.

Plain text and tables of text are read here: Python's own code goes through them once, without
a compiled parser of markup, and a row or file that is too large is refused before. The child is
that of `corpus.ingest.sandbox_child`.

A child needs a POSIX system. Elsewhere, and in a program that has no interpreter to start,
everything is read in this process, and the log says so once.
"""

import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO, TypeVar

from corpus.article import Article
from corpus.errors import InputError
from corpus.ingest.conversion import OLE, convert_old_office
from corpus.ingest.sandbox_child import LIMITS, SandboxLimits, run_in_child
from corpus.readers import ReadOptions, is_text, read
from corpus.readers.scans.page_picture import PagePicture, draw_page
from corpus.readers.web.address import Links
from corpus.readers.web.feed import Entry, Feed, entry_article, read_feed
from corpus.readers.web.links import read_links
from corpus.serialise import plain

log = logging.getLogger(__name__)
T = TypeVar("T")

_HEAD = 65537
"""Bytes that settle whether a file is read here; as many as `read` looks at."""


def read_apart(
    data: bytes | BinaryIO,
    name: str,
    *,
    uri: str,
    options: ReadOptions | None = None,
    limits: SandboxLimits = LIMITS,
) -> Iterator[Article]:
    """Yield the articles of a file as `corpus.readers.read` does, parsed in a child process.

    Raises, at the first `next` or where the trouble is, InputError: also for a file that
    crashed its reader or needed more than the limits.
    """
    options = options or ReadOptions()
    data, name = _convert(data, name)
    if _is_read_here(data, name):
        yield from read(data, name, uri=uri, options=options)
        return
    job = {
        "operation": "read",
        "name": name,
        "uri": uri,
        "columns": dict(options.columns),
        "group_by": options.group_by,
    }
    for article in run_in_child(Article, job, data, limits, options):
        yield _check_offsets(article)


def read_feed_apart(data: bytes, address: str = "", limits: SandboxLimits = LIMITS) -> Feed:
    """Return what a feed says, as `read_feed` does; the same errors as `read_apart`."""
    if not available():
        return read_feed(data, address)
    return _one(Feed, {"operation": "feed", "address": address}, data, limits)


def read_links_apart(data: bytes, address: str = "", limits: SandboxLimits = LIMITS) -> Links:
    """Return what a file names, as `read_links` does; the same errors as `read_apart`."""
    if not available():
        return read_links(data, address)
    return _one(Links, {"operation": "links", "address": address}, data, limits)


def read_entry_apart(
    feed: Feed, entry: Entry, *, uri: str, limits: SandboxLimits = LIMITS
) -> Article:
    """Return a feed entry's article, as `entry_article` does."""
    if not available():
        return entry_article(feed, entry, uri=uri)
    # Only the feed's own metadata matters: its other entries need not travel.
    head = Feed(feed.title, feed.url, feed.language)
    data = json.dumps([plain(head), plain(entry)]).encode()
    return _check_offsets(_one(Article, {"operation": "entry", "uri": uri}, data, limits))


def draw_page_apart(
    data: BinaryIO, page: int, quote: str, limits: SandboxLimits = LIMITS
) -> PagePicture:
    """Return a page's picture, as `draw_page` does; the same errors as `read_apart`."""
    if not available():
        return draw_page(data.read(), page, quote)
    return _one(PagePicture, {"operation": "page", "page": page, "quote": quote}, data, limits)


def available() -> bool:
    """Tell whether a child can be started here."""
    return os.name == "posix" and bool(sys.executable)


_said: set[str] = set()


def _is_read_here(data: bytes | BinaryIO, name: str) -> bool:
    if not available():
        if not _said:
            _said.add("unavailable")
            log.warning("files are parsed in this process: there is no way to start another")
        return True
    if isinstance(data, bytes):
        return is_text(data[:_HEAD], name)
    head = data.read(_HEAD)
    data.seek(0)
    return is_text(head, name)


def _convert(data: bytes | BinaryIO, name: str) -> tuple[bytes | BinaryIO, str]:
    """Return an old Office file as a new one where it can be converted; anything else as it is.

    Here and not in the child, which may write no file and start no program.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    head = stream.read(len(OLE))
    stream.seek(0)
    converted = convert_old_office(stream) if head == OLE else None
    stream.seek(0)
    if converted is None:
        return data, name
    return converted[0], f"{PurePath(name).stem}.{converted[1]}"


def _one(kind: type[T], job: dict[str, Any], data: bytes | BinaryIO, limits: SandboxLimits) -> T:
    # To the end, or the child would be taken for one that is still at work.
    results = list(run_in_child(kind, job, data, limits, ReadOptions()))
    if not results:
        raise InputError("the reader gave no answer")
    return results[0]


def _check_offsets(article: Article) -> Article:
    """Return an article whose paragraphs lie in its text, one after the other.

    Raises InputError for another: a reader that was taken over may say anything.
    """
    place = 0
    for number, paragraph in enumerate(article.paragraphs, start=1):
        good = paragraph.number == number and place <= paragraph.start <= paragraph.end
        if not good or paragraph.end > len(article.text) or article.versions:
            raise InputError("the reader's answer makes no sense; the file is left out")
        place = paragraph.start
    return article
