"""Work on the collection that takes its time: one thing at a time, in a thread of its own.

Each job keeps a line for each input, which the page shows while it goes on. Another process
that is writing is waited for.
"""

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from corpus.catalog.lock import writer
from corpus.errors import ArticleNotFound, ArticleQAError, CollectionLocked
from qa.server.library.uploads import Upload, Uploads
from qa.standing import find_kept_news

if TYPE_CHECKING:
    from qa.collection import Collection
    from qa.results import AddReport

log = logging.getLogger(__name__)

KEPT = 30
"""Jobs that are still known after they ended."""
REASONS = 20
"""Reasons that one line shows; a table may have a thousand rows that cannot be used."""
_PATIENCE_S = 1.0
_VAGUE_S = 3.0
"""Before that a stage's pace says little."""


class Stopped(Exception):
    """Raised inside a job that the user stops."""


@dataclass(slots=True)
class JobLine:
    """What became of one input."""

    name: str
    source: str | Upload | None = None
    """What is added: an address or a file; or the URI of what is removed."""
    state: str = "waiting"
    counts: dict[str, int] = field(default_factory=dict)
    """Outcome -> articles: "added", "updated", "unchanged", "duplicate"."""
    reasons: list[tuple[str, str]] = field(default_factory=list)
    """(part of the input or "", reason)"""
    more: int = 0
    """Reasons that are not kept."""
    metadata: dict[str, Any] = field(default_factory=dict)
    """What was changed before it is added; see `Collection.edit`."""

    def refuse(self, reason: str) -> None:
        """Say, in the interface's language, why this input is not even read."""
        self.source, self.state, self.reasons = None, "refused", [("", reason)]


@dataclass(slots=True)
class Job:
    """One piece of work, and how far it is."""

    kind: str
    """ "add", "embed" or "remove"."""
    lines: list[JobLine]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    stage: str = "queued"
    """ "queued", "reading", "removing", "loading", "embedding", "asking", "done", "stopped" or
    "failed"."""
    done: int = 0
    total: int = 0
    waiting_for: str = ""
    """Who is writing to the collection meanwhile."""
    reason: str = ""
    """Why it failed."""
    embedded: int = 0
    news: list[tuple[str, int]] = field(default_factory=list)
    """Standing questions on which something came, with how many articles."""
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    _began: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.over.is_set()

    def count(self, outcome: str) -> int:
        """Return the articles of all lines with an outcome."""
        return sum(line.counts.get(outcome, 0) for line in self.lines)

    def progress(self, _: str, done: int, total: int) -> None:
        """Note how far it is; raise where it is to stop."""
        self.begin("embedding")
        self.done, self.total = done, total
        self.check()

    def begin(self, stage: str) -> None:
        """Note what is done now, and since when."""
        if stage != self.stage:
            self.stage, self._began = stage, time.monotonic()

    def seconds_left(self) -> float | None:
        """Return how long the stage will take yet, by its pace so far; None while that is vague."""
        took = time.monotonic() - self._began
        if self.is_over or self.waiting_for or not 0 < self.done < self.total or took < _VAGUE_S:
            return None
        return took * (self.total - self.done) / self.done

    def check(self, *_: Any) -> None:
        """Raise where it is to stop."""
        if self.stop.is_set():
            raise Stopped


