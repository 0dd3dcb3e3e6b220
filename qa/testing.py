"""A double for your own tests: an encoder without a model, the same on every machine.

from qa import open_collection
from qa.testing import FakeEncoder

with open_collection(tmp_path, create=True, encoder=FakeEncoder()) as collection:
    ...
"""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.encoder import TextKind

__all__ = ["FakeEncoder"]

WORD = re.compile(r"\w+")


class FakeEncoder:
    """Words counted in hashed places, scaled to length 1: cosine is the share of common words.

    It needs no model and knows no meanings: "Schiff" and "Boot" have nothing in common. What it
    was given is kept in `batches` (documents) and `questions`, so that a test can say what was
    embedded and what was not.

    >>> encoder = FakeEncoder()
    >>> one, other = encoder.encode(["rote Fähre", "Fähre"], "document")
    >>> round(float(one @ other), 3)  # one of two words in common: 1 / sqrt(2)
    0.707
    """

    def __init__(
        self, name: str = "fake", *, dimension: int = 512, max_tokens: int = 512, fails_at: int = 0
    ) -> None:
        """Make one.

        Args:
            name: its fingerprint; vectors of two names have nothing to do with one another.
            dimension: of the vectors.
            max_tokens: how many tokens of a text it says that it reads.
            fails_at: raise RuntimeError at this call for documents, counted from 1; 0 is never.
        """
        self.fingerprint = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fails_at = fails_at
        self.batches: list[tuple[str, ...]] = []
        self.questions: list[str] = []

    @property
    def documents(self) -> list[str]:
        """Every document text that was encoded, in order."""
        return [text for batch in self.batches for text in batch]

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension); rows have length 1."""
        if kind == "query":
            self.questions += texts
        elif texts:
            if len(self.batches) + 1 == self.fails_at:
                self.fails_at = 0
                raise RuntimeError("the encoder broke down")
            self.batches.append(tuple(texts))
        rows = [self.vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)

    def vector(self, text: str) -> NDArray[np.float32]:
        """Return a text's vector of shape (dimension,)."""
        counts = np.zeros(self.dimension, dtype=np.float32)
        for word in WORD.findall(text.casefold()) or [""]:
            # crc32 gives the same place in every process; hash() does not.
            counts[zlib.crc32(f"{self.fingerprint} {word}".encode()) % self.dimension] += 1
        return np.asarray(counts / np.linalg.norm(counts), dtype=np.float32)
