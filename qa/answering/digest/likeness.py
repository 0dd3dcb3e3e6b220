"""How like two articles are: whether they are of one story.

    likeness = cosine of their vectors + TERMS_WEIGHT × cosine of their weighted terms

The vectors are without what the collection has in common, and say what kind of event it is; the
terms hold the names, and tell two fires apart (docs/experiments.md has the figures).
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from corpus.article import Article
from index.analysis import terms
from index.arrays import Floats
from index.encoder import normalise_rows
from index.lexical import field_of
from index.reference import background_counts
from index.store import Index
from qa.answering.signals import find_names

SAME_STORY = 0.89
"""Least likeness of two articles of one story."""
TERMS_WEIGHT = 2.0
_SHARED_NAMES = 0.3
"""Least share of capitalised words that articles of one story in two languages have in common."""
_LEAST_COSINE = 0.3
"""Below this terms are not looked at."""


class Likeness:
    """Compares the articles of one collection; what was computed is kept."""

    def __init__(
        self, index: Index, ids: Mapping[str, int], article: Callable[[str], Article]
    ) -> None:
        """Take the indexes, the articles' ids in the catalog by URI, and the catalog's texts."""
        self._index = index
        self._ids = ids
        self._article = article
        self._vectors: dict[str, Floats | None] = {}
        self._terms: dict[str, dict[str, float]] = {}

    def is_same_story(self, one: str, other: str) -> bool:
        """Tell whether two articles, by their URIs, are of one story."""
        vectors = self._vector(one), self._vector(other)
        if vectors[0] is None or vectors[1] is None:
            return False
        cosine = float(vectors[0] @ vectors[1])
        if cosine < _LEAST_COSINE:
            return False
        if self._article(one).language != self._article(other).language:
            return self._share_names(one, other) >= _SHARED_NAMES
        shared = self._weights(one).keys() & self._weights(other).keys()
        common = sum(self._weights(one)[term] * self._weights(other)[term] for term in shared)
        return cosine + TERMS_WEIGHT * common >= SAME_STORY

    def _share_names(self, one: str, other: str) -> float:
        """Return the share of capitalised words of the article with fewer that both have."""
        ours, theirs = (
            {name.casefold() for name in find_names(self._article(uri).text)}
            for uri in (one, other)
        )
        return len(ours & theirs) / max(1, min(len(ours), len(theirs)))

    def _vector(self, uri: str) -> Floats | None:
        """Return the mean of an article's vectors; None where nothing of it is embedded."""
        if uri not in self._vectors:
            self._vectors[uri] = self._mean_vector(uri)
        return self._vectors[uri]

    def _mean_vector(self, uri: str) -> Floats | None:
        spread = self._index.spread
        if uri not in self._ids or spread is None:
            return None
        vectors = self._index.article_vectors(self._ids[uri])
        if not len(vectors):
            return None
        mean = vectors.mean(axis=0) - spread.mean
        (found,) = normalise_rows(np.asarray(mean, dtype=np.float32)[None])
        return np.asarray(found)

    def _weights(self, uri: str) -> dict[str, float]:
        """Return an article's terms with their weights, which have length 1."""
        if uri not in self._terms:
            article = self._article(uri)
            language = article.language
            counts = Counter(terms(f"{article.title} {article.text}", language))
            rarities = self._index.lexical.rarities(
                field_of(language), list(counts), background_counts(language)
            )
            found = {
                term: (1 + math.log(count)) * max(rarities.get(term, 0.0), 0.0)
                for term, count in counts.items()
            }
            length = math.sqrt(sum(weight * weight for weight in found.values())) or 1.0
            self._terms[uri] = {term: weight / length for term, weight in found.items()}
        return self._terms[uri]
