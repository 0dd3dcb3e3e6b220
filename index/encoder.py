"""Text to vectors: the protocol, sentence-transformers models, and vectors the catalog knows."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.embeddings import EmbeddingStore
from index.arrays import Floats
from index.default_model import default_model_folder
from index.runtime.compile import has_openvino
from index.runtime.compiled_encoder import CompiledEncoder
from index.runtime.cpu import best_precision
from index.runtime.folder import read_model_folder
from index.runtime.torch_encoder import (
    TorchEncoder,
    load_in_half,
    load_sentence_transformer,
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

TextKind = Literal["query", "document"]
QUERIES_KEPT = 32
"""The last questions, whose vectors and states are kept: each is needed several times."""


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

    The default model, and any that is saved as it is, goes through OpenVINO without importing
    torch; every other one through torch. Loading waits for the first `encode` or `fingerprint`.
    """

    def __init__(self, model: str | None = None) -> None:
        """Name a model or a folder; None is the offline default model."""
        self._name = model
        self._loading = Lock()
        self._keeping = Lock()
        self._engine: CompiledEncoder | TorchEncoder | None = None
        self._model: SentenceTransformer | None = None
        self._queries: OrderedDict[str, tuple[Floats, Floats | None]] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """sha256 over the model's weights, tokenizer and configuration, shortened."""
        return self._load().fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return self._load().max_tokens

    @property
    def compiled(self) -> CompiledEncoder | None:
        """What runs the model in OpenVINO; None where torch does.

        Raises:
            ModelError: the model is missing or damaged.
        """
        engine = self._load()
        return engine if isinstance(engine, CompiledEncoder) else None

    @property
    def model(self) -> "SentenceTransformer":
        """The model itself in torch, for training and for whatever else takes one.

        Raises:
            ModelError: the model is missing or damaged.
        """
        with self._loading:
            if self._model is None:
                self._model = load_sentence_transformer(self._target())
            return self._model

    def load_in_half(self, device: str) -> "tuple[SentenceTransformer, str]":
        """Load the model once more, in float16 on a device of torch's, and its fingerprint.

        Raises:
            ModelError: the model is missing or damaged.
            RuntimeError: the device has no room for it.
        """
        return load_in_half(self._target(), device)

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        """Return an array of shape (len(texts), dimension), float32, rows of length 1.

        Raises:
            ModelError: the model is missing or damaged.
        """
        engine = self._load()
        if not texts:
            return np.zeros((0, engine.dimension), dtype=np.float32)
        if kind == "query" and len(texts) == 1:
            return self._query(texts[0])[0][None].copy()
        encode = engine.encode_queries if kind == "query" else engine.encode_documents
        return normalise_rows(encode(texts))

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
        with self._keeping:
            if text in self._queries:
                self._queries.move_to_end(text)
                return self._queries[text]
        # Not under the lock: questions of several threads are encoded together.
        vector, states = self._load().encode_question(text)
        found = normalise_rows(vector[None])[0], states
        with self._keeping:
            self._queries[text] = found
            if len(self._queries) > QUERIES_KEPT:
                self._queries.popitem(last=False)
        return found

    def _target(self) -> str:
        return str(default_model_folder()) if self._name is None else str(self._name)

    def _load(self) -> CompiledEncoder | TorchEncoder:
        if self._engine is not None:
            return self._engine
        with self._loading:
            if self._engine is None:
                self._engine = _load_compiled(self._target())
        if self._engine is None:
            engine = TorchEncoder(self.model)
            with self._loading:
                self._engine = self._engine or engine
        return self._engine


def _load_compiled(target: str) -> CompiledEncoder | None:
    """Return a model that OpenVINO runs, or None where torch has to."""
    path = Path(target).expanduser()
    folder = read_model_folder(path) if path.is_dir() else None
    if folder is None:
        return None
    if not has_openvino():
        log.warning("OpenVINO is missing, so torch runs the model, in twice the time.")
        return None
    try:
        return CompiledEncoder(folder, best_precision())
    except (OSError, RuntimeError, ValueError) as exc:
        reason = " ".join(str(exc).split())[:300]
        log.warning("OpenVINO does not take the model (%s), so torch runs it.", reason)
        return None


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


def normalise_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale rows to length 1; a zero row stays zero.

    >>> normalise_rows(np.array([[3.0, 4.0], [0.0, 0.0]], dtype=np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths == 0, 1, lengths), dtype=np.float32)
