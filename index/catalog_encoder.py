"""An encoder that looks texts up in the catalog before it asks the model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.embeddings import EmbeddingStore
from index.encoder import Encoder, Kind


class CatalogEncoder:
    """The collection's model, with the embeddings that the catalog keeps.

    Answering compares the sentences of a few passages with the question, and nearly all of
    them were embedded when their article was added.
    """

    def __init__(self, encoder: Encoder, store: EmbeddingStore) -> None:
        """Take the model that the catalog's embeddings are of, and the catalog's."""
        self._encoder = encoder
        self._store = store

    @property
    def fingerprint(self) -> str:
        """The model's."""
        return self._encoder.fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return self._encoder.max_tokens

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension); rows have length 1."""
        if kind != "document" or not texts:
            return self._encoder.encode(texts, kind)
        known = self._store.known(self.fingerprint, texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, self._encoder.encode(new, kind), strict=True))
        return np.stack([known[text] for text in texts])
