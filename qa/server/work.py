"""Work in a bounded number of threads: what waits is counted, what nobody waits for is stopped.

A thread cannot be killed. So a question holds its place until its thread is done, though its
client has long been told that it took too long; that is what keeps the load bounded.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from fastapi import Request

T = TypeVar("T")


class Busy(Exception):
    """All workers have work, and enough of it waits."""


class TooSlow(Exception):
    """The work is not done in time."""


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class Workers:
    """Threads that answer, and the places of what waits for them; safe from several threads."""

    def __init__(self, workers: int, waiting: int) -> None:
        """At most `workers` at once, and `waiting` in line."""
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="answering")
        self._places = workers + waiting
        self._taken = 0
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False

    @property
    def taken(self) -> int:
        """How many are worked on or wait."""
        return self._taken

    def close(self) -> None:
        """Take no more work."""
        self._closed = True

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until all work is done, and say whether it is."""
        return self._idle.wait(timeout_s)

    async def run(self, work: Callable[[], T], timeout_s: float) -> T:
        """Return what the work returns.

        Raises:
            Busy: there is no place left.
            TooSlow: it is not done in time; what has begun goes on to its end.
        """
        future = self.submit(work)
        try:
            # Not wait_for: in Python 3.11 it may swallow that it was cancelled.
            async with asyncio.timeout(timeout_s):
                return await asyncio.wrap_future(future)
        except TimeoutError as exc:
            raise TooSlow from exc

    async def stream(
        self, begin: Callable[[], Iterator[T]], timeout_s: float, silence_s: float
    ) -> AsyncGenerator[T | None, None]:
        """Yield what an iterator yields in a thread; None after each `silence_s` without.

        What has come is kept for a slow reader, so that it holds up no thread. When this
        generator is closed, the iterator is closed before its next item.

        Raises:
            Busy: there is no place left.
            TooSlow: it has not ended in time.
        """
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        come: asyncio.Queue[tuple[T] | None] = asyncio.Queue()

        def tell(item: tuple[T] | None) -> None:
            with suppress(RuntimeError):  # the loop has ended with its server
                loop.call_soon_threadsafe(come.put_nowait, item)

        def work() -> None:
            items = begin()
            try:
                for item in items:
                    if stop.is_set():
                        return
                    tell((item,))
            finally:
                close: Callable[[], Any] | None = getattr(items, "close", None)
                if close is not None:
                    close()

        future = self.submit(work)
        future.add_done_callback(lambda _: tell(None))
        ends = loop.time() + timeout_s
        try:
            while True:
                left = ends - loop.time()
                if left <= 0:
                    raise TooSlow
                try:
                    async with asyncio.timeout(min(left, silence_s)):
                        item = await come.get()
                except TimeoutError:
                    yield None
                    continue
                if item is None:
                    future.result()
                    return
                yield item[0]
        finally:
            stop.set()
            future.cancel()

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Have work done; raises Busy where there is no place left."""
        with self._lock:
            if self._closed or self._taken >= self._places:
                raise Busy
            self._taken += 1
            self._idle.clear()
        future = self._pool.submit(work)
        future.add_done_callback(self._free)
        return future

    def _free(self, _: "Future[Any]") -> None:
        with self._lock:
            self._taken -= 1
            if not self._taken:
                self._idle.set()


async def while_there(request: Request, work: Awaitable[T]) -> T:
    """Return what the work returns; cancel it when the client hangs up.

    Raises:
        ClientGone: it has.
    """
    working = asyncio.ensure_future(work)
    gone = asyncio.ensure_future(_wait_until_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        return working.result()
    finally:
        gone.cancel()
        if not working.done():
            working.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await working


async def _wait_until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
