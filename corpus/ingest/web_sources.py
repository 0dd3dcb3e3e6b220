"""Pages on the web, and the feeds, sitemaps and lists that name them, into the catalog.

A page is asked whether it has changed, not fetched again; one that its feed or sitemap calls
unchanged is not asked either. Links inside pages are not followed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from pathlib import PurePosixPath
from urllib.parse import unquote

from corpus.article import Article
from corpus.catalog.inputs import Fetched
from corpus.errors import (
    AddressRefused,
    EmptyInput,
    ErrorText,
    FetchFailed,
    InputError,
    RobotsForbidden,
)
from corpus.ingest.sandbox import (
    read_apart,
    read_entry_apart,
    read_feed_apart,
    read_links_apart,
)
from corpus.ingest.writer import Intake
from corpus.readers import SUFFIXES
from corpus.readers.web.address import Link, bare_host, same_site
from corpus.readers.web.feed import Entry, Feed
from corpus.readers.web.links import kind_of_links, strange_lines
from corpus.web.addresses import Address, parse_address
from corpus.web.client import Response, Validators, Web

MAX_PAGES = 50_000
"""Pages that one run takes from lists."""
MAX_DEPTH = 3
"""Sitemaps of sitemaps of sitemaps."""
_MOST_STRANGE = 20
"""Lines of a list that are named one by one."""
REFRESH = timedelta(days=1)
"""After this a page is asked again though its feed does not say that it has changed."""

_SUFFIX_OF = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/pdf": ".pdf",
    "application/epub+zip": ".epub",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


@dataclass(frozen=True, slots=True)
class _Named:
    """A page that a list names, with what the list says of it."""

    address: Address
    link: Link
    list: str = ""
    """The list's own origin, or "" for an address that the user named."""
    depth: int = 0
    expands: bool = True
    """Whether it may be a list itself."""
    asks: bool = True
    """Whether its server is asked though the list does not say that it has changed."""
    feed: Feed | None = None
    entry: Entry | None = None


