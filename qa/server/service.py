"""The collection as the routes ask it: in bounded threads, with its answers counted."""

import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from typing import TypeVar

from qa.results import ArticleInfo
from qa.server.metrics import Metrics
from qa.server.options import Options
from qa.server.protocol import Served
from qa.server.readiness import Readiness
from qa.server.work import Workers
from qa.streaming import Event, Finished

T = TypeVar("T")


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
                    self.metrics.count_answer(event.answer)
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
