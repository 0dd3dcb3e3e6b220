"""How a reader is told what a file cannot tell: columns, groups, and whom to tell of trouble."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from corpus.readers.archives.archive import Budget


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Options for reading; columns and groups matter to tables only."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column's name -> the file's: {"title": "headline", "text": "body"}."""
    group_by: str | None = None
    """The file's column whose equal values make one article of several rows."""
    problem: Callable[[str, str], None] | None = None
    """Called with a part's name ("row 17", "a/b.txt") and the reason, for each part left out."""
    note: Callable[[str, str], None] | None = None
    """Called with a part's name and what to know about it, where it was used all the same."""
    page_done: Callable[[int], None] | None = None
    """Called with a page's number after each page that takes seconds: a scanned one."""
    depth: int = 0
    """How many archives this lies in."""
    budget: Budget | None = None
    """What may still be unpacked of the outermost of them."""
