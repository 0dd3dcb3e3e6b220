"""Scores fused by hand, and the spread of cosines without computing them all."""

import math

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from index.encoder import normalise_rows
from index.fusion import COVERAGE_WEIGHT, LEXICAL_WEIGHT, SENTENCE_SHARE, Spread, fuse


@given(count=st.integers(2, 50), seed=st.integers(0, 999))
@example(count=2, seed=429)  # two cosines that are nearly equal
def test_standardised_cosines_are_those_over_all_vectors(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = normalise_rows(rng.standard_normal((count, 6)).astype(np.float32))
    question = normalise_rows(rng.standard_normal((1, 6)).astype(np.float32))[0]
    cosines = vectors @ question
    exact = vectors.astype(np.float64) @ question.astype(np.float64)
    found = Spread.of(vectors).standardise(question, cosines)
    # The cosines given are rounded to float32; nothing else may differ.
    np.testing.assert_allclose(
        found, (exact - exact.mean()) / exact.std(), rtol=1e-6, atol=2e-7 / exact.std()
    )


@given(one=st.integers(1, 30), other=st.integers(1, 30), seed=st.integers(0, 999))
def test_mixing_spreads_is_measuring_both_sets(one: int, other: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((one + other, 4)).astype(np.float32)
    mixed = Spread.of(vectors[:one]).mix(Spread.of(vectors[one:]), other / (one + other))
    together = Spread.of(vectors)
    np.testing.assert_allclose(mixed.mean, together.mean, atol=1e-5)
    np.testing.assert_allclose(mixed.covariance, together.covariance, atol=1e-5)


def test_nothing_stands_out_among_equals() -> None:
    vector = np.array([1, 0], dtype=np.float32)
    spread = Spread.of(np.stack([vector, vector]))
    assert spread.standardise(vector, np.array([1.0, 0.2], dtype=np.float32)).tolist() == [0, 0]


def test_fused_is_the_formula() -> None:
    z, bm25 = np.array([1.0, -0.5, 0.0], np.float32), np.array([0.0, 3.0, 6.0], np.float32)
    covered = np.array([0.0, 0.25, 1.0], np.float32)
    best = np.array([2.0, 0.5, 0.0], np.float32)
    expected = (1 - SENTENCE_SHARE) * z + SENTENCE_SHARE * best
    expected += LEXICAL_WEIGHT * bm25 / math.log(1 + 99) + COVERAGE_WEIGHT * covered
    np.testing.assert_allclose(fuse(z, best, bm25, covered, 99), expected, rtol=1e-6)


def test_an_empty_collection_divides_by_no_zero() -> None:
    one, none = np.ones(1, dtype=np.float32), np.ones(0, dtype=np.float32)
    assert np.isfinite(fuse(one, one, one, one, 0)).all()
    assert fuse(none, none, none, none, 5).tolist() == []
