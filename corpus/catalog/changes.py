"""Which paragraphs have changed since: what the indexes follow, without looking at all rows.

Triggers write a row for each change of what indexes hold of a paragraph (migration 0007). Its
numbers leave no gap, each row has its hash, and its salt tells whether a place in the log is
that of the same history: a catalog that was put back to an earlier state goes another way.
"""

from dataclasses import dataclass

from corpus.catalog.database import Database
from corpus.catalog.integrity import is_intact

MOST_CHANGES = 50_000
"""Of more it is quicker to read all rows."""
_KEPT = 1_000
"""Changes that stay when others are dropped, for processes that are a little behind."""


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A place in the log: the last change that somebody has seen."""

    seq: int = 0
    salt: int = 0


def last_place(database: Database) -> LogPlace:
    """Return the place of the last change; that of none where nothing was ever changed."""
    row = database.one("SELECT seq, salt FROM changes ORDER BY seq DESC LIMIT 1")
    return LogPlace() if row is None else LogPlace(row["seq"], row["salt"])


def changed_paragraphs(database: Database, since: LogPlace) -> list[int] | None:
    """Return the ids of the paragraphs that were added, changed or removed since.

    None where the log does not say it: it is of another history, was cut off, is damaged, or
    is longer than `MOST_CHANGES`.
    """
    last = database.last_number("changes")
    if not 0 <= last - since.seq <= MOST_CHANGES:
        return None
    rows = database.all("SELECT * FROM changes WHERE seq >= ? ORDER BY seq", (since.seq,))
    first = max(1, since.seq)
    if [row["seq"] for row in rows] != list(range(first, last + 1)):
        return None
    if since.seq and rows[0]["salt"] != since.salt:
        return None
    if not all(is_intact("changes", row) for row in rows):
        return None
    return sorted({row["paragraph_id"] for row in rows if row["seq"] > since.seq})


def drop_changes(database: Database, before: LogPlace) -> None:
    """Delete changes that all indexes on the disk have followed; the caller holds the lock.

    The row of the place itself stays, by which it is known again.
    """
    # Of a server, the other machines' indexes are not known.
    kept = _KEPT if database.one_writer else MOST_CHANGES
    first = database.one("SELECT min(seq) FROM changes")[0]
    if first is None or before.seq - first < 2 * kept:
        return
    with database.transaction():
        database.run("DELETE FROM changes WHERE seq < ?", (before.seq - kept,))


def restart_log(database: Database) -> None:
    """Begin the log anew, inside `transaction`: all that follows it reads everything again."""
    database.run("DELETE FROM changes")
    # A place that was never one before.
    database.run("INSERT INTO changes (paragraph_id) VALUES (0)")
