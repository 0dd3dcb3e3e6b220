"""Dense and lexical scores into one: pure arithmetic.

    fused = (z of the paragraph + z of its best sentence) / 2
            + LEXICAL_WEIGHT × BM25 / ln(1 + N)
            + COVERAGE_WEIGHT × coverage

z = (cosine - mean) / deviation. Mean and deviation are those of the question's cosines
over all paragraphs' vectors, the background's among them (`index.reference`), so a
cosine counts by how much it stands out. A paragraph's vector says what it is about, its
sentences' what it says; an answer is mostly in one sentence. ln(1 + N), with N
paragraphs, is about the weight of a term that only one paragraph has: the second part
counts the rare terms that match, more where they are frequent in the paragraph. Coverage
is the share of the question's terms, by rarity, that the paragraph holds at all, from 0
to 1. All parts mean the same in a collection of 20 paragraphs and of 200,000, and none
depends on which candidates were looked at.

The weights were chosen on mlqa-dev-en and squad2-dev; docs/experiments.md has the
figures, those of rank fusion (Cormack and others, 2009) beside them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.arrays import Floats

SENTENCE_SHARE = 0.5
"""How much of the meaning is the best sentence's; the rest is the whole paragraph's."""
LEXICAL_WEIGHT = 1.0
"""Weight of BM25."""
COVERAGE_WEIGHT = 3.0
"""Weight of the share of the question's terms that a paragraph holds."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the vectors of a collection lie: what a question's cosines are compared with.

    In double precision: the cosines of a question may lie closer together than the rounding
    of a float32 covariance, whose products would then cancel to noise.
    """

    mean: Doubles
    """Shape (dimension,)."""
    covariance: Doubles
    """Shape (dimension, dimension)."""

    @classmethod
    def of(cls, vectors: Floats) -> "Spread":
        """Measure vectors of shape (n, dimension), n at least 1."""
        mean = vectors.mean(axis=0, dtype=np.float64)
        centred = vectors - mean
        return cls(mean, centred.T @ centred / len(vectors))

    def mix(self, other: "Spread", share: float) -> "Spread":
        """Return the spread of both sets of vectors together.

        Args:
            other: the other set's.
            share: how much of the whole the other set is, from 0 to 1.

        >>> one, two = Spread.of(np.float32([[0.0]])), Spread.of(np.float32([[1.0]]))
        >>> both = one.mix(two, 0.5)
        >>> both.mean.tolist(), both.covariance.tolist()
        ([0.5], [[0.25]])
        """
        apart = other.mean - self.mean
        covariance = (1 - share) * self.covariance + share * other.covariance
        covariance += share * (1 - share) * np.outer(apart, apart)
        return Spread(self.mean + share * apart, covariance)

    def standardise(self, question: Floats, cosines: Floats) -> Floats:
        """Return how many deviations the cosines of a question lie above their mean.

        The mean and the deviation over all vectors follow from the vectors' mean and
        covariance: no cosine but the given ones has to be computed.

        >>> spread = Spread.of(np.array([[1, 0], [0, 1]], dtype=np.float32))
        >>> question = np.array([1, 0], dtype=np.float32)
        >>> spread.standardise(question, np.array([1, 0], dtype=np.float32)).tolist()
        [1.0, -1.0]
        """
        variance = float(question @ self.covariance @ question)
        # Where all vectors are alike, no cosine stands out: below a deviation of 1e-6, what
        # tells float32 cosines apart is their rounding.
        deviation = math.sqrt(variance) if variance > 1e-12 else math.inf
        return np.asarray((cosines - question @ self.mean) / deviation, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over vectors, of which their spread is made: vectors can come and go."""

    count: int
    total: Doubles
    """Shape (dimension,)."""
    products: Doubles
    """The sum of each vector's outer product with itself, shape (dimension, dimension)."""

    @classmethod
    def none(cls, dimension: int) -> "Moments":
        """Return the sums over no vectors.

        >>> one, two = np.float32([[1, 0]]), np.float32([[0, 1]])
        >>> sums = Moments.none(2).plus(one).plus(two).plus(one, -1)
        >>> sums.count, sums.spread().mean.tolist()
        (1, [0.0, 1.0])
        """
        return cls(0, np.zeros(dimension), np.zeros((dimension, dimension)))

    def plus(self, vectors: Floats, sign: int = 1) -> "Moments":
        """Return the sums with vectors of shape (n, dimension), or with -1 without them."""
        if not len(vectors):
            return self
        many = vectors.astype(np.float64)
        return Moments(
            self.count + sign * len(many),
            self.total + sign * many.sum(axis=0),
            self.products + sign * (many.T @ many),
        )

    def spread(self) -> Spread:
        """Return where the vectors lie; there is at least one."""
        mean = self.total / self.count
        return Spread(mean, self.products / self.count - np.outer(mean, mean))


def fuse(
    standardised: Floats, sentences: Floats, bm25: Floats, coverage: Floats, paragraphs: int
) -> Floats:
    """Return the fused scores of candidates, larger for closer.

    Args:
        standardised: what `Spread.standardised` made of their cosines.
        sentences: and of those of their best sentences.
        bm25: their BM25 scores, 0 where no term matches.
        coverage: the shares of the question's terms that they hold, 0 to 1.
        paragraphs: how many the lexical index holds.

    >>> z, best = np.float32([2, 0]), np.float32([3, 0])
    >>> fuse(z, best, np.float32([0, 4]), np.float32([0, 0.5]), 53).round(2).tolist()
    [2.5, 2.5]
    """
    rarest = math.log1p(max(paragraphs, 1))
    total = (1 - SENTENCE_SHARE) * standardised + SENTENCE_SHARE * sentences
    total = total + LEXICAL_WEIGHT * bm25 / rarest + COVERAGE_WEIGHT * coverage
    return np.asarray(total, dtype=np.float32)
