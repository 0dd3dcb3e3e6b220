"""Many inputs into the catalog: an unchanged one is not read, a bad one stops no other."""

import hashlib
import json
import logging
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.catalog import Catalog, Outcome
from corpus.database import CATALOG_FILE, Database
from corpus.errors import CollectionError, InputError, InputTooLarge
from corpus.inputs import InputLog
from corpus.readers import ReadOptions, read

log = logging.getLogger(__name__)

MAX_BYTES = 500_000_000
"""A larger file is refused, unless the caller raises the limit."""
READING = 1
"""Raise it when readers give other articles for the same bytes: files are then read again."""

Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


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


def ingest(
    database: Database,
    inputs: Iterable[str | Path],
    *,
    columns: Mapping[str, str] | None = None,
    group_by: str | None = None,
    max_bytes: int = MAX_BYTES,
    progress: Progress | None = None,
) -> Tally:
    """Put the articles of files and folders into the catalog; the caller holds the write lock.

    Args:
        database: the collection's.
        inputs: files, and folders, which are searched through and through.
        columns: our name of a column -> the table's.
        group_by: a table's column whose equal values make one article.
        max_bytes: the largest file that is read.
        progress: called after each file.

    Returns:
        What became of them; inputs that cannot be used are in it, with the reason.
    """
    Catalog(database).catch_up()
    run = _Run(database, columns or {}, group_by, max_bytes)
    named = [(_shown(str(item)), list(_files(item, run.tally))) for item in inputs]
    total = sum(len(files) for _, files in named)
    done = 0
    for name, files in named:
        before = sum(run.tally.counts.values())
        for path in files:
            run.take(path)
            done += 1
            if progress is not None:
                progress(done, total)
        if sum(run.tally.counts.values()) == before:
            run.tally.useless.append(name)
    return run.tally


class _Run:
    """One call of `ingest`."""

    def __init__(
        self,
        database: Database,
        columns: Mapping[str, str],
        group_by: str | None,
        max_bytes: int,
    ) -> None:
        self._catalog = Catalog(database)
        self._log = InputLog(database)
        self._columns = dict(columns)
        self._group_by = group_by
        self._max_bytes = max_bytes
        self._options = json.dumps([READING, self._columns, group_by], sort_keys=True)
        self._given: dict[str, Path] = {}
        self.tally = Tally()

    def take(self, path: Path) -> None:
        """Read one file into the catalog, or note why it is skipped."""
        try:
            self._take(path)
        except CollectionError:
            raise  # the collection is in trouble, not this file
        except InputError as exc:
            self._skip(str(path), str(exc))
        except OSError as exc:
            self._skip(str(path), f"cannot be read: {exc.strerror or exc}")
        except Exception as exc:
            # A fault in a parser costs the file that it meets, not the rest.
            log.exception("reading %s failed", path)
            self._skip(str(path), f"the reader failed ({type(exc).__name__}: {exc})")

    def _take(self, path: Path) -> None:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device may never end.
            raise InputError("this is a pipe or a device; save its content as a file")
        size = status.st_size
        if size > self._max_bytes:
            raise InputTooLarge(
                f"the file has {size / 1e6:,.1f} MB; the limit is {self._max_bytes / 1e6:,.1f}. "
                "Split it, or raise the limit (--max-mb)"
            )
        data = path.read_bytes()
        origin = path.resolve().as_uri()
        sha256 = hashlib.sha256(data).digest()
        known = self._log.unchanged(origin, sha256, self._options)
        if known is not None:
            self.tally.counts[Outcome.UNCHANGED] += known
            return
        before = self._log.begin(origin)
        options = ReadOptions(
            columns=self._columns,
            group_by=self._group_by,
            problem=lambda name, reason: self._skip(f"{path} {name}", reason),
        )
        outcomes = set()
        try:
            for article in read(data, path.name, uri=origin, options=options):
                outcome = self._catalog.put(article, origin)
                self.tally.counts[outcome] += 1
                outcomes.add(outcome)
                self._note(path, article.uri, outcome)
        except BaseException:
            self._log.restore(origin, before)
            raise
        # A file with a duplicate is read again next time: what it duplicates may have changed.
        if Outcome.DUPLICATE not in outcomes:
            self._log.finish(origin, sha256, self._options)

    def _note(self, path: Path, uri: str, outcome: Outcome) -> None:
        """Tell of two inputs with one URI and different texts: one of them is not searched."""
        other = self._given.setdefault(uri, path)
        reason = ""
        if outcome is Outcome.SUPERSEDED:
            reason = f"is older, by its date, than what is there as {uri}"
        elif outcome is Outcome.UPDATED and other != path:
            reason = f"replaces what {other} gives as {uri}"
        if reason:
            self.tally.notes.append(
                (_shown(str(path)), f"{_shown(reason)}; the older text is kept as a version")
            )

    def _skip(self, name: str, reason: str) -> None:
        self.tally.skipped.append((_shown(name), reason))


def _files(named: str | Path, tally: Tally) -> Iterator[Path]:
    """Yield a file, or the files below a folder by name.

    Hidden ones, loops and collections are left out.
    """
    path = Path(named)
    try:
        path = path.expanduser()
        there = path.exists()
    except (OSError, RuntimeError, ValueError) as exc:
        # A name too long, with a NUL, or with a home of nobody.
        tally.skipped.append((_shown(str(named)[:200]), f"this names no file or folder: {exc}"))
        return
    if not there:
        tally.skipped.append((_shown(str(path)), _missing(path)))
        return
    if not path.is_dir():
        yield path
        return
    found = False
    for folder, folders, files in os.walk(path, onerror=lambda exc: _unreadable(exc, tally)):
        if CATALOG_FILE in files:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                found = True
                yield Path(folder, name)
    if not found:
        tally.skipped.append((_shown(str(path)), "the folder holds no files"))


def _missing(path: Path) -> str:
    text = str(path)
    if text.startswith(("http:/", "https:/")):
        return "addresses on the web are not read; save the page and add the file"
    return "there is no such file or folder; check the spelling"


def _unreadable(exc: OSError, tally: Tally) -> None:
    tally.skipped.append((_shown(str(exc.filename)), f"the folder cannot be read: {exc.strerror}"))


def _shown(name: str) -> str:
    """Return a name that can be printed; one may hold bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
