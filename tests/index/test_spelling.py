"""Words that are mistyped are told from those that the articles do not have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spelling import Near, count_edits, features, is_mistyped, near_terms

MISTYPED = [
    ("brandsttter", "brandstetter", 1), ("fahrschien", "fahrschein", 3),
    ("jahrjundert", "jahrhundert", 9), ("ergebmnis", "ergebnis", 9),
    ("deutachland", "deutschland", 30), ("wissenschsaft", "wissenschaft", 15),
    ("militra", "militar", 7), ("prvoinz", "provinz", 6),
]  # fmt: skip
OTHER = [
    ("ruhegeld", "rohgeld", 1), ("hindert", "hundert", 5), ("gekost", "gelost", 1),
    ("bewundert", "behindert", 3), ("unterricht", "untersucht", 6), ("aufmach", "ausmach", 2),
    ("verlangt", "verhangt", 1), ("abwart", "abwert", 1),
]  # fmt: skip


@pytest.mark.parametrize(("word", "term", "paragraphs"), MISTYPED)
def test_mistyped_words_are_found(word: str, term: str, paragraphs: int) -> None:
    assert is_mistyped(word, near_terms(word, [(term, paragraphs)]), "de")


@pytest.mark.parametrize(("word", "term", "paragraphs"), OTHER)
def test_other_words_are_left_alone(word: str, term: str, paragraphs: int) -> None:
    assert not is_mistyped(word, near_terms(word, [(term, paragraphs)]), "de")


def test_a_word_that_nothing_is_near_to_is_not_mistyped() -> None:
    assert near_terms("zeppelin", [("fahrschein", 3), ("kapitän", 1)]) == []
    assert not is_mistyped("zeppelin", [], "de")


def test_near_terms_come_the_nearest_first_then_the_most_frequent() -> None:
    terms = [("hansen", 1), ("hanses", 2), ("hansa", 0), ("tansel", 9), ("hanselma", 9)]
    assert near_terms("hansel", terms) == [Near("hanses", 1, 2), Near("hansen", 1, 1)]


def test_a_language_without_everyday_texts_has_no_rare_letters() -> None:
    *_, letters, rarest = features("abcdef", [Near("abcdeg", 1, 1)], "xx")
    assert letters == 0
    assert rarest == pytest.approx(-3.4, abs=0.01)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edits_are_counted_both_ways(left: str, right: str) -> None:
    found = count_edits(left, right)
    assert found == count_edits(right, left)
    assert (found == 0) == (left == right)
    assert abs(len(left) - len(right)) <= found <= max(len(left), len(right))
