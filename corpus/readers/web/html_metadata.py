"""What a page says about its article: JSON-LD first, then meta elements, then trafilatura."""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.blocks import Block, Metadata
from corpus.text.normalize import clean
from corpus.text.quantities import Order, find_date, order_of, unclear_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_ARTICLE_TYPES = re.compile(
    r"(?:News|Blog|Reportage|Opinion|Analysis|Scholarly|Tech|Report|Review|Satirical|"
    r"Background|AdvertiserContent|LiveBlog)?(?:Article|Posting|NewsArticle)$|^Report$|^Review$"
)
_PUBLISHED = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.date", "dcterms.issued", "pubdate", "publishdate", "publish-date",
    "sailthru.date", "parsely-pub-date", "og:published_time", "last-published", "citation_date",
    "cxenseparse:recs:publishtime", "article.published",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified", "revised", "article.updated",
)  # fmt: skip
_AUTHORS = (
    "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author",
    "sailthru.author", "citation_author", "byl",
)  # fmt: skip
_OFFICE = re.compile(r"^(?:LibreOffice|OpenOffice|Microsoft (?:Word|Excel)|Apple Pages)", re.I)
_COUNTRIES = tuple(".de .at .ch .li .uk .ie .au .nz .in .za .us".split())
"""Ends of addresses that say in which order a country writes day and month."""
_SECTIONS = ("article:section", "section", "parsely-section", "cxenseparse:category", "category")


def read_metadata(
    root: "HtmlElement | None", found: "Document", blocks: Sequence[Block]
) -> tuple[Metadata, str]:
    """Return the page's metadata and its canonical address, or "".

    The block that is the page's visible headline becomes of kind "title".
    """
    meta = _Meta(root)
    data = meta.article
    authors = _people(data.get("author")) or meta.all(*_AUTHORS) or _itemprops(root, "author")
    authors = [name for name in authors if not name.startswith(("http:", "https:"))]
    canonical = _canonical(root, meta)
    # A word processor's page says when the file was made, which is no publication.
    office = bool(_OFFICE.search(meta.one("generator")))
    order = _order(root, data, meta, canonical)
    said = [data.get("datePublished"), meta.one(*_PUBLISHED)]
    metadata = Metadata(
        title=_title(root, meta, found, blocks),
        authors=_split(authors) or _split([found.author] if found.author else []),
        published=next(filter(None, (_day(value, order) for value in said)), None)
        or _time(root, "datePublished", order)
        or (None if office or _is_unclear(said) else _day(found.date, order)),
        modified=_day(data.get("dateModified"), order)
        or _day(meta.one(*_MODIFIED), order)
        or _time(root, "dateModified", order),
        source=_name(data.get("publisher"))
        or meta.one("og:site_name", "application-name", "dc.publisher", "publisher")
        or _site_in_title(root, blocks)
        or clean(found.sitename or ""),
        section=_section(data, meta),
        url=canonical,
        hint=_language(root, data, meta),
        properties=office,
        order=order,
        unread=[value.strip() for value in said if isinstance(value, str) and value.strip()],
    )
    return metadata, canonical


def page_titles(root: "HtmlElement") -> Iterator[str]:
    """Yield the page's title, with and without what may be the site's name, and its headlines."""
    tag = " ".join(clean(root.findtext(".//title") or "").split())
    for marks in ("|·»", "|·»–—-"):
        yield re.split(rf"\s+[{marks}]\s+", tag)[0]
    yield tag
    for headline in root.iter("h1"):
        yield " ".join(clean(headline.text_content()).split())


class _Meta:
    """The page's meta elements by lower-cased name, and its JSON-LD article."""

    def __init__(self, root: "HtmlElement | None") -> None:
        self._values: dict[str, list[str]] = {}
        self.article: dict[str, Any] = {}
        if root is None:
            return
        for element in root.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop")
            content = " ".join(clean(element.get("content") or "").split())
            if name and content:
                self._values.setdefault(name.strip().lower(), []).append(content)
        scripts = root.xpath("//script[contains(@type, 'ld+json')]")
        self.article = next(
            (item for script in scripts for item in _articles(script.text or "")), {}
        )

    def one(self, *names: str) -> str:
        return next((self._values[name][0] for name in names if name in self._values), "")

    def all(self, *names: str) -> list[str]:
        return next((self._values[name] for name in names if name in self._values), [])


