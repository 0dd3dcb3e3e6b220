"""Whom a page names as its author: persons, and papers or offices where it names nobody."""

import re
from collections.abc import Sequence

from corpus.structure.bylines import is_name, is_paper

_OPENING = re.compile(
    r"(?:(?:(?:ein|eine|an?)\s+)?(?:\w+\s+)?(?:von|by)|text|autor(?:in|en)?|authors?|redaktion)\b\s*:?\s+",
    re.I,
)
_INITIALS = re.compile(r"\s*[(\[][^()\[\]]{1,8}[)\]]\s*$")
_PLACEHOLDER = re.compile(
    r"(?:admin\w*|administrator|root|webmaster|user\d*|autor(?:in)?|author|unknown|unbekannt|anonym\w*|"
    r"gast|guest|none|null|undefined|n/?a|test|editor|wp-?\w*|cms|default|system|importer?|bot)",
    re.I,
)
_OFFICE = re.compile(
    r"\b(?:redaktion\w*|büro|verlag\w*|agentur|team|desk|staff|verein|bündnis|verband|stadt|gemeinde|"
    r"ministerium|newsroom|online|radio|fernsehen|rundfunk|tv|lokales|presse\w*|gmbh|ag|e\.\s?v|ltd|inc)\b",
    re.I,
)
_DOMAIN = re.compile(r"\S+\.[a-z]{2,10}(?:/\S*)?", re.I)


def sort_names(values: Sequence[str], site: str = "") -> tuple[list[str], list[str]]:
    """Return the persons in a page's names of authors, and what else it names: papers, offices.

    Addresses and placeholders are neither. `site` is the name of the site.

    >>> sort_names(["Von Mara Ohlsen (moh) und Jon Tamm", "admin", "Bündnis für Kinder, Ostrau"])
    (['Mara Ohlsen', 'Jon Tamm'], ['Bündnis für Kinder'])
    """
    persons: dict[str, None] = {}
    others: dict[str, None] = {}
    for value in values:
        for part in re.split(r"\s*[;|]\s*|\s+/\s+", value):
            bare = _INITIALS.sub("", _OPENING.sub("", part.strip(), count=1))
            if not bare or "@" in bare or _PLACEHOLDER.fullmatch(bare):
                continue
            names = [
                _INITIALS.sub("", name)
                for name in re.split(r"\s*(?:[,/&]|\bund\b|\band\b|\bsowie\b)\s*", bare)
                if name
            ]
            if all(is_person(name, site) for name in names):
                persons.update(dict.fromkeys(names))
            elif len(names) > 1 and is_person(names[0], site) and "," in bare:
                persons[names[0]] = None  # "Mara Ohlsen, Redakteurin"
            elif not _DOMAIN.fullmatch(bare):
                others[re.split(r"\s*,\s*", bare)[0]] = None
    return list(persons), list(others)


def is_person(name: str, site: str = "") -> bool:
    """Say whether a name is a person's, as far as its form shows."""
    same = bool(site) and name.lower() == site.lower()
    return is_name(name) and not same and not is_paper(name) and not _OFFICE.search(name)
