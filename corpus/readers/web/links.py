"""Files that name pages instead of holding them: which they are, and what they name.

What fetches pages asks `read_links`; nothing here opens a connection.
"""

import re

from corpus.errors import EmptyInput
from corpus.readers.web.address import Link, Links, web_address
from corpus.readers.web.feed import read_feed
from corpus.readers.web.sitemap import read_sitemap
from corpus.readers.xml import root_name
from corpus.text.normalize import binary_kind, clean, decode

_FEEDS = {"rss", "feed", "rdf"}
_SITEMAPS = {"urlset", "sitemapindex"}


def kind_of_links(data: bytes) -> str:
    """Return "feed", "sitemap" or "list" for what only names pages; "" for everything else.

    A list is a text in which each line that is not blank and not a comment (#) is an address.
    """
    name = root_name(data)
    if name in _FEEDS or _is_json_feed(data):
        return "feed"
    if name in _SITEMAPS:
        return "sitemap"
    return "list" if _is_list(data) else ""


def read_links(data: bytes, address: str = "") -> Links:
    """Return what a feed, a sitemap or a list of addresses names; `address` is its own.

    Raises InputError or EmptyInput as the three readers do.
    """
    kind = kind_of_links(data)
    if kind == "feed":
        feed = read_feed(data, address)
        return Links(kind, tuple(entry.link for entry in feed.entries if entry.link.url))
    # A packed sitemap shows what it is only once unpacked.
    if kind == "sitemap" or data.startswith(b"\x1f\x8b"):
        return read_sitemap(data, address)
    return Links("list", tuple(Link(url) for url in read_url_list(data)))


def read_url_list(data: bytes) -> tuple[str, ...]:
    """Return the addresses in a text, one a line, each once; `#` begins a comment line.

    Raises EmptyInput where there is none.
    """
    lines = (web_address(line) for line in clean(decode(data)).split("\n"))
    found = tuple(dict.fromkeys(line for line in lines if line))
    if not found:
        raise EmptyInput("there is no http or https address in it")
    return found


def strange_lines(data: bytes) -> tuple[str, ...]:
    """Return the lines of a list of addresses that are neither an address nor a comment."""
    lines = (line.strip() for line in clean(decode(data)).split("\n"))
    return tuple(line for line in lines if line and line[0] != "#" and not web_address(line))


def _is_list(data: bytes) -> bool:
    """Say whether the lines at a text's beginning are addresses and nothing else."""
    head = data[:65536]
    if binary_kind(head) or b"://" not in head.replace(b"\x00", b""):
        return False
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "ignore")
    else:
        text = head.decode("utf-8-sig", "replace")
    lines = [line.strip() for line in text.split("\n")]
    if len(data) > len(head):
        lines.pop()  # cut in its middle
    lines = [line for line in lines if line and not line.startswith("#")]
    return bool(lines) and all(web_address(line) for line in lines)


def _is_json_feed(data: bytes) -> bool:
    pattern = rb'"version"\s*:\s*"https?:\\?/\\?/jsonfeed\.org'
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and bool(re.search(pattern, data[:4096]))
