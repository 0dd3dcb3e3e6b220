"""The dense index against numpy: ids and cosines of exact neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.vector_codes import decode_vectors, encode_vectors, rows_of
from index.arrays import Ids
from index.dense import Codes, DenseIndex, Vectors
from index.encoder import normalise_rows
from index.filters import Allowed

DIMENSION = 8
NOTHING = np.zeros(0, dtype=np.int64)


def drawn(count: int, seed: int = 0) -> Vectors:
    """Return vectors that eight bits hold exactly."""
    rng = np.random.default_rng(seed)
    made = normalise_rows(rng.standard_normal((count, DIMENSION)).astype(np.float32))
    return decode_vectors(encode_vectors(made)).reshape(count, DIMENSION)


def written(vectors: Vectors) -> Codes:
    return rows_of(encode_vectors(vectors))


def made(ids: Ids, vectors: Vectors) -> DenseIndex:
    return DenseIndex(ids, written(vectors))


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
    chosen = None if allowed is None else Allowed.of(allowed)
    found, scores = made(ids, vectors).search(question, k, chosen)
    assert found.tolist() == ids[kept][order].tolist()
    np.testing.assert_allclose(scores, cosines[order], atol=1e-6)


def test_changed_is_a_new_index_and_leaves_the_old_one() -> None:
    vectors = drawn(4)
    old = made(np.array([1, 2, 3]), vectors[:3])
    new = old.with_changes(np.array([9]), lambda _: written(vectors[3:]), np.array([2]))
    assert old.ids.tolist() == [1, 2, 3]
    assert sorted(new.ids.tolist()) == [1, 3, 9]
    np.testing.assert_allclose(new.vectors([9, 1]), vectors[[3, 0]], atol=1e-6)
    assert new.search(vectors[1], 1)[0].tolist() != [2]
    assert old.search(vectors[1], 1)[0].tolist() == [2]


CHANGE = st.tuples(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 40)))


@pytest.mark.parametrize("beside", [0, 5, 100], ids=["made anew", "now and then", "beside"])
@given(changes=st.lists(CHANGE, min_size=1, max_size=6), seed=st.integers(0, 99))
def test_after_any_changes_it_is_as_if_made_at_once(
    beside: int, changes: list[tuple[list[int], list[int]]], seed: int
) -> None:
    vectors, question = drawn(41, seed), drawn(1, seed + 1)[0]
    index, there = DenseIndex.empty(DIMENSION), set[int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.dense._MOST_BESIDE", beside)
        for put, taken in changes:
            added = np.array(sorted(set(put) - there), dtype=np.int64)
            removed = np.array(sorted(set(taken) - set(put)), dtype=np.int64)
            index = index.with_changes(added, lambda some: written(vectors[some]), removed)
            there = (there | set(put)) - set(removed.tolist())
    ids = np.array(sorted(there), dtype=np.int64)
    assert sorted(index.ids.tolist()) == ids.tolist()
    assert len(index) == len(ids)
    if len(ids):
        np.testing.assert_allclose(index.vectors(ids), vectors[ids], atol=1e-6)
        at_once = made(ids, vectors[ids])
        for allowed in (None, Allowed.of(ids[::2])):
            found, scores = index.search(question, 7, allowed)
            expected, cosines = at_once.search(question, 7, allowed)
            assert found.tolist() == expected.tolist()
            np.testing.assert_allclose(scores, cosines, atol=1e-6)
        np.testing.assert_array_equal(index.codes()[0], ids)


@pytest.mark.parametrize("k", [0, -3])
def test_no_neighbours_where_none_are_asked_for(k: int) -> None:
    ids, scores = made(np.array([1]), drawn(1)).search(drawn(1)[0], k)
    assert (len(ids), len(scores)) == (0, 0)


def test_an_empty_index_has_no_neighbours_and_no_vectors() -> None:
    empty = DenseIndex.empty(DIMENSION)
    assert len(empty) == 0
    assert empty.ids.tolist() == []
    assert empty.search(drawn(1)[0], 5)[0].tolist() == []
    assert empty.vectors([]).shape == (0, DIMENSION)
