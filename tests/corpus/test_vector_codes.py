"""Vectors as bytes, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.vector_codes import decode_vectors, encode_vectors, recode, rows_of


@given(count=st.integers(1, 9), dimension=st.integers(1, 500), seed=st.integers(0, 99))
def test_vectors_come_back_nearly_as_they_were(count: int, dimension: int, seed: int) -> None:
    drawn = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    codes = encode_vectors(vectors)
    assert {len(code) for code in codes} == {5 + dimension}
    found = decode_vectors(codes)
    step = np.abs(vectors).max(axis=1, keepdims=True) / 127
    assert (np.abs(found - vectors) <= step * 0.5001).all()
    # What was read is written the same.
    np.testing.assert_allclose(decode_vectors(encode_vectors(found)), found, atol=1e-6)


def test_zeros_stay_zeros_and_nothing_is_nothing() -> None:
    assert decode_vectors(encode_vectors(np.zeros((2, 3), dtype=np.float32))).tolist() == [
        [0, 0, 0],
        [0, 0, 0],
    ]
    assert encode_vectors(np.zeros((0, 3), dtype=np.float32)) == []
    assert len(decode_vectors([])) == 0


def test_the_numbers_of_before_are_written_anew() -> None:
    before = np.array([0.5, -1], dtype=np.float32).tobytes()
    assert decode_vectors([recode(before)]).round(2).tolist() == [[0.5, -1.0]]


@pytest.mark.parametrize("codes", [[b"\x08"], [bytes(8)], [bytes(8), bytes(9)]])
def test_other_bytes_are_an_error(codes: list[bytes]) -> None:
    with pytest.raises(ValueError, match=r"a vector|vectors of"):
        rows_of(codes)
