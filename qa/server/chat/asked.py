"""The part of a collection that the page needs; `qa.Collection` has it, and a test's double."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from corpus.article import Article
from qa.results import Answer, ArticleInfo
from qa.streaming import Event


class Counts(Protocol):
    """What the page tells of a collection; `qa.collection.Status` has it."""

    @property
    def articles(self) -> int:
        """How many articles it holds."""

    @property
    def sources(self) -> Mapping[str, int]:
        """How many articles of each source."""

    @property
    def first(self) -> date | None:
        """Publication date of the oldest article that has one."""

    @property
    def last(self) -> date | None:
        """Publication date of the newest article that has one."""

    @property
    def path(self) -> str | Path:
        """The collection's folder."""

    @property
    def missing(self) -> int:
        """How many paragraphs are not embedded yet."""


class There(Protocol):
    """What there is to choose from; `index.facets.Facets` has it."""

    @property
    def sources(self) -> Mapping[str, int]:
        """How many articles of each source, the most frequent first."""

    @property
    def languages(self) -> Mapping[str, int]:
        """How many articles in each language, the most frequent first."""


class Asked(Protocol):
    """The part of a collection that a conversation needs."""

    def ask_stream(
        self, question: str, history: Sequence[Answer] = (), **filters: Any
    ) -> Iterator[Event]:
        """Answer step by step, or raise an ArticleQAError that says what to do."""

    def article(self, uri: str) -> Article:
        """Return an article, or raise ArticleNotFound."""

    def articles(self) -> Sequence[ArticleInfo]:
        """Return the articles' metadata, newest first."""

    def facets(self) -> There:
        """Count the articles by source and by language."""

    def status(self) -> Counts:
        """Return what the collection holds."""

    def warm_up(self) -> None:
        """Load the model; returns when it is loaded."""
