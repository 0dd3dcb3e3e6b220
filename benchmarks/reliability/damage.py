"""Damaged files: flipped bits, truncation, zeroed blocks, files of another generation.

Each trial damages one file of a closed collection, opens it and asks. What comes back
is either an error of ours, or what the sound collection gives; anything else is wrong.
"""

import os
import random
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.reliability.rig import Bench, make_template, open_cheaply, searches, text_of, texts
from benchmarks.reliability.rig import same as same_searches
from benchmarks.reliability.trials import in_child
from corpus.errors import ArticleQAError
from qa.reader import weights

Say = Callable[[Any], None]
TARGETS = ("catalog", "dense", "lexical", "manifest", "reader")
HARMS = ("flip one bit", "flip eight bits", "truncate", "zero a block", "another version")


def trial(number: int) -> str:
    """Damage a file and ask; "same", "refused", or what went wrong."""
    rng = random.Random(number)
    target, harm = TARGETS[number % 5], HARMS[number // 5 % 5]
    label = f"{target}, {harm}"
    if target == "reader":
        return f"{_reader(rng, harm)}: {label}"
    work = _bench().fresh(_make)
    before = _sound()
    expected = before["new"]
    path = _choose(work / "collection", target, rng)
    if harm == "another version":
        if target == "catalog":
            expected = before["old"]
        _swap(work, path, rng)
    else:
        _harm(path, harm, rng)
    ended = in_child(lambda say: _ask(work / "collection", say))
    if ended.hung:
        return f"hang: {label}"
    if ended.signal:
        return f"crash: {label}, signal {ended.signal}"
    result = ended.said[-1]
    if "exception" in result:
        return f"exception: {label}, {result['exception'][-200:]}"
    if "refused" in result:
        return f"refused: {label}"
    sound = same_searches(expected["searches"], result["searches"])
    if not sound or result["texts"] != expected["texts"]:
        return f"wrong: {label}, {path.name}, {'texts' if sound else 'searches'}"
    return f"same: {label}"


@cache
def _bench() -> Bench:
    return Bench()


@cache
def _sound() -> dict[str, Any]:
    """Return what the sound collection gives, now and as it was before its last change."""
    work = _bench().work
    found = {}
    for name, folder in (("new", work / "collection"), ("old", work / "older")):
        copy = work / "asked"
        shutil.copytree(folder, copy)
        found[name] = in_child(lambda say, copy=copy: _ask(copy, say)).said[-1]  # type: ignore[misc]
        shutil.rmtree(copy)
    return found


def _make(work: Path) -> None:
    """Make a collection, and beside it what it was before its last change."""
    make_template(work)
    shutil.copytree(work / "collection", work / "older")
    rng = random.Random(3)
    (work / "press" / "old3.txt").write_text(text_of("old3", rng))
    (work / "press" / "last.txt").write_text(text_of("last", rng))
    with open_cheaply(work / "collection") as collection:
        collection.add(work / "press")


def _choose(folder: Path, target: str, rng: random.Random) -> Path:
    newest = max((folder / "copies").iterdir(), key=lambda item: int(item.name))
    files = {
        "catalog": [folder / "catalog.sqlite3"],
        "dense": [newest / "paragraphs.npz"],
        "manifest": [newest / "manifest.json"],
        "lexical": sorted(p for p in (newest / "lexical").iterdir() if p.stat().st_size),
    }[target]
    return rng.choice(files)


def _swap(work: Path, path: Path, rng: random.Random) -> None:
    """Put what an earlier generation had in a file's place."""
    older = work / "older"
    if path.parent == work / "collection":
        source = older / path.name
    else:
        copy = max((older / "copies").iterdir(), key=lambda item: int(item.name))
        inside = path.relative_to(work / "collection" / "copies")
        source = copy.joinpath(*inside.parts[1:])
        if not source.is_file():
            source = rng.choice(sorted((copy / "lexical").iterdir()))
    path.unlink()
    shutil.copy2(source, path)


def _harm(path: Path, harm: str, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if harm == "truncate":
        data = data[: rng.randrange(len(data))]
    elif harm == "zero a block":
        start = rng.randrange(len(data))
        size = min(len(data) - start, rng.choice([16, 512, 4096]))
        data[start : start + size] = bytes(size)
    else:
        for _ in range(8 if "eight" in harm else 1):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    # Anew, since copies may be linked to one another.
    path.unlink()
    path.write_bytes(data)


def _ask(folder: Path, say: Say) -> None:
    try:
        with open_cheaply(folder) as collection:
            say({"searches": searches(collection), "texts": texts(collection)})
    except ArticleQAError as exc:
        say({"refused": str(exc)})


def _reader(rng: random.Random, harm: str) -> str:
    """Damage the reader's weights, or their sidecar, and load them."""
    source = Path(weights.__file__).parent
    folder = _bench().empty()
    for name in (weights.WEIGHTS_NAME, weights.SIDECAR_NAME):
        shutil.copy2(source / name, folder / name)
    path = folder / rng.choice([weights.WEIGHTS_NAME, weights.SIDECAR_NAME])
    if harm == "another version":
        # Whole in itself, but not what the sidecar was written for.
        data = bytearray((folder / weights.WEIGHTS_NAME).read_bytes())
        data[-100:] = os.urandom(100)
        (folder / weights.WEIGHTS_NAME).write_bytes(data)
    else:
        _harm(path, harm, rng)

    def load(say: Say) -> None:
        try:
            loaded = weights.load(folder)
        except ArticleQAError as exc:
            say({"refused": str(exc)})
        else:
            right = weights.load(source)
            equal = loaded.calibration == right.calibration and all(
                (loaded.tensors[name] == tensor).all() for name, tensor in right.tensors.items()
            )
            say({"same": bool(equal and loaded.fingerprint == right.fingerprint)})

    ended = in_child(load)
    if ended.signal or ended.hung:
        return "crash"
    result = ended.said[-1]
    if "exception" in result:
        return "exception"
    if "refused" in result:
        return "refused"
    return "same" if result["same"] else "wrong"
