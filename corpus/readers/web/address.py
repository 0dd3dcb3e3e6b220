"""Addresses of pages, as feeds, sitemaps and lists write them."""

from dataclasses import dataclass
from datetime import date

from corpus.text.normalize import clean


@dataclass(frozen=True, slots=True)
class Link:
    """A page on the web, and what a feed, sitemap or list says of it."""

    url: str
    title: str = ""
    published: date | None = None
    modified: date | None = None
    stamp: str = ""
    """The time of the last change as it was written, to compare with the next visit's."""
    source: str = ""
    language: str = ""


def web_address(text: str) -> str:
    """Return a text that is an http or https address, without the blanks around it; else "".

    >>> web_address(" https://example.org/a "), web_address("file:///etc/passwd")
    ('https://example.org/a', '')
    """
    text = clean(text).strip()
    there = text.lower().startswith(("http://", "https://"))
    return text if there and len(text) <= 2048 and not any(c.isspace() for c in text) else ""
