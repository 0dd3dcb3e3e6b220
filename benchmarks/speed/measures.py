"""What one collection costs: each measure in a process of its own."""

import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from benchmarks.speed.multiply import MOST, multiply
from benchmarks.speed.press import PARAGRAPHS, CheapEncoder, questions, write_articles
from qa.collection import Collection, open_collection

_TIMES = 5
_QUESTIONS = 40
_READ = 10_000
"""Paragraphs that are read and divided; a larger collection is made of copies of them."""


def measure(folder: Path, paragraphs: int) -> dict[str, float]:
    """Return what a collection of so many paragraphs costs; it is built where it is not there."""
    if not (folder / "collection" / "catalog.sqlite3").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _alone(STEPS[0], folder, paragraphs)
    found: dict[str, float] = {"paragraphs": paragraphs}
    for step in STEPS[1:]:
        found |= _alone(step, folder, paragraphs)
    return found


def _alone(step: Callable[[Path, int], dict[str, float]], folder: Path, size: int) -> Any:
    """Run a step in a process of its own, which is clean of what others have read."""
    mine, theirs = get_context("spawn").Pipe()
    process = get_context("spawn").Process(target=_send, args=(theirs, step, folder, size))
    process.start()
    theirs.close()
    try:
        return mine.recv()
    except EOFError:
        sys.exit(f"{step.__name__} failed")
    finally:
        process.join()


def _send(
    pipe: Connection, step: Callable[[Path, int], dict[str, float]], folder: Path, size: int
) -> None:
    pipe.send(step(folder, size))


def _open(folder: Path, **options: Any) -> Collection:
    return open_collection(folder / "collection", encoder=CheapEncoder(), **options)


def _ms(work: Callable[[], Any], times: int = _TIMES) -> float:
    """Return the least processor time of some runs, in milliseconds."""
    found = []
    for _ in range(times):
        started = process_time()
        work()
        found.append(process_time() - started)
    return round(1000 * min(found), 2)


def build(folder: Path, size: int) -> dict[str, float]:
    """Make the collection: of copies of its first articles where it is large."""
    times = min(MOST, max(1, size // _READ))
    write_articles(folder / "articles.jsonl", size // times)
    with _open(folder, create=True) as collection:
        collection.add(folder / "articles.jsonl")
        multiply(collection._database, times)
        collection.retrieve("Was ist neu?")
    return {}


def reference(folder: Path, size: int) -> dict[str, float]:  # noqa: ARG001
    """Return what one product of as many vectors with a question costs."""
    vectors = np.random.default_rng(0).standard_normal((size, 384), dtype=np.float32)
    return {"one product with all vectors, ms": _ms(lambda: vectors @ vectors[0], 20)}


def status(folder: Path, size: int) -> dict[str, float]:  # noqa: ARG001
    """Return what saying what the collection holds costs."""
    with _open(folder) as collection:
        return {"status, ms": _ms(collection.status)}


def first_question(folder: Path, size: int) -> dict[str, float]:  # noqa: ARG001
    """Return what opening and asking costs a process that has just begun."""
    import faiss  # noqa: F401  # what every process pays, whatever it opens
    import tantivy  # noqa: F401

    started = process_time()
    with _open(folder) as collection:
        collection.retrieve(questions(1)[0])
    return {"open and first question, ms": round(1000 * (process_time() - started), 1)}


def retrieve(folder: Path, size: int) -> dict[str, float]:  # noqa: ARG001
    """Return what a question costs without its encoding, with filters and without."""
    asked = questions(_QUESTIONS)
    with _open(folder) as collection:
        collection.warm_up()

        def ask(**options: Any) -> float:
            def all_of_them() -> None:
                for question in asked:
                    collection.retrieve(question, **options)

            return round(_ms(all_of_them, 3) / len(asked), 2)

        return {
            "retrieve, ms": ask(),
            "retrieve with a source, ms": ask(sources="Zeitung 3"),
            "retrieve of a year, ms": ask(since="2011-01-01", until="2011-12-31"),
        }


def add_one(folder: Path, size: int) -> dict[str, float]:
    """Add short articles one after the other, each searchable, and remove them again."""
    path = folder / "one.jsonl"
    times: list[float] = []
    with _open(folder) as collection:
        collection.warm_up()
        added = []
        for seed in range(size + 1, size + 1 + 2 * _TIMES):
            write_articles(path, PARAGRAPHS, seed)
            started = process_time()
            collection.add(path)
            collection.retrieve("Was ist neu?")
            times.append(process_time() - started)
            added.append(f"made:{seed}-0")
        collection.remove(*[item.uri for item in collection.articles() if item.uri in added])
        collection.retrieve("Was ist neu?")
    return {
        "add an article and ask, ms": round(1000 * min(times), 1),
        "the same at the median, ms": round(1000 * float(np.median(times)), 1),
    }


def sizes(folder: Path, size: int) -> dict[str, float]:
    """Return how large the files are."""
    with _open(folder) as collection:
        database = collection._database
        texts = int(
            database.one(
                "SELECT sum(length(CAST(text AS BLOB)) + length(title) + length(uri)) FROM articles"
            )[0]
        )
    files = [path for path in (folder / "collection").rglob("*") if path.is_file()]
    inodes = {path.stat().st_ino: path.stat().st_size for path in files}
    of_catalog = (folder / "collection" / "catalog.sqlite3").stat().st_size
    return {
        "bytes a paragraph without the text": round((sum(inodes.values()) - texts) / size),
        "of them in the catalog": round((of_catalog - texts) / size),
    }


STEPS = (build, reference, status, first_question, retrieve, add_one, sizes)
"""What makes the collection, and what measures it."""
