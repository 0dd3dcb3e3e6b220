"""Everyday text to compare a question with: what a match is when nothing is meant by it.

In a collection of one article all paragraphs lie close together, and no cosine
stands out from them; and a word as common as "von" may be missing there and
look rare. The paragraphs of `reference.de.txt` and `reference.en.txt`, taken from the sample
articles, stand for all that the collection might have held instead.
"""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from index.analysis import terms

WEIGHT = 64
"""How many of a collection's vectors the background counts for."""
_LANGUAGES = ("de", "en")


@lru_cache(maxsize=1)
def background_texts() -> tuple[str, ...]:
    """Return the paragraphs, half of them German and half English."""
    return tuple(text for language in _LANGUAGES for text in _texts_in(language))


@lru_cache(maxsize=8)
def background_counts(language: str) -> tuple[int, Mapping[str, int]]:
    """Return how many paragraphs are in a language, and in how many of them each term is."""
    found = _texts_in(language) if language in _LANGUAGES else ()
    return len(found), Counter(term for text in found for term in set(terms(text, language)))


def _texts_in(language: str) -> tuple[str, ...]:
    text = (resources.files("index") / f"reference.{language}.txt").read_text(encoding="utf-8")
    return tuple(paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())
