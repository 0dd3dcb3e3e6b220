"""The collection as the routes ask it: in bounded threads, with its answers counted."""

import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from qa.results import ArticleInfo, Passage
from qa.server.chat.asked import Asked
from qa.server.metrics import Metrics
from qa.server.options import Options
from qa.server.readiness import Readiness
from qa.server.work import Workers
from qa.streaming import Event, Finished

T = TypeVar("T")


class Served(Asked, Protocol):
    """The part of `qa.Collection` that is served, with what the page needs."""

    @property
    def generation(self) -> int:
        """Rises with every change."""

    def is_current(self) -> bool:
        """Say whether the indexes that are open hold all that the collection has."""

    def retrieve_many(
        self, questions: Sequence[str], k: int = 8, *, rerank: bool = False, **filters: Any
    ) -> list[list[Passage]]:
        """Return the k passages closest to each question."""

    def ask_stream(
        self, question: str, history: Sequence[Any] = (), **options: Any
    ) -> Iterator[Event]:
        """Answer, and yield what happens meanwhile; `history` may be messages."""


class Service:
    """What all routes share."""

    def __init__(self, collection: Served, options: Options) -> None:
        """Serve `collection`."""
        self.collection = collection
        self.options = options
        self.workers = Workers(options.workers, options.waiting)
        self.metrics = Metrics(lambda: self.workers.taken)
        self.readiness = Readiness(collection)
        self._listing = threading.Lock()
        self._listed: tuple[int, Sequence[ArticleInfo]] = (-1, ())

    async def run(self, work: Callable[[], T]) -> T:
        """Return what the work returns; raises as `Workers.run`."""
        return await self.workers.run(work, self.options.timeout_s)

    async def answering(
        self, begin: Callable[[], Iterator[Event]]
    ) -> AsyncGenerator[Event | None, None]:
        """Yield the events of an answer; None is a sign of life. Raises as `Workers.stream`."""
        events = self.workers.stream(begin, self.options.timeout_s, self.options.keep_alive_s)
        try:
            async for event in events:
                if isinstance(event, Finished):
                    self.metrics.answered(event.answer)
                yield event
        finally:
            await events.aclose()

    def articles(self) -> Sequence[ArticleInfo]:
        """Return all articles' metadata; read from the catalog only when something changed."""
        with self._listing:
            generation = self.collection.generation
            if self._listed[0] != generation:
                self._listed = (generation, self.collection.articles())
            return self._listed[1]
