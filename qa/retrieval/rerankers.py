"""Passages read again by a cross-encoder: a model that sees question and passage together.

Leaves out any model of its own: a sentence-transformers CrossEncoder is named, or lies in a
folder. It is slower than retrieval by orders and orders only what retrieval found.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from corpus.errors import ModelError, QuestionError
from qa.results import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

DEPTH = 50
"""Passages that are read; further ones keep their place behind them."""
SCORE = "cross_encoder"
"""What the model's score is called among a passage's scores."""
_LOCK = Lock()


def model_named(rerank: bool | str | Path | None) -> str:
    """Return the cross-encoder that `Collection.retrieve` was asked for, or "" for none.

    Raises:
        QuestionError: the option is neither a choice nor a name.

    >>> model_named(True), model_named("~/models/ranker")
    ('', '~/models/ranker')
    """
    if rerank is None or isinstance(rerank, bool):
        return ""
    if not isinstance(rerank, (str, Path)) or not str(rerank).strip():
        raise QuestionError(
            "rerank={rerank!r} is not possible. Give True for the reader, or the folder or name "
            "of a cross-encoder.",
            rerank=rerank,
        )
    return str(rerank)


def rerank_passages(question: str, passages: Sequence[Passage], model: str) -> tuple[Passage, ...]:
    """Order passages by a cross-encoder's score.

    Args:
        question: in normal form.
        passages: as retrieval ranked them; the first `DEPTH` are read.
        model: a sentence-transformers CrossEncoder, by folder or by the name of one that
            has been downloaded before. Nothing is downloaded.

    Returns:
        The passages in their new order; those read have the model's score among their
        scores, and `score` still is retrieval's.

    Raises:
        ModelError: the model is missing or damaged, or gives no single score.
    """
    import numpy as np

    read = list(passages[:DEPTH])
    if not read:
        return ()
    pairs = [(question, f"{item.article.title}\n{item.text}".strip()) for item in read]
    loaded = cross_encoder(model)
    with _LOCK:
        # A loaded model is not documented as safe to share between threads.
        scores = np.asarray(loaded.predict(pairs, show_progress_bar=False), dtype=np.float64)
    if scores.shape != (len(read),):
        raise ModelError(
            "The model {model!r} gives {count} scores for a pair, so it cannot rank. Name a "
            "cross-encoder with one label.",
            model=model,
            count=scores.shape[-1],
        )
    order = np.argsort(-scores, kind="stable")
    found = [
        replace(read[at], scores={**read[at].scores, SCORE: float(scores[at])}) for at in order
    ]
    ordered = [*found, *passages[DEPTH:]]
    return tuple(replace(item, rank=rank) for rank, item in enumerate(ordered, start=1))


@lru_cache(maxsize=2)
def cross_encoder(model: str) -> "CrossEncoder":
    """Load a cross-encoder from this machine, once.

    Raises:
        ModelError: the model is missing or damaged.
    """
    # Even a model in a folder makes huggingface_hub look its host up, unless this variable
    # is set before that library is first imported.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from safetensors import SafetensorError
    from sentence_transformers import CrossEncoder

    folder = Path(model).expanduser()
    try:
        loaded: CrossEncoder = CrossEncoder(
            str(folder) if folder.is_dir() else model,
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as exc:
        raise ModelError(
            "The cross-encoder {model!r} could not be loaded ({reason}). Give a folder that "
            "holds one, or the name of one that is on this machine already.",
            model=model,
            reason=exc,
        ) from exc
    return loaded
