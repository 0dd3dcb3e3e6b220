"""Everyday text to compare a question with: what a match is when nothing is meant by it.

In a collection of one article all paragraphs lie close together, and no cosine
stands out from them; and a word as common as "von" may be missing there and
look rare. The paragraphs of `background.txt`, taken from the sample articles,
stand for all that the collection might have held instead.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from corpus.text.language import detect
from index.analysis import terms

WEIGHT = 64
"""How many of a collection's vectors the background counts for."""


@lru_cache(maxsize=1)
def background_texts() -> tuple[str, ...]:
    """Return the paragraphs, half of them German and half English."""
    text = (resources.files("index") / "reference.txt").read_text(encoding="utf-8")
    return tuple(paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())


@lru_cache(maxsize=8)
def background_counts(language: str) -> tuple[int, Mapping[str, int]]:
    """Return how many paragraphs are in a language, and in how many of them each term is."""
    found = [text for text in background_texts() if detect(text) == language]
    return len(found), Counter(term for text in found for term in set(terms(text, language)))
