"""The dense index: normalised vectors in FAISS, searched by inner product.

All vectors are compared, up to a quarter of a million; of more, those in the clusters near the
question.

A large part that FAISS holds never changes; what came since lies beside it, and what went is
passed over, until that is so much that the whole is made anew. An index that is searched is
never changed: `with_changes` makes another, which shares the large part.

FAISS holds the vectors in 16 bits. That decides which are near; the vectors themselves, and so
every cosine that is told, are those that the catalog has, in 8 bits and a scale.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.rows import places_of
from corpus.vector_codes import decode_rows, row_type
from index.arrays import Ids
from index.filters import Allowed

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
_AT_ONCE = 4096
"""Vectors that are added together."""
_MOST_BESIDE = 2_000
"""Vectors that may lie beside the large part, and ids that may be gone from it; or else:"""
_SHARE_BESIDE = 20
"""one in so many of it."""
_MORE = 16
"""Vectors looked at beyond those asked for: in 16 bits two at the end may change places."""


def _faiss() -> Any:
    """Import FAISS, whose types know only its C++ side, where it is first needed."""
    return import_module("faiss")


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which cluster each vector is in.

    k-means divides vectors by direction, and FAISS looks through the few clusters whose middles are
    nearest to a question (an inverted file; Jégou, Douze and Schmid, "Product Quantization for
    Nearest Neighbor Search", 2011). A vector that lies at a border may be missed:
    docs/decisions/dense-index.md says how often.

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
        faiss = _faiss()
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
        faiss = _faiss()
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
        faiss = _faiss()
        quantizer = faiss.IndexFlatIP(self.middles.shape[1])
        quantizer.add(self.middles)
        return quantizer


def _decode_parts(codes: Codes) -> Iterator[tuple[int, Vectors]]:
    """Yield vectors some at a time, each time with the place of the first."""
    for at in range(0, len(codes), _AT_ONCE):
        yield at, decode_rows(codes[at : at + _AT_ONCE])


@dataclass(frozen=True)
class _Part:
    """Vectors under ascending ids."""

    ids: Ids
    codes: Codes
    clusters: Clusters | None = None
    """None where every vector is compared."""

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> Any:
        """The vectors in FAISS, under their places."""
        if self.clusters is not None:
            return self.clusters.index(self.codes)
        faiss = _faiss()
        dimension = self.codes["numbers"].shape[1]
        index = faiss.IndexScalarQuantizer(
            dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        index.train(np.zeros((1, dimension), dtype=np.float32))
        # A vector of C++ keeps the memory that it has when it is made shorter; it would else
        # double whenever it is full, and hold the old memory meanwhile.
        index.codes.resize(len(self) * index.code_size)
        index.codes.resize(0)
        for at in range(0, len(self), _AT_ONCE):
            index.add(decode_rows(self.codes[at : at + _AT_ONCE]))
        return index

    def search(
        self, question: Vectors, k: int, allowed: NDArray[np.bool_] | None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the ids and cosines of the k closest of the places that are allowed."""
        there = len(self) if allowed is None else int(allowed.sum())
        if min(k, there) < 1:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        faiss = _faiss()
        options: dict[str, Any] = {}
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            options["sel"] = faiss.IDSelectorBitmap(bits)
        if self.clusters is None:
            parameters = faiss.SearchParameters(**options) if options else None
        else:
            # Where few vectors count, the nearest of them lie in more clusters.
            wider = int(PROBED * (len(self) / there) ** 0.5)
            probed = min(wider, len(self.clusters.middles))
            parameters = faiss.SearchParametersIVF(nprobe=probed, **options)
        _, places = self.index.search(question[None, :], min(k + _MORE, there), params=parameters)
        found = places[0][places[0] >= 0]
        return self.ids[found], decode_rows(self.codes[found]) @ question


