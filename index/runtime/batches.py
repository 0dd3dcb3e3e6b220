"""Cutting texts into batches by tokens, and sharing batches between threads."""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

BATCH_TOKENS = 2048
"""Padded tokens in one pass: enough to fill the CPU, and a tenth of a second or two."""

Item = TypeVar("Item")
Found = TypeVar("Found")


def cut_by_tokens(lengths: Sequence[int], budget: int = BATCH_TOKENS) -> list[NDArray[np.int64]]:
    """Cut rows, the shortest first, into batches of at most `budget` padded tokens.

    Returns:
        The numbers of the rows of each batch; a row over the budget is alone.

    >>> [batch.tolist() for batch in cut_by_tokens([5, 1, 2, 9], budget=6)]
    [[1, 2], [0], [3]]
    """
    batches: list[list[int]] = []
    for row in np.argsort(lengths, kind="stable").tolist():
        if not batches or (len(batches[-1]) + 1) * lengths[row] > budget:
            batches.append([])
        batches[-1].append(row)
    return [np.array(batch, dtype=np.int64) for batch in batches]


def cut_evenly(lengths: Sequence[int], parts: int) -> list[NDArray[np.int64]]:
    """Cut rows, the shortest first, into batches of which `parts` run at once.

    Few rows are cut into so many batches that the largest is as small as can be: each then has
    its core, and rows of about one length stand together, so that little is padded.

    >>> [batch.tolist() for batch in cut_evenly([5, 1, 2, 9], 2)]
    [[1, 2, 0], [3]]
    """
    batches = cut_by_tokens(lengths)
    if len(batches) >= parts or len(lengths) <= 1:
        return batches
    least, most = 0, BATCH_TOKENS
    while least < most:
        budget = (least + most) // 2
        if len(cut_by_tokens(lengths, budget)) <= parts:
            most = budget
        else:
            least = budget + 1
    return cut_by_tokens(lengths, least)


def run_in_batches(
    run: Callable[[Sequence[Sequence[Item]]], Sequence[Sequence[Found]]],
    items: Sequence[Item],
    lengths: Sequence[int],
    parts: int = 1,
) -> list[Found]:
    """Compute one result for each item, in batches by their lengths in tokens.

    Args:
        run: computes one result for each item of each batch.
        items: what is computed.
        lengths: of the items.
        parts: how many batches run at once.

    >>> run_in_batches(lambda all: [[len(some)] * len(some) for some in all], "abc", [9, 1, 2000])
    [2, 2, 1]
    """
    batches = [batch.tolist() for batch in cut_evenly(lengths, parts)]
    done = run([[items[number] for number in batch] for batch in batches])
    found: dict[int, Found] = {}
    for batch, results in zip(batches, done, strict=True):
        found |= zip(batch, results, strict=True)
    return [found[number] for number in range(len(items))]


class SharedBatches(Generic[Item, Found]):
    """Lets threads that come at the same time share one call.

    While one call runs, what others ask for gathers, and whoever comes next takes all of it.
    """

    def __init__(self, run: Callable[[Sequence[Item]], Sequence[Found]]) -> None:
        """Take what computes one result for each item."""
        self._run = run
        self._running = Lock()
        self._waiting: deque[_Ask[Item, Found]] = deque()

    def __call__(self, items: Sequence[Item]) -> list[Found]:
        """Return one result for each item.

        Raises:
            Exception: whatever computing raised, in every thread whose items were in the call.
        """
        if not items:
            return []
        ask = _Ask[Item, Found](list(items))
        self._waiting.append(ask)
        with self._running:
            # Another thread may have answered this while it waited.
            if not ask.is_done:
                self._answer()
        if ask.error is not None:
            raise ask.error
        return ask.found

    def _answer(self) -> None:
        asks = []
        while self._waiting:
            asks.append(self._waiting.popleft())
        try:
            found = self._run([item for ask in asks for item in ask.items])
            at = 0
            for ask in asks:
                ask.found = list(found[at : at + len(ask.items)])
                at += len(ask.items)
        except Exception as exc:  # noqa: BLE001 - raised again in each thread
            for ask in asks:
                ask.error = exc
        for ask in asks:
            ask.is_done = True


class _Ask(Generic[Item, Found]):
    """What one thread wants, and what became of it."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.found: list[Found] = []
        self.error: Exception | None = None
        self.is_done = False
