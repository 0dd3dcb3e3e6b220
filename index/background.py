"""Everyday text to compare a question with: what a cosine is when nothing is meant by it.

In a collection of one article all paragraphs lie close together, and no cosine
stands out from them. The paragraphs of `background.txt`, taken from the sample
articles, stand for all that the collection might have held instead.
"""

from functools import lru_cache
from importlib import resources

WEIGHT = 64
"""How many of a collection's vectors the background counts for."""


@lru_cache(maxsize=1)
def background_texts() -> tuple[str, ...]:
    """Return the paragraphs, half of them German and half English."""
    text = (resources.files("index") / "background.txt").read_text(encoding="utf-8")
    return tuple(paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())
