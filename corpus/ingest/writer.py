"""One run of adding: articles into the catalog, and a tally of what became of the inputs."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from corpus.article import Article
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.corrections import Corrections, with_metadata
from corpus.catalog.database import Database
from corpus.catalog.duplicates import Duplicate, Duplicates
from corpus.catalog.inputs import InputLog
from corpus.catalog.removed import RemovedArticles
from corpus.catalog.sql.store import Result
from corpus.errors import CollectionError, ErrorText, InputError, RemovalNotConfirmed
from corpus.ingest.source_names import SourceNames
from corpus.readers import ReadOptions
from corpus.text.quantities import unclear_date

log = logging.getLogger(__name__)

READING = 6
"""Raise it when readers give other articles for the same bytes: inputs are then read again."""

_TOGETHER = 32
_TOGETHER_SIZE = 500_000
"""Articles, and characters of them, that are committed together: a commit waits for the disk,
and others wait for the commit."""

InputProgress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


class _ByCaller(BaseException):
    """Carries what a callback raised past all that catches a reader's faults."""


@dataclass(slots=True)
class Tally:
    """What became of the inputs so far."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(input, reason)"""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(input, what to know about it); it was used."""
    useless: list[str] = field(default_factory=list)
    """The inputs, as they were named, that gave no article at all."""
    removed: int = 0
    """Articles whose inputs have disappeared."""
    moved: int = 0
    """Articles whose inputs have disappeared, and whose text another input gives."""
    unconfirmed: RemovalNotConfirmed | None = None
    """Set where articles were not removed because there are many of them."""

    @property
    def articles(self) -> int:
        """How many articles the inputs gave."""
        return sum(self.counts.values())


class Intake:
    """Where the inputs of one run end up; the caller holds the write lock."""

    def __init__(
        self,
        database: Database,
        *,
        columns: Mapping[str, str] | None = None,
        group_by: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        progress: InputProgress | None = None,
        within: InputProgress | None = None,
    ) -> None:
        """Set what holds for all inputs; `metadata` as `check_metadata` gives it."""
        self.tally = Tally()
        self.log = InputLog(database)
        self.options = json.dumps([READING, dict(columns or {}), group_by], sort_keys=True)
        self.catalog = Catalog(database)
        self.duplicates = Duplicates(database)
        self.removed = RemovedArticles(database)
        self.leaving: frozenset[str] = frozenset()
        """The inputs that are known to be gone before anything is read."""
        self._database = database
        self._corrections = Corrections(database)
        self._names = SourceNames(database)
        self._columns = dict(columns or {})
        self._group_by = group_by
        self._given = dict(metadata or {})
        self._progress = progress
        self._within = within
        self._givers: dict[str, str] = {}
        self._done = self._total = 0
        self.catalog.catch_up()
        self._given_as: dict[str, set[str]] = {}
        """Input -> the URIs under which it gives duplicates, as this run has counted them."""
        self._counted: Counter[str] = Counter()
        """Input -> articles of it that were counted before the run came to it."""
        self._troubled: set[str] = set()
        self._effects: list[Callable[[], object]] = []
        """What the transaction that is under way changes of the counts, once it is committed."""

    # The run

    def commit(self, work: Callable[[], Result]) -> Result:
        """Do some work as one transaction, again where another writer was in its way.

        It is counted afterwards, once.
        """

        def attempt() -> Result:
            self._effects.clear()
            with self._database.transaction():
                return work()

        done = self._database.retry(attempt)
        for effect in self._effects:
            effect()
        self._effects.clear()
        return done

    def expect(self, count: int) -> None:
        """Say that so many more inputs are coming."""
        self._total += count

    @contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Note why an input is skipped where it fails, and count it as done."""
        try:
            yield
        except _ByCaller as exc:
            # Whoever is told of the progress stops the run so; that is no fault of the input.
            raise exc.__cause__ or exc from None
        except CollectionError:
            raise  # the collection is in trouble, not this input
        except InputError as exc:
            self.skip(name, exc.text)
        except OSError as exc:
            self.skip(name, ErrorText("cannot be read: {reason}", reason=exc.strerror or exc))
        except Exception as exc:
            # A fault in a parser costs the input that it meets, not the rest.
            log.exception("reading %s failed", printable_name(name))
            message = f"{type(exc).__name__}: {exc}"
            self.skip(name, ErrorText("the reader failed ({message})", message=message))
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total)

    def skip(self, name: str, reason: str) -> None:
        """Note that an input was skipped."""
        self.tally.skipped.append((printable_name(name), reason))

    def read_options(self, origin: str, name: str) -> ReadOptions:
        """Return the options for reading an input; rows that cannot be used are skipped."""

        def problem(row: str, reason: str) -> None:
            self._troubled.add(origin)
            self.skip(f"{name} {row}", reason)

        def note(part: str, text: str) -> None:
            self.tally.notes.append((printable_name(f"{name} {part}".rstrip()), text))

        return ReadOptions(
            columns=self._columns, group_by=self._group_by, problem=problem, note=note
        )

    # Articles

    def count_known(self, origin: str, sha256: bytes | None) -> int | None:
        """Return how many articles an input gave; None where it has to be read."""
        if self._given and self.duplicates.uris(origin):
            return None  # with other metadata they may be no duplicates
        return self.log.count_if_unchanged(origin, sha256, self.options)

    def count_unchanged(self, origin: str, count: int) -> None:
        """Count an input that was not read; metadata given now still goes into its articles."""
        self._given_as[origin] = self.duplicates.uris(origin)
        duplicates = len(self._given_as[origin])
        self.tally.counts[Outcome.DUPLICATE] += duplicates
        count -= duplicates + self._counted.pop(origin, 0)
        changed = 0
        if self._given and count:
            uris = self.log.uris_given_by(origin)
            changed = sum(self._corrections.correct(uri, self._given) for uri in uris)
        self.tally.counts[Outcome.UPDATED] += changed
        self.tally.counts[Outcome.UNCHANGED] += count - changed

    def store(
        self,
        origin: str,
        name: str,
        sha256: bytes,
        articles: Iterable[Article],
        read: Callable[[], float] | None = None,
    ) -> None:
        """Put an input's articles into the catalog; where reading fails, what was there stays.

        `read` tells which share of the input, 0 to 1, has been read so far.
        """
        count = 0
        unread: list[str] = []
        self.log.begin(origin)
        before, again = self.duplicates.uris(origin), self._given_as.setdefault(origin, set())
        again.clear()
        gone = set(before)
        """What has been a duplicate, less what was read so far."""
        try:
            for batch in _batches(articles):
                found = self.commit(partial(self._put_batch, batch, origin, before))
                for article, outcome in zip(batch, found, strict=True):
                    gone.discard(article.uri)
                    self.tally.counts[outcome] += 1
                    self._note(name, article.uri, outcome)
                    unread += article.unread[:1]
                count += len(batch)
                self._say_within(count, read() if read else 0.0)
        except BaseException:  # Ctrl+C too: what was there has to stay
            self.log.fail(origin)
            raise
        self._note_dates(name, unread)
        with self._database.transaction():
            self.duplicates.drop(origin, before - again)
            # While their articles got other texts, these became articles: none that this gives.
            self.log.drop_links(origin, gone | (before & again))
            self.log.finish(origin, sha256, self.options)

    def _put_batch(
        self, batch: Sequence[Article], origin: str, before: Container[str]
    ) -> list[Outcome]:
        found = []
        for article in batch:
            found.append(self._put(article, origin))
            if found[-1] is Outcome.DUPLICATE:
                # In its turn: the next article may part what it is a duplicate of.
                self._effects.append(partial(self._given_as[origin].add, article.uri))
            elif article.uri in before:
                self.duplicates.drop(origin, [article.uri])
        return found

    def _say_within(self, count: int, share: float) -> None:
        """Say how far a large input is; how many articles it will give is an estimate."""
        if self._within is None or not 0 < share <= 1 or count < 2:
            return
        try:
            self._within(count, max(count, round(count / share)))
        except Exception as exc:  # whatever it is, it is no fault of the input
            raise _ByCaller from exc

    def _note(self, name: str, uri: str, outcome: Outcome) -> None:
        """Tell of two inputs with one URI and different texts: one of them is not searched."""
        other = self._givers.setdefault(uri, name)
        reason = ""
        if outcome is Outcome.SUPERSEDED:
            reason = f"is older, by its date, than what is there as {uri}"
        elif outcome is Outcome.UPDATED and other != name:
            reason = f"replaces what {other} gives as {uri}"
        if reason:
            self.tally.notes.append(
                (
                    printable_name(name),
                    f"{printable_name(reason)}; the older text is kept as a version",
                )
            )

    def _note_dates(self, name: str, unread: Sequence[str]) -> None:
        """Tell of dates that could not be read: their articles have none."""
        if not unread or self._given.get("published"):
            return
        first, more = unread[0], len(unread) - 1
        why = (
            "leaves open what is the day and what the month"
            if unclear_date(first)
            else ("is not read as a date")
        )
        reason = f"“{first}” {why}, so the article has no date"
        if more:
            reason += f"; nor have {more:,} more of this file"
        self.tally.notes.append(
            (printable_name(name), f"{printable_name(reason)}. Set it with `article-qa edit`")
        )

    def _put(
        self, article: Article, origin: str, metadata: Mapping[str, Any] | None = None
    ) -> Outcome:
        given = self._given if metadata is None else metadata
        with self._database.transaction():
            if article.source:
                article = replace(article, source=self._names.spell(article.source))
            parted = self.duplicates.part(article)
            values = self._corrections.of(article.uri) | dict(given)
            outcome = self.catalog.put(
                with_metadata(article, values),
                origin,
                read=article,
                given=given,
                leaving=self.leaving,
            )
            if values and outcome not in (Outcome.DUPLICATE, Outcome.SUPERSEDED):
                self._corrections.note(article.uri, values, article)
            for item in parted:
                self.put_again(item)
        return outcome

    def put_again(self, item: Duplicate) -> None:
        """Put what was a duplicate into the catalog: what it was one of says something else."""
        outcome = self._put(item.article, item.origin, item.given)
        if outcome is not Outcome.DUPLICATE:
            self.duplicates.drop(item.origin, [item.article.uri])
            self.count_instead(item, outcome)

    def count_instead(self, item: Duplicate, outcome: Outcome | None) -> None:
        """Count what this run has counted as a duplicate as something else."""
        self._effects.append(partial(self._count_instead, item, outcome))

    def _count_instead(self, item: Duplicate, outcome: Outcome | None) -> None:
        given = self._given_as.get(item.origin)
        if given is None:
            self._counted[item.origin] += outcome is not None
        elif item.article.uri in given:
            given.remove(item.article.uri)
            self.tally.counts[Outcome.DUPLICATE] -= 1
        if outcome is not None:
            self.tally.counts[outcome] += 1

    def count(self, what: Literal["moved", "removed"]) -> None:
        """Count an article that is moved or removed by the transaction that is under way."""
        self._effects.append(lambda: setattr(self.tally, what, getattr(self.tally, what) + 1))

    # What has disappeared

    def is_whole(self, origin: str) -> bool:
        """Tell whether all that an input holds could be read."""
        return origin not in self._troubled

    def was_taken(self, origin: str) -> bool:
        """Tell whether an input was met in this run."""
        return origin in self._given_as

    def move(self, uri: str, item: Duplicate) -> None:
        """Give an article the URI of one of its duplicates, whose input gives it from now on."""
        with self._database.transaction():
            values = self._corrections.of(uri) | dict(item.given)
            self.catalog.move(uri, with_metadata(item.article, values), item.origin)
            if values:
                self._corrections.note(item.article.uri, values, item.article)
            self.count_instead(item, None)
            self.count("moved")


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """Yield articles some at a time; where reading them fails, first those before the failure."""
    batch: list[Article] = []
    size = 0
    source = iter(articles)
    while True:
        try:
            article = next(source, None)
        except BaseException:  # Ctrl+C too: what was read before it is kept
            if batch:
                yield batch
            raise
        if article is not None:
            batch.append(article)
            size += len(article.text)
        if batch and (article is None or len(batch) >= _TOGETHER or size >= _TOGETHER_SIZE):
            yield batch
            batch, size = [], 0
        if article is None:
            return


def printable_name(name: str) -> str:
    """Return a name that can be printed; one may hold bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
