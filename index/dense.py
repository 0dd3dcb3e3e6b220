"""The dense index: normalised vectors in FAISS, searched exactly by inner product.

Leaves out approximate indexes: exact search over 200,000 vectors takes 56 ms on
two cores. An index that is searched is never changed; `changed` makes another.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Ids

Vectors = NDArray[np.float32]


_AT_ONCE = 4096
"""Vectors that are added together."""


def _faiss() -> Any:
    """Import FAISS, whose types know only its C++ side, where it is first needed."""
    return import_module("faiss")


class DenseIndex:
    """Vectors of length 1 under the ids of the catalog's windows."""

    def __init__(self, dimension: int, index: Any = None) -> None:
        """Make an empty index for vectors of this dimension."""
        self.dimension = dimension
        faiss = _faiss()
        self._index = index or faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @classmethod
    def load(cls, path: Path) -> "DenseIndex":
        """Read an index that `save` wrote; its checksum is the caller's to check.

        Raises:
            OSError, RuntimeError: the file cannot be read as such an index.
        """
        # FAISS would otherwise believe whatever sizes a damaged file claims.
        _faiss().set_deserialization_vector_byte_limit(2 * path.stat().st_size + (1 << 20))
        index = _faiss().read_index(str(path))
        return cls(index.d, index)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        _faiss().write_index(self._index, str(path))

    def __len__(self) -> int:
        """Return how many vectors there are."""
        return int(self._index.ntotal)

    @property
    def ids(self) -> Ids:
        """All ids, in the order in which they were added."""
        return np.asarray(_faiss().vector_to_array(self._index.id_map), dtype=np.int64)

    def with_changes(
        self, added: Ids, vectors: Callable[[Ids], Vectors], removed: Ids
    ) -> "DenseIndex":
        """Return a copy without `removed` and with `added`.

        Args:
            added: ids that are not in the index.
            vectors: called with some of `added` at a time, for their vectors, of shape
                (that many, dimension): all of them would need as much memory as the index.
            removed: ids; those that are not there are passed over.
        """
        copy = _faiss().clone_index(self._index)
        if len(removed):
            copy.remove_ids(np.ascontiguousarray(removed))
        _make_room(copy, len(added))
        for at in range(0, len(added), _AT_ONCE):
            part = np.ascontiguousarray(added[at : at + _AT_ONCE])
            copy.add_with_ids(np.ascontiguousarray(vectors(part), dtype=np.float32), part)
        return DenseIndex(self.dimension, copy)

    def search(
        self, question: Vectors, k: int, allowed: Ids | None = None
    ) -> tuple[Ids, NDArray[np.float32]]:
        """Return the ids and cosines of the k closest vectors, the closest first.

        Args:
            question: a vector of shape (dimension,) and length 1.
            k: how many; fewer come back where there are fewer.
            allowed: only these ids, or all.
        """
        k = min(k, len(self) if allowed is None else len(allowed))
        if k < 1:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        parameters = None
        if allowed is not None:
            parameters = _faiss().SearchParameters(sel=_faiss().IDSelectorBatch(allowed))
        scores, ids = self._index.search(question[None, :], k, params=parameters)
        found = ids[0] >= 0
        return ids[0][found], scores[0][found]

    def vectors(self, ids: Sequence[int] | Ids) -> Vectors:
        """Return the vectors of ids that are in the index, of shape (len(ids), dimension)."""
        if not len(ids):
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._index.reconstruct(int(item)) for item in ids])


def _make_room(index: Any, count: int) -> None:
    """Have an IDMap over a flat index take memory for so many more vectors at once.

    It would otherwise double its memory whenever that is full, and hold the old one meanwhile.
    """
    codes = _faiss().downcast_index(index.index).codes
    size = codes.size()
    # A vector of C++ keeps the memory that it has when it is made shorter.
    codes.resize(size + count * index.d * np.dtype(np.float32).itemsize)
    codes.resize(size)
