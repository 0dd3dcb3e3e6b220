"""Feeds: RSS of every version, Atom and JSON Feed.

A feed names pages; some carry their texts too. `read_feed` gives both, and `entry_article`
makes the article of an entry that is whole.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_tz
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit

from corpus.article import Article
from corpus.blocks import Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.options import ReadOptions
from corpus.readers.web.address import Link, resolve_address, same_site
from corpus.readers.xml import child_text, children, local, parse_xml
from corpus.text.normalize import clean, decode
from corpus.text.quantities import find_date, order_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_WHOLE = 400
"""Characters of text from which an entry's content counts as the article."""
_WHOLE_SUMMARY = 1500
"""The same for a description, which is a teaser in most feeds."""
_CUT_OFF = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|weiterlesen|mehr lesen|read more|continue reading)"
    r"[\s.»›→>\])]*$",
    re.I,
)
_TAG = re.compile(r"<[^<>]{1,2000}>")
_IN_TITLES = re.compile(
    r"</?(?:a|abbr|b|bdi|big|br|cite|code|del|div|em|font|h\d|i|img|ins|mark|p|q|s|small|span|strong|"
    r"sub|sup|u)(?:\s[^<>]{0,2000}|/)?>",
    re.I,
)
"""Markup in titles; other angle brackets there are meant so: "a < b", "the <meta> element"."""
_MARKUP = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|img|ul|h\d|span|blockquote|figure)\b", re.I)
_APPEARED = re.compile(
    r"<p>\s*(?:The post|Der Beitrag)\s.{0,1000}?(?:appeared first on|erschien zuerst auf)"
    r".{0,500}?</p>",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article."""

    link: Link
    """Its address may be ""; then the entry is of use only where it is whole."""
    key: str = ""
    """What the feed knows the entry by, or else what its title gives; no two have the same."""
    written: str = ""
    """Its address as the feed has it."""
    shared: bool = False
    """Whether its address is another entry's too: the page there is not its article."""
    authors: tuple[str, ...] = ()
    section: str = ""
    content: str = ""
    """Its text as HTML, or what there is of it."""
    whole: bool = False
    """Whether that is the article, as far as its length and its end show, not a teaser."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's own metadata and its entries, in its order."""

    title: str = ""
    url: str = ""
    """The site that it belongs to."""
    language: str = ""
    entries: tuple[Entry, ...] = ()


def read_feed(data: bytes, address: str = "") -> Feed:
    """Return what a feed says; a date that cannot be read is left out, its entry stays.

    `address` is where it was fetched: links in it may be relative to that. Entries that repeat
    another one are left out.

    Raises InputError where it is no feed and EmptyInput where it has no entries.
    """
    is_json = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    feed = _read_json(data, address) if is_json else _read_xml(data, address)
    if not feed.entries:
        raise EmptyInput("the feed has no entries")
    return replace(feed, entries=tuple(_tell_apart(feed.entries)))


def _tell_apart(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield entries, each under a key of its own; of one that is there twice the newest."""
    kept: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        name = entry.link.title or ("" if entry.key else entry.content)
        place = (entry.link.url, entry.key, name)
        other = kept.get(place)
        if other is None or _newness(entry) > _newness(other):
            kept[place] = entry
    pages = Counter(urldefrag(entry.link.url).url for entry in kept.values())
    keys = Counter(entry.key for entry in kept.values())
    for entry in kept.values():
        shared = bool(entry.link.url) and pages[urldefrag(entry.link.url).url] > 1
        yield replace(entry, key=_own_key(entry, keys), shared=shared)


def _newness(entry: Entry) -> date:
    return entry.link.modified or entry.link.published or date.min


def _own_key(entry: Entry, keys: Counter[str]) -> str:
    if entry.key and keys[entry.key] == 1:
        return entry.key
    said = f"{entry.link.url}\n{entry.link.title}\n{entry.link.published}\n"
    said += "" if entry.link.title else entry.content
    digest = hashlib.sha256(said.encode()).hexdigest()[:12]
    return f"{entry.key}-{digest}" if entry.key else digest


def entry_article(feed: Feed, entry: Entry, *, uri: str) -> Article:
    """Return the article that an entry carries; its address is the URI.

    Where it has none, or shares it with another entry, that is `uri` with the entry's key.

    Raises EmptyInput where there is no text in it.
    """
    from corpus.readers.web.html import markup_blocks
    from corpus.structure.assemble import assemble

    blocks = markup_blocks(_APPEARED.sub("", entry.content))
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("the entry holds no text")
    return assemble(
        blocks,
        uri=f"{uri}#{entry.key}" if entry.shared or not entry.link.url else entry.link.url,
        metadata=Metadata(
            title=entry.link.title,
            authors=entry.authors,
            published=entry.link.published,
            modified=entry.link.modified,
            source=entry.link.source or feed.title,
            section=entry.section,
            url=entry.link.url,
            hint=entry.link.language or feed.language,
            order=order_of(entry.link.language or feed.language),
            # What could not be read as a date; the stamp is as the feed writes it.
            unread=[] if entry.link.published or not entry.link.stamp else [entry.link.stamp],
        ),
    )


def read_feed_articles(data: bytes, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the articles that a feed carries whole; how many it does not is a problem told.

    Raises InputError where it carries none, and as `read_feed` does.
    """
    feed = read_feed(data)
    whole = [entry for entry in feed.entries if entry.whole]
    missing = len(feed.entries) - len(whole)
    if not whole:
        raise InputError(
            "the feed's {missing} entries are teasers; their articles are on the pages it names",
            missing=missing,
        )
    for entry in whole:
        try:
            yield entry_article(feed, entry, uri=uri)
        except EmptyInput as exc:
            options.problem(entry.link.title or entry.key, exc.text)
    if missing:
        options.problem(
            f"{missing}/{len(feed.entries)}",
            "teasers only; their articles are on the pages that the feed names",
        )


def _read_xml(data: bytes, address: str) -> Feed:
    root = parse_xml(data, "the feed", lenient=True)
    name = local(root)
    if name not in ("rss", "rdf", "feed"):
        raise InputError("this is no feed: its first element is <{name}>", name=name)
    head = root if name == "feed" else next(children(root, "channel"), root)
    # RSS 1.0 has its items beside the channel, and so do some that call themselves RSS 2.0.
    beside = children(root, "item", "entry") if head is not root else ()
    items = [*children(head, "item", "entry"), *beside]
    language = child_text(head, "language") or head.get(_XML_LANG) or root.get(_XML_LANG) or ""
    site = next(_addresses(head, address), "")
    links = [link for link in children(head, "link") if link.get("rel") == "self"]
    base = _base(site, address or next((resolve_address(e.get("href", "")) for e in links), ""))
    return Feed(
        title=_plain(child_text(head, "title"), _IN_TITLES),
        url=site,
        language=_code(language),
        entries=tuple(_entry(item, base) for item in items),
    )


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


def _base(site: str, address: str) -> str:
    """Return what a feed's relative links are relative to: its address, unless a service's."""
    elsewhere = site and not same_site(urlsplit(site).netloc, urlsplit(address).netloc)
    return site if elsewhere else address


def _entry(item: "Element", base: str) -> Entry:
    summary = _markup(item, "summary", "description")
    content = _markup(item, "encoded", "content")
    whole = _is_whole(content, _WHOLE) and len(content) > len(summary)
    if not whole and _is_whole(summary, _WHOLE_SUMMARY):
        content, whole = summary, True
    source = next(children(item, "source"), None)
    name = "" if source is None else child_text(source, "title") or (source.text or "").strip()
    published, updated = child_text(item, "published", "pubdate", "issued", "date"), ""
    updated = child_text(item, "updated", "modified")
    return Entry(
        link=Link(
            url=next(_addresses(item, base), ""),
            title=_plain(child_text(item, "title"), _IN_TITLES),
            published=_day(published),
            modified=_day(updated),
            stamp=updated or published,
            source=name,
            language=_code(item.get(_XML_LANG) or child_text(item, "language")),
        ),
        key=child_text(item, "guid", "id"),
        written=next(
            (text for text, element in _find_addresses(item) if local(element) == "link"), ""
        ),
        authors=tuple(_authors(item)),
        section=_section(item),
        content=content or summary,
        whole=whole,
    )


def _addresses(item: "Element", base: str) -> Iterator[str]:
    """Yield what may be a page's address, the surest first."""
    for text, element in _find_addresses(item):
        is_key = local(element) in ("guid", "id") and not text.startswith("/")
        url = resolve_address(text, "" if is_key else _base_of(element, base))
        if url:
            yield url


def _find_addresses(item: "Element") -> Iterator[tuple[str, "Element"]]:
    """Yield addresses as they are written: Atom's links to the page, RSS links, the guid."""
    for link in (*children(item, "origlink"), *children(item, "link")):
        text = (link.get("href") or link.text or "").strip()
        if text and link.get("rel", "alternate") == "alternate":
            yield text, link
    for key in children(item, "guid", "id"):
        text = (key.text or "").strip()
        if text and key.get("isPermaLink", "true").lower() == "true":
            yield text, key


def _base_of(element: "Element", base: str) -> str:
    """Return what addresses at an element are relative to, by the xml:base around it."""
    around = [element, *element.iterancestors()]
    for value in (item.get(_XML_BASE) for item in reversed(around)):
        base = urljoin(base, value.strip()) if value else base
    return base


def _markup(item: "Element", *names: str) -> str:
    """Return an element's text as HTML: escaped, in a CDATA section, or as XHTML inside."""
    from lxml import etree

    for name in names:
        for element in children(item, name):
            if element.get("type") == "xhtml" or len(element):
                parts = [etree.tostring(child, encoding="unicode") for child in element]
                text = "".join([escape(element.text or ""), *parts])
            elif element.get("type") == "text" or not _MARKUP.search(element.text or ""):
                text = "".join(f"<p>{escape(p)}</p>" for p in (element.text or "").split("\n\n"))
            else:
                text = element.text or ""
            if _plain(text):
                return text
    return ""


def _is_whole(content: str, enough: int) -> bool:
    text = _plain(content)
    return len(text) >= enough and not _CUT_OFF.search(text)


def _plain(markup: str, tags: re.Pattern[str] = _TAG) -> str:
    """Return markup as one line of text."""
    import html

    return " ".join(clean(html.unescape(tags.sub(" ", markup))).split())


def _authors(item: "Element") -> Iterator[str]:
    seen = set()
    for element in children(item, "creator", "author"):
        name = child_text(element, "name") or " ".join("".join(element.itertext()).split())
        # RSS has an address with the name behind it: "red@example.org (Anna Beispiel)".
        hit = re.search(r"\S+@\S+\s*\((?P<name>[^)]+)\)", name)
        name = hit["name"] if hit else name
        if name and "@" not in name and name not in seen:
            seen.add(name)
            yield clean(name)


def _section(item: "Element") -> str:
    for category in children(item, "category"):
        text = category.get("label") or category.text or category.get("term") or ""
        if text.strip() and "://" not in text:
            return " ".join(clean(text).split())
    return ""


def _day(value: str) -> date | None:
    """Return the day as the feed writes it, in the feed's own zone; None for what is no date."""
    day = find_date(value)
    if day is not None or not value:
        return day
    parsed = parsedate_tz(value[:100])
    try:
        return date(*parsed[:3]) if parsed else None
    except ValueError:
        return None


def _code(value: str) -> str:
    code = re.split(r"[-_]", value.strip())[0].lower()
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def _read_json(data: bytes, address: str) -> Feed:
    """Read a JSON Feed, https://www.jsonfeed.org/version/1.1/."""
    try:
        feed = json.loads(decode(data))
    except (ValueError, RecursionError) as exc:
        raise InputError("the JSON feed cannot be read: {reason}", reason=exc) from exc
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise InputError("this is no JSON feed: it has no list of items")
    language = _code(_string(feed.get("language")))
    site = resolve_address(_string(feed.get("home_page_url")), address)
    base = _base(site, address or resolve_address(_string(feed.get("feed_url"))))
    return Feed(
        title=_plain(_title(feed.get("title")), _IN_TITLES),
        url=site,
        language=language,
        entries=tuple(_json_entry(item, base) for item in items if isinstance(item, dict)),
    )


def _json_entry(item: dict[str, Any], base: str) -> Entry:
    text = _string(item.get("content_text"))
    content = _string(item.get("content_html")) or "".join(
        f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip()
    )
    people = item.get("authors") or [item.get("author")]
    names = [person.get("name") for person in people if isinstance(person, dict)]
    published, updated = _string(item.get("date_published")), _string(item.get("date_modified"))
    return Entry(
        link=Link(
            url=resolve_address(_string(item.get("url")), base),
            title=_plain(_title(item.get("title")), _IN_TITLES),
            published=_day(published),
            modified=_day(updated),
            stamp=updated or published,
            language=_code(_string(item.get("language"))),
        ),
        key=_string(str(item.get("id") or "")),
        written=_string(item.get("url")),
        authors=tuple(clean(name).strip() for name in names if isinstance(name, str) and name),
        content=content or escape(_string(item.get("summary"))),
        whole=_is_whole(content, _WHOLE),
    )


def _title(value: Any) -> str:
    """Return a title; some feeds wrap it as WordPress does, in {"rendered": …}."""
    if isinstance(value, dict):
        value = next((item for item in value.values() if isinstance(item, str) and item), "")
    return _string(value)


def _string(value: Any) -> str:
    return clean(value).strip() if isinstance(value, str) else ""
