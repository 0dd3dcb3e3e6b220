"""Metadata that the user sets: it wins over what is read, now and at every later reading."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.sql.store import with_retry
from corpus.errors import SettingsError
from corpus.paragraph_roles import check_roles, resolve_roles, roles_of, with_roles
from corpus.serialise import plain
from corpus.text.normalize import clean

FIELDS = (
    "authors",
    "language",
    "modified",
    "published",
    "roles",
    "section",
    "source",
    "title",
    "url",
)
_DAYS = ("modified", "published")


def check_metadata(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as JSON holds it: names as lists, days as "2024-10-25".

    A name or text of "" and a day of None or "" mean that there is none. Roles are those of
    paragraphs, by their numbers or, as they are kept, by `fingerprint`.

    Raises:
        SettingsError: a field or a value that there cannot be.

    >>> check_metadata({"authors": "Jule Brandt", "published": date(2024, 10, 25)})
    {'authors': ['Jule Brandt'], 'published': '2024-10-25'}
    """
    check_fields(given)
    return {field: _value(field, given[field]) for field in sorted(given)}


def check_fields(fields: Iterable[str]) -> None:
    """Raise SettingsError where one of the names is no metadata that can be corrected."""
    unknown = sorted(set(fields) - set(FIELDS))
    if unknown:
        raise SettingsError(
            "There is no metadata {unknown}; there are {fields}.",
            unknown=", ".join(unknown),
            fields=", ".join(FIELDS),
        )


def _value(field: str, value: Any) -> Any:
    if field in _DAYS:
        return _day(field, value)
    if field == "roles":
        return check_roles(value)
    if field == "authors":
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, Iterable) or not all(isinstance(name, str) for name in names):
            raise SettingsError("authors={value!r} is no list of names.", value=value)
        return [name for name in (_line(name) for name in names) if name]
    if not isinstance(value, str):
        raise SettingsError("{field}={value!r} is no text.", field=field, value=value)
    text = _line(value)
    if field == "language":
        text = text.lower() or "und"
        if not (text.isascii() and text.isalpha() and 2 <= len(text) <= 3):
            raise SettingsError(
                "language={value!r} is no language code, such as de or en.", value=value
            )
    if field == "url" and text and not text.startswith(("http://", "https://")):
        raise SettingsError("url={value!r} does not begin with http:// or https://.", value=value)
    return text


def _day(field: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError) as exc:
        raise SettingsError(
            "{field}={value!r} is no date; write 2024-10-25.", field=field, value=value
        ) from exc


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def with_metadata(article: Article, values: Mapping[str, Any]) -> Article:
    """Return an article with these values, as `check_metadata` gives them, in place of its own.

    Paragraphs in the article's own language, or in none that could be told, get the new one.
    """
    if not values:
        return article
    changes = dict(values)
    roles = changes.pop("roles", None)
    if roles:
        article = with_roles(article, roles)
    for field in _DAYS:
        if changes.get(field):
            changes[field] = date.fromisoformat(changes[field])
    if "authors" in changes:
        changes["authors"] = tuple(changes["authors"])
    if "language" in changes:
        changes["paragraphs"] = tuple(
            replace(item, language=changes["language"])
            if item.language in (article.language, "und")
            else item
            for item in article.paragraphs
        )
    return replace(article, **changes)


class Corrections:
    """The corrected fields of a collection's articles."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database
        self._catalog = Catalog(database)

    def of(self, uri: str) -> dict[str, Any]:
        """Return an article's corrected fields with their values, as JSON holds them."""
        rows = self._database.all(
            "SELECT field, value FROM corrections JOIN articles ON id = article_id "
            "WHERE uri = ? ORDER BY field",
            (uri,),
        )
        return {row["field"]: json.loads(row["value"]) for row in rows}

    @with_retry
    def note(self, uri: str, values: Mapping[str, Any], read: Article) -> None:
        """Store an article's corrections, and what the article itself says in those fields."""
        values = dict(values)
        said = {field: plain(getattr(read, field)) for field in values if field != "roles"}
        if "roles" in values:
            values["roles"] = resolve_roles(read, values["roles"])
            said["roles"] = roles_of(read, values["roles"])
        with self._database.transaction():
            self._drop(uri, values)
            self._database.run_many(
                "INSERT INTO corrections (article_id, field, value, read) "
                "SELECT id, ?, ?, ? FROM articles WHERE uri = ?",
                [
                    (field, json.dumps(value, ensure_ascii=False), json.dumps(said[field]), uri)
                    for field, value in values.items()
                ],
            )

    @with_retry
    def correct(self, uri: str, values: Mapping[str, Any]) -> bool:
        """Correct an article that is in the catalog; return whether anything changed.

        Args:
            uri: the article's.
            values: as `check_metadata` gives them.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        stored = self.of(uri)
        if "roles" in values:
            roles = resolve_roles(self._catalog.article(uri), values["roles"])
            values = {**values, "roles": stored.get("roles", {}) | roles}
        if stored and all(stored.get(field, self) == value for field, value in values.items()):
            return False
        with self._database.transaction():
            article = self._catalog.article(uri)
            read = with_metadata(article, self._read(uri))
            self.note(uri, values, read)
            return self._catalog.correct(with_metadata(article, values))

    @with_retry
    def undo(self, uri: str, fields: Iterable[str]) -> list[str]:
        """Give fields back what the article itself says; return those that were corrected.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        with self._database.transaction():
            article = self._catalog.article(uri)
            read = self._read(uri)
            undone = sorted(set(fields) & set(read))
            self._catalog.correct(with_metadata(article, {field: read[field] for field in undone}))
            self._drop(uri, undone)
        return undone

    def _drop(self, uri: str, fields: Iterable[str]) -> None:
        self._database.run_many(
            "DELETE FROM corrections WHERE field = ? AND article_id = "
            "(SELECT id FROM articles WHERE uri = ?)",
            [(field, uri) for field in fields],
        )

    def _read(self, uri: str) -> dict[str, Any]:
        rows = self._database.all(
            "SELECT field, read FROM corrections JOIN articles ON id = article_id WHERE uri = ?",
            (uri,),
        )
        return {row["field"]: json.loads(row["read"]) for row in rows}
