"""What every reader of a database's export hands on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.errors import ErrorText
from corpus.readers.press.record import PressRecord

_FOOTER = re.compile(r"\bAbout LexisNexis\b|©\s*\d{4}\s+LexisNexis\b")
_PAGE = re.compile(r"\s*(?:Page|Seite)\s+\d{1,5}\s+(?:of|von)\s+\d{1,5}\s*$", re.I)


@dataclass(slots=True)
class ExportLines:
    """An export's text, line by line, whatever file it came in."""

    lines: list[str]
    """As they stand, with their indents; blank ones may be missing where `wrapped` is False."""
    wrapped: bool
    """Whether lines are broken at a width, so that a paragraph is several of them."""


@dataclass(slots=True)
class Export:
    """The articles of an export, and what it says of itself."""

    records: Iterator[PressRecord]
    stated: int = 0
    """How many articles the export says that it holds; 0 where it says nothing."""
    problems: list[tuple[str, ErrorText]] = field(default_factory=list)
    """Parts that cannot be used and why; complete once `records` has been read."""


def state_truncated(export: Export, number: int) -> None:
    """Note that the file ends within an article."""
    text = ErrorText("the export ends within this article; it may have been cut off")
    export.problems.append((f"article {number}", text))


def state_no_text(export: Export, number: int, title: str) -> None:
    """Note that an article has a headline and nothing more."""
    name = f"article {number} “{title[:60]}”" if title else f"article {number}"
    export.problems.append((name, ErrorText("there is no text in it")))


def without_running_heads(lines: Sequence[str]) -> Iterator[str]:
    """Yield printed lines without "Page 3 of 8" and the article's title that follows it."""
    seen: set[str] = set()
    head = False
    for line in lines:
        key = "".join(char for char in line.lower() if char.isalnum())
        if _PAGE.match(line) or _FOOTER.search(line):
            head = True
        elif head and key and key in seen:
            head = False
        elif line.strip() or not head:
            head = False
            seen.add(key)
            yield line
