"""What a choice of paragraphs is made of, and what to choose where a choice is empty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from corpus.article import Role
from corpus.catalog.database import Database
from corpus.catalog.selection import EVERYTHING, Filters
from corpus.catalog.statistics import (
    ArticleCounts,
    article_uris,
    count_articles,
    count_paragraphs,
    dates_beside,
)

ALTERNATIVES = 5
"""How many names are offered in place of one that is not there."""
_MOST_URIS = 2_000
# Dates first: a range that is a little off is what mostly empties a choice.
_RELAXED = ("dates", "sections", "authors", "sources", "languages", "uris", "roles")


@dataclass(frozen=True, slots=True)
class Facets(ArticleCounts):
    """How many articles of a choice have which source, language, section and author.

    An article counts once for each language that its paragraphs have.
    """

    paragraphs: int


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


def facets(database: Database, filters: Filters) -> Facets:
    """Count what the paragraphs that meet all filters belong to."""
    there = count_paragraphs(database, filters, "language")
    counts = count_articles(database, filters)
    return Facets(
        counts.articles,
        counts.sources,
        _rank({language: articles for language, (_, articles) in there.items()}),
        counts.sections,
        counts.authors,
        counts.first,
        counts.last,
        counts.undated,
        sum(paragraphs for paragraphs, _ in there.values()),
    )


def gap(database: Database, filters: Filters) -> Gap | None:
    """Say which filter empties a choice, and what is nearest; None where it holds something.

    One filter after the other is left out; the first without which there is something is
    the one to change.
    """
    if count_paragraphs(database, filters, "role"):
        return None
    for name in _RELAXED:
        looser = _drop_filter(filters, name)
        if looser == filters:
            continue
        there = facets(database, looser)
        if there.articles:
            return _nearest(database, filters, name, there, looser)
    # More than one has to change: is there one that matches nothing even alone?
    whole = facets(database, EVERYTHING)
    for name in ("sources", "sections", "authors", "languages"):
        asked = getattr(filters, name)
        known = {item.casefold() for item in getattr(whole, name)}
        if asked and known.isdisjoint(item.casefold() for item in asked):
            return Gap(name, _closest(asked, getattr(whole, name)))
    return Gap("", {})


def _nearest(
    database: Database, filters: Filters, name: str, there: Facets, looser: Filters
) -> Gap:
    if name == "dates":
        earlier, later = dates_beside(database, filters, looser)
        return Gap(name, {}, earlier, later, there.undated)
    if name == "roles":
        counts = count_paragraphs(database, looser, "role")
        return Gap(name, _rank({role: paragraphs for role, (paragraphs, _) in counts.items()}))
    if name == "uris":
        # Comparing a URI takes a tenth of a millisecond.
        uris = article_uris(database, looser) if there.articles <= _MOST_URIS else []
        return Gap(name, _closest(filters.uris, dict.fromkeys(uris, 1)))
    return Gap(name, _closest(getattr(filters, name), getattr(there, name)))


def _drop_filter(filters: Filters, name: str) -> Filters:
    """Return filters less one of them."""
    if name == "dates":
        left = tuple(item for item in filters.without if item != "date")
        return replace(filters, since=None, until=None, without=left)
    if name == "roles":
        return replace(filters, roles=tuple(Role))
    if name == "sources":
        left = tuple(item for item in filters.without if item != "source")
        return replace(filters, sources=(), without=left)
    emptied: dict[str, Any] = {name: ()}
    return replace(filters, **emptied)


def _rank(counts: Mapping[str, int]) -> dict[str, int]:
    """Put the most frequent names first, and those as frequent by the alphabet."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


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
