"""Clusters of vectors: a question is compared with those of the nearest clusters alone.

Where there are very many vectors, comparing all is slow. k-means divides them by direction, and
FAISS then looks through the few clusters whose middles are nearest to the question (an inverted
file; Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", 2011). A vector
that lies at a border may be missed: docs/decisions/dense-index.md says how often.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.vector_codes import decode_rows

Vectors = NDArray[np.float32]
Codes = NDArray[np.void]
"""Vectors as `corpus.vector_codes` writes them."""

FEWEST = 250_000
"""Vectors from which on clusters are worth their misses: below that all are compared in 10 ms."""
PROBED = 64
"""Clusters that are looked through for a question."""
_PER_ROOT = 2
"""Clusters for each unit of the root of the number of vectors."""
_ROUNDS = 6
_LEARNED_FROM = 40
"""Vectors for each cluster that k-means learns from."""
_OUTGROWN = 2.0
"""Clusters are made anew where there are so many times the vectors that they were made for."""
_AT_ONCE = 16_384


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which cluster each vector is in.

    Attributes:
        middles: one of length 1 for each cluster, (clusters, dimension).
        of: the cluster of each vector, (vectors,).
        made_for: how many vectors there were when the middles were found.
    """

    middles: Vectors
    of: NDArray[np.uint16]
    made_for: int

    @classmethod
    def make(cls, codes: Codes) -> "Clusters":
        """Divide vectors by k-means; the same vectors are always divided in the same way."""
        faiss = import_module("faiss")
        count = min(len(codes), int(_PER_ROOT * np.sqrt(len(codes))))
        sample = np.random.default_rng(0).choice(
            len(codes), min(len(codes), count * _LEARNED_FROM), replace=False
        )
        learned = faiss.Kmeans(
            codes["numbers"].shape[1],
            count,
            niter=_ROUNDS,
            spherical=True,
            seed=1,
            # All of the sample is taken.
            min_points_per_centroid=1,
            max_points_per_centroid=_LEARNED_FROM,
        )
        learned.train(decode_rows(codes[np.sort(sample)]))
        bare = cls(learned.centroids, np.zeros(0, dtype=np.uint16), len(codes))
        return cls(bare.middles, bare.assign(codes), len(codes))

    def assign(self, codes: Codes) -> NDArray[np.uint16]:
        """Return the nearest cluster of each vector."""
        nearest = self._quantizer()
        found = np.empty(len(codes), dtype=np.uint16)
        for at, vectors in _decode_parts(codes):
            found[at : at + len(vectors)] = nearest.search(vectors, 1)[1][:, 0]
        return found

    def suit(self, vectors: int) -> bool:
        """Tell whether they are still right for so many vectors."""
        return self.made_for / _OUTGROWN <= vectors <= self.made_for * _OUTGROWN

    def index(self, codes: Codes) -> Any:
        """Return a FAISS index of vectors, in the order of `of`, under their places."""
        faiss = import_module("faiss")
        dimension = self.middles.shape[1]
        index = faiss.IndexIVFScalarQuantizer(
            self._quantizer(),
            dimension,
            len(self.middles),
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
            False,  # what is kept is the vector, not how far it lies from the middle
        )
        index.train(self.middles)
        for at, vectors in _decode_parts(codes):
            places = np.arange(at, at + len(vectors), dtype=np.int64)
            clusters = self.of[at : at + len(vectors)].astype(np.int64)
            index.add_core(len(vectors), *map(faiss.swig_ptr, (vectors, places, clusters)))
        return index

    def _quantizer(self) -> Any:
        faiss = import_module("faiss")
        quantizer = faiss.IndexFlatIP(self.middles.shape[1])
        quantizer.add(self.middles)
        return quantizer


def _decode_parts(codes: Codes) -> Iterator[tuple[int, Vectors]]:
    """Yield vectors some at a time, each time with the place of the first."""
    for at in range(0, len(codes), _AT_ONCE):
        yield at, decode_rows(codes[at : at + _AT_ONCE])
