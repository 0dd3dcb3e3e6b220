"""Much text on this machine's GPU, in half precision, by the model that the CPU runs.

Questions and a few texts stay on the CPU: torch takes seconds to import, so it is imported only
where there is a sign of a GPU and more to embed than that costs. What comes from the GPU is
compared with the CPU's vectors first, and left out where it differs.
"""

import logging
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import ModelError
from index.arrays import Floats
from index.encoder import Encoder, SentenceTransformerEncoder, normalise_rows
from index.runtime.batches import cut_by_tokens

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

LEAST_TEXTS = 512
"""Texts that the CPU encodes before the GPU is looked for: about what importing torch costs."""
BATCH_TOKENS = 32_768
"""Padded tokens in one pass: some hundred MB of the GPU's memory."""
LEAST_COSINE = 0.999
"""Of the GPU's vectors to the CPU's; rounding alone should leave .9995 and more."""
_BATCHES_AT_ONCE = 16
"""Of the caller's batches, sorted by length together."""
_PROBES = 8
_SIGNS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd", "C:/Windows/System32/nvcuda.dll")
"""Of drivers by NVIDIA, in WSL, by AMD (which torch calls CUDA too), and on Windows."""


def has_gpu_sign() -> bool:
    """Tell, without torch, whether this machine may have a GPU that torch could use."""
    if platform.system() == "Darwin":
        return platform.machine() == "arm64"
    return any(Path(path).exists() for path in _SIGNS)


def find_device() -> str | None:
    """Import torch, and return the name by which it calls the GPU; None where it sees none."""
    try:
        import torch
    except (ImportError, OSError):
        return None
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else None


class GpuEncoder:
    """Encodes documents with a sentence-transformers model that lies on a GPU."""

    def __init__(self, model: "SentenceTransformer") -> None:
        """Take the model, on its device and in its precision."""
        self._model = model
        self.device = str(model.device)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return (texts, dimension), rows of length 1; the longest texts go first.

        Raises:
            RuntimeError: the GPU has too little memory, or fails.
        """
        vectors = np.zeros((len(texts), int(self._model.get_embedding_dimension() or 0)), "f4")
        # The longest first: where memory is short, that shows at once.
        for batch in reversed(cut_by_tokens(self._lengths(texts), BATCH_TOKENS)):
            some = [texts[number] for number in batch.tolist()]
            vectors[batch] = self._model.encode_document(
                some,
                batch_size=len(some),
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        # In float32: in half precision a length of 1 is one to three digits.
        return normalise_rows(vectors)

    def _lengths(self, texts: Sequence[str]) -> list[int]:
        tokenizer: Any = self._model.tokenizer
        most = int(self._model.max_seq_length or 512)
        prompt = self._model.prompts.get("document") or ""
        coded = tokenizer([prompt + text for text in texts], truncation=True, max_length=most)
        return [len(ids) for ids in coded["input_ids"]]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of looking for a GPU."""

    gpu: GpuEncoder | None
    """None where the CPU goes on."""
    message: str
    is_failure: bool = False
    """There is a GPU, and it cannot be used."""


def try_gpu(encoder: SentenceTransformerEncoder, texts: Sequence[str]) -> Trial:
    """Load a model on the GPU, and compare its vectors of some texts with the CPU's.

    Raises:
        ModelError: the model cannot be loaded on the CPU either.
    """
    device = find_device()
    if device is None:
        return Trial(None, "torch sees no GPU, so the CPU embeds.")
    expected = encoder.encode(texts, "document")
    try:
        model, fingerprint = encoder.load_in_half(device)
        if fingerprint != encoder.fingerprint:
            why = f"what was loaded for it is {fingerprint}, not {encoder.fingerprint}"
            return _failure(device, why)
        gpu = GpuEncoder(model)
        cosine = float((gpu.encode(texts) * expected).sum(axis=1).min())
    except (ModelError, RuntimeError) as exc:
        return _failure(device, str(exc))
    # What is no number is no match either.
    if not cosine >= LEAST_COSINE:
        why = f"its vectors have a cosine of {cosine:.4f} to the CPU's; {LEAST_COSINE} is needed"
        return _failure(device, why)
    return Trial(gpu, f"The GPU ({device}) embeds in float16, at a cosine of {cosine:.4f}.")


class GpuWorkers:
    """Encodes batches of texts on the CPU at first, and on the GPU where there are many."""

    def __init__(self, encoder: SentenceTransformerEncoder) -> None:
        """Take the model as the CPU runs it."""
        self._encoder = encoder
        self._seen = 0
        self._trial: Trial | None = None

    def encode_batches(
        self, batches: Iterable[list[str]], _fingerprint: str
    ) -> Iterator[tuple[list[str], Floats]]:
        """Yield each batch with its vectors, in their order."""
        waiting = iter(batches)
        while some := list(islice(waiting, 1 if self._gpu() is None else _BATCHES_AT_ONCE)):
            texts = [text for batch in some for text in batch]
            if not texts:
                yield from ((batch, self._encoder.encode(batch, "document")) for batch in some)
                continue
            if self._trial is None and self._seen >= LEAST_TEXTS:
                self._look(texts)
            self._seen += len(texts)
            vectors = self._encode(texts)
            for batch in some:
                yield batch, vectors[: len(batch)]
                vectors = vectors[len(batch) :]

    def _gpu(self) -> GpuEncoder | None:
        return self._trial.gpu if self._trial is not None else None

    def _look(self, texts: Sequence[str]) -> None:
        # Short and long ones.
        ordered = sorted(texts, key=len)
        self._trial = try_gpu(self._encoder, ordered[:: max(1, len(ordered) // _PROBES)])
        level = logging.WARNING if self._trial.is_failure else logging.INFO
        log.log(level, "%s", self._trial.message)

    def _encode(self, texts: Sequence[str]) -> Floats:
        gpu = self._gpu()
        if gpu is not None:
            try:
                return gpu.encode(texts)
            except RuntimeError as exc:
                self._trial = _failure(gpu.device, str(exc))
                log.warning("%s", self._trial.message)
        return self._encoder.encode(texts, "document")


def gpu_workers(encoder: Encoder) -> GpuWorkers | None:
    """Return what encodes much text on a GPU, or None where there is no sign of one."""
    if isinstance(encoder, SentenceTransformerEncoder) and has_gpu_sign():
        return GpuWorkers(encoder)
    return None


def describe_device(encoder: Encoder, texts: Sequence[str]) -> str:
    """Return in a sentence what embeds much text here, after trying the GPU where there may be one.

    Raises:
        ModelError: the model is missing or damaged.
    """
    if not isinstance(encoder, SentenceTransformerEncoder):
        return "The encoder that was given embeds."
    if has_gpu_sign():
        return try_gpu(encoder, texts).message
    engine = encoder.compiled
    how = "torch" if engine is None else f"OpenVINO in {engine.precision}"
    return f"There is no sign of a GPU, so the CPU embeds, by {how}."


def _failure(device: str, reason: str) -> Trial:
    reason = " ".join(reason.split())[:200]
    message = f"The GPU ({device}) is not used ({reason}), so the CPU embeds."
    return Trial(None, message, is_failure=True)
