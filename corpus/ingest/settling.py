"""What is gone from the inputs: an article moves to where else its text is, or is removed.

Decided together, after everything has been read: an article leaves where no input gives it any
more, and stays where another one gives its text.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from corpus.catalog.articles import Outcome
from corpus.catalog.database import Database
from corpus.catalog.duplicates import Duplicate
from corpus.catalog.removed import Confirm
from corpus.errors import ArticleNotFound, RemovalNotConfirmed
from corpus.ingest.writer import Intake

SMALL = 20
"""Articles of a collection of which any number is removed without a question."""
SHARE = 0.1
"""Of the articles: more than that are removed only when that is confirmed."""
_TOGETHER = 32
"""Articles that are moved or removed in one commit."""

T = TypeVar("T")


def nobody_confirms(_uris: Sequence[str], _total: int) -> bool:
    """Refuse to remove many articles."""
    return False


class Settling:
    """What the inputs of one run give no more; the caller holds the write lock."""

    def __init__(
        self, database: Database, intake: Intake, gone: Iterable[str], read: Iterable[str]
    ) -> None:
        """Look at what is gone.

        Args:
            database: the collection's.
            intake: what the run has put into the catalog.
            gone: inputs that are there no more: files, and pages that nothing names now.
            read: inputs that are as they were, or were read whole.
        """
        self._database = database
        self._intake = intake
        self._log = intake.log
        self._gone = self._with_members(gone)
        self._vanished = {
            origin: self._log.find_vanished(origin)
            for origin in sorted(set(read) - self._gone)
            if intake.is_whole(origin)
        }

    def run(self, confirm: Confirm) -> list[str]:
        """Move and remove; return the inputs to read again, as what they say may have won.

        Where many would be removed and `confirm` says no, nothing changes, and the tally says so.
        """
        leaving = self._leaving()
        lost = [article_id for article_id in leaving if not self._heirs(article_id)]
        if not self._is_confirmed(lost, confirm):
            return []
        # The articles before their inputs: cut short, the next run finds the rest.
        for some in _in_batches(leaving):
            self._intake.commit(partial(self._settle_all, some))
        again: set[str] = set()
        for origins in _in_batches(sorted(self._gone)):
            again.update(*self._intake.commit(partial(self._forget_all, origins)))
        for origin, article_ids in self._vanished.items():
            if article_ids:
                again.update(self._log.release(origin, article_ids))
        return sorted(again - self._gone)

    def _with_members(self, gone: Iterable[str]) -> set[str]:
        """Return inputs with what only they name."""
        found, pending = set(gone), list(gone)
        while pending:
            for member in self._log.members(pending.pop()):
                if member not in found and found.issuperset(self._log.lists_of(member)):
                    found.add(member)
                    pending.append(member)
        return found

    def _leaving(self) -> list[int]:
        """Return the ids of the articles that no input gives any more."""
        candidates = {
            article_id for origin in self._gone for article_id in self._log.article_ids(origin)
        }
        candidates.update(*self._vanished.values())
        return [
            article_id
            for article_id in sorted(candidates)
            if self._gone.issuperset(self._intake.duplicates.givers(article_id))
        ]

    def _heirs(self, article_id: int) -> list[Duplicate]:
        """Return what other inputs give the article's text, those of this run first."""
        found = [
            item for item in self._intake.duplicates.of(article_id) if item.origin not in self._gone
        ]
        return sorted(found, key=lambda item: not self._intake.was_taken(item.origin))

    def _is_confirmed(self, lost: Sequence[int], confirm: Confirm) -> bool:
        if len(lost) <= SMALL * SHARE:
            return True
        total = int(self._database.one("SELECT count(*) FROM articles")[0])
        total -= self._intake.tally.counts[Outcome.ADDED]
        if total < SMALL or len(lost) <= total * SHARE:
            return True
        uris = [self._uri(article_id) for article_id in lost]
        if confirm(uris, total):
            return True
        self._intake.tally.unconfirmed = RemovalNotConfirmed(uris, total)
        return False

    def _forget_all(self, origins: Sequence[str]) -> list[list[str]]:
        return [self._log.forget(origin) for origin in origins]

    def _settle_all(self, article_ids: Sequence[int]) -> None:
        for article_id in article_ids:
            self._settle(article_id)

    def _settle(self, article_id: int) -> None:
        uri = self._uri(article_id)
        heirs = self._heirs(article_id)
        moved = False
        for item in heirs:
            if moved or self._is_there(item.article.uri):
                # It may be none of the article as that is called now.
                self._intake.duplicates.drop(item.origin, [item.article.uri])
                self._intake.put_again(item)
            else:
                self._intake.move(uri, item)
                moved = True
        if not moved:
            self._intake.removed.remove(uri)
            self._intake.count("removed")

    def _uri(self, article_id: int) -> str:
        row = self._database.one("SELECT uri FROM articles WHERE id = ?", (article_id,))
        return str(row["uri"])

    def _is_there(self, uri: str) -> bool:
        try:
            self._intake.catalog.article(uri)
        except ArticleNotFound:
            return False
        return True


def _in_batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _TOGETHER):
        yield items[start : start + _TOGETHER]
