"""The background is everyday text in both languages, each paragraph once."""

from collections import Counter

from corpus.text.language import detect
from index.chunks import WINDOW_TOKENS, estimate_tokens
from index.reference import background_texts


def test_half_german_half_english_none_twice() -> None:
    texts = background_texts()
    assert len(set(texts)) == len(texts) >= 32
    languages = Counter(map(detect, texts))
    assert set(languages) == {"de", "en"}
    assert abs(languages["de"] - languages["en"]) <= len(texts) // 10


def test_each_is_one_window() -> None:
    assert all(len(text) > 40 for text in background_texts())
    assert all(estimate_tokens(text) <= WINDOW_TOKENS for text in background_texts())
