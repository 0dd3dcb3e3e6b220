"""Filters that match nothing, said with what they would match instead."""

from datetime import date

from corpus.catalog.selection import Filters
from index.facets import Gap
from qa.i18n import Words
from qa.results import FilterHint

_NAMES = ("sources", "sections", "authors", "languages", "uris")


def hint(gap: Gap, filters: Filters, language: str) -> FilterHint:
    """Say in words what a gap is.

    Args:
        gap: of `filters`.
        filters: those that match nothing.
        language: of the text; English where there is no text in it.

    >>> gap = Gap("sources", {"taz": 3})
    >>> hint(gap, Filters.of(sources="tazz", languages="de"), "en").text
    'No article in de from tazz. Available: taz (3).'
    """
    return FilterHint(
        _text(gap, filters, Words(language)),
        gap.name,
        gap.nearest,
        gap.earlier,
        gap.later,
    )


def describe_filters(filters: Filters, language: str = "en") -> str:
    """Return filters in words, or "" for none.

    >>> describe_filters(Filters.of(sources=["taz", "Der Bote"], since="2024-01-01"))
    'from taz or Der Bote, since 2024-01-01'
    """
    words = Words(language)
    named = [_name_values(filters, name, words) for name in _NAMES]
    return ", ".join(part for part in (*named, _dates(filters, words)) if part)


def _text(gap: Gap, filters: Filters, words: Words) -> str:
    if not gap.name:
        return words["filter_several"]
    others = [_name_values(filters, name, words) for name in _NAMES if name != gap.name]
    other = "".join(f"{part} " for part in others if part)
    if gap.name == "roles":
        names = words["filter_or"].join(str(role) for role in filters.roles)
        said = [words.fill("filter_roles", other=other, names=names)]
    else:
        what = (
            _dates(filters, words)
            if gap.name == "dates"
            else _name_values(filters, gap.name, words)
        )
        said = [words.fill("filter_none", other=other, what=what)]
    for name, day in (("earlier", gap.earlier), ("later", gap.later)):
        if day:
            said.append(words.fill(f"filter_{name}", day=_day(day, words)))
    if gap.nearest:
        counted = gap.name != "uris"  # of each there is one
        names = ", ".join(
            f"{name} ({count})" if counted else name for name, count in gap.nearest.items()
        )
        said.append(words.fill("filter_nearest", names=names))
    if gap.undated:
        said.append(words.fill("filter_undated", count=gap.undated))
    return " ".join(said)


def _name_values(filters: Filters, name: str, words: Words) -> str:
    names = getattr(filters, name)
    said = words.fill(f"filter_{name}", names=words["filter_or"].join(names)) if names else ""
    lacking = words["no_source"] * (name == "sources" and "source" in filters.without)
    return words["filter_or"].join(filter(None, (said, lacking)))


def _dates(filters: Filters, words: Words) -> str:
    days = {
        name: _day(day, words)
        for name, day in (("since", filters.since), ("until", filters.until))
        if day
    }
    lacking = "date" in filters.without
    name = "between" if len(days) == 2 else next(iter(days), "")
    said = words.fill(f"filter_{name}", **days) if name else ""
    return words["filter_or"].join(filter(None, (said, words["undated"] * lacking)))


def _day(day: date, words: Words) -> str:
    if words.language == "de":
        return f"{day.day:02}.{day.month:02}.{day.year:04}"
    return day.isoformat()
