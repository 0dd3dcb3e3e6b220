"""The compiled model as a sentence-transformers model, for whatever takes one to encode with.

Leaves out training and saving: `SentenceTransformerEncoder.model` is the same model in torch.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

from corpus.errors import ModelError

if TYPE_CHECKING:
    from index.runtime.compiled_encoder import CompiledEncoder


class CompiledModule(InputModule):
    """Turns texts into tokens, and tokens into "sentence_embedding"."""

    def __init__(self, encoder: "CompiledEncoder") -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._encoder = encoder
        self.max_seq_length = encoder.max_tokens

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **_: object
    ) -> dict[str, Any]:
        """Return "input_ids" and "attention_mask", (texts, tokens), padded to the longest."""
        rows = self._encoder.frame([(prompt or "") + text for text in inputs])
        longest = max(map(len, rows), default=0)
        ids = np.full((len(rows), longest), self._encoder.tokenizer.end, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
            mask[number, : len(row)] = 1
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **_: object) -> dict[str, Any]:
        """Add "sentence_embedding", (texts, dimension)."""
        pairs = zip(features["input_ids"], features["attention_mask"].bool(), strict=True)
        vectors = self._encoder.encode_rows([ids[kept].cpu().numpy() for ids, kept in pairs])
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Return how long the vectors are."""
        return self._encoder.dimension

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Refuse.

        Raises:
            ModelError: always.
        """
        raise ModelError(
            "A compiled model is not saved to {path}. Save the encoder's `model` instead.",
            path=output_path,
        )


def as_sentence_transformer(encoder: "CompiledEncoder") -> SentenceTransformer:
    """Return a sentence-transformers model that encodes with OpenVINO, prompts and all."""
    prompts = {"query": encoder.folder.query_prompt, "document": encoder.folder.document_prompt}
    model = SentenceTransformer(
        modules=[CompiledModule(encoder)],
        device="cpu",
        prompts=prompts,
        trust_remote_code=False,
    )
    return model.eval()
