"""What was read: so that an unchanged input need not be read again."""

from collections.abc import Iterable

from corpus.database import Database


class InputLog:
    """The inputs of one collection, and the articles that each gave."""

    def __init__(self, database: Database) -> None:
        """See `corpus.database.open_database`."""
        self._database = database

    def unchanged(self, origin: str, sha256: bytes, options: str) -> int | None:
        """Return how many articles the input gave when it was last read, if nothing changed since.

        None means that it has to be read: it is new, its bytes or the reading options
        differ, or one of its articles was removed.
        """
        row = self._database.one(
            "SELECT articles, (SELECT count(*) FROM input_articles AS link "
            "WHERE link.origin = inputs.origin) AS linked FROM inputs "
            "WHERE origin = ? AND sha256 = ? AND options = ?",
            (origin, sha256, options),
        )
        if row is None or row["linked"] < row["articles"]:
            return None
        return int(row["articles"])

    def begin(self, origin: str) -> list[int]:
        """Note that an input is being read: until `finish` it counts as changed.

        Returns the ids of the articles that it gave before, for `restore`.
        """
        with self._database.transaction():
            rows = self._database.all(
                "SELECT article_id FROM input_articles WHERE origin = ?", (origin,)
            )
            self._database.run("DELETE FROM inputs WHERE origin = ?", (origin,))
            self._database.run("INSERT INTO inputs VALUES (?, x'', '', 0)", (origin,))
        return [row["article_id"] for row in rows]

    def restore(self, origin: str, article_ids: Iterable[int]) -> None:
        """Link an input that could not be read to the articles that it gave before."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT OR IGNORE INTO input_articles SELECT ?, id FROM articles WHERE id = ?",
                [(origin, item) for item in article_ids],
            )

    def finish(self, origin: str, sha256: bytes, options: str) -> None:
        """Note that an input was read whole."""
        with self._database.transaction():
            self._database.run(
                "UPDATE inputs SET sha256 = ?, options = ?, articles = (SELECT count(*) FROM "
                "input_articles AS link WHERE link.origin = inputs.origin) WHERE origin = ?",
                (sha256, options, origin),
            )

    def uris(self, origin: str) -> list[str]:
        """Return the URIs of the articles that a file, or the files below a folder, gave."""
        below = origin.rstrip("/") + "/"
        rows = self._database.all(
            "SELECT DISTINCT uri FROM articles JOIN input_articles ON article_id = id "
            "WHERE origin = ? OR substr(origin, 1, ?) = ? ORDER BY uri",
            (origin, len(below), below),
        )
        return [row["uri"] for row in rows]
