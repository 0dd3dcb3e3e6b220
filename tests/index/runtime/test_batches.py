"""Batches by tokens, and threads that share a call."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.runtime.batches import BATCH_TOKENS, SharedBatches, cut_by_tokens, cut_evenly


@given(st.lists(st.integers(1, 600), max_size=60))
def test_batches_hold_every_row_once_and_are_bounded(lengths: list[int]) -> None:
    batches = cut_by_tokens(lengths, 1000)
    assert sorted(row for batch in batches for row in batch.tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) * max(lengths[row] for row in batch) <= 1000


@given(st.lists(st.integers(1, 300), max_size=40), st.integers(1, 8))
def test_few_rows_are_cut_so_that_all_have_work(lengths: list[int], parts: int) -> None:
    batches = [batch.tolist() for batch in cut_evenly(lengths, parts)]
    assert sorted(row for batch in batches for row in batch) == list(range(len(lengths)))
    padded = [len(batch) * max(lengths[row] for row in batch) for batch in batches]
    assert max(padded, default=0) <= BATCH_TOKENS
    plain = [batch.tolist() for batch in cut_by_tokens(lengths)]
    assert len(batches) <= max(parts, len(plain))
    assert max(padded, default=0) <= max(
        (len(batch) * max(lengths[row] for row in batch) for batch in plain), default=0
    )


class Doubling:
    """Doubles numbers; the first call waits until it may go on."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.began, self.go_on = Event(), Event()
        self._lock = Lock()

    def __call__(self, items: Sequence[int]) -> list[int]:
        with self._lock:
            self.calls.append(list(items))
        self.began.set()
        assert self.go_on.wait(60)
        if 13 in items:
            raise ValueError("thirteen")
        return [2 * item for item in items]


def test_what_gathers_while_a_call_runs_goes_together() -> None:
    run = Doubling()
    shared = SharedBatches(run)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(shared, [1])
        assert run.began.wait(60)
        others = [pool.submit(shared, [number, number + 1]) for number in (10, 20, 30, 40)]
        while len(shared._waiting) < 4:
            pass
        run.go_on.set()
        assert first.result() == [2]
        assert [other.result() for other in others] == [[20, 22], [40, 42], [60, 62], [80, 82]]
    assert sorted(map(len, run.calls)) == [1, 8]


def test_an_error_reaches_whoever_asked() -> None:
    run = Doubling()
    run.go_on.set()
    shared = SharedBatches(run)
    with pytest.raises(ValueError, match="thirteen"):
        shared([13])
    assert shared([4]) == [8]
    assert shared([]) == []
