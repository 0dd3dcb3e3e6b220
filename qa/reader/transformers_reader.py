"""Any extractive question-answering model in the transformers format as a reader."""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from corpus.errors import ModelError
from index.runtime.cpu import has_native_bfloat16
from index.runtime.tokens import surrogates_replaced
from qa.reader.read import (
    NOTHING,
    QUESTION_CHARACTERS,
    Reading,
    best_span,
    sigmoid,
    trim_span,
)

BATCH = 16


class TransformersReader:
    """Reads with a model that scores the first and the last token of an answer.

    Its chance that a passage answers is not calibrated: it is the sigmoid of the best
    span's score over that of "no answer", which models trained on questions without an
    answer put at the first token.
    """

    def __init__(self, name_or_folder: str | Path) -> None:
        """Name a folder, or a model that the local hub cache holds; loaded at the first read."""
        self._name = str(name_or_folder)
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None

    def read(
        self,
        question: str,
        passages: Sequence[str],
        about: Sequence[str] = (),  # noqa: ARG002 - such models are trained on passages alone
    ) -> list[Reading]:
        """Return one reading for each passage, in their order; `about` is not read.

        Raises:
            ModelError: the model is missing, damaged or not an extractive one.
        """
        readings = [NOTHING] * len(passages)
        filled = [index for index, text in enumerate(passages) if text.strip()]
        if not question.strip() or not filled:
            return readings
        with self._lock:
            if self._loaded is None:
                self._loaded = _load(self._name)
            tokenizer, model = self._loaded
            coded = _tokenise(tokenizer, question, [passages[index] for index in filled])
            owners = [filled[i] for i in coded.pop("overflow_to_sample_mapping")]
            offsets = coded.pop("offset_mapping")
            for begin in range(0, len(owners), BATCH):
                rows = range(begin, min(begin + BATCH, len(owners)))
                start, end = _scores(tokenizer, model, coded, rows)
                for line, row in enumerate(rows):
                    inside = [i for i, s in enumerate(coded.sequence_ids(row)) if s == 1]
                    if not inside:
                        continue
                    first, last, score = best_span(start[line, inside], end[line, inside])
                    score -= float(start[line, 0] + end[line, 0])
                    owner = owners[row]
                    if readings[owner] is NOTHING or readings[owner].score < score:
                        span = offsets[row][inside[first]][0], offsets[row][inside[last]][1]
                        readings[owner] = Reading(
                            *trim_span(passages[owner], *span), score, sigmoid(score)
                        )
        return readings


def _load(name: str) -> tuple[Any, Any]:
    if Path(name).expanduser().is_dir():
        name = str(Path(name).expanduser())
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    dtype = torch.bfloat16 if has_native_bfloat16() else torch.float32
    try:
        tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True, trust_remote_code=False)
        model = AutoModelForQuestionAnswering.from_pretrained(
            name, dtype=dtype, trust_remote_code=False
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        reason = " ".join(str(exc).split())
        raise ModelError(
            f"The reader {name!r} could not be loaded ({reason}). Give a folder that holds an "
            "extractive question-answering model in the transformers format, or leave the "
            "setting out for the reader that comes with article-qa."
        ) from exc
    if not tokenizer.is_fast:
        raise ModelError(f"The reader {name!r} has no fast tokenizer, so its spans have no place.")
    return tokenizer, model.eval()


def _tokenise(tokenizer: Any, question: str, passages: Sequence[str]) -> Any:
    longest = min(tokenizer.model_max_length, 384)
    asked = tokenizer(
        surrogates_replaced(question[:QUESTION_CHARACTERS]),
        add_special_tokens=False,
        truncation=True,
        max_length=longest // 3,
        return_offsets_mapping=True,
    )["offset_mapping"]
    question = question[: asked[-1][1]] if asked else question[:1]
    return tokenizer(
        [surrogates_replaced(question)] * len(passages),
        [surrogates_replaced(text) for text in passages],
        truncation="only_second",
        max_length=longest,
        stride=longest // 4,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )


def _scores(tokenizer: Any, model: Any, coded: Any, rows: range) -> tuple[Any, Any]:
    """Return start and end scores (rows, tokens) of some of the coded windows."""
    import torch

    part = {name: [values[row] for row in rows] for name, values in coded.items()}
    batch = tokenizer.pad(part, return_tensors="pt")
    with torch.inference_mode():
        output = model(**batch)
    return output.start_logits.float().numpy(), output.end_logits.float().numpy()
