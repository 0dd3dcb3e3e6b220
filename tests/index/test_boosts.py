"""Preferences as people write them, recency by hand, diversity by its formula."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from index.boosts import RECENCY_WEIGHT, diversify, diversity, half_life, recency


@pytest.mark.parametrize(
    ("value", "days"),
    [("30d", 30), ("2 W", 14), ("1.5y", 547.875), ("6m", 182.625), (10, 10), ("10", 10)],
)
def test_half_lives(value: Any, days: float) -> None:
    assert half_life(value) == pytest.approx(days)


@pytest.mark.parametrize("value", ["", "0d", 0, -3, "soon", "30 days", True, "1e9", float("nan")])
def test_what_is_no_half_life_is_said_so(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"recency=.* is no half-life\. Write a time"):
        half_life(value)


@pytest.mark.parametrize("value", [-0.1, 1.1, "0.5", True, None, float("nan")])
def test_what_is_no_share_is_said_so(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"diversity=.* from 0 to 1"):
        diversity(value)


def test_half_of_the_gain_goes_with_each_half_life() -> None:
    today = date(2024, 5, 31)
    days = {1: today, 2: date(2024, 5, 1), 3: date(2024, 4, 1), 4: date(2030, 1, 1)}
    found = recency(days, 30, today)
    assert found[1] == found[4] == RECENCY_WEIGHT
    assert found[2] == pytest.approx(RECENCY_WEIGHT / 2)
    assert found[3] == pytest.approx(RECENCY_WEIGHT / 4)


def test_in_an_old_archive_its_last_articles_are_news() -> None:
    old = {1: date(1999, 12, 31), 2: date(1999, 12, 1)}
    assert recency(old, 30, date(2026, 1, 1))[1] == RECENCY_WEIGHT
    assert recency({}, 30, date(2026, 1, 1)) == {}


@given(
    count=st.integers(0, 12), share=st.floats(0, 1), k=st.integers(1, 15), seed=st.integers(0, 99)
)
def test_diversity_orders_and_loses_none(count: int, share: float, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = sorted(rng.random(count).tolist(), reverse=True)
    found = diversify(scores, vectors, share, k)
    assert len(found) == len(set(found)) == min(k, count)
    if count:
        assert found[0] == 0
    if share == 0:
        assert found == list(range(min(k, count)))
