"""A graph that several threads run, some of them several times at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from index.runtime import compile as runtime_compile
from index.runtime.compile import CompiledGraph, has_openvino

pytestmark = pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> CompiledGraph:
    """Return a graph of two streams that doubles rows of three numbers."""
    from openvino import Model, opset13

    ops: Any = opset13
    monkeypatch.setattr(runtime_compile, "available_cores", lambda: 4)
    given = ops.parameter([-1, 3], np.float32, name="given")
    doubled = ops.multiply(given, ops.constant(np.float32(2)))
    return CompiledGraph(Model([doubled], [given], "double"), "f32", 2)


def numbers(size: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.arange(3 * size, dtype=np.float32).reshape(size, 3)


def test_passes_come_back_in_their_order(graph: CompiledGraph) -> None:
    assert graph.streams == 2
    found = graph.run_all([numbers(size)] for size in (1, 5, 2, 3, 4))
    assert [len(output) for output in found] == [1, 5, 2, 3, 4]
    for output in found:
        np.testing.assert_array_equal(output, 2 * numbers(len(output)))
    assert graph.run_all([]) == []


def test_callers_of_several_passes_do_not_wait_for_each_other_for_ever(
    graph: CompiledGraph,
) -> None:
    def call(size: int) -> list[int]:
        return [len(output) for output in graph.run_all([numbers(size)] for _ in range(5))]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(call, range(1, 25))) == [[size] * 5 for size in range(1, 25)]


def test_after_an_error_it_runs_on(graph: CompiledGraph) -> None:
    for _ in range(3):
        with pytest.raises(RuntimeError):
            graph.run_all([[numbers(2)], [np.zeros((1, 2), dtype=np.float32)], [numbers(1)]])
    (output,) = graph.run_all([[numbers(2)]])
    np.testing.assert_array_equal(output, 2 * numbers(2))


@pytest.mark.parametrize(("asked", "streams"), [(0, 1), (1, 1), (9, 4)])
def test_there_is_at_least_one_stream_and_at_most_one_a_core(
    monkeypatch: pytest.MonkeyPatch, asked: int, streams: int
) -> None:
    from openvino import Model, opset13

    ops: Any = opset13
    monkeypatch.setattr(runtime_compile, "available_cores", lambda: 4)
    given = ops.parameter([1], np.float32, name="given")
    graph = CompiledGraph(Model([ops.relu(given)], [given], "same"), "f32", asked)
    assert graph.streams == streams
