"""Answers on their way: made by the server's workers, watched by whoever wants to.

A question's work belongs to no request: a tab that is closed, or a connection that breaks,
stops no answer. Knows nothing of collections, pages or HTML: an answer publishes texts.
"""

import asyncio
import logging
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable

from qa.server.work import Workers

log = logging.getLogger(__name__)


class PendingAnswer:
    """One answer on its way; safe to use from several threads."""

    def __init__(self, key: str, owner: str, group: str) -> None:
        self.key = key
        self.owner = owner
        self.group = group
        """Answers of one group, a conversation, are made one after the other."""
        self.before = 0
        """The numbers that the sources of earlier answers took."""
        self.stopped = threading.Event()
        """Set when nobody wants the answer any more."""
        self._lock = threading.Lock()
        self._text = ""
        self._done = False
        self._watchers: set[Callable[[], None]] = set()

    @property
    def is_done(self) -> bool:
        """Whether nothing will follow."""
        return self._done

    def publish(self, text: str) -> None:
        """Show this in place of what was shown before."""
        self._change(text, done=False)

    def finish(self) -> None:
        """Say that nothing follows."""
        self._change(self._text, done=True)

    def _change(self, text: str, *, done: bool) -> None:
        with self._lock:
            self._text, self._done = text, done or self._done
            watchers = list(self._watchers)
        for tell in watchers:
            tell()

    async def watch(self) -> AsyncIterator[str]:
        """Yield what is published, the latest first of all; ends when the answer is done.

        What is replaced faster than it is taken is passed over.
        """
        loop, news, last = asyncio.get_running_loop(), asyncio.Event(), ""

        def tell() -> None:
            try:
                loop.call_soon_threadsafe(news.set)
            except RuntimeError:  # the server is going down, and its loop is closed
                log.debug("nobody watches %s any more", self.key)

        with self._lock:
            self._watchers.add(tell)
        try:
            while True:
                news.clear()
                with self._lock:
                    text, done = self._text, self._done
                if text != last:
                    last = text
                    yield text
                if done:
                    return
                await news.wait()
        finally:
            with self._lock:
                self._watchers.discard(tell)


Work = Callable[[PendingAnswer], None]


class PendingAnswers:
    """All answers on their way."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._under_way: dict[str, PendingAnswer] = {}
        self._groups: dict[str, deque[tuple[PendingAnswer, Work]]] = {}

    def start(self, answer: PendingAnswer, work: Work) -> None:
        """Have an answer made, after those of its group that were started before it.

        Raises:
            Busy: no worker is free, and enough of them waits.
        """
        with self._lock:
            waiting = self._groups.get(answer.group)
            if waiting is None:
                # A group has one place among the workers, however much of it waits.
                waiting = deque[tuple[PendingAnswer, Work]]()
                self._workers.submit(lambda: self._make(answer.group, waiting))
                self._groups[answer.group] = waiting
            waiting.append((answer, work))
            self._under_way[answer.key] = answer

    def find(self, key: str) -> PendingAnswer | None:
        """Return an answer that is on its way, or None."""
        with self._lock:
            return self._under_way.get(key)

    def keys(self) -> frozenset[str]:
        """Return which answers are on their way."""
        with self._lock:
            return frozenset(self._under_way)

    def stop(self, keys: Iterable[str]) -> None:
        """Tell that nobody wants these answers; their work ends as soon as it notices."""
        for key in keys:
            answer = self.find(key)
            if answer is not None:
                answer.stopped.set()
                answer.finish()

    async def settle(self, group: str) -> None:
        """Return once no answer of a group is on its way."""
        while True:
            with self._lock:
                waiting = [item for item in self._under_way.values() if item.group == group]
            waiting = [item for item in waiting if not item.is_done]
            if not waiting:
                return
            async for _ in waiting[0].watch():
                pass

    def _make(self, group: str, waiting: "deque[tuple[PendingAnswer, Work]]") -> None:
        while True:
            with self._lock:
                if not waiting:
                    del self._groups[group]
                    return
                answer, work = waiting.popleft()
            try:
                if not answer.stopped.is_set():
                    work(answer)
            except Exception:  # it would otherwise leave everyone waiting
                log.exception("A question could not be answered")
            finally:
                with self._lock:
                    self._under_way.pop(answer.key, None)
                answer.finish()