class DenseIndex:
    """Vectors of length 1 under the ids of the catalog's windows."""

    def __init__(self, ids: Ids, codes: Codes, clusters: Clusters | None = None) -> None:
        """Take vectors, as `corpus.vector_codes` writes them, under ascending ids.

        Args:
            ids: of shape (n,).
            codes: the vectors, of shape (n,).
            clusters: theirs; by default every vector is compared with a question.
        """
        self._base = _Part(ids, codes, clusters)
        self._beside = _Part(ids[:0], codes[:0])
        self._gone = np.zeros(len(ids), dtype=bool)
        """Of the base."""

    @classmethod
    def empty(cls, dimension: int = 1) -> "DenseIndex":
        """Make an index that holds nothing."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=row_type(dimension)))

    @property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        return int(self._base.codes["numbers"].shape[1])

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return len(self._base) - int(self._gone.sum()) + len(self._beside)

    @property
    def ids(self) -> Ids:
        """All ids, in no order."""
        return np.concatenate([self._base.ids[~self._gone], self._beside.ids])

    def codes(self) -> tuple[Ids, Codes]:
        """Return all ids, ascending, and their vectors as they are written."""
        ids = self.ids
        codes = np.concatenate([self._base.codes[~self._gone], self._beside.codes])
        order = np.argsort(ids, kind="stable")
        return ids[order], codes[order]

    def with_changes(self, added: Ids, codes: Callable[[Ids], Codes], removed: Ids) -> "DenseIndex":
        """Return a copy without `removed` and with `added`.

        Args:
            added: ids that are not in the index, ascending.
            codes: called with them, for their vectors.
            removed: ids; those that are not there are passed over.
        """
        new = codes(added) if len(added) else self._beside.codes[:0]
        if not len(self):
            return DenseIndex(added, new) if len(added) else self
        copy = DenseIndex.__new__(DenseIndex)
        copy._base = self._base
        copy._gone = self._gone.copy()
        copy._gone[places_of(self._base.ids, removed)] = True
        kept = np.ones(len(self._beside), dtype=bool)
        kept[places_of(self._beside.ids, removed)] = False
        ids = np.concatenate([self._beside.ids[kept], added])
        order = np.argsort(ids, kind="stable")
        beside = np.concatenate([self._beside.codes[kept], new])
        copy._beside = _Part(ids[order], beside[order])
        aside = len(copy._beside) + int(copy._gone.sum())
        if aside <= max(_MOST_BESIDE, len(self._base) // _SHARE_BESIDE):
            return copy
        return copy._made_anew()

    @property
    def clusters(self) -> Clusters | None:
        """Of the vectors in the order of `codes`, where they are divided into clusters."""
        known = self._base.clusters
        if known is None:
            return None
        of = np.concatenate([known.of[~self._gone], known.assign(self._beside.codes)])
        order = np.argsort(self.ids, kind="stable")
        return Clusters(known.middles, of[order], known.made_for)

    def _made_anew(self) -> "DenseIndex":
        """Return the same with nothing beside and nothing gone."""
        return DenseIndex(*self.codes(), self.clusters)

    def with_clusters(self) -> "DenseIndex":
        """Return the same divided into clusters, where there are so many vectors that it pays.

        That takes some seconds of a core for each 100,000 vectors, and is kept until there are
        twice as many, or half.
        """
        known = self._base.clusters
        if len(self) < FEWEST:
            return self if known is None else DenseIndex(*self.codes())
        if known is not None and known.suit(len(self)):
            return self
        ids, codes = self.codes()
        return DenseIndex(ids, codes, Clusters.make(codes))

    def search(
        self, question: Vectors, k: int, allowed: Allowed | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the ids and cosines of the k closest vectors, the closest first.

        Args:
            question: a vector of shape (dimension,) and length 1.
            k: how many; fewer come back where there are fewer.
            allowed: which ids may be returned; by default all.
        """
        ids, scores = [], []
        for part, gone in ((self._base, self._gone), (self._beside, None)):
            mask = ~gone if gone is not None and gone.any() else None
            if allowed is not None:
                among = allowed.among(part.ids)
                mask = among if mask is None else mask & among
            found, cosines = part.search(question, k, mask)
            ids.append(found)
            scores.append(cosines)
        both, cosines = np.concatenate(ids), np.concatenate(scores)
        order = np.lexsort((both, -cosines))[: max(0, k)]
        return both[order], cosines[order]

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """Return the vectors of ids that are in the index, of shape (len(ids), dimension)."""
        wanted = np.asarray(ids, dtype=np.int64)
        found = np.empty(len(wanted), dtype=self._base.codes.dtype)
        for part in (self._base, self._beside):
            if len(part):
                at = np.minimum(np.searchsorted(part.ids, wanted), len(part) - 1)
                there = part.ids[at] == wanted
                found[there] = part.codes[at[there]]
        return decode_rows(found)
