"""Text to vectors: the protocol, sentence-transformers, and the vectors that the catalog knows."""

import hashlib
import logging
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.embeddings import EmbeddingStore
from corpus.errors import ModelError
from index.arrays import Floats
from index.default_model import default_model_folder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

TextKind = Literal["query", "document"]
BATCH_SIZE = 32
QUERIES_KEPT = 32
"""The last questions, whose vectors and states are kept: each is needed several times."""
MOST_TOKENS = 64
"""Tokens of a question whose states count."""


class Encoder(Protocol):
    """Turns texts into vectors of length 1, so that an inner product is a cosine."""

    @property
    def fingerprint(self) -> str:
        """Names the model's weights, prompts and pooling; vectors of two fingerprints never mix."""
        ...

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads; what follows is ignored."""
        ...

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension); rows have length 1."""
        ...


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with its own query and document prompts.

    Loading takes seconds, so it waits for the first `encode` or `fingerprint`.
    """

    def __init__(self, model: str | None = None) -> None:
        """Name a model or a folder; None is the offline default model."""
        self._name = model
        self._lock = Lock()
        self._model: SentenceTransformer | None = None
        self._fingerprint = ""
        self._queries: OrderedDict[str, tuple[Floats, Floats | None]] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """sha256 over the model's weights, tokenizer and configuration, shortened."""
        self._load()
        return self._fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return int(self._load().max_seq_length or 512)

    @property
    def model(self) -> "SentenceTransformer":
        """The loaded sentence-transformers model.

        Raises:
            ModelError: the model is missing or damaged.
        """
        return self._load()

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension), float32, rows of length 1.

        Raises:
            ModelError: the model is missing or damaged.
        """
        model = self._load()
        if not texts:
            dimension = model.get_embedding_dimension() or 0
            return np.zeros((0, dimension), dtype=np.float32)
        if kind == "query" and len(texts) == 1:
            return self._query(texts[0])[0][None].copy()
        encode = model.encode_query if kind == "query" else model.encode_document
        # A loaded model is not documented as safe to share between threads.
        with self._lock:
            return _encode(encode, texts)

    def layer_states(self, question: str) -> NDArray[np.float32] | None:
        """Return the mean state of a question's first tokens in each layer of the model.

        The pass that encodes a question gives them, so that the two together cost one pass.

        Returns:
            An array of shape (layers, dimension), the first layer first; None where the model
            is of a build that shows no layers, or the question has no tokens.

        Raises:
            ModelError: the model is missing or damaged.
        """
        return self._query(question)[1]

    def _query(self, text: str) -> tuple[Floats, Floats | None]:
        """Return a question's vector, (dimension,), and its states in the layers."""
        model = self._load()
        with self._lock:
            if text in self._queries:
                self._queries.move_to_end(text)
                return self._queries[text]
            with _watch_layers(model) as layers:
                vector = _encode(model.encode_query, [text])[0]
            found = vector, _mean_states(model, layers)
            self._queries[text] = found
            if len(self._queries) > QUERIES_KEPT:
                self._queries.popitem(last=False)
            return found

    def _load(self) -> "SentenceTransformer":
        with self._lock:
            if self._model is None:
                self._model, self._fingerprint = load_model(self._name)
            return self._model


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

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension); rows have length 1."""
        if kind != "document" or not texts:
            return self._encoder.encode(texts, kind)
        known = self._store.look_up(self.fingerprint, texts)
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known |= dict(zip(new, self._encoder.encode(new, kind), strict=True))
        return np.stack([known[text] for text in texts])


def _encode(encode: Callable[..., Any], texts: Sequence[str]) -> Floats:
    vectors = encode(
        list(texts),
        batch_size=BATCH_SIZE,
        normalize_embeddings=True,
        convert_to_numpy=True,
        show_progress_bar=False,
    )
    return normalise_rows(np.asarray(vectors, dtype=np.float32))


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
    first, last = max(1, len(before)), 1 + len(before) + MOST_TOKENS
    if not layers or layers[0].shape[1] < len(before) + 3:
        return None
    kept = [layer[0, first:-1][: last - first].float().mean(0).numpy() for layer in layers]
    return np.stack(kept)


def load_model(name: str | None) -> "tuple[SentenceTransformer, str]":
    """Load a sentence-transformers model on the CPU and return it with its fingerprint.

    Args:
        name: a folder, a name on the hub, or None for the offline default model.

    Raises:
        ModelError: the model is missing or damaged.
    """
    target = str(default_model_folder()) if name is None else str(name)
    is_folder = Path(target).expanduser().is_dir()
    if is_folder:
        target = str(Path(target).expanduser())
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
    if has_native_bfloat16():
        # Three times the speed of float32 at a cosine of 1.000 to it (docs/experiments.md).
        options["model_kwargs"] = {"dtype": torch.bfloat16}
    try:
        model = SentenceTransformer(target, device="cpu", trust_remote_code=False, **options)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise ModelError(
            "The model {name!r} could not be loaded ({reason}). Give a folder that holds a "
            "sentence-transformers model, or leave --model out for the offline default model.",
            name=name,
            reason=exc,
        ) from exc
    model.eval()
    return model, model_fingerprint(model)


def has_native_bfloat16() -> bool:
    """Tell whether this CPU multiplies bfloat16 natively; else float32 is faster."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


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


def normalise_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length 1; a zero row stays zero.

    >>> normalise_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
