"""What a choice of paragraphs is made of, and what to choose where a choice is empty."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Role
from corpus.catalog.articles import Catalog, ParagraphTable
from index.filters import Filters

ALTERNATIVES = 5
"""How many names are offered in place of one that is not there."""
_MOST_URIS = 2_000
# Dates first: a range that is a little off is what mostly empties a choice.
_RELAXED = ("dates", "sections", "authors", "sources", "languages", "uris", "roles")


@dataclass(frozen=True, slots=True)
class Facets:
    """How many articles of a choice have which source, language, section and author.

    Attributes:
        articles, paragraphs: how many the choice holds.
        sources, languages, sections, authors: name -> articles, the most frequent first. An
            article counts once for each language that its paragraphs have.
        first, last: the dates of the oldest and the newest article that has one.
        undated: articles without a date; a filter by date leaves them out.
    """

    articles: int
    paragraphs: int
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    sections: Mapping[str, int]
    authors: Mapping[str, int]
    first: date | None
    last: date | None
    undated: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Why filters match nothing, and what they would match instead.

    Attributes:
        name: the filter to change: "dates", "sources", …; "" where several have to change.
        nearest: names that there are in its place, the closest first, with their articles; of
            roles with their paragraphs. Of a large collection no URIs are named.
        earlier, later: dates of the last article before the range and the first one after it.
        undated: articles that match but for having no date.
    """

    name: str
    nearest: Mapping[str, int]
    earlier: date | None = None
    later: date | None = None
    undated: int = 0


def facets(catalog: Catalog, table: ParagraphTable, filters: Filters) -> Facets:
    """Count what the paragraphs that meet all filters belong to."""
    mask = np.isin(table.ids, filters.allowed(catalog, table))
    found = catalog.articles(_distinct(table.articles[mask]))
    articles = list(found.values())
    dates = sorted(item.published for item in articles if item.published)
    return Facets(
        len(articles),
        int(mask.sum()),
        _counted(item.source for item in articles),
        _languages(table, mask),
        _counted(item.section for item in articles),
        _counted(name for item in articles for name in item.authors),
        dates[0] if dates else None,
        dates[-1] if dates else None,
        len(articles) - len(dates),
    )


def gap(catalog: Catalog, table: ParagraphTable, filters: Filters) -> Gap | None:
    """Say which filter empties a choice, and what is nearest; None where it holds something.

    One filter after the other is left out; the first without which there is something is
    the one to change.
    """
    if len(filters.allowed(catalog, table)):
        return None
    for name in _RELAXED:
        looser = _without(filters, name)
        if looser == filters:
            continue
        there = facets(catalog, table, looser)
        if there.articles:
            return _nearest(catalog, table, filters, name, there, looser)
    # More than one has to change: is there one that matches nothing even alone?
    whole = facets(catalog, table, Filters())
    for name in ("sources", "sections", "authors", "languages"):
        asked = getattr(filters, name)
        known = {item.casefold() for item in getattr(whole, name)}
        if asked and known.isdisjoint(item.casefold() for item in asked):
            return Gap(name, _closest(asked, getattr(whole, name)))
    return Gap("", {})


def _nearest(
    catalog: Catalog,
    table: ParagraphTable,
    filters: Filters,
    name: str,
    there: Facets,
    looser: Filters,
) -> Gap:
    if name == "dates":
        mask = np.isin(table.ids, looser.allowed(catalog, table))
        articles = catalog.articles(_distinct(table.articles[mask])).values()
        dates = [item.published for item in articles if item.published]
        since, until = filters.since, filters.until
        earlier = [day for day in dates if since and day < since]
        later = [day for day in dates if until and day > until]
        return Gap(name, {}, max(earlier, default=None), min(later, default=None), there.undated)
    if name == "roles":
        roles = table.roles[np.isin(table.ids, looser.allowed(catalog, table))]
        return Gap(name, _counted(roles.tolist()))
    if name == "uris":
        ids = _distinct(table.articles[np.isin(table.ids, looser.allowed(catalog, table))])
        # Comparing a URI takes a tenth of a millisecond.
        known = catalog.articles(ids).values() if len(ids) <= _MOST_URIS else ()
        return Gap(name, _closest(filters.uris, {item.uri: 1 for item in known}))
    return Gap(name, _closest(getattr(filters, name), getattr(there, name)))


def _without(filters: Filters, name: str) -> Filters:
    """Return filters less one of them."""
    if name == "dates":
        return replace(filters, since=None, until=None)
    if name == "roles":
        return replace(filters, roles=tuple(Role))
    emptied: dict[str, Any] = {name: ()}
    return replace(filters, **emptied)


def _distinct(ids: NDArray[np.int64]) -> list[int]:
    return [int(item) for item in np.unique(ids)]


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Count names, the most frequent first and those as frequent by the alphabet."""
    counts = Counter(name for name in names if name)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _languages(table: ParagraphTable, mask: NDArray[np.bool_]) -> dict[str, int]:
    pairs = zip(table.languages[mask].tolist(), table.articles[mask].tolist(), strict=True)
    return _counted(language for language, _ in set(pairs))


def _closest(asked: Iterable[str], there: Mapping[str, int]) -> dict[str, int]:
    """Return the names there are that are written most like those asked for.

    >>> _closest(["taz.de"], {"Der Bote": 9, "taz": 3})
    {'taz': 3, 'Der Bote': 9}
    """
    wanted = [item.casefold() for item in asked]

    def likeness(name: str) -> float:
        return max(SequenceMatcher(None, name.casefold(), item).ratio() for item in wanted)

    ranked = sorted(there, key=lambda name: (-round(likeness(name), 2), -there[name], name))
    return {name: there[name] for name in ranked[:ALTERNATIVES]}
