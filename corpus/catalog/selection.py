"""Which articles are meant: the one filter that every door has, and the words that they hold."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from corpus.article import ANSWERING_ROLES, Role
from corpus.catalog.database import Database
from corpus.errors import QuestionError

Names = str | Collection[str] | None
Day = date | str | None
Condition = tuple[str, list[str]]
"""An SQL condition and the values of its question marks."""
_LACKS: Mapping[str, Condition] = {
    "date": ("coalesce(published, '') = ?", [""]),
    "source": ("source = ?", [""]),
}
"""What an article may be without, and the condition that it is."""
_PART = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that an article, or a paragraph of it, must meet; an empty one excludes nothing.

    Dates include both ends and leave out articles without a date, unless `without` has "date":
    then these count beside those of the time, or alone where no time is set; so with "source"
    and the sources. Names are compared without
    regard to case, and one of several is enough. Of an article the language is its own, of a
    paragraph the paragraph's; roles are of paragraphs alone.
    """

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
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
        without: Names = None,
        roles: Names = None,
    ) -> "Filters":
        """Read filters as people write them: one name or several, dates as dates or ISO text.

        Raises:
            QuestionError: a date or a role that does not exist, an empty range of dates, or
                something that no article is without.
        """
        first, last = parse_day(since, "since"), parse_day(until, "until")
        if first and last and first > last:
            raise QuestionError(
                "No date lies between since={first} and until={last}. Swap the two.",
                first=first,
                last=last,
            )
        return cls(
            first,
            last,
            parse_names(sources),
            tuple(_base(item) for item in parse_names(languages)),
            parse_names(authors),
            parse_names(sections),
            parse_names(uris),
            _lacks(without),
            _roles(roles),
        )

    def articles(self) -> Condition:
        """Return the condition on a row of `articles`."""
        return _join([*self._metadata(), *_one_of("language", self.languages)])

    def articles_but_language(self) -> Condition:
        """Return the condition on a row of `articles`, whatever its language."""
        return _join(self._metadata())

    def paragraphs(self) -> Condition:
        """Return the condition on a row of `paragraphs`, whatever its article."""
        return _join([*_one_of("role", map(str, self.roles)), *_one_of("language", self.languages)])

    def articles_with_paragraphs(self) -> Condition:
        """Return the condition on a row of `articles` that has a paragraph which meets all."""
        condition, values = self.paragraphs()
        having = (f"id IN (SELECT article_id FROM paragraphs WHERE {condition})", values)  # noqa: S608
        return _join([*self._metadata(), having])

    def _metadata(self) -> list[Condition]:
        found = [
            *_one_of("uri", self.uris),
            *self._or_without("source", _in_any_case("source", self.sources)),
            *_in_any_case("section", self.sections),
            *self._or_without("date", self._dates()),
        ]
        for condition, values in _one_of("folded(value)", map(str.casefold, self.authors)):
            of_one = f"EXISTS (SELECT 1 FROM json_each(authors) WHERE {condition})"  # noqa: S608
            found.append((of_one, values))
        return found

    def _dates(self) -> list[Condition]:
        days = (("published >= ?", self.since), ("published <= ?", self.until))
        return [(condition, [day.isoformat()]) for condition, day in days if day]

    def _or_without(self, name: str, there: list[Condition]) -> list[Condition]:
        """Return conditions, widened to articles that lack what they look at, where asked for."""
        if name not in self.without:
            return there
        lacking, values = _LACKS[name]
        if not there:
            return [(lacking, values)]
        condition, others = _join(there)
        return [(f"({lacking} OR {condition})", [*values, *others])]


EVERYTHING = Filters()


def _one_of(value: str, names: Iterable[str]) -> list[Condition]:
    """Return the condition that an SQL value is one of some names; none where there are none."""
    asked = list(names)
    if not asked:
        return []
    wanted = [name for name in asked if _can_be_held(name)]
    # As one value: a folder may stand for more URIs than a statement takes values.
    return [(f"{value} IN (SELECT value FROM json_each(?))", [json.dumps(wanted)])]  # noqa: S608


