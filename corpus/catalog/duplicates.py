"""Exact duplicates: inputs that give, under another URI, the text of an article that is there.

Such a text is stored once. What its other inputs say of it is kept beside it, so that the
article can move to one of them when its own input is gone, and so that their text is not lost
when the article gets another one.
"""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from corpus.article import Article
from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, text_hash
from corpus.serialise import plain, restore

_NAMED_BY = ("title", "source")
"""Fields in which two articles with one text differ."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """What an input gives that is stored as another article."""

    origin: str
    article: Article
    """As it was read."""
    given: Mapping[str, Any]
    """Metadata that the user gave with the input, as `check_metadata` returns it."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A duplicate as JSON."""

    article: Article
    given: dict[str, Any]


class Duplicates:
    """The duplicates of one catalog; every method that writes runs inside a transaction."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database

    def find(
        self, read: Article, given: Mapping[str, Any], leaving: Container[str] = ()
    ) -> int | None:
        """Return the id of the article that has the same text, title and source, or None.

        Corrections that the user made to that article do not count, unless `given` names the
        field too. An article whose inputs are all `leaving` is the same whatever it is called.
        """
        rows = self._database.all(
            "SELECT id, title, source FROM articles WHERE text_hash = ? ORDER BY id",
            (text_hash(read.text),),
        )
        for row in rows:
            own = self._read_original(row["id"])
            if all(
                given[field] == row[field]
                if field in given
                else getattr(read, field) == own.get(field, row[field])
                for field in _NAMED_BY
            ):
                return int(row["id"])
        if leaving:
            for row in rows:
                givers = self.givers(row["id"])
                if givers and all(origin in leaving for origin in givers):
                    return int(row["id"])
        return None

    def givers(self, article_id: int) -> list[str]:
        """Return the inputs that give an article; one whose reading was cut short counts."""
        rows = self._database.all(
            "SELECT origin FROM input_articles WHERE article_id = ? UNION "
            "SELECT origin FROM vanished JOIN inputs USING (origin) "
            "WHERE article_id = ? AND options = ''",
            (article_id, article_id),
        )
        return [row["origin"] for row in rows]

    def note(self, origin: str, read: Article, given: Mapping[str, Any], article_id: int) -> None:
        """Note that an input gives an article's text under another URI."""
        said = json.dumps(plain(_Said(replace(read, text=""), dict(given))), ensure_ascii=False)
        self.drop(origin, [read.uri])
        self._database.run(
            "INSERT INTO duplicates (origin, uri, article_id, said) VALUES (?, ?, ?, ?)",
            (origin, read.uri, article_id, said),
        )

    def of(self, article_id: int) -> list[Duplicate]:
        """Return the duplicates of an article, with its text.

        Raises:
            CollectionDamaged: one has changed on the disk.
        """
        rows = self._database.all(
            "SELECT duplicates.*, text FROM duplicates JOIN articles ON id = article_id "
            "WHERE article_id = ? ORDER BY origin, duplicates.uri",
            (article_id,),
        )
        found = []
        for row in rows:
            check_row("duplicates", row, f"What {row['origin']} says")
            said = restore(_Said, json.loads(row["said"]))
            article = replace(said.article, text=row["text"])
            found.append(Duplicate(row["origin"], article, said.given))
        return found

    def part(self, read: Article) -> list[Duplicate]:
        """Take the duplicates of the article with this URI away where they are none of `read`.

        The caller puts `read` into the catalog, and then them.
        """
        row = self._database.one(
            "SELECT id, text_hash FROM articles WHERE uri = ? "
            "AND EXISTS (SELECT 1 FROM duplicates WHERE article_id = id)",
            (read.uri,),
        )
        if row is None:
            return []
        found = self.of(row["id"])
        if row["text_hash"] == text_hash(read.text) and all(
            getattr(read, field) == getattr(item.article, field)
            for field in _NAMED_BY
            for item in found
        ):
            return []
        self._database.run("DELETE FROM duplicates WHERE article_id = ?", (row["id"],))
        return found

    def uris(self, origin: str) -> set[str]:
        """Return the URIs under which an input gives the texts of other articles."""
        rows = self._database.all("SELECT uri FROM duplicates WHERE origin = ?", (origin,))
        return {row["uri"] for row in rows}

    def drop(self, origin: str, uris: Iterable[str]) -> None:
        """Forget duplicates that an input gives no more, or that are articles of their own."""
        self._database.run_many(
            "DELETE FROM duplicates WHERE origin = ? AND uri = ?", [(origin, uri) for uri in uris]
        )

    def _read_original(self, article_id: int) -> dict[str, Any]:
        """Return what an article itself says in the fields that the user has corrected."""
        rows = self._database.all(
            "SELECT field, read FROM corrections WHERE article_id = ?", (article_id,)
        )
        return {row["field"]: json.loads(row["read"]) for row in rows}
