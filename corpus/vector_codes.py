"""Vectors as bytes: eight bits a number and a scale for each vector.

A vector of length 1 comes back with a cosine to what it was of .9999, and always the same.
The first byte says how it is written, so that other ways can stand beside this one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_EIGHT_BITS = 8
_LARGEST = 127
_HEAD = np.dtype([("bits", "u1"), ("scale", "<f4")])
"""What stands before the numbers."""


def encode_vectors(vectors: NDArray[np.float32]) -> list[bytes]:
    """Return vectors of shape (n, dimension) as bytes, one after the other.

    >>> code, = encode_vectors(np.float32([[1.0, 0.0, -0.5]]))
    >>> len(code), decode_vectors([code]).round(2).tolist()
    (8, [[1.0, 0.0, -0.5]])
    """
    if not len(vectors):
        return []
    scales = np.abs(vectors).max(axis=1) / np.float32(_LARGEST)
    steps = np.where(scales > 0, scales, 1)[:, None]
    rows = np.empty(len(vectors), dtype=row_type(vectors.shape[1]))
    rows["bits"], rows["scale"] = _EIGHT_BITS, scales
    rows["numbers"] = np.rint(vectors / steps).clip(-_LARGEST, _LARGEST)
    return [row.tobytes() for row in rows]


def row_type(dimension: int) -> np.dtype[np.void]:
    """Return the type of a vector's bytes, with the fields "bits", "scale" and "numbers"."""
    return np.dtype([*_HEAD.descr, ("numbers", "i1", (dimension,))])


def rows_of(codes: Sequence[bytes]) -> NDArray[np.void]:
    """Return the bytes of vectors of one dimension as an array of `row_type`.

    Raises:
        ValueError: they are not of one dimension, or not written in a way that is known.
    """
    if not codes:
        return np.zeros(0, row_type(0))
    size = len(codes[0]) - _HEAD.itemsize
    if size < 0 or any(len(code) != len(codes[0]) for code in codes):
        raise ValueError("vectors of several dimensions")
    rows = np.frombuffer(b"".join(codes), row_type(size))
    if (rows["bits"] != _EIGHT_BITS).any():
        raise ValueError("a vector that is written in a way that is not known")
    return rows


def decode_rows(rows: NDArray[np.void]) -> NDArray[np.float32]:
    """Return the vectors of an array of `row_type`, of shape (n, dimension)."""
    return np.asarray(rows["numbers"] * rows["scale"][:, None], dtype=np.float32)


def decode_vectors(codes: Sequence[bytes]) -> NDArray[np.float32]:
    """Return the vectors that `encode_vectors` wrote, of shape (n, dimension)."""
    return decode_rows(rows_of(codes))


def recode(vector: bytes) -> bytes:
    """Return a vector of float32 numbers, little-endian, as `encode_vectors` writes it."""
    (code,) = encode_vectors(np.frombuffer(vector, "<f4")[None, :])
    return code
