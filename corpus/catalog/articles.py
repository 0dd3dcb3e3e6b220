"""The catalog: a SQLite file that holds the articles and is the source of truth.

Every commit that changes what can be found raises the generation number, by
which the indexes see that they are behind. Writers take turns through
`corpus.catalog.lock`; this module does not lock. Windows and embeddings lie in the same
file (`corpus.catalog.embeddings`), and so does what was read (`corpus.catalog.inputs`).
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from corpus.article import Article, Paragraph
from corpus.catalog.database import Database
from corpus.catalog.duplicates import Duplicates
from corpus.catalog.integrity import check_row, check_text, text_hash
from corpus.catalog.near_duplicates import DuplicateGroups
from corpus.catalog.rows import (
    ParagraphRow,
    ParagraphTable,
    article_of,
    content_of,
    is_older,
    paragraph_of,
    paragraph_rows,
    paragraph_table,
    stated_day,
    values_of,
    version_of,
)
from corpus.catalog.selection import EVERYTHING, Filters
from corpus.catalog.sql.store import SqlRow, with_retry
from corpus.errors import ArticleNotFound

_REPLACED_AT = "(SELECT max(replaced_at) FROM versions WHERE article_id = id) AS replaced_at"

_SIGNED_SETTING = "signed"
ALL = 2**62
"""As a limit, none."""


class Outcome(StrEnum):
    """What became of an article that was put into the catalog."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    """Older, by its stated date, than what another input gave under its URI."""


class Catalog:
    """The articles and paragraphs of one collection; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database
        self._duplicates = Duplicates(database)
        self._groups = DuplicateGroups(database)

    def article(self, uri: str) -> Article:
        """Return an article with its paragraphs and earlier versions.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        with self._database.transaction(write=False):
            row = self._database.one(
                f"SELECT *, {_REPLACED_AT} FROM articles WHERE uri = ?",  # noqa: S608
                (uri,),
            )
            if row is None:
                raise ArticleNotFound(
                    "No article has the URI {uri!r}. `article-qa list` shows those there are.",
                    uri=uri,
                )
            paragraphs = self._database.all(
                "SELECT * FROM paragraphs WHERE article_id = ? ORDER BY number", (row["id"],)
            )
            versions = self._database.all(
                "SELECT * FROM versions WHERE article_id = ? ORDER BY number", (row["id"],)
            )
        check_row("articles", row, f"The article {uri}")
        check_text(row["text"], row["text_hash"], f"The text of {uri}")
        for item in paragraphs:
            check_row("paragraphs", item, f"Paragraph {item['number']} of {uri}")
        for item in versions:
            check_row("versions", item, f"Version {item['number']} of {uri}")
        return replace(
            article_of(row),
            paragraphs=tuple(paragraph_of(item) for item in paragraphs),
            versions=tuple(version_of(item) for item in versions),
        )

    def articles(
        self,
        ids: Sequence[int] | None = None,
        filters: Filters = EVERYTHING,
        *,
        limit: int = ALL,
        oldest_first: bool = False,
    ) -> dict[int, Article]:
        """Return articles by id, without texts and paragraphs.

        Args:
            ids: these, in any order.
            filters: without ids, all articles that meet these, the newest first.
            limit: without ids, no more than so many.
            oldest_first: without ids, begin with the oldest. Undated ones come last.
        """
        columns = (
            "id, uri, title, '' AS text, authors, published, modified, source, section, "
            f"language, url, text_hash, row_hash, {_REPLACED_AT}"
        )
        if ids is None:
            condition, values = filters.articles()
            order = "ASC" if oldest_first else "DESC"
            rows = self._database.all(
                f"SELECT {columns} FROM articles WHERE {condition} "  # noqa: S608
                f"ORDER BY published IS NULL, published {order}, id {order} LIMIT ?",
                [*values, limit],
            )
        else:
            select = f"SELECT {columns} FROM articles WHERE id IN"  # noqa: S608
            rows = list(self._database.by_ids(select, ids))
        for row in rows:
            check_row("articles", row, f"The article {row['uri']}")
        return {row["id"]: article_of(row) for row in rows}

    def paragraphs(self, ids: Iterable[int]) -> Iterator[ParagraphRow]:
        """Yield paragraphs with their texts, in any order; unknown ids are left out."""
        return paragraph_rows(self._database, ids)

    def paragraph_table(self) -> ParagraphTable:
        """Return what filters need of every paragraph."""
        return paragraph_table(self._database)

    def has(self, uri: str) -> bool:
        """Tell whether there is an article with this URI."""
        return self._database.one("SELECT 1 FROM articles WHERE uri = ?", (uri,)) is not None

    def is_empty(self) -> bool:
        """Tell whether there are no articles."""
        return self._database.one("SELECT 1 FROM articles LIMIT 1") is None

    def publication_dates(self) -> dict[int, date]:
        """Return the dates of the articles that have one, by the articles' ids."""
        rows = self._database.all("SELECT id, published FROM articles WHERE published IS NOT NULL")
        return {row["id"]: date.fromisoformat(row["published"]) for row in rows}

    @with_retry
    def put(
        self,
        article: Article,
        origin: str | None = None,
        *,
        read: Article | None = None,
        given: Mapping[str, Any] | None = None,
        leaving: Container[str] = (),
    ) -> Outcome:
        """Add an article, or make it the newest version of the one with its URI.

        An article whose text, title and source another URI holds already is a duplicate and
        is noted as such. One that by its own date is older than what another input gave under
        its URI becomes an earlier version of it.

        Args:
            article: as it is stored.
            origin: the input that gives it.
            read: as it was read; by default the same.
            given: metadata of `article` that the user gave with the input.
            leaving: inputs that are gone, see `Duplicates.find`.
        """
        read, given = read or article, given or {}
        same_text, same_content = text_hash(article.text), text_hash(content_of(article))
        with self._database.transaction():
            old = self._find(article.uri)
            # Of two writers with one text, the second has to see the first one's article.
            self._database.lock(same_text)
            if old is None:
                twin = self._duplicates.find(read, given, leaving)
                if twin is not None:
                    if origin is not None:
                        self._duplicates.note(origin, read, given, twin)
                    return Outcome.DUPLICATE
                outcome = Outcome.ADDED
                article_id = self._insert(article, same_text, same_content)
            else:
                article_id = old["id"]
                outcome = Outcome.UNCHANGED
                if old["content_hash"] != same_content:
                    outcome = Outcome.UPDATED
                    if old["content_origin"] not in (None, origin) and is_older(article, old):
                        outcome = Outcome.SUPERSEDED
                        self._keep_version(old, article)
                    else:
                        self._replace(old, article, same_text, same_content)
            if origin is not None:
                self._link(article_id, origin, new=outcome in (Outcome.ADDED, Outcome.UPDATED))
        return outcome

    def move(self, uri: str, article: Article, origin: str) -> None:
        """Give an article another URI, and what an input says of it there; its history stays.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        with self._database.transaction():
            old = self._row(uri)
            unchanged = (
                old["title"] == article.title and self._paragraphs(old["id"]) == article.paragraphs
            )
            self._database.run("UPDATE articles SET uri = ? WHERE id = ?", (article.uri, old["id"]))
            hashes = text_hash(article.text), text_hash(content_of(article))
            self._write(old, article, *hashes, paragraphs=not unchanged)
            self._duplicates.drop(origin, [article.uri])
            self._link(old["id"], origin, new=True)
            self._database.raise_generation()

    def _find(self, uri: str) -> Any:
        """Return the row of an article that is about to be changed, or None."""
        return self._database.one(
            f"SELECT * FROM articles WHERE uri = ?{self._database.for_update}",  # noqa: S608
            (uri,),
        )

    def _row(self, uri: str) -> Any:
        row = self._find(uri)
        if row is None:
            raise ArticleNotFound(
                "No article has the URI {uri!r}. `article-qa list` shows those there are.", uri=uri
            )
        return row

    def correct(self, article: Article) -> bool:
        """Write an article's metadata anew; what it said before is no earlier version of it.

        Returns whether anything changed.

        Raises:
            ArticleNotFound: there is none with its URI.
        """
        content = text_hash(content_of(article))
        with self._database.transaction():
            old = self._row(article.uri)
            if old["content_hash"] == content:
                return False
            self._write(old, article, text_hash(article.text), content)
        return True

    def rewrite(self, article: Article) -> None:
        """Write an article over the damaged one with its URI, whatever that says now."""
        with self._database.transaction():
            # Its id alone: what is damaged may not be readable.
            old = self._database.one("SELECT id FROM articles WHERE uri = ?", (article.uri,))
            self._write(old, article, text_hash(article.text), text_hash(content_of(article)))

    @with_retry
    def remove(self, uri: str) -> None:
        """Remove an article, its versions and its paragraphs; embeddings stay for next time.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        with self._database.transaction():
            row = self._row(uri)
            self._groups.forget(row["id"])
            self._database.run("DELETE FROM articles WHERE id = ?", (row["id"],))
            self._database.raise_generation()

    def bring_back(
        self, article: Article, added_at: str, updated_at: str, origin: str | None
    ) -> int:
        """Insert an article that was there before, with its versions; return its new id."""
        same_text, same_content = text_hash(article.text), text_hash(content_of(article))
        with self._database.transaction():
            article_id = self._insert(article, same_text, same_content)
            self._database.run(
                "UPDATE articles SET added_at = ?, updated_at = ?, content_origin = ? WHERE id = ?",
                (added_at, updated_at, origin, article_id),
            )
            self._database.run_many(
                "INSERT INTO versions (article_id, number, title, text, modified, replaced_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (
                        article_id,
                        item.number,
                        item.title,
                        item.text,
                        item.modified and item.modified.isoformat(),
                        item.replaced_at.isoformat(timespec="seconds"),
                    )
                    for item in article.versions
                ],
            )
        return article_id

    def catch_up(self) -> None:
        """Look for near-identical articles among those that an older version put in."""
        if self._database.setting(_SIGNED_SETTING) is not None:
            return
        for uri in self._groups.find_unsigned():
            article = self.article(uri)
            with self._database.transaction():
                row = self._database.one("SELECT id FROM articles WHERE uri = ?", (uri,))
                self._groups.note(row["id"], article)
                self._database.raise_generation()
        # Whatever is put in since has a signature, so that nobody need look for it again.
        self._database.set_setting(_SIGNED_SETTING, "1")

    def near_identical(self, uri: str) -> list[str]:
        """Return the URIs of the articles whose text is an article's with small edits."""
        row = self._database.one("SELECT id FROM articles WHERE uri = ?", (uri,))
        members = self._groups.group(row["id"]) if row else []
        found = self.articles([item for item in members if item != row["id"]])
        return sorted(article.uri for article in found.values())

    def _paragraphs(self, article_id: int) -> tuple[Paragraph, ...]:
        rows = self._database.all(
            "SELECT * FROM paragraphs WHERE article_id = ? ORDER BY number", (article_id,)
        )
        return tuple(paragraph_of(row) for row in rows)

    def _link(self, article_id: int, origin: str, *, new: bool) -> None:
        """Note that an input gives an article, and with `new` that its content is from there."""
        if new:
            self._database.run(
                "UPDATE articles SET content_origin = ? WHERE id = ?", (origin, article_id)
            )
        self._database.run(
            "INSERT INTO input_articles VALUES (?, ?) ON CONFLICT DO NOTHING", (origin, article_id)
        )

    def _keep_version(self, old: SqlRow, article: Article) -> None:
        """Put an older text among the earlier versions, by its stated date."""
        stated = stated_day(article.modified, article.published)
        versions = self._database.all(
            "SELECT number, title, text, modified FROM versions WHERE article_id = ? "
            "ORDER BY number",
            (old["id"],),
        )
        told = [(row["title"], row["text"]) for row in versions]
        if (article.title, article.text) in (*told, (old["title"], old["text"])):
            return
        later = [row["number"] for row in versions if (row["modified"] or "") > stated]
        number = min(later, default=len(versions) + 1)
        # Through negative numbers, so that no two rows have the same one on the way.
        self._database.run(
            "UPDATE versions SET number = -number - 1 WHERE article_id = ? AND number >= ?",
            (old["id"], number),
        )
        self._database.run(
            "UPDATE versions SET number = -number WHERE article_id = ? AND number < 0",
            (old["id"],),
        )
        self._database.run(
            "INSERT INTO versions (article_id, number, title, text, modified, replaced_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (old["id"], number, article.title, article.text, stated or None, old["updated_at"]),
        )

    def _insert(self, article: Article, same_text: bytes, same_content: bytes) -> int:
        now = self._now()
        article_id = self._database.insert(
            "INSERT INTO articles (uri, title, text, authors, published, modified, source, "
            "section, language, url, text_hash, content_hash, added_at, updated_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (article.uri, *values_of(article), same_text, same_content, now, now),
        )
        self._insert_paragraphs(article_id, article)
        return article_id

    def _replace(
        self, old: SqlRow, article: Article, same_text: bytes, same_content: bytes
    ) -> None:
        if (old["text"], old["title"]) != (article.text, article.title):
            self._database.run(
                "INSERT INTO versions (article_id, number, title, text, modified, replaced_at) "
                "SELECT ?, 1 + count(*), ?, ?, ?, ? FROM versions WHERE article_id = ?",
                (old["id"], old["title"], old["text"], old["modified"], self._now(), old["id"]),
            )
        self._write(old, article, same_text, same_content)

    def _write(
        self,
        old: SqlRow,
        article: Article,
        same_text: bytes,
        same_content: bytes,
        *,
        paragraphs: bool = True,
    ) -> None:
        self._database.run(
            "UPDATE articles SET title = ?, text = ?, authors = ?, published = ?, modified = ?, "
            "source = ?, section = ?, language = ?, url = ?, text_hash = ?, content_hash = ?, "
            "updated_at = ? WHERE id = ?",
            (*values_of(article), same_text, same_content, self._now(), old["id"]),
        )
        if not paragraphs:
            return
        self._groups.forget(old["id"])
        self._database.run("DELETE FROM paragraphs WHERE article_id = ?", (old["id"],))
        self._insert_paragraphs(old["id"], article)

    def _insert_paragraphs(self, article_id: int, article: Article) -> None:
        self._database.run_many(
            'INSERT INTO paragraphs (article_id, number, start, "end", role, language, heading, '
            "page, text_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    article_id,
                    item.number,
                    item.start,
                    item.end,
                    str(item.role),
                    item.language,
                    item.heading,
                    item.page,
                    text_hash(article.paragraph_text(item)),
                )
                for item in article.paragraphs
            ],
        )
        self._groups.note(article_id, article)
        self._database.raise_generation()

    def _now(self) -> str:
        return self._database.now().isoformat(timespec="seconds")
