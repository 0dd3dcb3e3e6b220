"""A page that was saved as one file: MHTML, of one part or several, and Safari's webarchive.

The frames and pictures in it are not read. When it was saved is no date of the article.
"""

import email
import plistlib
import re
from email.errors import MessageError
from email.message import Message
from typing import Any
from xml.parsers.expat import ExpatError

from corpus.article import Article
from corpus.errors import EmptyInput, InputError
from corpus.readers.web.address import web_address
from corpus.readers.web.html import read_html

_MHTML = re.compile(
    rb"(?:From: <Saved by|Snapshot-Content-Location:)|"
    rb"(?=(?:[^\r\n]+\r?\n){0,60}?"
    rb"Content-Type:\s*(?:multipart/related|text/html|application/xhtml\+xml))"
    rb"(?=(?:[^\r\n]+\r?\n){0,60}?MIME-Version:)[\w-]+:\s",
    re.I,
)
_PAGES = {"text/html", "application/xhtml+xml"}


def looks_like_mhtml(data: bytes) -> bool:
    """Say whether bytes begin as a page saved in the form of a mail."""
    return bool(_MHTML.match(data[:8192].lstrip(b"\xef\xbb\xbf\r\n")))


def read_mhtml(data: bytes, name: str, *, uri: str) -> Article:
    """Return the article of a page saved as MHTML.

    Raises InputError where there is no page in it, and as `read_html` does.
    """
    try:
        message = email.message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"))
        pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
        page = _first(message, pages)
        markup = page.get_payload(decode=True) if page is not None else None
    except (MessageError, ValueError, LookupError, RecursionError) as exc:
        raise InputError("the saved page is damaged: {reason}", reason=exc) from exc
    if page is None or not isinstance(markup, bytes):
        raise InputError("there is no page in it; save it from the browser again")
    if not markup.strip():
        raise EmptyInput("the saved page is empty; save it from the browser again")
    address = web_address(
        str(page.get("Content-Location") or message.get("Snapshot-Content-Location") or "")
    )
    return read_html(markup, name, uri=address or uri, encoding=page.get_content_charset())


def read_webarchive(data: bytes, name: str, *, uri: str) -> Article:
    """Return the article of a page saved by Safari.

    Raises InputError where it is damaged, and as `read_html` does.
    """
    try:
        page: Any = plistlib.loads(data)["WebMainResource"]
        markup, address = page["WebResourceData"], page.get("WebResourceURL", "")
        encoding = page.get("WebResourceTextEncodingName")
    except (
        plistlib.InvalidFileException, ExpatError, KeyError, TypeError, AttributeError, ValueError,
        IndexError, RecursionError, OverflowError,
    ) as exc:  # fmt: skip
        raise InputError("the web archive is damaged: {reason}", reason=exc) from exc
    if not isinstance(markup, bytes) or not markup.strip():
        raise EmptyInput("the web archive holds no page")
    address = web_address(address) if isinstance(address, str) else ""
    encoding = encoding if isinstance(encoding, str) else None
    return read_html(markup, name, uri=address or uri, encoding=encoding)


def _first(message: Message, pages: list[Message]) -> Message | None:
    """Return the page itself: the one that the message names, or else its first."""
    start = message.get_param("start")
    named = [page for page in pages if start and page.get("Content-ID") == start]
    return next(iter([*named, *pages]), None)
