"""From bytes to articles: one module per format, chosen by content first, then by name.

Readers are pure: they open nothing and know nothing of where the bytes came from, so they
can run in a child process. Formats that this package does not know yet are refused with
what they are.
"""

import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from corpus.article import Article
from corpus.errors import EmptyInput, InputError, UnknownFormat
from corpus.readers.archives.warc import looks_like_warc
from corpus.readers.containers import container_articles
from corpus.readers.documents import document_articles
from corpus.readers.mail.mbox import looks_like_mbox
from corpus.readers.mail.message import looks_like_mail
from corpus.readers.mail.outlook import is_outlook_message
from corpus.readers.options import ReadOptions
from corpus.readers.press.export import Export
from corpus.readers.press.exports import (
    export_articles,
    is_news_xml,
    json_export,
    page_export,
    references_export,
    text_export,
    xml_export,
)
from corpus.readers.press.ninjs import looks_like_ninjs
from corpus.readers.press.references import csl_records, looks_like_csl
from corpus.readers.scans.pictures import is_picture
from corpus.readers.web.links import kind_of_links
from corpus.readers.web.saved_page import looks_like_mhtml
from corpus.text.normalize import binary_kind, decode

__all__ = ["SUFFIXES", "ReadOptions", "is_text", "read"]

_HTML = {".html", ".htm", ".xhtml", ".shtml"}
_MARKDOWN = {".md", ".markdown", ".mdown", ".mkd"}
_JSON = {".jsonl", ".ndjson", ".json"}
_CSV = {".csv", ".tsv", ".tab"}
_PLAIN = {".txt", ".text", ".asc"}
_SAVED = {".mhtml", ".mht", ".webarchive"}
_BINARY = {
    ".docm", ".docx", ".epub", ".odp", ".ods", ".odt", ".parquet", ".pdf", ".pptm", ".pptx",
    ".rtf", ".xlsm", ".xlsx", ".zip",
}  # fmt: skip
_REFERENCES = {".bib", ".bibtex", ".ris"}
_COLLECTED = {".eml", ".mbox", ".msg", ".wacz", ".warc"}
_PICTURES = {".jpeg", ".jpg", ".png", ".tif", ".tiff"}
_LINKS = {".xml", ".rss", ".atom", ".rdf"}
SUFFIXES = frozenset(
    _HTML | _MARKDOWN | _JSON | _CSV | _PLAIN | _SAVED | _BINARY | _LINKS
    | _PICTURES | _REFERENCES | _COLLECTED
)  # fmt: skip
"""The names' endings that have a reader; what has none of them is judged by its content."""

