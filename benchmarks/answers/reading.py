"""A reader with a memory, so that a second run over the same passages is quick."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import qa.reader
from benchmarks.retrieval.ours import RememberingEncoder
from qa.reader import Reader, default_reader
from qa.reader.read import Reading
from qa.reader.weights import read_sidecar
from training.reader.weights_file import identity


class RememberingReader:
    """A reader that keeps what it has read in a file."""

    def __init__(self, reader: Reader, weights: str, cache: Path) -> None:
        self._reader = reader
        self._weights = weights
        self._file = sqlite3.connect(cache / "readings.sqlite3", timeout=60)
        self._file.execute("CREATE TABLE IF NOT EXISTS readings (name TEXT PRIMARY KEY, row TEXT)")

    def read(
        self, question: str, passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[Reading]:
        told = about or [""] * len(passages)
        names = [self._name(question, *item) for item in zip(told, passages, strict=True)]
        new = [n for n, name in enumerate(names) if self._lookup(name) is None]
        if new:
            readings = self._reader.read(
                question, [passages[n] for n in new], [told[n] for n in new]
            )
            with self._file:
                self._file.executemany(
                    "INSERT OR REPLACE INTO readings VALUES (?, ?)",
                    [
                        (names[n], json.dumps(asdict(reading)))
                        for n, reading in zip(new, readings, strict=True)
                    ],
                )
        return [Reading(**json.loads(self._lookup(name) or "{}")) for name in names]

    def _name(self, *parts: str) -> str:
        return hashlib.sha256("\0".join((self._weights, *parts)).encode()).hexdigest()

    def _lookup(self, name: str) -> str | None:
        row = self._file.execute("SELECT row FROM readings WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None


def remembering_reader(encode: RememberingEncoder, cache: Path) -> RememberingReader:
    """Return the shipped reader with a memory in `cache`."""
    reader = default_reader(encode._encoder)
    if reader is None:
        raise SystemExit("The shipped reader does not fit the default model.")
    known = identity(read_sidecar(Path(qa.reader.__file__).parent))
    return RememberingReader(reader, known, cache)
