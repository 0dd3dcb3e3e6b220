"""From bytes to articles: one module per format, chosen by content first, then by name.

Readers are pure: they open nothing and know nothing of where the bytes came from, so they
can run in a child process. Formats that this package does not know yet are refused with
what they are.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from corpus.article import Article
from corpus.errors import EmptyInput, InputError, UnknownFormat
from corpus.readers.links import kind_of_links
from corpus.readers.options import ReadOptions
from corpus.text import binary_kind, decode

__all__ = ["SUFFIXES", "ReadOptions", "read"]

_LOG = logging.getLogger(__name__)

_HTML = {".html", ".htm", ".xhtml", ".shtml"}
_MARKDOWN = {".md", ".markdown", ".mdown", ".mkd"}
_TABLE = {".jsonl", ".ndjson", ".json"}
_PLAIN = {".txt", ".text", ".asc"}
SUFFIXES = frozenset(_HTML | _MARKDOWN | _TABLE | _PLAIN)
"""The names' endings that have a reader; a folder's other files are passed over."""

_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|article|main|meta|title|div|section|h[1-6]|p|table)\b",
    re.I | re.S,
)


def read(
    data: bytes, name: str, *, uri: str, options: ReadOptions | None = None
) -> Iterator[Article]:
    """Yield the articles in a file's bytes.

    `name` is the file's name, used where the content leaves the format open, and for a
    title where the text has none. `uri` identifies the article; rows of a table without a
    URI of their own are `uri#row`. Table rows that cannot be used are handed to
    `options.problem` and left out.

    Raises, at the first `next`, EmptyInput, UnknownFormat or another InputError; the
    message is the reason and the next step.
    """
    options = options or ReadOptions()
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise EmptyInput("the file is empty" if not data else "the file holds only blanks")
    suffix = _suffix(name)
    links = kind_of_links(data)
    if links == "feed":
        from corpus.readers.feed import read_feed_articles

        yield from read_feed_articles(data, uri=uri, options=options)
        return
    if links:
        what = "a sitemap" if links == "sitemap" else "a list of addresses"
        raise InputError(f"this is {what}: it names articles and holds none")
    kind = binary_kind(data)
    if kind:
        raise UnknownFormat(f"this is {kind}; save it as text, HTML, Markdown or JSONL first")
    if suffix in _TABLE:
        from corpus.readers.table import read_table

        yield from read_table(data, uri=uri, options=options)
    elif suffix in _HTML or (suffix not in _MARKDOWN and _looks_like_html(data)):
        from corpus.readers.html import read_html

        yield read_html(data, name, uri=uri)
    elif suffix in _MARKDOWN:
        from corpus.readers.markdown import read_markdown

        yield read_markdown(decode(data), name, uri=uri)
    elif suffix in _PLAIN or not suffix:
        if not suffix and _looks_like_rows(data):
            from corpus.readers.table import read_table

            yield from read_table(data, uri=uri, options=options)
            return
        from corpus.readers.plain import read_plain

        yield read_plain(decode(data), name, uri=uri)
    else:
        decode(data)  # says so where it is not even text
        raise UnknownFormat(
            f"no reader for {suffix} files; known are {', '.join(sorted(SUFFIXES))}. "
            "If it is plain text, rename it to end in .txt"
        )


def _suffix(name: str) -> str:
    hit = _SUFFIX.search(PurePosixPath(name.replace("\\", "/")).name)
    return hit[0].lower() if hit else ""


def _looks_like_html(data: bytes) -> bool:
    head = data[:8192]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:64].count(0) > 8:
        head = decode(data[: 8192 // 4 * 4]).encode("utf-8", "replace")
    return bool(_HTML_START.match(head.removeprefix(b"\xef\xbb\xbf")))


def _looks_like_rows(data: bytes) -> bool:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return bool(re.match(rb'(?:\[\s*)?\{\s*"[^"\n]{1,80}"\s*:', head))
