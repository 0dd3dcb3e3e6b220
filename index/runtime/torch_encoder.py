"""Any sentence-transformers model, run by torch."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError
from index.arrays import Floats
from index.runtime.compiled_encoder import MOST_STATE_TOKENS
from index.runtime.cpu import has_native_bfloat16

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH_SIZE = 32


class TorchEncoder:
    """Encodes with a sentence-transformers model."""

    def __init__(self, model: "SentenceTransformer") -> None:
        self._model = model
        # A loaded model is not documented as safe to share between threads.
        self._lock = Lock()
        self.fingerprint = model_fingerprint(model)

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return int(self._model.max_seq_length or 512)

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return int(self._model.get_embedding_dimension() or 0)

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        """Return (texts, dimension); rows have length 1 but for rounding."""
        with self._lock:
            return _encode(self._model.encode_document, texts)

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Return (texts, dimension); rows have length 1 but for rounding."""
        with self._lock:
            return _encode(self._model.encode_query, texts)

    def encode_question(self, text: str) -> tuple[Floats, Floats | None]:
        """Return a question's vector and the mean of its tokens' states in each layer.

        Returns:
            (dimension,) and (layers, dimension); None in place of the states where the model is
            of a build that shows no layers, or the question has no tokens.
        """
        with self._lock, _watch_layers(self._model) as layers:
            vector = _encode(self._model.encode_query, [text])[0]
            return vector, _mean_states(self._model, layers)


def _encode(encode: Callable[..., Any], texts: Sequence[str]) -> Floats:
    vectors = encode(
        list(texts),
        batch_size=BATCH_SIZE,
        normalize_embeddings=True,
        convert_to_numpy=True,
        show_progress_bar=False,
    )
    return np.asarray(vectors, dtype=np.float32)


@contextmanager
def _watch_layers(model: "SentenceTransformer") -> Iterator[list[Any]]:
    """Fill a list with what each layer of a BERT-like model returns: (texts, tokens, dimension)."""
    seen: list[Any] = []

    def keep(_module: Any, _given: Any, found: Any) -> None:
        seen.append(found[0] if isinstance(found, tuple) else found)

    inner: Any = getattr(model[0], "auto_model", None)
    layers = getattr(getattr(inner, "encoder", None), "layer", ())
    hooks = [layer.register_forward_hook(keep) for layer in layers]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def _mean_states(model: "SentenceTransformer", layers: Sequence[Any]) -> Floats | None:
    """Return the mean over the question's tokens, for each layer: (layers, dimension)."""
    prompt = model.prompts.get("query", "")
    before = model.tokenizer(prompt, add_special_tokens=False)["input_ids"] if prompt else []
    # With the last token of the prompt, which gathers what the question is to be used for.
    first, last = max(1, len(before)), 1 + len(before) + MOST_STATE_TOKENS
    if not layers or layers[0].shape[1] < len(before) + 3:
        return None
    kept = [layer[0, first:-1][: last - first].float().mean(0).numpy() for layer in layers]
    return np.stack(kept)


def load_in_half(name: str, device: str) -> "tuple[SentenceTransformer, str]":
    """Load a sentence-transformers model in float16 on another device than the CPU.

    Args:
        name: a folder, or a name on the hub.
        device: as torch calls it.

    Returns:
        The model, and the fingerprint that it had before it was rounded.

    Raises:
        ModelError: the model is missing or damaged.
        RuntimeError: the device has no room for it.
    """
    model = load_sentence_transformer(name, precision="float32")
    fingerprint = model_fingerprint(model)
    return model.half().to(device), fingerprint


def load_sentence_transformer(name: str, precision: str | None = None) -> "SentenceTransformer":
    """Load a sentence-transformers model on the CPU.

    Args:
        name: a folder, or a name on the hub.
        precision: as torch calls it; by default what this CPU is fastest in.

    Raises:
        ModelError: the model is missing or damaged.
    """
    if Path(name).expanduser().is_dir():
        name = str(Path(name).expanduser())
        # Even a model in a folder makes huggingface_hub look its host up, unless this
        # variable is set before that library is first imported.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    # A library logs; the progress bars are for whoever runs a model by hand.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

    options: dict[str, Any] = {}
    if precision is not None:
        options["model_kwargs"] = {"dtype": getattr(torch, precision)}
    elif has_native_bfloat16():
        # Three times the speed of float32 at a cosine of 1.000 to it (docs/experiments.md).
        options["model_kwargs"] = {"dtype": torch.bfloat16}
    try:
        model = SentenceTransformer(name, device="cpu", trust_remote_code=False, **options)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise ModelError(
            "The model {name!r} could not be loaded ({reason}). Give a folder that holds a "
            "sentence-transformers model, or leave --model out for the offline default model.",
            name=name,
            reason=exc,
        ) from exc
    model.eval()
    return model


def model_fingerprint(model: "SentenceTransformer") -> str:
    """Hash what decides the vectors: weights, prompts, pooling, length; 16 hex digits.

    The weights are hashed as loaded and rounded to bfloat16, so that a model
    counts as the same from the hub and from a folder, and on CPUs with and
    without bfloat16.
    """
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        # A sample is enough to tell models apart and takes milliseconds, not a second.
        flat = tensor.reshape(-1)
        digest.update(str(tuple(tensor.shape)).encode())
        sample = flat[:: max(1, flat.numel() // 4096)].to(torch.bfloat16).float()
        digest.update(sample.numpy().tobytes())
    digest.update(repr(sorted(model.prompts.items())).encode())
    digest.update(repr([type(module).__name__ for module in model]).encode())
    digest.update(str(model.max_seq_length).encode())
    return digest.hexdigest()[:16]
