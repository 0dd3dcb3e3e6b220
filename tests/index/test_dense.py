"""The dense index against numpy: ids and cosines of exact neighbours."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.arrays import Ids
from index.dense import DenseIndex, Vectors
from index.encoder import normalise_rows

DIMENSION = 8
NOTHING = np.zeros(0, dtype=np.int64)


def drawn(count: int, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return normalise_rows(rng.standard_normal((count, DIMENSION)).astype(np.float32))


def of(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> Callable[[Ids], Vectors]:
    return lambda some: vectors[[ids.tolist().index(item) for item in some]]


def made(ids: NDArray[np.int64], vectors: NDArray[np.float32]) -> DenseIndex:
    return DenseIndex(DIMENSION).with_changes(ids, of(ids, vectors), NOTHING)


@given(
    count=st.integers(1, 60),
    k=st.integers(1, 80),
    share=st.floats(0, 1),
    filtered=st.booleans(),
    seed=st.integers(0, 99),
)
def test_search_is_brute_force(count: int, k: int, share: float, filtered: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.choice(10_000, count, replace=False)).astype(np.int64)
    vectors, question = drawn(count, seed), drawn(1, seed + 1)[0]
    allowed = ids[rng.random(count) < share] if filtered else None
    kept = np.ones(count, bool) if allowed is None else np.isin(ids, allowed)
    cosines = vectors[kept] @ question
    order = np.argsort(-cosines)[:k]
    found, scores = made(ids, vectors).search(question, k, allowed)
    assert found.tolist() == ids[kept][order].tolist()
    np.testing.assert_allclose(scores, cosines[order], atol=1e-6)


def test_changed_is_a_new_index_and_leaves_the_old_one() -> None:
    vectors = drawn(4)
    old = made(np.array([1, 2, 3]), vectors[:3])
    new = old.with_changes(np.array([9]), lambda _: vectors[3:], np.array([2]))
    assert old.ids.tolist() == [1, 2, 3]
    assert sorted(new.ids.tolist()) == [1, 3, 9]
    np.testing.assert_array_equal(new.vectors([9, 1]), vectors[[3, 0]])
    assert new.search(vectors[1], 1)[0].tolist() != [2]
    assert old.search(vectors[1], 1)[0].tolist() == [2]


def test_vectors_are_asked_for_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.dense._AT_ONCE", 3)
    ids, vectors, asked = np.arange(7), drawn(7), list[list[int]]()

    def some(part: Ids) -> Vectors:
        asked.append(part.tolist())
        return vectors[part]

    index = made(np.array([9]), drawn(1, 1)).with_changes(ids, some, NOTHING)
    assert asked == [[0, 1, 2], [3, 4, 5], [6]]
    assert index.ids.tolist() == [9, *range(7)]
    np.testing.assert_array_equal(index.vectors([*range(7), 9]), [*vectors, *drawn(1, 1)])


@pytest.mark.parametrize("k", [0, -3])
def test_no_neighbours_where_none_are_asked_for(k: int) -> None:
    ids, scores = made(np.array([1]), drawn(1)).search(drawn(1)[0], k)
    assert (len(ids), len(scores)) == (0, 0)


def test_an_empty_index_has_no_neighbours_and_no_vectors() -> None:
    empty = DenseIndex(DIMENSION)
    assert len(empty) == 0
    assert empty.ids.tolist() == []
    assert empty.search(drawn(1)[0], 5)[0].tolist() == []
    assert empty.vectors([]).shape == (0, DIMENSION)


def test_a_saved_index_is_loaded_as_it_was(tmp_path: Path) -> None:
    index = made(np.array([5, 3, 8]), drawn(3)).with_changes(
        NOTHING, lambda _: drawn(0), np.array([3])
    )
    index.save(tmp_path / "index")
    loaded = DenseIndex.load(tmp_path / "index")
    assert loaded.dimension == DIMENSION
    assert loaded.ids.tolist() == index.ids.tolist()
    np.testing.assert_array_equal(loaded.vectors([5, 8]), index.vectors([5, 8]))


@pytest.mark.parametrize("damage", ["cut", "sizes", "other"])
def test_a_damaged_file_is_an_error(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "index"
    made(np.arange(50), drawn(50)).save(path)
    data = path.read_bytes()
    path.write_bytes(
        {
            "cut": data[: len(data) // 2],
            # The number of values, said to be as many as memory cannot hold.
            "sizes": data[:40] + b"\xff" * 16 + data[56:],
            "other": b"no index at all",
        }[damage]
    )
    with pytest.raises((OSError, RuntimeError), match=r"(?s)."):
        DenseIndex.load(path)
