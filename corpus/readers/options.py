"""How a reader is told what a file cannot tell: columns, groups, and whom to tell of trouble."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from corpus.readers.archives.archive import Budget

log = logging.getLogger(__name__)


def _log(part: str, reason: str) -> None:
    log.warning("%s left out: %s", part, reason)


def _ignore(*_: object) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options for reading; columns and groups matter to tables only."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column's name -> the file's: {"title": "headline", "text": "body"}."""
    group_by: str | None = None
    """The file's column whose equal values make one article of several rows."""
    problem: Callable[[str, str], None] = _log
    """Called with a part's name ("row 17", "a/b.txt") and the reason, for each part left out."""
    note: Callable[[str, str], None] = _ignore
    """Called with a part's name and what to know about it, where it was used all the same."""
    page_done: Callable[[int], None] = _ignore
    """Called with a page's number after each page that takes seconds: a scanned one."""
    depth: int = 0
    """How many archives this lies in."""
    budget: Budget | None = None
    """What may still be unpacked of the outermost of them."""

    def within(self, name: str, **changes: Any) -> "ReadOptions":
        """Return the options for what lies in a part, whose name stands before what is told of it.

        Args:
            name: of the part.
            changes: what else differs there.
        """
        return replace(
            self,
            problem=lambda part, reason: self.problem(f"{name} {part}".rstrip(), reason),
            note=lambda part, text: self.note(f"{name} {part}".rstrip(), text),
            **changes,
        )
