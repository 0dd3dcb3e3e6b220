"""Terms that a word is a slip or two away from."""

from hypothesis import given
from hypothesis import strategies as st

from index.spelling import Near, count_edits, near_terms


def test_a_word_that_nothing_is_near_to_has_none() -> None:
    assert near_terms("zeppelin", [("fahrschein", 3), ("kapitän", 1)]) == []


def test_near_terms_come_the_nearest_first_then_the_most_frequent() -> None:
    terms = [("hansen", 1), ("hanses", 2), ("hansa", 0), ("tansel", 9), ("hanselma", 9)]
    assert near_terms("hansel", terms) == [Near("hanses", 1, 2), Near("hansen", 1, 1)]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_counted_both_ways(left: str, right: str) -> None:
    found = count_edits(left, right)
    assert found == count_edits(right, left)
    assert (found == 0) == (left == right)
    assert abs(len(left) - len(right)) <= found <= max(len(left), len(right))
