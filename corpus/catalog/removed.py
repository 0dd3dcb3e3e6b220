"""Removed articles: kept whole for a while, so that they can be brought back.

They lie apart from the articles, as JSON: no search, count or list meets them. Their embeddings
stay where all are, so that bringing one back embeds nothing.
"""

import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, text_hash
from corpus.catalog.sql.store import with_retry
from corpus.errors import ArticleNotFound, CollectionDamaged
from corpus.serialise import plain, restore

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long a removed article can be brought back."""

Confirm = Callable[[Sequence[str], int], bool]
"""Called with the URIs of articles that would be removed, when they are many, and with how many
articles there are; returns whether they are to go."""


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """An article that was removed and can be brought back."""

    uri: str
    title: str
    source: str
    published: date | None
    removed_at: datetime
    """In UTC."""

    @property
    def until(self) -> datetime:
        """When it is deleted for good."""
        return self.removed_at + KEPT


@dataclass(frozen=True, slots=True)
class _Kept:
    """All that there was of an article."""

    article: Article
    added_at: str
    updated_at: str
    origin: str | None
    corrections: tuple[tuple[str, str, str], ...]
    """(field, value, what the article itself says), the last two as JSON."""


class RemovedArticles:
    """The removed articles of one catalog."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database
        self._catalog = Catalog(database)

    @with_retry
    def remove(self, uri: str, now: datetime | None = None) -> None:
        """Remove an article from the catalog, and keep it here.

        Raises:
            ArticleNotFound: there is none with this URI.
        """
        with self._database.transaction():
            try:
                self._keep(uri, now or datetime.now(UTC))
            except CollectionDamaged as exc:
                log.warning("%s is removed for good: it is damaged (%s)", uri, exc)
            self._catalog.remove(uri)

    def _keep(self, uri: str, now: datetime) -> None:
        article = self._catalog.article(uri)
        row = self._database.one(
            "SELECT id, added_at, updated_at, content_origin FROM articles WHERE uri = ?", (uri,)
        )
        corrections = self._database.all(
            "SELECT field, value, read FROM corrections WHERE article_id = ? ORDER BY field",
            (row["id"],),
        )
        kept = _Kept(
            article,
            row["added_at"],
            row["updated_at"],
            row["content_origin"],
            tuple((item["field"], item["value"], item["read"]) for item in corrections),
        )
        self._database.run(
            "INSERT INTO removed (uri, text_hash, removed_at, kept) VALUES (?, ?, ?, ?)",
            (
                uri,
                text_hash(article.text),
                now.astimezone(UTC).isoformat(timespec="seconds"),
                json.dumps(plain(kept), ensure_ascii=False),
            ),
        )

    def all(self, *names: str | Path) -> list[RemovedArticle]:
        """Return what can be brought back, what was removed last first.

        Args:
            names: only articles with these URIs, or of these files, or below these folders.

        Raises:
            CollectionDamaged: one has changed on the disk.
        """
        found = []
        rows = {row["id"]: row for name in names or (None,) for row in self._rows(name)}
        for row in sorted(rows.values(), key=lambda row: -int(row["id"])):
            article = self._read(row).article
            when = datetime.fromisoformat(row["removed_at"])
            found.append(
                RemovedArticle(row["uri"], article.title, article.source, article.published, when)
            )
        return found

    @with_retry
    def restore(self, *names: str | Path) -> tuple[list[str], list[str]]:
        """Bring articles back with their versions, corrections and the time of their adding.

        Of several that were removed under one URI the last comes back.

        Args:
            names: URIs, files, or folders, which stand for all below.

        Returns:
            The URIs that are back, and those that the collection holds again already.

        Raises:
            ArticleNotFound: nothing was removed under one of the names.
            CollectionDamaged: one has changed on the disk.
        """
        back: list[str] = []
        there: list[str] = []
        with self._database.transaction():
            for name in names:
                rows = self._rows(name)
                if not rows:
                    raise ArticleNotFound(
                        "Nothing that was removed in the last {days} days has the URI {name!r}. "
                        "`article-qa restore --removed` lists what can be restored.",
                        days=KEPT.days,
                        name=str(name),
                    )
                for row in rows:
                    if row["uri"] in back or row["uri"] in there:
                        continue
                    (back if self._bring_back(row) else there).append(row["uri"])
        return back, there

    def _bring_back(self, row: Any) -> bool:
        """Put one back; return False where an article has its URI."""
        sql = "SELECT 1 FROM articles WHERE uri = ?"
        if self._database.one(sql, (row["uri"],)) is not None:
            return False
        kept = self._read(row)
        article_id = self._catalog.bring_back(
            kept.article, kept.added_at, kept.updated_at, kept.origin
        )
        self._database.run_many(
            "INSERT INTO corrections (article_id, field, value, read) VALUES (?, ?, ?, ?)",
            [(article_id, *item) for item in kept.corrections],
        )
        self._database.run("DELETE FROM removed WHERE id = ?", (row["id"],))
        return True

    @with_retry
    def purge(self, now: datetime | None = None) -> int:
        """Delete what has been kept long enough; return how many articles that were."""
        limit = ((now or datetime.now(UTC)) - KEPT).astimezone(UTC).isoformat(timespec="seconds")
        sql = "SELECT 1 FROM removed WHERE removed_at < ? LIMIT 1"
        if self._database.one(sql, (limit,)) is None:
            return 0
        with self._database.transaction():
            return self._database.run("DELETE FROM removed WHERE removed_at < ?", (limit,))

    def forget(self, uri: str, text: bytes | None) -> list[str]:
        """Delete what was removed under a URI, or with a text of this hash; return the texts.

        What is damaged is deleted too; its texts are returned as far as they can be read.
        """
        rows = self._database.all(
            f"SELECT id, {self._database.bytes_sql('kept')} AS kept FROM removed "  # noqa: S608
            "WHERE uri = ? OR text_hash = ? "
            "OR text_hash IN (SELECT text_hash FROM removed WHERE uri = ?)",
            (uri, text, uri),
        )
        self._database.run_many("DELETE FROM removed WHERE id = ?", [(row["id"],) for row in rows])
        return [text for row in rows for text in _texts(row["kept"])]

    def _rows(self, name: str | Path | None) -> list[Any]:
        """Return what was removed under a URI or path, or below it; all of it for None."""
        if name is None:
            return self._database.all("SELECT * FROM removed ORDER BY id DESC")
        uris = [str(name)]
        with suppress(OSError, RuntimeError, ValueError):  # names no file
            uris.append(Path(name).expanduser().resolve().as_uri())
        for uri in uris:
            below = uri.rstrip("/") + "/"
            rows = self._database.all(
                "SELECT * FROM removed WHERE uri = ? OR substr(uri, 1, ?) = ? ORDER BY id DESC",
                (uri, len(below), below),
            )
            if rows:
                return rows
        return []

    def _read(self, row: Any) -> _Kept:
        check_row("removed", row, f"The removed article {row['uri']}")
        return restore(_Kept, json.loads(row["kept"]))


def _texts(kept: bytes) -> list[str]:
    try:
        article = json.loads(kept)["article"]
        return [
            text
            for item in (article, *article["versions"])
            for text in (item["title"], item["text"])
        ]
    except (ValueError, KeyError, TypeError):
        return []
