"""Doubles that can be computed by hand, and small makers of articles and files."""

import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Paragraph, Role
from index.encoder import Kind
from qa.reader import Reading

WORD = re.compile(r"\w+")


class FakeEncoder:
    """Words counted in hashed places, scaled to length 1: cosine is the share of common words.

    What it was given is kept, so that a test can say what was embedded and what was not.
    """

    def __init__(
        self, name: str = "fake", *, dimension: int = 512, max_tokens: int = 512, fails_at: int = 0
    ) -> None:
        """Make one that breaks down at its `fails_at`-th call for documents, counted from 1."""
        self.fingerprint = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.fails_at = fails_at
        self.batches: list[tuple[str, ...]] = []
        self.questions: list[str] = []

    @property
    def documents(self) -> list[str]:
        """Every document text that was encoded, in order."""
        return [text for batch in self.batches for text in batch]

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        if kind == "query":
            self.questions += texts
        elif texts:
            if len(self.batches) + 1 == self.fails_at:
                self.fails_at = 0
                raise RuntimeError("the encoder broke down")
            self.batches.append(tuple(texts))
        rows = [self.vector(text) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self.dimension)

    def vector(self, text: str) -> NDArray[np.float32]:
        """Return a text's vector of shape (dimension,)."""
        counts = np.zeros(self.dimension, dtype=np.float32)
        for word in WORD.findall(text.casefold()) or [""]:
            # crc32 gives the same place in every process; hash() does not.
            counts[zlib.crc32(f"{self.fingerprint} {word}".encode()) % self.dimension] += 1
        return np.asarray(counts / np.linalg.norm(counts), dtype=np.float32)


class FakeReader:
    """Reads one phrase: a passage that has it answers with it, and no other answers."""

    def __init__(self, phrase: str) -> None:
        """Look for `phrase`."""
        self.phrase = phrase

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        starts = [passage.find(self.phrase) for passage in passages]
        return [
            Reading(0, 0, -4.6, 0.01)
            if start < 0
            else Reading(start, start + len(self.phrase), 4.6, 0.99)
            for start in starts
        ]


def article(uri: str, *texts: str | tuple[str, Role], **metadata: Any) -> Article:
    """Return an article of these paragraphs; one given as (text, role) has that role.

    Its language, "de" unless given, is that of all its paragraphs; it has no title unless
    given, so that what is embedded of it is its paragraphs' text alone.
    """
    language = metadata.setdefault("language", "de")
    paragraphs, whole = [], ""
    for number, item in enumerate(texts, start=1):
        text, role = item if isinstance(item, tuple) else (item, Role.BODY)
        start = len(whole) + (2 if whole else 0)
        whole += ("\n\n" if whole else "") + text
        paragraphs.append(Paragraph(number, start, start + len(text), role, language))
    metadata.setdefault("title", "")
    return Article(uri=uri, text=whole, paragraphs=tuple(paragraphs), **metadata)


def write(folder: Path, **texts: str) -> Path:
    """Write `name="text"` as name.txt below the folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
