"""Sitemaps, news sitemaps and indexes of sitemaps: which pages a site has, never the pages."""

import gzip
import io
import zlib
from typing import TYPE_CHECKING

from corpus.errors import EmptyInput, InputError, InputTooLarge
from corpus.readers.web.address import Link, Links, resolve_address
from corpus.readers.xml import child_text, children, local, parse_xml
from corpus.text.quantities import find_date

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LARGEST = 50 * 2**20
"""Bytes, unpacked: what the protocol allows, https://www.sitemaps.org/protocol.html."""


def read_sitemap(data: bytes, address: str = "") -> Links:
    """Return the links of a sitemap, also one packed with gzip.

    `address` is where it was fetched; some write links that are relative to that.

    Raises InputError where it is no sitemap and EmptyInput where it lists nothing.
    """
    root = parse_xml(_unpack(data), "the sitemap", lenient=True)
    if local(root) not in ("urlset", "sitemapindex"):
        raise InputError("this is no sitemap: its first element is <{root}>", root=local(root))
    found, strange = [], []
    for item in children(root, "url", "sitemap"):
        written = child_text(item, "loc")
        url = resolve_address(written, address)
        if url:
            found.append(_link(item, url))
        elif written:
            strange.append(written)
    if not found:
        raise EmptyInput("the sitemap lists no address")
    if local(root) == "sitemapindex":
        return Links("sitemap", sitemaps=tuple(found), strange=tuple(strange))
    return Links("sitemap", tuple(found), strange=tuple(strange))


def _link(item: "Element", url: str) -> Link:
    stamp = child_text(item, "lastmod")
    news = next(children(item, "news"), None)
    title, published, source, language = "", None, "", ""
    if news is not None:
        title = child_text(news, "title")
        published = find_date(child_text(news, "publication_date"))
        paper = next(children(news, "publication"), None)
        if paper is not None:
            source, language = child_text(paper, "name"), child_text(paper, "language")
    return Link(
        url=url,
        title=title,
        published=published,
        modified=find_date(stamp),
        stamp=stamp,
        source=source,
        language=language[:2].lower(),
    )


def _unpack(data: bytes) -> bytes:
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(data)) as stream:
                data = stream.read(_LARGEST + 1)
        except (OSError, EOFError, zlib.error) as exc:
            raise InputError("the packed sitemap is damaged: {reason}", reason=exc) from exc
    if len(data) > _LARGEST:
        raise InputTooLarge("a sitemap may have {largest} MiB, unpacked", largest=_LARGEST // 2**20)
    return data