class Pages:
    """The addresses of one run."""

    def __init__(self, intake: Intake, web: Web) -> None:
        """Fetch through `web` into `intake`."""
        self._intake = intake
        self._web = web
        self._log = intake.log
        self._visited: set[str] = set()
        self._taken = 0
        self._lists: list[str] = []
        self.read: set[str] = set()
        """The origins that answered, and could be read."""

    def take(self, text: str) -> None:
        """Fetch an address that the user named: a page, a feed or a sitemap."""
        with self._intake.guard(text):
            address = parse_address(text)
            self._log.set_named(str(address))
            self._visit(_Named(address, Link(text)))

    def take_list(self, origin: str, data: bytes) -> None:
        """Fetch the addresses in a file."""
        self._expand(origin, data, None, 0)

    def find_gone(self) -> list[str]:
        """Return the pages that the lists of this run named once and name no more."""
        return [origin for name in self._lists for origin in self._log.find_unlisted(name)]

    def _visit(self, named: _Named) -> None:
        origin = str(named.address)
        if origin in self._visited:
            return
        self._visited.add(origin)
        try:
            self._fetch(origin, named)
        except (RobotsForbidden, FetchFailed, EmptyInput):
            if not self._take_entry(origin, named):
                raise
        if named.list:
            self._log.set_stamp(named.list, origin, named.link.stamp)

    def _fetch(self, origin: str, named: _Named) -> None:
        known, said = self._count_known(origin, None, named), self._log.last_fetch(origin)
        if known is not None and said is not None and self._is_fresh(origin, named, said):
            self._intake.count_unchanged(origin, known)
            return
        validators = None
        if known is not None and said is not None:
            validators = Validators(said.address, said.etag, said.last_modified)
        response = self._web.get(named.address, validators)
        if response.unchanged and known is not None and said is not None:
            self._log.set_fetched(origin, replace(said, fetched_at=datetime.now(UTC)))
            self._count_unchanged(origin, known, named)
            self.read.add(origin)
            return
        kind = kind_of_links(response.data)
        if kind or _is_packed(response):
            if not named.expands:
                raise InputError(
                    "this is a {kind}, not a page; name it itself", kind=kind or "packed file"
                )
            self._expand(origin, response.data, response.address, named.depth)
        else:
            self._page(origin, response, named)
        self._log.set_fetched(origin, _describe_response(response))
        self.read.add(origin)

    def _count_known(self, origin: str, sha256: bytes | None, named: _Named) -> int | None:
        """Return how many articles a page gave; None where it has to be read."""
        known = self._intake.count_known(origin, sha256)
        if known != 0 or self._log.members(origin):
            return known
        # Who names a page that is no article is told so each time; and its feed may have the text.
        has_text = named.entry is not None and named.entry.whole
        return None if named.asks or not named.list or has_text else known

    def _is_fresh(self, origin: str, named: _Named, said: Fetched) -> bool:
        """Tell whether a page need not even be asked."""
        if named.asks:
            return False
        if named.link.stamp:
            return self._log.members(named.list).get(origin) == named.link.stamp
        return datetime.now(UTC) - said.fetched_at < REFRESH

    def _count_unchanged(self, origin: str, known: int, named: _Named) -> None:
        self._intake.count_unchanged(origin, known)
        members = self._log.members(origin)
        if members:
            # A list that has not changed may name pages that failed, or that have.
            self._lists.append(origin)
            links = [Link(member, stamp=stamp) for member, stamp in members.items()]
            self._visit_all(
                _Named(parse_address(link.url), link, origin, named.depth + 1, asks=False)
                for link in links
            )

    def _page(self, origin: str, response: Response, named: _Named) -> None:
        sha256 = hashlib.sha256(response.data).digest()
        known = self._count_known(origin, sha256, named)
        if known is not None:
            self._intake.count_unchanged(origin, known)
            return
        uri = str(response.address)
        options = self._intake.read_options(origin, origin)
        articles = read_apart(_in_utf8(response), _name(response), uri=uri, options=options)
        own = _own_addresses(articles, response.address)
        try:
            self._intake.store(
                origin, origin, sha256, (_complete_from_list(item, named) for item in own)
            )
        except InputError:
            self._note_no_article(origin, response, sha256, named)
            raise

    def _note_no_article(
        self, origin: str, response: Response, sha256: bytes, named: _Named
    ) -> None:
        """Note a page that answered and is no article: its list need not fetch it again."""
        if self._log.article_ids(origin) or self._intake.duplicates.uris(origin):
            return  # what was an article before stays one
        self._log.finish(origin, sha256, self._intake.options)
        self._log.set_fetched(origin, _describe_response(response))
        if named.list:
            self._log.set_stamp(named.list, origin, named.link.stamp)

    def _take_entry(self, origin: str, named: _Named) -> bool:
        """Take the text in the feed where the page cannot be had; return whether that was done."""
        feed, entry = named.feed, named.entry
        if feed is None or entry is None or not entry.whole:
            return False
        if self._intake.count_known(origin, None):
            return False  # the page was read before: that stays
        article = read_entry_apart(feed, entry, uri=named.list)
        # A feed does not speak for other sites.
        own = same_site(named.address.host, parse_address(named.list).host)
        article = replace(article, uri=origin if own else f"{named.list}#{entry.key}")
        sha256 = hashlib.sha256(entry.content.encode()).digest()
        self._intake.store(origin, origin, sha256, [article])
        self._log.set_fetched(origin, Fetched(origin))
        return True

    # Lists

    def _expand(self, origin: str, data: bytes, address: Address | None, depth: int) -> None:
        """Read a feed, a sitemap or a list of addresses, and fetch what it names.

        `address` is where it was fetched, or None for a file.
        """
        if depth >= MAX_DEPTH:
            raise InputError(
                "there are more than {max_depth} sitemaps inside one another", max_depth=MAX_DEPTH
            )
        kind = kind_of_links(data)
        own: list[Article] = []
        if kind == "feed":
            feed = read_feed_apart(data, str(address or ""))
            named = list(self._entries(feed, origin))
            own = list(self._own_entries(feed, origin))
        elif kind == "sitemap" or data.startswith(b"\x1f\x8b"):
            named = list(self._sitemap(data, origin, address, depth))
        else:
            links = read_links_apart(data).pages
            self._say_strange(
                strange_lines(data), "this line of the list is no http or https address"
            )
            named = list(self._follow_links(links, origin, depth + 1, expands=True, asks=True))
        self._intake.store(origin, origin, hashlib.sha256(data).digest(), own)
        self._log.set_members(origin, [str(item.address) for item in named])
        self._lists.append(origin)
        self._visit_all(named)

    def _say_strange(self, lines: tuple[str, ...], template: str) -> None:
        """Name the lines of a list that are no addresses."""
        for line in lines[:_MOST_STRANGE]:
            self._intake.skip(line[:200], ErrorText(template))
        if len(lines) > _MOST_STRANGE:
            more = f"{len(lines) - _MOST_STRANGE:,} more lines"
            reason = ErrorText("these lines of the list are no http or https addresses")
            self._intake.skip(more, reason)

    def _entries(self, feed: Feed, origin: str) -> Iterator[_Named]:
        """Yield the pages that a feed names; say of an entry that gives nothing why."""
        met: set[Address] = set()
        for entry in feed.entries:
            if _stands_alone(entry):
                continue
            name = _name_of(entry, origin)
            if not entry.link.url:
                self._intake.skip(name, _no_address(entry))
            for item in self._follow_links(
                [entry.link] if entry.link.url else [], origin, MAX_DEPTH
            ):
                if item.address in met:
                    self._intake.skip(
                        name,
                        ErrorText(
                            "the entry before it has the same address, {address}",
                            address=item.address,
                        ),
                    )
                else:
                    met.add(item.address)
                    yield replace(item, feed=feed, entry=entry)

    def _own_entries(self, feed: Feed, origin: str) -> Iterator[Article]:
        """Yield the articles of entries that have no page of their own, only a text."""
        for entry in filter(_stands_alone, feed.entries):
            try:
                yield read_entry_apart(feed, entry, uri=origin)
            except InputError as exc:
                self._intake.skip(_name_of(entry, origin), exc.text)

    def _sitemap(
        self, data: bytes, origin: str, address: Address | None, depth: int
    ) -> Iterator[_Named]:
        sitemap = read_links_apart(data, str(address or ""))
        self._say_strange(sitemap.strange, "this entry of the sitemap is no http or https address")
        pages = [*self._follow_links(sitemap.pages, origin, MAX_DEPTH)]
        inner = [*self._follow_links(sitemap.sitemaps, origin, depth + 1, expands=True)]
        for item in chain(pages, inner):
            if address is None or same_site(item.address.host, address.host):
                yield item
            else:
                self._intake.skip(
                    str(item.address), ErrorText("a sitemap names only pages of its own site")
                )

    def _follow_links(
        self,
        links: Iterable[Link],
        origin: str,
        depth: int,
        *,
        expands: bool = False,
        asks: bool = False,
    ) -> Iterator[_Named]:
        for link in links:
            try:
                address = parse_address(link.url)
            except AddressRefused as exc:
                self._intake.skip(link.url, exc.text)
                continue
            yield _Named(address, link, origin, depth, expands, asks)

    def _is_known(self, origin: str) -> bool:
        return self._intake.count_known(origin, None) is not None

    def _visit_all(self, named: Iterable[_Named]) -> None:
        once = {str(item.address): item for item in named}
        # New ones first: a run that was cut short goes on, whatever there is already.
        items = sorted(once.values(), key=lambda item: self._is_known(str(item.address)))
        allowed = items[: max(0, MAX_PAGES - self._taken)]
        self._taken += len(allowed)
        if len(allowed) < len(items):
            self._intake.skip(
                f"{len(items) - len(allowed):,} addresses",
                ErrorText("one run takes {most:,} pages; add it again to go on", most=MAX_PAGES),
            )
        self._intake.expect(len(allowed))
        for item in allowed:
            with self._intake.guard(str(item.address)):
                self._visit(item)


