"""Which articles the library's table shows, in which order: the address's query, read and written.

Pure: articles in, articles out.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode

from qa.options import FilterOptions
from qa.results import ArticleInfo, HeldArticle
from qa.server.chat.filters import merge_names
from qa.server.page_routes import whole_number

PAGE = 50
"""Articles on one page of the table."""
SORTS = ("title", "source", "published", "language", "paragraphs")
SHOWS = ("", "alike", "missing", "undated")
_LONGEST = 200


def spellings(infos: Iterable[ArticleInfo]) -> dict[str, str]:
    """Return the sources' names in their most frequent spelling, by the name in small letters."""
    names = merge_names(Counter(info.source for info in infos if info.source))
    return {name.casefold(): name for name in names}


@dataclass(frozen=True, slots=True)
class View:
    """What the table is asked for."""

    search: str = ""
    in_text: bool = False
    source: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    show: str = ""
    sort: str = "published"
    descending: bool = True
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "View":
        """Read an address's query, whatever is in it.

        >>> View.of({"q": " Seilbahn ", "sort": "nonsense", "page": "-3"}).page
        1
        """
        sort = query.get("sort", "")
        sort = sort if sort in SORTS else "published"
        order = query.get("order", "")
        return cls(
            search=query.get("q", "").strip()[:_LONGEST],
            in_text=query.get("text") == "1",
            source=query.get("source", "")[:_LONGEST],
            language=query.get("language", "")[:16],
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            show=query.get("show", "") if query.get("show", "") in SHOWS else "",
            sort=sort,
            descending=order == "down" or (order != "up" and sort == "published"),
            page=max(1, whole_number(query.get("page", ""), 1)),
        )

    def query(self, **changes: Any) -> str:
        """Return the query of this view's address, with changes; what is usual is left out.

        >>> View(search="a&b").query(page=2)
        'q=a%26b&page=2'
        """
        new = replace(self, **changes)
        values = {
            "q": new.search,
            "text": "1" if new.in_text else "",
            "source": new.source,
            "language": new.language,
            "since": new.since,
            "until": new.until,
            "show": new.show,
        }
        if not new.is_usual_order:
            values |= {"sort": new.sort, "order": "down" if new.descending else "up"}
        values["page"] = str(new.page) if new.page > 1 else ""
        return urlencode({name: value for name, value in values.items() if value})

    def filters(self) -> FilterOptions:
        """Return what is asked for as keywords of `Collection.articles`."""
        given: FilterOptions = {
            "since": self.since,
            "until": self.until,
            "sources": self.source,
            "languages": self.language,
        }
        return cast(FilterOptions, {name: value for name, value in given.items() if value})

    @property
    def is_usual_order(self) -> bool:
        """Whether the newest come first."""
        return self.sort == "published" and self.descending

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves articles out."""
        return any((self.search, self.source, self.language, self.since, self.until, self.show))


def choose(
    articles: Iterable[HeldArticle],
    view: View,
    meeting: Container[str] | None = None,
    holding: Container[str] = (),
) -> list[HeldArticle]:
    """Return the articles of a view, in its order, of all its pages.

    Args:
        articles: all there are.
        view: what is asked for.
        meeting: the URIs of those that meet `view.filters()`; None where there are none.
        holding: the URIs of those whose text holds the words that are searched for.
    """
    words = view.search.casefold().split()
    kept = [
        item
        for item in articles
        if (meeting is None or item.info.uri in meeting)
        and _is_to_show(item, view.show)
        and (_has(item, words) or item.info.uri in holding)
    ]
    return order(kept, view.sort, descending=view.descending)


def order(
    articles: Sequence[HeldArticle], sort: str, *, descending: bool = False
) -> list[HeldArticle]:
    """Return articles in an order; those that lack what it goes by come last, either way."""
    there = [item for item in articles if _key(item, sort) is not None]
    lacking = [item for item in articles if _key(item, sort) is None]
    there.sort(key=lambda item: _key(item, sort), reverse=descending)
    return [*there, *lacking]


def _key(item: HeldArticle, sort: str) -> Any:
    info = item.info
    if sort == "published":
        return info.published
    if sort == "paragraphs":
        return item.paragraphs
    value = {"title": info.title, "source": info.source, "language": info.language}[sort]
    return value.casefold() or None


def _is_to_show(item: HeldArticle, show: str) -> bool:
    return {
        "": True,
        "alike": bool(item.alike),
        "missing": item.missing > 0,
        "undated": not item.info.published,
    }[show]


def _has(item: HeldArticle, words: Sequence[str]) -> bool:
    info = item.info
    text = "\n".join((info.title, info.source, info.section, *info.authors, info.uri)).casefold()
    return all(word in text for word in words)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""
