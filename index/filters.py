"""What a question is asked of: dates, sources, languages, authors, sections, articles, roles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from corpus.article import ANSWERING_ROLES, Role
from corpus.catalog.articles import Catalog, ParagraphTable
from corpus.errors import QuestionError

Names = str | Collection[str] | None
Day = date | str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that a passage must meet; an empty one excludes nothing."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    roles: tuple[Role, ...] = tuple(sorted(ANSWERING_ROLES))

    @classmethod
    def of(
        cls,
        since: Day = None,
        until: Day = None,
        sources: Names = None,
        languages: Names = None,
        authors: Names = None,
        sections: Names = None,
        uris: Names = None,
        roles: Names = None,
    ) -> "Filters":
        """Read filters as people write them: one name or several, dates as dates or ISO text.

        Raises:
            QuestionError: a date or a role that does not exist, or an empty range of dates.
        """
        first, last = day(since, "since"), day(until, "until")
        if first and last and first > last:
            raise QuestionError(
                f"No date lies between since={first} and until={last}. Swap the two."
            )
        return cls(
            first,
            last,
            names(sources),
            tuple(_base(item) for item in names(languages)),
            names(authors),
            names(sections),
            names(uris),
            _roles(roles),
        )

    def allowed(self, catalog: Catalog, table: ParagraphTable) -> NDArray[np.int64]:
        """Return the ids of the paragraphs that meet all conditions, ascending."""
        mask = np.isin(table.roles, [str(role) for role in self.roles])
        if self.languages:
            mask &= np.isin(table.languages, self.languages)
        if any((self.since, self.until, self.sources, self.authors, self.sections, self.uris)):
            articles = catalog.article_ids(
                self.since, self.until, self.sources, self.authors, self.sections, self.uris
            )
            mask &= np.isin(table.articles, articles)
        return table.ids[mask]


def day(value: Day, name: str) -> date | None:
    """Read a date given as a date or as ISO 8601 text.

    Raises:
        QuestionError: it is neither.
    """
    if value is None or isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as exc:
        raise QuestionError(
            f"{name}={value!r} is no date. Write year, month and day: 2024-10-25"
        ) from exc


def names(value: Names) -> tuple[str, ...]:
    """Return one name or several as a tuple, without blanks around them.

    Raises:
        QuestionError: it is neither, or a name is empty.
    """
    if value is None:
        return ()
    try:
        found = (value,) if isinstance(value, str) else tuple(value)
    except TypeError as exc:
        raise QuestionError(f"{value!r} is no name. Give one as text, or a list of them.") from exc
    for item in found:
        if not isinstance(item, str):
            raise QuestionError(f"{item!r} is no name. Give names as text.")
        if not item.strip():
            raise QuestionError(f"{item!r} is no name. Leave the filter out to search everything.")
    return tuple(item.strip() for item in found)


def _base(language: str) -> str:
    """Return a language's code without its region.

    >>> _base("de-AT"), _base("EN_us")
    ('de', 'en')
    """
    return language.lower().replace("_", "-").split("-")[0]


def _roles(value: Names) -> tuple[Role, ...]:
    if value is None:
        return tuple(sorted(ANSWERING_ROLES))
    try:
        return tuple(Role(item.lower()) for item in names(value))
    except ValueError as exc:
        known = ", ".join(role.value for role in Role)
        raise QuestionError(f"{exc}. The roles are: {known}") from exc
