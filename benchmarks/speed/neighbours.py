"""Search in clusters against comparing all vectors: `python -m benchmarks.speed.neighbours`.

The vectors are those of a collection; where more are wanted, each further one is one of them,
drawn towards another and with noise, so that it lies about as far from it as one text from the
next. Processor time of one core, both ways in one run; recall@10 against all vectors compared.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from corpus.catalog.database import open_database
from corpus.vector_codes import decode_vectors, encode_vectors, rows_of
from index.dense import Clusters, Codes, DenseIndex, Vectors
from index.encoder import normalise_rows
from index.filters import Allowed

QUESTIONS = 200
"""Vectors of the collection that are left out of the index and looked for."""
K = 10
FILTERS = {"all": 1, "a tenth": 10, "a thousandth": 1000}
"""Of each so many vectors one is allowed."""
_DRAWN, _NOISE = 0.35, 0.35
_AT_ONCE = 50_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, action="append", required=True)
    parser.add_argument("--size", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    import faiss

    faiss.omp_set_num_threads(1)
    rng = np.random.default_rng(0)
    real = np.unique(np.concatenate([_vectors_of(path) for path in options.collection]), axis=0)
    rng.shuffle(real)
    questions, real = real[:QUESTIONS], real[QUESTIONS:]
    print(json.dumps(measure(questions, _grow(real, options.size, rng), len(real)), indent=1))


def measure(questions: Vectors, codes: Codes, real: int) -> dict[str, Any]:
    """Return what both ways find and cost.

    Args:
        questions: of shape (questions, dimension).
        codes: the vectors to search, of shape (n,).
        real: how many of them are those of texts.
    """
    ids = np.arange(len(codes))
    exact = DenseIndex(ids, codes)
    started = process_time()
    clusters = Clusters.make(codes)
    made = process_time() - started
    divided = DenseIndex(ids, codes, clusters)
    found: dict[str, Any] = {
        "vectors": len(codes),
        "of_texts": real,
        "clusters": len(clusters.middles),
        "made_in_s": round(made, 1),
    }
    for name, every in FILTERS.items():
        allowed = None if every == 1 else Allowed.of(ids[::every])
        wanted, slow = _search(exact, questions, allowed)
        given, quick = _search(divided, questions, allowed)
        shares = [len(set(a) & set(b)) / K for a, b in zip(wanted, given, strict=True)]
        found[name] = {
            f"recall@{K}": round(float(np.mean(shares)), 4),
            "exact_ms": round(slow, 2),
            "times_as_fast": round(slow / quick, 1),
        }
    return found


def _search(
    index: DenseIndex, questions: Vectors, allowed: Allowed | None
) -> tuple[list[list[int]], float]:
    """Return the ids that each question finds, and the milliseconds that one takes."""
    index.search(questions[0], K, allowed)  # what is made once
    started = process_time()
    found = [index.search(question, K, allowed)[0].tolist() for question in questions]
    return found, 1000 * (process_time() - started) / len(questions)


def _vectors_of(folder: Path) -> Vectors:
    """Return all vectors of a collection, of its paragraphs and their sentences."""
    database = open_database(folder, create=False)
    try:
        rows = database.all("SELECT vector FROM embeddings")
        return decode_vectors([bytes(row[0]) for row in rows])
    finally:
        database.close()


def _grow(real: Vectors, size: int, rng: np.random.Generator) -> Codes:
    """Return so many vectors: the real ones, and others near to them."""
    parts = [rows_of(encode_vectors(real[:size]))]
    centre = real.mean(axis=0)
    for at in range(len(real), size, _AT_ONCE):
        count = min(_AT_ONCE, size - at)
        towards = real[rng.integers(0, len(real), count)] - centre
        share = _DRAWN * rng.random((count, 1), dtype=np.float32)
        noise = rng.standard_normal(towards.shape, dtype=np.float32) / np.sqrt(real.shape[1])
        near = real[rng.integers(0, len(real), count)] + share * towards + _NOISE * noise
        parts.append(rows_of(encode_vectors(normalise_rows(near.astype(np.float32)))))
    return np.concatenate(parts)


if __name__ == "__main__":
    main()