class Jobs:
    """The queue of a collection's jobs."""

    def __init__(self, collection: "Collection") -> None:
        self._collection = collection
        self.uploads = Uploads(collection.path)
        self._queue: SimpleQueue[Job] = SimpleQueue()
        self._known: OrderedDict[str, Job] = OrderedDict()
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None

    def start(self, job: Job) -> Job:
        """Take a job into the queue."""
        with self._lock:
            self._known[job.id] = job
            over = [key for key, item in self._known.items() if item.is_over]
            for key in over[: max(0, len(self._known) - KEPT)]:
                del self._known[key]
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="library", daemon=True)
                self._worker.start()
        self._queue.put(job)
        return job

    def find(self, key: str) -> Job | None:
        """Return a job, or None where it is not known any more."""
        return self._known.get(key)

    def current(self) -> list[Job]:
        """Return the jobs that are not over, in their order."""
        with self._lock:
            return [job for job in self._known.values() if not job.is_over]

    # In the worker's thread

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            try:
                self._run(job)
            except Stopped:
                job.stage = "stopped"
            except ArticleQAError as error:
                job.stage, job.reason = "failed", error.text
                log.warning("%s: %s", job.kind, error)
            except Exception as error:  # a job's fault is shown with it; the next one runs
                job.stage, job.reason = "failed", type(error).__name__
                log.exception("%s failed", job.kind)
            else:
                job.stage = "done"
            finally:
                self._leave(job)
                job.waiting_for = ""
                job.over.set()

    def _run(self, job: Job) -> None:
        begun = self._collection.now()
        job.total = len(job.lines)
        if job.kind == "remove":
            job.stage = "removing"
            self._patiently(job, lambda: self._remove(job))
            job.done = job.total
            return
        job.begin("reading")
        for at, line in enumerate(job.lines):
            job.check()
            job.done = at
            if line.state != "waiting":  # refused before
                continue
            line.state = "working"
            self._patiently(job, lambda line=line: self._add(job, line))  # type: ignore[misc]
        job.done = job.total
        if job.kind == "embed" or any(job.count(name) for name in ("added", "updated")):
            job.stage, job.done, job.total = "loading", 0, 0
            self._patiently(job, lambda: self._embed(job))
        if any(job.count(name) for name in ("added", "updated")):
            job.check()
            self._ask_standing(job, begun)

    def _ask_standing(self, job: Job, begun: datetime) -> None:
        """Note on which standing questions the job's articles are news."""
        job.stage, job.done, job.total = "asking", 0, 0
        try:
            found = find_kept_news(self._collection, begun)
        except ArticleQAError as error:  # the articles are in all the same
            log.warning("standing questions: %s", error)
            return
        job.news = [(news.standing.question, news.count_articles()) for news in found]

    def _patiently(self, job: Job, step: Callable[[], None]) -> None:
        """Do a step, again and again while another process is writing."""
        while True:
            job.check()
            try:
                step()
            except CollectionLocked:
                job.waiting_for = writer(self._collection.path) or job.waiting_for or "?"
                job.stop.wait(_PATIENCE_S)
            else:
                job.waiting_for = ""
                return

    def _embed(self, job: Job) -> None:
        job.embedded = self._collection.embed(job.progress)

    def _add(self, job: Job, line: JobLine) -> None:
        upload = line.source if isinstance(line.source, Upload) else None
        try:
            source = upload.place() if upload else str(line.source)
        except OSError as error:
            line.state, line.reasons = "skipped", [("", error.strerror or str(error))]
            return
        useful = False
        try:
            report = self._collection.add(
                source, embed=False, progress=job.check, metadata=line.metadata or None
            )
            _note(line, report)
            useful = bool(report.added or report.updated or report.unchanged)
        except CollectionLocked:
            if upload:
                upload.target.replace(upload.received)  # to be placed again
                upload = None
            raise
        except ArticleQAError as error:
            line.state, line.reasons = "skipped", [("", error.text)]
        finally:
            if upload is not None:
                (upload.keep if useful else upload.discard)()

    def _remove(self, job: Job) -> None:
        """Remove all at once: each removal would read the list of all articles."""
        there = [line for line in job.lines if self._is_there(str(line.source))]
        uris = [str(line.source) for line in there]
        try:
            if uris:
                self._collection.remove(*uris)
        except ArticleNotFound:  # another process was faster with one of them
            self._remove(job)
            return
        for line in job.lines:
            line.state, line.counts = "gone", {}
        for line in there:
            line.state, line.counts = "removed", {"removed": 1}
        self.uploads.forget(self._collection.spent(self.uploads.folder))

    def _is_there(self, uri: str) -> bool:
        """Tell whether an article has this URI: what has none may be the name of a feed."""
        try:
            self._collection.article(uri)
        except ArticleNotFound:
            return False
        return True

    def _leave(self, job: Job) -> None:
        """Close the lines that a job did not come to."""
        for line in job.lines:
            if line.state in ("waiting", "working"):
                line.state = "stopped"
                if isinstance(line.source, Upload):
                    line.source.discard()


def _note(line: JobLine, report: "AddReport") -> None:
    """Write a report into an input's line."""
    counts = {
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "duplicate": report.duplicates,
    }
    line.counts = {name: count for name, count in counts.items() if count}
    found = [("" if _is_whole(name, line) else _last(name), why) for name, why in report.skipped]
    found += [("", why) for _, why in report.notes]
    line.reasons, line.more = found[:REASONS], max(0, len(found) - REASONS)
    if not line.counts:
        line.state = "skipped"
    elif report.skipped:
        line.state = "partly"
    else:
        line.state = next(iter(line.counts))


def _is_whole(name: str, line: JobLine) -> bool:
    source = line.source
    return name == (str(source.target) if isinstance(source, Upload) else str(source))


def _last(name: str) -> str:
    """Return a part's name without the folder that its file lies in."""
    return name if "://" in name else name.rpartition("/")[2] or name
