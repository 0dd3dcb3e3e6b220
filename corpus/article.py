"""What an article is: its text, its numbered paragraphs and its metadata."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a paragraph is in its article.

    | role     | what it is                                                            |
    |----------|-----------------------------------------------------------------------|
    | headline | the article's title, where it stands in the text                      |
    | lead     | the opening paragraph that sums the article up                        |
    | heading  | a section heading inside the article                                  |
    | body     | the article itself                                                    |
    | caption  | a picture's caption or credit                                         |
    | source   | where the text comes from: bylines, "Quelle: …", "Veröffentlicht in …" |
    | promo    | what is not this article: teasers, newsletter, donation, follow-us    |
    """

    HEADLINE = "headline"
    LEAD = "lead"
    HEADING = "heading"
    BODY = "body"
    CAPTION = "caption"
    SOURCE = "source"
    PROMO = "promo"


ANSWERING_ROLES = frozenset({Role.LEAD, Role.BODY})
"""The roles that retrieval and answering return by default."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of an article's text.

    `start` and `end` are character offsets: `article.text[start:end]` is the
    paragraph. `number` counts from 1, headings included.
    """

    number: int
    start: int
    end: int
    role: Role = Role.BODY
    language: str = "und"
    """ISO 639-1 code, or "und" where the text is too short to tell."""
    heading: str = ""
    """The nearest section heading above, or ""."""
    page: int | None = None
    """Page in a paged document, counted from 1."""


@dataclass(frozen=True, slots=True)
class Version:
    """What an article said before it was updated."""

    number: int
    """1 is the oldest."""
    title: str
    text: str
    modified: date | None
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Article:
    """One document with its metadata, identified by its URI."""

    uri: str
    title: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    authors: tuple[str, ...] = ()
    published: date | None = None
    modified: date | None = None
    source: str = ""
    """Who published it: "Süddeutsche Zeitung", "example.org"."""
    section: str = ""
    """The publisher's section: "Politik", "Sport"."""
    language: str = "und"
    url: str = ""
    """Where a reader finds the original (http or https), or ""."""
    versions: tuple[Version, ...] = ()
    """Earlier versions in the catalog, oldest first."""
    corrected: date | None = None
    """When its text last changed, if it did since it was first added: the day that it states
    (`modified`), or else the day of adding the new text."""
    unread: tuple[str, ...] = field(default=(), compare=False)
    """Dates that its reader found and could not read; told when it is added, and not kept."""

    def paragraph_text(self, paragraph: Paragraph) -> str:
        """Return the text of one of the article's paragraphs."""
        return self.text[paragraph.start : paragraph.end]
