"""Addresses of pages, as feeds, sitemaps and lists write them."""

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urljoin, urlsplit

from corpus.text.normalize import clean

_LONGEST = 2048
_FRONT = ("www.", "m.", "mobile.", "amp.")
_UNWRITTEN = re.compile(r"[\s\"<>\\^`{|}\u200b-\u200f]")
"""What no address may have in it and browsers write as %20 and the like."""


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


@dataclass(frozen=True, slots=True)
class Links:
    """What a feed, a sitemap or a list of addresses names."""

    kind: str
    """"feed", "sitemap" or "list"."""
    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    """Further sitemaps, to be read the same way."""
    strange: tuple[str, ...] = ()
    """What a sitemap gives as addresses and is none."""


def web_address(text: str) -> str:
    """Return a text that is an http or https address, without the blanks around it; else "".

    >>> web_address(" https://example.org/a "), web_address("file:///etc/passwd")
    ('https://example.org/a', '')
    """
    text = clean(text).strip()
    there = text.lower().startswith(("http://", "https://"))
    return text if there and len(text) <= _LONGEST and not any(c.isspace() for c in text) else ""


def resolve_address(text: str, base: str = "") -> str:
    """Return the http or https address that a link stands for, read as browsers do; else "".

    It may be relative to `base`, and have blanks, umlauts or line breaks in it.

    >>> resolve_address("/Mühle Süd", "https://example.org/feed.xml")
    'https://example.org/Mühle%20Süd'
    >>> resolve_address("mailto:a@example.org", "https://example.org/"), resolve_address("/a")
    ('', '')
    """
    text = re.sub(r"[\t\r\n]+\s*", "", clean(text).strip())
    if not text or len(text) > _LONGEST:
        return ""
    try:
        whole = urljoin(base, text) if base else text
        parts = urlsplit(f"https:{whole}" if whole.startswith("//") else whole)
    except ValueError:  # an unclosed bracket
        return ""
    if not parts.netloc or _UNWRITTEN.search(parts.netloc):
        return ""
    path, query, fragment = (_UNWRITTEN.sub(_percent, part) for part in parts[2:])
    return web_address(parts._replace(path=path, query=query, fragment=fragment).geturl())


def same_site(one: str, other: str) -> bool:
    """Tell whether two hosts belong together: one is the other's, or they differ in "www.".

    >>> same_site("www.bote.example", "bote.example"), same_site("bote.example", "other.example")
    (True, False)
    """
    one, other = bare_host(one), bare_host(other)
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def bare_host(host: str) -> str:
    """Return a host without "www." and its like."""
    return next((host.removeprefix(item) for item in _FRONT if host.startswith(item)), host)


def _percent(hit: re.Match[str]) -> str:
    return quote(hit[0])
