"""Windows cover a paragraph's text in order and never exceed the limit."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.sentences import sentence_spans
from index.chunks import WINDOW_TOKENS, estimate_tokens, windows

LIMIT = 12
TEXT = st.text(alphabet="abc ÄÖ.?!,\n日本タイ\u00a0", max_size=400) | st.lists(
    st.sampled_from(["Der Rat tagte.", "Wann?", "z. B.", "x" * 70, "日本語の文章です。", "Ja"])
).map(" ".join)


def check(text: str, limit: int) -> None:
    found = windows(text, sentence_spans, limit)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(estimate_tokens(text[start:end]) <= limit for start, end in found)
    covered = {at for start, end in found for at in range(start, end)}
    assert all(text[at].isspace() for at in set(range(len(text))) - covered)


@given(TEXT.filter(str.strip), st.integers(2, 60))
def test_windows_cover_all_but_blanks_and_keep_the_limit(text: str, limit: int) -> None:
    check(text, limit)


def test_a_paragraph_that_fits_is_one_window() -> None:
    text = "  Der Rat tagte. Er beschloss nichts. "
    assert windows(text, sentence_spans) == [(0, len(text))]


def test_borders_lie_between_sentences() -> None:
    text = "Der Rat der Stadt tagte. Er beschloss am Ende nichts. Alle gingen dann heim."
    found = windows(text, sentence_spans, LIMIT)
    assert [text[start:end] for start, end in found] == [
        "Der Rat der Stadt tagte.",
        "Er beschloss am Ende nichts.",
        "Alle gingen dann heim.",
    ]


def test_sentences_share_a_window_while_they_fit() -> None:
    text = "Er kam. Er sah. Er ging. Die anderen blieben noch lange dort."
    found = [text[start:end] for start, end in windows(text, sentence_spans, 11)]
    assert found[0] == "Er kam. Er sah. Er ging."


@pytest.mark.parametrize("text", ["x" * 9000, "日" * 3000, "Wort " * 2000, "a. " * 3000])
def test_long_stretches_without_sentences_are_cut(text: str) -> None:
    check(text, WINDOW_TOKENS)
    assert len(windows(text, sentence_spans)) > 1


def test_chinese_counts_for_more_tokens_than_german() -> None:
    assert estimate_tokens("東京都知事選挙") > 2 * estimate_tokens("Wahlabe")
    assert estimate_tokens("") == 0