def _own_addresses(articles: Iterable[Article], address: Address) -> Iterator[Article]:
    """Yield articles under addresses that the site may speak for.

    Whatever a page claims, it does not become a new version of another site's article, or
    of a file.
    """
    here = str(address)
    several = iter(articles)
    first = list(islice(several, 2))
    for article in chain(first, several):
        claimed = None
        with suppress(AddressRefused):
            claimed = parse_address(article.uri)
        if claimed is not None and same_site(claimed.host, address.host):
            yield article
        elif len(first) == 1:
            yield replace(article, uri=here, url=here)
        else:
            yield replace(article, uri=f"{here}#{article.uri}")


def _complete_from_list(article: Article, named: _Named) -> Article:
    """Return an article with what its list says, where the page itself says nothing."""
    link, entry = named.link, named.entry
    return replace(
        article,
        title=article.title or link.title,
        published=article.published or link.published,
        modified=article.modified or (link.modified if entry is not None else None),
        authors=article.authors or (entry.authors if entry is not None else ()),
        section=article.section or (entry.section if entry is not None else ""),
        source=article.source or link.source or bare_host(named.address.host),
        url=article.url or str(named.address),
    )


def _stands_alone(entry: Entry) -> bool:
    """Tell whether an entry's text is its article, since no page is its alone."""
    return entry.whole and (entry.shared or not entry.link.url)


def _name_of(entry: Entry, origin: str) -> str:
    return f"{origin} “{entry.link.title or entry.written[:200] or entry.key}”"


def _no_address(entry: Entry) -> ErrorText:
    """Return why an entry without a page gives nothing."""
    if not entry.written:
        return ErrorText("the entry has no address, and its text is a teaser or missing")
    return ErrorText(
        "the entry's address, {address!r}, is no http or https address, and its text is a teaser "
        "or missing",
        address=entry.written[:200],
    )


def _describe_response(response: Response) -> Fetched:
    said = response.validators
    return Fetched(said.address, said.etag, said.last_modified)


def _is_packed(response: Response) -> bool:
    return response.data.startswith(b"\x1f\x8b") and response.address.target.endswith(".gz")


def _name(response: Response) -> str:
    """Return a file name for a page: readers go by its end where the content is no help."""
    path = PurePosixPath(unquote(response.address.target.partition("?")[0]))
    by_type = _SUFFIX_OF.get(response.content_type, "")
    if not by_type and path.suffix.lower() not in SUFFIXES:
        by_type = ".txt" if response.content_type == "text/plain" else ""
    stem = path.stem if by_type or path.suffix.lower() not in SUFFIXES else path.name
    return (stem or response.address.host.replace(".", "-")) + by_type


def _in_utf8(response: Response) -> bytes:
    """Return the page in UTF-8, where the server names its encoding and is right."""
    if response.charset in ("", "utf-8", "utf8") or response.data[:3] == b"\xef\xbb\xbf":
        return response.data
    try:
        return b"\xef\xbb\xbf" + response.data.decode(response.charset).encode()
    except (LookupError, UnicodeError):
        return response.data
