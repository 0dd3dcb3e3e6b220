"""Questions being answered: in threads of their own, watched by whoever wants to.

A question's thread belongs to no request: a tab that is closed, or a connection that breaks,
stops no answer. Knows nothing of collections, pages or HTML: a job publishes texts.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Questions answered at the same time; the others wait their turn."""


class Job:
    """One question on its way; safe to use from several threads."""

    def __init__(self, key: str, owner: str, group: str) -> None:
        self.key = key
        self.owner = owner
        self.group = group
        """Jobs of one group, a conversation, are done one after the other."""
        self.stopped = threading.Event()
        """Set when nobody wants the answer any more."""
        self.ended = threading.Event()
        """Set when its thread has let go of it, which is later where it was stopped."""
        self._lock = threading.Lock()
        self._text = ""
        self._done = False
        self._watchers: set[Callable[[], None]] = set()

    @property
    def done(self) -> bool:
        """Whether nothing will follow."""
        return self._done

    def publish(self, text: str) -> None:
        """Show this in place of what was shown before."""
        self._changed(text, done=False)

    def finish(self) -> None:
        """Say that nothing follows."""
        self._changed(self._text, done=True)

    def _changed(self, text: str, *, done: bool) -> None:
        with self._lock:
            self._text, self._done = text, done or self._done
            watchers = list(self._watchers)
        for tell in watchers:
            tell()

    async def watch(self) -> AsyncIterator[str]:
        """Yield what is published, the latest first of all; ends when the job is done.

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


class Jobs:
    """All jobs under way."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="answer")
        self._lock = threading.Lock()
        self._under_way: dict[str, Job] = {}

    def start(self, job: Job, work: Callable[[Job], None]) -> None:
        """Have a job done, after those of its group that were started before it."""
        with self._lock:
            before = [other for other in self._under_way.values() if other.group == job.group]
            self._under_way[job.key] = job
            # Still locked: those before are then also before it in the pool's queue.
            self._pool.submit(self._run, job, work, before)

    def of(self, key: str) -> Job | None:
        """Return a job that is under way, or None."""
        with self._lock:
            return self._under_way.get(key)

    def stop(self, keys: Iterable[str]) -> None:
        """Tell jobs that nobody wants their answers; they end as soon as they notice."""
        for key in keys:
            job = self.of(key)
            if job is not None:
                job.stopped.set()
                job.finish()

    async def settled(self, group: str) -> None:
        """Return once no job of a group is under way."""
        while True:
            with self._lock:
                waiting = [job for job in self._under_way.values() if job.group == group]
            waiting = [job for job in waiting if not job.done]
            if not waiting:
                return
            async for _ in waiting[0].watch():
                pass

    def _run(self, job: Job, work: Callable[[Job], None], before: Iterable[Job]) -> None:
        # Those before were given to the pool earlier, so each runs already or is done.
        for other in before:
            other.ended.wait()
        try:
            if not job.stopped.is_set():
                work(job)
        except Exception:  # a thread's exception would otherwise leave everyone waiting
            log.exception("A question could not be answered")
        finally:
            with self._lock:
                self._under_way.pop(job.key, None)
            job.ended.set()
            job.finish()