def _articles(source: str) -> Iterator[dict[str, Any]]:
    """Yield the article objects in one JSON-LD script, however they are wrapped."""
    try:
        pending = [json.loads(source.strip().rstrip(";"), strict=False)]
    except (ValueError, RecursionError):
        return
    nodes = _nodes(pending[0])
    while pending:
        item = pending.pop(0)
        if isinstance(item, list):
            pending = item + pending
        elif isinstance(item, dict):
            kinds = item.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(kind, str) and _ARTICLE_TYPES.search(kind) for kind in kinds):
                yield item | {
                    key: _resolve(item.get(key), nodes) for key in ("author", "publisher")
                }
            pending += [item[key] for key in ("@graph", "mainEntity") if key in item]


def _nodes(data: Any) -> dict[str, dict[str, Any]]:
    """Return the objects of a JSON-LD graph by their ids."""
    graph = data.get("@graph") if isinstance(data, dict) else data
    items = [item for item in graph if isinstance(item, dict)] if isinstance(graph, list) else []
    return {str(item["@id"]): item for item in items if "@id" in item}


def _resolve(value: Any, nodes: dict[str, dict[str, Any]]) -> Any:
    """Return what a reference in a graph, or each in a list, stands for."""
    if isinstance(value, list):
        return [_resolve(item, nodes) for item in value[:100]]
    if isinstance(value, dict) and "name" not in value:
        return nodes.get(str(value.get("@id")), value)
    return value


def _people(value: Any) -> list[str]:
    """Return the names in a value of JSON-LD, which may be lists in lists."""
    if isinstance(value, list):
        return list(dict.fromkeys(name for item in value[:100] for name in _people(item)))
    name = _name(value)
    return [name] if name else []


def _name(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, list):
        value = value[0] if value else ""
        return _name(value)
    return " ".join(clean(value).split()) if isinstance(value, str) else ""


def _split(names: Sequence[str]) -> list[str]:
    """Return single names, without "Von" and without doubles."""
    parts = [part for name in names for part in re.split(r"\s*(?:[;|,/]|\bund\b|\band\b)\s*", name)]
    bare = (re.sub(r"^(?:von|by)\s+", "", part.strip(), flags=re.I) for part in parts)
    return list(dict.fromkeys(name for name in bare if name))


def _itemprops(root: "HtmlElement | None", prop: str) -> list[str]:
    """Return the texts of elements with a microdata property, or with rel=author."""
    if root is None:
        return []
    hits = root.xpath(f"//*[@itemprop='{prop}'] | //a[@rel='{prop}']")
    inner = [(hit.xpath(".//*[@itemprop='name']") or [hit])[0] for hit in hits]
    texts = [" ".join(hit.text_content().split()) for hit in inner]
    return [text for text in texts if text and len(text) <= 80]


def _time(root: "HtmlElement | None", prop: str, order: Order | None) -> date | None:
    if root is None:
        return None
    for hit in root.xpath(f"//*[@itemprop='{prop}']"):
        day = _day(hit.get("datetime") or hit.get("content") or hit.text_content(), order)
        if day:
            return day
    if prop == "datePublished":
        times = root.xpath("//time[@datetime][@pubdate]") or root.xpath(
            "//article//time[@datetime]"
        )
        return _day(times[0].get("datetime"), order) if times else None
    return None


def _day(value: Any, order: Order | None) -> date | None:
    """Return the day as the page writes it, in the page's own zone."""
    if isinstance(value, list):
        return next(filter(None, (_day(item, order) for item in value[:100])), None)
    return find_date(value, order) if isinstance(value, str) else None


def _is_unclear(values: Sequence[Any]) -> bool:
    """Tell whether a page names a date that leaves open what is the month: nobody may guess."""
    return any(unclear_date(value) for value in values if isinstance(value, str))


