"""What was read: so that an unchanged input need not be read again, and what is gone is known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from corpus.catalog.database import Database
from corpus.catalog.sql.store import with_retry

# An input, what a list names, what those name in turn, and the files below a folder.
_PART = (
    "WITH RECURSIVE part (origin) AS (VALUES (CAST(? AS TEXT)) "
    "UNION SELECT origin FROM inputs WHERE origin LIKE 'file:%' AND substr(origin, 1, ?) = ? "
    "UNION SELECT members.origin FROM members JOIN part ON members.list = part.origin)"
)


# The articles that an input gives, and those that it would give were they not duplicates.
_LINKED = (
    "((SELECT count(*) FROM input_articles AS link WHERE link.origin = inputs.origin) + "
    "(SELECT count(*) FROM duplicates AS link WHERE link.origin = inputs.origin))"
)


def _part(origin: str) -> tuple[str, int, str]:
    below = origin.rstrip("/") + "/"
    return origin, len(below), below


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server said of the page at an address when it was last fetched."""

    address: str
    """Where the redirects ended."""
    etag: str = ""
    last_modified: str = ""
    fetched_at: datetime = field(default_factory=lambda: datetime.now(UTC))


class InputLog:
    """The inputs of one collection, and the articles that each gave."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database

    def count_if_unchanged(self, origin: str, sha256: bytes | None, options: str) -> int | None:
        """Return how many articles the input gave when it was last read, if nothing changed since.

        None means that it has to be read: it is new, its bytes or the reading options
        differ, or one of its articles was removed. Without a hash the bytes are taken to be
        the same.
        """
        row = self._database.one(
            f"SELECT articles, sha256, {_LINKED} AS linked FROM inputs "  # noqa: S608
            "WHERE origin = ? AND options = ?",
            (origin, options),
        )
        if row is None or row["linked"] < row["articles"]:
            return None
        if not row["sha256"] or (sha256 is not None and row["sha256"] != sha256):
            return None
        return int(row["articles"])

    @with_retry
    def begin(self, origin: str) -> None:
        """Note that an input is being read: until `finish` it counts as changed.

        Meanwhile what it gave before counts as vanished, so that it is known for what it was
        wherever the reading is cut short.
        """
        with self._database.transaction():
            self._database.run(
                "INSERT INTO inputs VALUES (?, ?, '', 0) ON CONFLICT (origin) DO UPDATE SET "
                "sha256 = excluded.sha256, options = '', articles = 0",
                (origin, b""),
            )
            self._database.run(
                "INSERT INTO vanished SELECT origin, article_id FROM input_articles "
                "WHERE origin = ? ON CONFLICT DO NOTHING",
                (origin,),
            )
            self._database.run("DELETE FROM input_articles WHERE origin = ?", (origin,))

    @with_retry
    def fail(self, origin: str) -> None:
        """Link an input that could not be read to the articles that it gave before."""
        with self._database.transaction():
            self._database.run(
                "INSERT INTO input_articles SELECT origin, article_id FROM vanished "
                "WHERE origin = ? ON CONFLICT DO NOTHING",
                (origin,),
            )
            self._database.run("DELETE FROM vanished WHERE origin = ?", (origin,))

    @with_retry
    def drop_links(self, origin: str, uris: Iterable[str]) -> None:
        """Note that an input gives these articles no more, whatever linked them as it was read."""
        with self._database.transaction():
            for uri in uris:
                found = self._database.one("SELECT id FROM articles WHERE uri = ?", (uri,))
                if found is None:
                    continue
                link = (origin, found["id"])
                self._database.run(
                    "INSERT INTO vanished SELECT origin, article_id FROM input_articles "
                    "WHERE origin = ? AND article_id = ? ON CONFLICT DO NOTHING",
                    link,
                )
                self._database.run(
                    "DELETE FROM input_articles WHERE origin = ? AND article_id = ?", link
                )

    @with_retry
    def finish(self, origin: str, sha256: bytes, options: str) -> None:
        """Note that an input was read whole: what it gave before and gives no more has vanished."""
        with self._database.transaction():
            self._database.run(
                "DELETE FROM vanished WHERE origin = ? AND article_id IN "
                "(SELECT article_id FROM input_articles WHERE origin = ?)",
                (origin, origin),
            )
            self._database.run(
                f"UPDATE inputs SET sha256 = ?, options = ?, articles = {_LINKED} "  # noqa: S608
                "WHERE origin = ?",
                (sha256, options, origin),
            )

    def uris(self, origin: str) -> list[str]:
        """Return the URIs of the articles that an input gave.

        For a folder those of the files below it, for a feed, sitemap or list those of its pages.
        """
        rows = self._database.all(
            f"{_PART} SELECT uri FROM articles WHERE id IN "  # noqa: S608
            "(SELECT article_id FROM input_articles "
            "JOIN part USING (origin) UNION SELECT article_id FROM vanished "
            "JOIN part USING (origin)) ORDER BY uri",
            _part(origin),
        )
        return [row["uri"] for row in rows]

    def uris_given_by(self, origin: str) -> list[str]:
        """Return the URIs of the articles that one input gave when it was last read."""
        rows = self._database.all(
            "SELECT uri FROM articles JOIN input_articles ON article_id = id WHERE origin = ? "
            "ORDER BY uri",
            (origin,),
        )
        return [row["uri"] for row in rows]

    def below(self, folder: str) -> list[str]:
        """Return the files below a folder that were read."""
        below = folder.rstrip("/") + "/"
        rows = self._database.all(
            "SELECT origin FROM inputs WHERE substr(origin, 1, ?) = ? ORDER BY origin",
            (len(below), below),
        )
        return [row["origin"] for row in rows]

    # Lists of pages

    def members(self, name: str) -> dict[str, str]:
        """Return the addresses that a feed, sitemap or list named, with their stamps."""
        rows = self._database.all(
            "SELECT origin, stamp FROM members WHERE list = ? AND listed = 1 ORDER BY origin",
            (name,),
        )
        return {row["origin"]: row["stamp"] for row in rows}

    @with_retry
    def set_members(self, name: str, origins: Iterable[str]) -> None:
        """Note what a list names now; what it named before is kept as no longer listed."""
        with self._database.transaction():
            self._database.run("UPDATE members SET listed = 0 WHERE list = ?", (name,))
            self._database.run_many(
                "INSERT INTO members VALUES (?, ?, '', 1) "
                "ON CONFLICT (list, origin) DO UPDATE SET listed = 1",
                [(name, origin) for origin in origins],
            )

    @with_retry
    def set_stamp(self, name: str, origin: str, stamp: str) -> None:
        """Note, once a page was read, which state of it the list spoke of."""
        with self._database.transaction():
            self._database.run(
                "UPDATE members SET stamp = ? WHERE list = ? AND origin = ?", (stamp, name, origin)
            )

    @with_retry
    def set_named(self, origin: str) -> None:
        """Note that the user named an address, whatever lists name it too."""
        with self._database.transaction():
            self._database.run(
                "INSERT INTO members VALUES ('', ?, '', 1) ON CONFLICT DO NOTHING", (origin,)
            )

    def lists_of(self, origin: str) -> list[str]:
        """Return the lists that name an address; "" stands for the user."""
        rows = self._database.all(
            "SELECT list FROM members WHERE origin = ? AND listed = 1", (origin,)
        )
        return [row["list"] for row in rows]

    def find_unlisted(self, name: str) -> list[str]:
        """Return what a list named once, and neither it nor another one names now."""
        rows = self._database.all(
            "SELECT origin FROM members WHERE list = ? AND listed = 0 AND origin NOT IN "
            "(SELECT origin FROM members WHERE listed = 1) ORDER BY origin",
            (name,),
        )
        return [row["origin"] for row in rows]

    # Pages

    def last_fetch(self, origin: str) -> Fetched | None:
        """Return what the server said of a page, or None where it was never fetched."""
        row = self._database.one("SELECT * FROM fetched WHERE origin = ?", (origin,))
        if row is None:
            return None
        when = datetime.fromisoformat(row["fetched_at"])
        return Fetched(row["address"], row["etag"], row["last_modified"], when)

    @with_retry
    def set_fetched(self, origin: str, said: Fetched) -> None:
        """Note what the server said of a page."""
        when = said.fetched_at.isoformat(timespec="seconds")
        with self._database.transaction():
            self._database.run(
                "INSERT INTO fetched VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
                "address = excluded.address, etag = excluded.etag, "
                "last_modified = excluded.last_modified, fetched_at = excluded.fetched_at",
                (origin, said.address, said.etag, said.last_modified, when),
            )

    # What is gone

    def find_vanished(self, origin: str) -> list[int]:
        """Return the ids of the articles that an input gave once and gives no more."""
        rows = self._database.all(
            "SELECT article_id FROM vanished WHERE origin = ? ORDER BY article_id", (origin,)
        )
        return [row["article_id"] for row in rows]

    def article_ids(self, origin: str) -> list[int]:
        """Return the ids of the articles that an input gives, or gave once."""
        rows = self._database.all(
            "SELECT article_id FROM input_articles WHERE origin = ? UNION "
            "SELECT article_id FROM vanished WHERE origin = ? ORDER BY article_id",
            (origin, origin),
        )
        return [row["article_id"] for row in rows]

    @with_retry
    def release(self, origin: str, article_ids: Iterable[int]) -> list[str]:
        """Return the other inputs of those articles whose text is from this one, which is gone.

        They count as changed: what they say under the article's URI may be something else.
        """
        others: set[str] = set()
        with self._database.transaction():
            for row in list(
                self._database.by_ids(
                    "SELECT article_id, link.origin FROM input_articles AS link JOIN articles "
                    "ON id = article_id WHERE content_origin = ? AND link.origin <> ? "
                    "AND article_id IN",
                    article_ids,
                    (origin, origin),
                )
            ):
                others.add(row["origin"])
                self._database.run(
                    "UPDATE inputs SET sha256 = ? WHERE origin = ?", (b"", row["origin"])
                )
                self._database.run(
                    "UPDATE articles SET content_origin = NULL WHERE id = ?", (row["article_id"],)
                )
        return sorted(others)

    @with_retry
    def forget(self, origin: str) -> list[str]:
        """Forget an input; return what `release` returns of it."""
        with self._database.transaction():
            others = self.release(origin, self.article_ids(origin))
            self._database.run("DELETE FROM inputs WHERE origin = ?", (origin,))
            self._database.run("DELETE FROM members WHERE list = ? OR origin = ?", (origin, origin))
            self._database.run("DELETE FROM fetched WHERE origin = ?", (origin,))
        return others