_HEAD = 65536
"""Bytes that settle the format."""
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,10}$")
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|article|main|meta|title|div|section|h[1-6]|p|table)\b",
    re.I | re.S,
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""What the container of an Office document with a password holds."""
_PAGE_EXPORTS = (b"DocPublicationName", b"enArticle", b"activa", b"Dokumentnummer", b"wiso-net")
"""What is in the pages that press databases export, and in few others."""


def read(
    data: bytes | BinaryIO, name: str, *, uri: str, options: ReadOptions | None = None
) -> Iterator[Article]:
    """Yield the articles in a file's bytes, or in a seekable stream of them.

    Tables and archives are read from the stream piece by piece, everything else whole.
    `name` is the file's name, used where the content leaves the format open, and for a
    title where the text has none. `uri` identifies the article; rows of a table without a
    URI of their own are `uri#row`, an archive's entries `uri!/name`. Parts that cannot be
    used are handed to `options.problem` and left out.

    Raises, at the first `next`, EmptyInput, UnknownFormat or another InputError; the
    message is the reason and the next step.
    """
    options = options or ReadOptions()
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    head = stream.read(_HEAD + 1)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe") and not stream.read(1):
        raise EmptyInput("the file is empty" if not head else "the file holds only blanks")
    stream.seek(0)
    suffix = _suffix(name)
    streamed = _read_stream(stream, head, name, uri, options)
    if streamed is not None:
        yield from streamed
        return
    stream.seek(0)
    whole = data if isinstance(data, bytes) else stream.read()
    yield from _whole(whole, name, suffix, uri, options)


def _read_stream(
    stream: BinaryIO, head: bytes, name: str, uri: str, options: ReadOptions
) -> Iterator[Article] | None:
    """Return the articles of a format that need not be in memory whole; None for others."""
    suffix = _suffix(name)
    if head.startswith(b"PAR1"):
        from corpus.readers.tables.parquet import read_parquet

        return read_parquet(stream, uri=uri, options=options)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return container_articles(stream, name, uri=uri, options=options, read=read)
    if looks_like_warc(head):
        from corpus.readers.archives.warc import read_warc

        return read_warc(stream, name, uri=uri, options=options)
    if looks_like_mbox(head):
        from corpus.readers.mail.mbox import read_mbox

        return read_mbox(stream, name, uri=uri, options=options, read=read)
    if kind_of_links(head) or binary_kind(head):
        return None
    if suffix in _CSV:
        from corpus.readers.tables.csv import read_csv

        return read_csv(stream, uri=uri, options=options)
    if suffix in _JSON or (not suffix and _looks_like_rows(head)):
        if looks_like_ninjs(head) or looks_like_csl(head):
            return None
        from corpus.readers.tables.table import read_table

        return read_table(stream, uri=uri, options=options)
    return None


def _whole(
    data: bytes, name: str, suffix: str, uri: str, options: ReadOptions
) -> Iterator[Article]:
    """Yield the articles of a format that is read whole."""
    if data[:1024].find(b"%PDF-") in range(9 if suffix != ".pdf" else 1024):
        from corpus.readers.office.pdf import pdf_document

        yield from document_articles(pdf_document(data, name, options), uri=uri, options=options)
    elif data.startswith(b"bplist00") or suffix == ".webarchive":
        from corpus.readers.web.saved_page import read_webarchive

        yield read_webarchive(data, name, uri=uri)
    elif looks_like_mail(data[:_HEAD]) or is_outlook_message(data):
        from corpus.readers.mail.message import read_message

        yield from read_message(data, name, uri=uri, options=options, read=read)
    elif looks_like_mhtml(data):
        from corpus.readers.web.saved_page import read_mhtml

        yield read_mhtml(data, name, uri=uri)
    elif data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        from corpus.readers.office.rtf import rtf_document

        yield from document_articles(rtf_document(data, name), uri=uri, options=options)
    elif links := kind_of_links(data):
        yield from _links(data, links, uri, options)
    elif is_picture(data):
        from corpus.readers.scans.pictures import read_picture

        yield read_picture(data, name, uri=uri, options=options)
    else:
        _refuse_binary(data)
        export = _export(data, suffix)
        if export is not None:
            yield from export_articles(export, uri=uri, options=options)
        else:
            yield _text(data, name, suffix, uri)


def _refuse_binary(data: bytes) -> None:
    """Raise InputError for what is no text, with what to do about it where there is something."""
    kind = binary_kind(data)
    if kind and _ENCRYPTED in data[: _HEAD * 4]:
        raise InputError("it is encrypted; save a copy without its password")
    if ";" in kind:
        raise UnknownFormat("this is {kind}", kind=kind)
    if kind:
        raise UnknownFormat("this is {kind}, which holds no article that can be read", kind=kind)


def _export(data: bytes, suffix: str) -> Export | None:
    """Return the export of a press database or an agency that text or markup is."""
    if is_news_xml(data):
        return xml_export(data)
    if suffix in _JSON or (not suffix and _looks_like_rows(data)):
        if looks_like_csl(data[:_HEAD]):
            return references_export(csl_records(decode(data)))
        return json_export(data) if looks_like_ninjs(data[:_HEAD]) else None
    if suffix in _HTML or _looks_like_html(data):
        from corpus.readers.web.html import page_element

        known = any(mark in data for mark in _PAGE_EXPORTS)
        return page_export(page_element(data)) if known else None
    return text_export(decode(data)) if suffix in _PLAIN | _REFERENCES or not suffix else None


def _links(data: bytes, kind: str, uri: str, options: ReadOptions) -> Iterator[Article]:
    if kind != "feed":
        what = "a sitemap" if kind == "sitemap" else "a list of addresses"
        raise InputError("this is {what}: it names articles and holds none", what=what)
    from corpus.readers.web.feed import read_feed_articles

    yield from read_feed_articles(data, uri=uri, options=options)


def _text(data: bytes, name: str, suffix: str, uri: str) -> Article:
    """Return the article of a page or a text."""
    if suffix in _HTML or (suffix not in _MARKDOWN and _looks_like_html(data)):
        from corpus.readers.web.html import read_html

        return read_html(data, name, uri=uri)
    if suffix in _MARKDOWN:
        from corpus.readers.text.markdown import read_markdown

        return read_markdown(decode(data), name, uri=uri)
    if suffix in _PLAIN or not suffix:
        from corpus.readers.text.plain import read_plain

        return read_plain(decode(data), name, uri=uri)
    decode(data)  # says so where it is not even text
    if suffix in SUFFIXES:
        raise UnknownFormat(
            "the name says {format}, but the content is something else", format=suffix[1:].upper()
        )
    raise UnknownFormat(
        "no reader for {suffix} files; known are {known}. If it is plain text, "
        "rename it to end in .txt",
        suffix=suffix,
        known=", ".join(sorted(SUFFIXES)),
    )


def is_text(head: bytes, name: str) -> bool:
    """Say whether a file, by its first bytes, is plain text or a table of text.

    Those are read by Python's own code; all else goes through a parser of markup or of a
    binary format.
    """
    suffix = _suffix(name)
    if suffix not in _PLAIN | _JSON | _CSV and suffix:
        return False
    if b"%PDF-" in head[:1024] or head.startswith((b"PK", b"PAR1", b"bplist00")):
        return False
    if looks_like_mail(head) or looks_like_mbox(head) or looks_like_warc(head):
        return False
    if looks_like_mhtml(head) or _looks_like_html(head) or binary_kind(head):
        return False
    return kind_of_links(head) in ("", "list")


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
