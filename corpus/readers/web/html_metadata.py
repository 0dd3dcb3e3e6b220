"""What a page says about its article: JSON-LD first, then meta elements, then trafilatura."""

import html
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from corpus.blocks import Block, Metadata
from corpus.readers.web.address import bare_host
from corpus.readers.web.html_suspicion import is_clutter_name
from corpus.readers.web.html_title import find_title, site_in_title
from corpus.structure.bylines import is_paper
from corpus.structure.names import sort_names
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
_PLATFORM = re.compile(
    r"(?:blogger|blogspot|wordpress(?:\.com)?|wix(?:\.com)?|jimdo|medium|substack|tumblr|squarespace|"
    r"ghost|drupal|joomla!?|typo3|google|facebook|msn|yahoo(?:!)?|home|startseite|website)",
    re.I,
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,10}(?:/\S*)?", re.I)
_UTC = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z|[+-]00:?00)")
_ZONES = {"de": "Europe/Berlin"}
"""Where a language is written in one zone: what its pages give in UTC is another day's night."""
_SECTIONS = ("article:section", "section", "parsely-section", "cxenseparse:category", "category")


def read_metadata(
    root: "HtmlElement | None", found: "Document", blocks: Sequence[Block]
) -> tuple[Metadata, str]:
    """Return the page's metadata and its canonical address, or "".

    The block that is the page's visible headline becomes of kind "title".
    """
    meta = _Meta(root)
    data = meta.article
    canonical = _canonical(root, meta)
    tag = clean((root.findtext(".//title") if root is not None else "") or found.title or "")
    site = _source(data, meta, site_in_title(tag, blocks), found)
    authors, offices = _authors(root, data, meta, found, site)
    # A word processor's page says when the file was made, which is no publication.
    office = bool(_OFFICE.search(meta.one("generator")))
    order = _order(root, data, meta, canonical)
    zone = _ZONES.get(_language(root, data, meta), "")
    said = [data.get("datePublished"), meta.one(*_PUBLISHED)]
    metadata = Metadata(
        title=find_title(_headline(data, meta), tag, meta.one("og:site_name") or site, blocks),
        authors=authors,
        offices=offices,
        published=next(filter(None, (_day(value, order, zone) for value in said)), None)
        or _time(root, "datePublished", order),
        guessed=_first_time(root, order)
        or (None if office or _is_unclear(said) else _day(found.date, order)),
        modified=_day(data.get("dateModified"), order)
        or _day(meta.one(*_MODIFIED), order)
        or _time(root, "dateModified", order),
        source=site,
        section=_section(data, meta),
        url=canonical,
        hint=_language(root, data, meta),
        properties=office,
        order=order,
        unread=[value.strip() for value in said if isinstance(value, str) and value.strip()],
    )
    return metadata, canonical


def article_body(root: "HtmlElement") -> str:
    """Return the text that a page's JSON-LD gives of its article, or ""."""
    body = _Meta(root).article.get("articleBody")
    return clean(html.unescape(body)) if isinstance(body, str) else ""


def _headline(data: dict[str, Any], meta: "_Meta") -> str:
    return _name(data.get("headline")) or meta.one("og:title", "twitter:title", "title")


def _source(data: dict[str, Any], meta: "_Meta", titled: str, found: "Document") -> str:
    """Return who published the page, by one name: no address, and no platform's."""
    names = [
        meta.one("og:site_name"),
        _name(data.get("publisher")),
        *(meta.one(name) for name in ("application-name", "dc.publisher", "publisher")),
        titled,
    ]
    names = [name for name in names if name and not _PLATFORM.fullmatch(name)]
    told = [name for name in names if not _ADDRESS.fullmatch(name)]
    own = _name(data.get("name")) if is_paper(_name(data.get("name"))) else ""
    guess = clean(found.sitename or "")
    if not told and own:
        return own
    if not told and names:
        host = urlsplit(names[0]).hostname if "//" in names[0] else names[0].split("/")[0]
        return bare_host((host or "").lower())
    return told[0] if told else ("" if _PLATFORM.fullmatch(guess) else guess)


def _authors(
    root: "HtmlElement | None", data: dict[str, Any], meta: "_Meta", found: "Document", site: str
) -> tuple[list[str], list[str]]:
    """Return the persons that the page names as authors, and papers or offices."""
    offices: list[str] = []
    for names in (
        _people(data.get("author")),
        meta.all(*_AUTHORS),
        _itemprops(root, "author"),
        [found.author] if found.author else [],
    ):
        told = [name for name in names if not name.startswith(("http:", "https:"))]
        persons, others = sort_names(told, site)
        if persons:
            return persons, others
        offices = offices or others
    return [], offices


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
    # Some sites escape what stands in their JSON-LD, some of them twice.
    return (
        " ".join(clean(html.unescape(html.unescape(value))).split())
        if isinstance(value, str)
        else ""
    )


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
    return None


def _first_time(root: "HtmlElement | None", order: Order | None) -> date | None:
    """Return the day of the first time element of the article itself, and of no teaser's."""
    if root is None:
        return None
    times = root.xpath("//time[@datetime][@pubdate]") or root.xpath("//article//time[@datetime]")
    headed = "boolean(ancestor::article[1]//h1) or not(//article//h1)"
    own = [
        item
        for item in times
        if item.xpath(headed)
        and not any(e.tag == "aside" or is_clutter_name(e) for e in item.iterancestors())
    ]
    return _day(own[0].get("datetime"), order) if own else None


def _day(value: Any, order: Order | None, zone: str = "") -> date | None:
    """Return the day as the page writes it: in the page's own zone, or what UTC is in `zone`."""
    if isinstance(value, list):
        return next(filter(None, (_day(item, order, zone) for item in value[:100])), None)
    if not isinstance(value, str):
        return None
    hit = _UTC.fullmatch(value.strip()) if zone else None
    if hit:
        with suppress(ValueError, ZoneInfoNotFoundError):
            moment = datetime.fromisoformat(f"{hit[1]}T{hit[2]}+00:00")
            return moment.astimezone(ZoneInfo(zone)).date()
    return find_date(value, order)


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
