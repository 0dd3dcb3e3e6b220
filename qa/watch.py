"""Following folders and polling addresses: what changes is added, until somebody says stop."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from corpus.errors import CollectionLocked, RemovalNotConfirmed
from corpus.web.addresses import is_address
from qa.results import AddReport

log = logging.getLogger(__name__)

STEP_S = 1.0
"""How soon a stop is noticed, and how long a file has to rest before it is read."""

Add = Callable[[Sequence[str | Path], Sequence[Path]], AddReport]
"""Adds inputs, and files of addresses."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is followed."""

    inputs: Sequence[str | Path]
    lists: Sequence[Path] = ()
    collection: Path = Path()
    """The collection's own folder: what is written there is no news."""

    @property
    def addresses(self) -> list[str | Path]:
        """The inputs that have to be polled."""
        return [item for item in self.inputs if isinstance(item, str) and is_address(item)]

    @property
    def paths(self) -> list[Path]:
        """The files and folders that the system tells of, as far as they are there."""
        named = [*(item for item in self.inputs if item not in self.addresses), *self.lists]
        return [path for path in (Path(item).expanduser() for item in named) if path.exists()]


def watch(watched: Watched, add: Add, *, every_s: float, stop: Event) -> Iterator[AddReport]:
    """Yield a report after the first `add` and after each one that something gave reason for.

    Args:
        watched: files, folders and addresses.
        add: called with inputs and with files of addresses.
        every_s: seconds between two polls of addresses.
        stop: ends it, within `STEP_S` or with the `add` that is running.
    """
    polled = monotonic()
    # The system is asked to tell of changes before the first `add`, so that none is missed.
    for number, changed in enumerate(_changes(watched, stop)):
        report = None
        try:
            if not number:
                report = add(watched.inputs, watched.lists)
                polled = monotonic()
            elif changed:
                report = add(changed, [])
            elif monotonic() - polled >= every_s and (watched.addresses or watched.lists):
                report = add(watched.addresses, watched.lists)
                polled = monotonic()
        except (CollectionLocked, RemovalNotConfirmed) as exc:
            if not number:
                raise
            log.warning("%s", exc)
        if report is not None:
            yield report


def _changes(watched: Watched, stop: Event) -> Iterator[list[str | Path]]:
    """Yield every second the inputs in which a file has changed, none as a rule."""
    paths = watched.paths
    if not paths:
        while not stop.wait(STEP_S):
            yield []
        return
    from watchfiles import DefaultFilter, watch

    own = watched.collection.resolve()
    ignored = DefaultFilter()

    def is_news(change: object, path: str) -> bool:
        return not Path(path).resolve().is_relative_to(own) and ignored(change, path)  # type: ignore[arg-type]

    step_ms = int(STEP_S * 1000)
    for changes in watch(
        *paths,
        watch_filter=is_news,
        stop_event=stop,
        debounce=step_ms,
        rust_timeout=step_ms,
        yield_on_timeout=True,
        raise_interrupt=True,
    ):
        touched = [Path(path) for _, path in changes]
        yield [
            path
            for path in paths
            if any(item.is_relative_to(path.resolve()) or item == path for item in touched)
        ]
