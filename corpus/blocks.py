"""What a reader hands on: an article's blocks in reading order, and what is known about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.article import Role
from corpus.text.quantities import Order, find_date

LOOSE = 0.92
"""The suspicion of a short line that stands in no paragraph of a page that has some."""


@dataclass(slots=True)
class Block:
    """A stretch of text as a reader found it, in reading order."""

    text: str
    kind: str = "paragraph"
    """"paragraph", "title", "heading", "lead", "item", "quote", "caption", "row" or "verbatim"."""
    role: Role | None = None
    """A role that is known already; None has it found out."""
    guess: Role | None = None
    """A role that counts where nothing else gives one."""
    page: int | None = None
    suspicion: float = 0.0
    """How much the format speaks against it being the article, from 0 to 1 (certain)."""
    linked: bool = False
    """Nearly all of it is a link."""
    level: int = 0
    """A heading's rank, 1 the highest; 0 where the format has none."""
    box: int = 0
    """Blocks with the same number stand in a small box of their own; 0 is none."""


@dataclass(slots=True)
class Metadata:
    """What is known about an article beside its text; empty fields are filled from the text."""

    title: str = ""
    authors: Sequence[str] = ()
    offices: Sequence[str] = ()
    """Papers and offices that are named in an author's place: where the text names no person."""
    published: date | None = None
    guessed: date | None = None
    """A day that counts where neither `published` nor the text says one."""
    modified: date | None = None
    source: str = ""
    section: str = ""
    url: str = ""
    language: str = ""
    """The language, where the user or a table says it."""
    hint: str = ""
    """The language that a page claims; used where the text does not show its own."""
    properties: bool = False
    """Authors, dates and source come from a file's properties: what the text says wins."""
    order: Order | None = None
    """Of day and month in its dates, where the format or the country tells it."""
    unread: list[str] = field(default_factory=list)
    """Dates of publication that were given and could not be read."""

    def set_published(self, value: str) -> None:
        """Read the date of publication; where it cannot be read, it counts as `unread`."""
        self.published = find_date(value, self.order)
        if self.published is None and value.strip():
            self.unread.append(value.strip())


@dataclass(slots=True)
class Document:
    """A file's text as its format gives it, before anybody asks how many articles it is."""

    blocks: list[Block]
    metadata: Metadata
    lines: list[str] = field(default_factory=list)
    """Its printed lines, blank ones where there is a gap; for formats that have pages alone."""