def _order(
    root: "HtmlElement | None", data: dict[str, Any], meta: _Meta, address: str
) -> Order | None:
    """Return the order of day and month in the page's country, by its language or address."""
    tags = [
        root.get("lang") if root is not None else "",
        _name(data.get("inLanguage")),
        meta.one("og:locale", "content-language", "language", "dc.language"),
    ]
    country = urlsplit(address).hostname or ""
    tags.append(f"und-{country.rpartition('.')[2]}" if country.endswith(_COUNTRIES) else "")
    return next(filter(None, (order_of(tag or "") for tag in tags)), None)


def _section(data: dict[str, Any], meta: _Meta) -> str:
    value = data.get("articleSection")
    return _name(value) or meta.one(*_SECTIONS)


def _language(root: "HtmlElement | None", data: dict[str, Any], meta: _Meta) -> str:
    value = _name(data.get("inLanguage")) or (root.get("lang") if root is not None else "")
    value = value or meta.one("og:locale", "content-language", "language", "dc.language")
    code = re.split(r"[-_]", value or "")[0].lower()
    return code if re.fullmatch(r"[a-z]{2}", code) else ""


def _canonical(root: "HtmlElement | None", meta: _Meta) -> str:
    """Return the page's own address for itself: http or https, and not a site's front page."""
    links = root.xpath("//link[@rel='canonical']/@href") if root is not None else []
    main = meta.article.get("mainEntityOfPage")
    main = main.get("@id") or main.get("url") if isinstance(main, dict) else main
    for candidate in [*links, meta.one("og:url"), main, meta.article.get("url")]:
        if isinstance(candidate, str) and _names_a_page(candidate.strip()):
            return clean(candidate).strip()
    return ""


def _names_a_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", address):
        return False
    return bool(parts.path.strip("/") or parts.query)


def _title(
    root: "HtmlElement | None", meta: _Meta, found: "Document", blocks: Sequence[Block]
) -> str:
    """Return the headline, and mark the block that shows it."""
    said = _name(meta.article.get("headline")) or meta.one("og:title", "twitter:title", "title")
    said = _without_site(said, meta.one("og:site_name"))
    shown = [block for block in blocks if block.level == 1 and block.suspicion < 0.9]
    match = next((b for b in shown if said and _ends_with(b.text, said)), None)
    match = match or next((b for b in blocks if said and _same(b.text, said)), None)
    if (match is None and len(shown) == 1) or (match is None and shown and not said):
        match = shown[0]
    if match is not None:
        match.kind = "title"
        match.suspicion = 0.0
        if not said or not _ends_with(match.text, said):
            return " ".join(match.text.split())
    if said:
        return said
    tag = root.findtext(".//title") if root is not None else ""
    return _without_site(clean(tag or found.title or ""), meta.one("og:site_name"))


def _without_site(title: str, site: str) -> str:
    """Take the site's name off a page's title: "Headline | Site" becomes "Headline"."""
    title = " ".join(title.split())
    parts = re.split(r"\s+(\||–|—|-|·|»|:)\s+", title)
    while len(parts) > 2:
        tail, mark = parts[-1], parts[-2]
        named = bool(site) and _letters(tail) == _letters(site)
        known = mark in "|·»" or (not site and mark != ":" and len(tail.split()) <= 3)
        if not (named or known) or len("".join(parts[:-2])) < 10:
            break
        parts = parts[:-2]
    return " ".join(parts)


def _site_in_title(root: "HtmlElement | None", blocks: Sequence[Block]) -> str:
    """Return what a page's title adds to the headline that it shows: the site's name."""
    tag = " ".join(((root.findtext(".//title") if root is not None else "") or "").split())
    hit = re.fullmatch(r"(?P<head>.+)\s+[|–—·»:-]\s+(?P<site>.+)", tag)
    if not hit or len(hit["site"].split()) > 5:
        return ""
    return clean(hit["site"]) if any(_same(b.text, hit["head"]) for b in blocks) else ""


def _letters(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _same(one: str, other: str) -> bool:
    return len(one) < 300 and _letters(one) == _letters(other)


def _ends_with(shown: str, said: str) -> bool:
    return bool(_letters(said)) and _letters(shown).endswith(_letters(said))
