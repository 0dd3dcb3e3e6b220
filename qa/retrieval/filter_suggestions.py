"""Filters that match nothing, said with what they would match instead."""

from collections.abc import Mapping

from corpus.catalog.selection import Filters
from index.facets import Gap
from qa.answering.messages import language_of_messages
from qa.results import FilterHint

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "none": "Kein Artikel {other}{what}.",
        "since": "ab dem {since}",
        "until": "bis zum {until}",
        "between": "vom {since} bis zum {until}",
        "earlier": "Der letzte davor ist vom {day}.",
        "later": "Der erste danach ist vom {day}.",
        "undated": "{count} ohne Datum.",
        "nearest": "Es gibt: {names}.",
        "several": "Kein Absatz erfüllt alle Filter zusammen. Lassen Sie einen weg.",
        "roles": "Kein Absatz {other}hat die Rolle {names}.",
        "sources": "aus {names}",
        "sections": "im Ressort {names}",
        "authors": "von {names}",
        "languages": "auf {names}",
        "uris": "mit der URI {names}",
        "or": " oder ",
        "day": "{0.day:02}.{0.month:02}.{0.year:04}",
    },
    "en": {
        "none": "No article {other}{what}.",
        "since": "since {since}",
        "until": "until {until}",
        "between": "from {since} to {until}",
        "earlier": "The last one before is of {day}.",
        "later": "The first one after is of {day}.",
        "undated": "{count} without a date.",
        "nearest": "There are: {names}.",
        "several": "No paragraph meets all filters together. Leave one of them out.",
        "roles": "No paragraph {other}has the role {names}.",
        "sources": "from {names}",
        "sections": "in the section {names}",
        "authors": "by {names}",
        "languages": "in {names}",
        "uris": "with the URI {names}",
        "or": " or ",
        "day": "{0.year:04}-{0.month:02}-{0.day:02}",
    },
}
_NAMES = ("sources", "sections", "authors", "languages", "uris")


def hint(gap: Gap, filters: Filters, language: str) -> FilterHint:
    """Say in words what a gap is.

    Args:
        gap: of `filters`.
        filters: those that match nothing.
        language: of the text; English where there is no text in it.

    >>> gap = Gap("sources", {"taz": 3})
    >>> hint(gap, Filters.of(sources="tazz", languages="de"), "en").text
    'No article in de from tazz. There are: taz (3).'
    """
    return FilterHint(
        _text(gap, filters, _TEXTS[language_of_messages(language)]),
        gap.name,
        gap.nearest,
        gap.earlier,
        gap.later,
    )


def described(filters: Filters, language: str = "en") -> str:
    """Return filters in words, or "" for none.

    >>> described(Filters.of(sources=["taz", "Der Bote"], since="2024-01-01"))
    'from taz or Der Bote, since 2024-01-01'
    """
    texts = _TEXTS[language_of_messages(language)]
    named = [_named(filters, name, texts) for name in _NAMES]
    return ", ".join(part for part in (*named, _dates(filters, texts)) if part)


def _text(gap: Gap, filters: Filters, texts: Mapping[str, str]) -> str:
    if not gap.name:
        return texts["several"]
    others = [_named(filters, name, texts) for name in _NAMES if name != gap.name]
    other = "".join(f"{part} " for part in others if part)
    if gap.name == "roles":
        names = texts["or"].join(str(role) for role in filters.roles)
        said = [texts["roles"].format(other=other, names=names)]
    else:
        what = _dates(filters, texts) if gap.name == "dates" else _named(filters, gap.name, texts)
        said = [texts["none"].format(other=other, what=what)]
    for name, day in (("earlier", gap.earlier), ("later", gap.later)):
        if day:
            said.append(texts[name].format(day=texts["day"].format(day)))
    if gap.nearest:
        counted = gap.name != "uris"  # of each there is one
        names = ", ".join(
            f"{name} ({count})" if counted else name for name, count in gap.nearest.items()
        )
        said.append(texts["nearest"].format(names=names))
    if gap.undated:
        said.append(texts["undated"].format(count=gap.undated))
    return " ".join(said)


def _named(filters: Filters, name: str, texts: Mapping[str, str]) -> str:
    names = getattr(filters, name)
    return texts[name].format(names=texts["or"].join(names)) if names else ""


def _dates(filters: Filters, texts: Mapping[str, str]) -> str:
    days = {
        name: texts["day"].format(day)
        for name, day in (("since", filters.since), ("until", filters.until))
        if day
    }
    name = "between" if len(days) == 2 else next(iter(days), "")
    return texts[name].format(**days) if name else ""
