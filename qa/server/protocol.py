"""The part of a collection that is served; `qa.Collection` has it, and a test's double."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol, Unpack

from corpus.article import Article
from index.facets import Facets
from qa.answering.context import Turn
from qa.options import AskOptions, FilterOptions, RetrieveOptions
from qa.results import Answer, ArticleInfo, Passage, Status
from qa.streaming import Event


class AskableCollection(Protocol):
    """The part of a collection that a conversation needs."""

    def ask_stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        **options: Unpack[AskOptions],
    ) -> Iterator[Event]:
        """Answer step by step, or raise an ArticleQAError that says what to do."""

    def suggest(
        self, language: str | None = None, after: Answer | None = None, *, most: int = 3
    ) -> Sequence[str]:
        """Return questions that the articles can answer."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """Answer a question, or raise an ArticleQAError that says what to do."""

    def now(self) -> datetime:
        """Return the time by which articles are added and changed."""

    def changed_since(self, moment: datetime) -> Sequence[ArticleInfo]:
        """Return the articles that were added or changed since, newest first."""

    def article(self, uri: str) -> Article:
        """Return an article, or raise ArticleNotFound."""

    def articles(self, **filters: Unpack[FilterOptions]) -> Sequence[ArticleInfo]:
        """Return the metadata of the articles that meet filters, newest first."""

    def facets(self) -> Facets:
        """Count the articles by source and by language."""

    def status(self) -> Status:
        """Return what the collection holds."""

    def warm_up(self) -> None:
        """Load the model; returns when it is loaded."""


class Served(AskableCollection, Protocol):
    """The part of a collection that all routes need."""

    @property
    def generation(self) -> int:
        """Rises with every change."""

    def is_current(self) -> bool:
        """Say whether the indexes that are open hold all that the collection has."""

    def retrieve_many(
        self, questions: Sequence[str], k: int = 8, **options: Unpack[RetrieveOptions]
    ) -> list[list[Passage]]:
        """Return the k passages closest to each question."""