def _can_be_held(name: str) -> bool:
    """Tell whether any article could be called so: half of a surrogate pair is no character."""
    return "\0" not in name and not any("\ud800" <= letter <= "\udfff" for letter in name)


def _in_any_case(column: str, names: Iterable[str]) -> list[Condition]:
    """Return the condition that a column of articles is one of some names in any case.

    Each name that there is is folded once, not that of each article; the column has an index.
    """
    folded = _one_of("folded(name)", map(str.casefold, names))
    return [
        (
            f"{column} IN (WITH names (name) AS MATERIALIZED "  # noqa: S608
            f"(SELECT DISTINCT {column} FROM articles) SELECT name FROM names WHERE {condition})",
            values,
        )
        for condition, values in folded
    ]


def _join(parts: Iterable[Condition]) -> Condition:
    """Return the condition that all of some conditions hold."""
    conditions = list(parts)
    sql = " AND ".join(part for part, _ in conditions) or "TRUE"
    return sql, [value for _, values in conditions for value in values]


def matching_articles(database: Database, words: str) -> list[int]:
    """Return the ids of the articles whose title and text hold all of the words, ascending.

    Words count whole and in any case of letters; "several in quotes" have to follow one
    another.

    Raises:
        QuestionError: there is no word to look for.
    """
    wanted = [_words(quoted or word) for quoted, word in _PART.findall(words)]
    phrases = [f" {item} " for item in wanted if item]
    if not phrases:
        raise QuestionError("There is no word in {words!r} to look for.", words=words)
    found = []
    last = 0
    # In portions: the texts of a collection together may be larger than the memory.
    while rows := database.all(
        "SELECT id, title, text FROM articles WHERE id > ? ORDER BY id LIMIT 500", (last,)
    ):
        for row in rows:
            text = f" {_words(row['title'])} \n {_words(row['text'])} "
            if all(phrase in text for phrase in phrases):
                found.append(int(row["id"]))
        last = rows[-1]["id"]
    return found


def _words(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def parse_day(value: Day, name: str) -> date | None:
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
            "{name}={value!r} is no date. Write year, month and day: 2024-10-25",
            name=name,
            value=value,
        ) from exc


def parse_names(value: Names) -> tuple[str, ...]:
    """Return one name or several as a tuple, without blanks around them.

    Raises:
        QuestionError: it is neither, or a name is empty.
    """
    if value is None:
        return ()
    try:
        found = (value,) if isinstance(value, str) else tuple(value)
    except TypeError as exc:
        raise QuestionError(
            "{value!r} is no name. Give one as text, or a list of them.", value=value
        ) from exc
    for item in found:
        if not isinstance(item, str):
            raise QuestionError("{item!r} is no name. Give names as text.", item=item)
        if not item.strip():
            raise QuestionError(
                "{item!r} is no name. Leave the filter out to search everything.", item=item
            )
    return tuple(item.strip() for item in found)


def _base(language: str) -> str:
    """Return a language's code without its region.

    >>> _base("de-AT"), _base("EN_us")
    ('de', 'en')
    """
    return language.lower().replace("_", "-").split("-")[0]


def _lacks(value: Names) -> tuple[str, ...]:
    names = tuple(item.lower() for item in parse_names(value))
    if unknown := [name for name in names if name not in _LACKS]:
        raise QuestionError(
            "without={name!r} is not possible. Give one of {known}.",
            name=unknown[0],
            known=", ".join(_LACKS),
        )
    return names


def _roles(value: Names) -> tuple[Role, ...]:
    if value is None:
        return tuple(sorted(ANSWERING_ROLES))
    try:
        return tuple(Role(item.lower()) for item in parse_names(value))
    except ValueError as exc:
        known = ", ".join(role.value for role in Role)
        raise QuestionError("{reason}. The roles are: {known}", reason=exc, known=known) from exc
