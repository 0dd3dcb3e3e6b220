"""Made-up articles and vectors, as many as are wanted: what the measurements of cost work on."""

import json
import random
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from index.encoder import TextKind

PARAGRAPHS = 5
"""In each article."""
_SENTENCES = 5
"""In each paragraph: about as many as encyclopaedias have, and more than news."""
_WORDS = 40_000
_SOURCES = 12
_SYLLABLES = (
    "ba be bo da de du fa fe gra hal hau ka ke kel la lan le lin ma men mer na ne nau or pa pel "
    "ra rei ren ro sa sche sel sta ta ten tor tra ul un ver wal wei wen zel zu"
).split()
_COMMON = "der die das und in im am mit von für auf dem den ist nicht ein eine auch nach".split()


class CheapEncoder:
    """Vectors of the default model's size that cost nothing: sums of two stretches of noise.

    As a model's are, they are all alike to some degree.
    """

    fingerprint = "cheap"
    dimension = 384
    max_tokens = 512

    def encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:  # noqa: ARG002
        """Return a vector of length 1 for each text, shape (len(texts), dimension)."""
        found = np.empty((len(texts), self.dimension), dtype=np.float32)
        for at, text in enumerate(texts):
            name = crc32(text.encode())
            one, two = name & 0xFFFF, name >> 16
            noise = self._noise
            found[at] = noise[one : one + self.dimension] + noise[two : two + self.dimension]
        found += 1.5
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found

    @cached_property
    def _noise(self) -> NDArray[np.float32]:
        drawn = np.random.default_rng(5).standard_normal(0x10000 + self.dimension)
        return drawn.astype(np.float32)


def write_articles(path: Path, paragraphs: int, seed: int = 0) -> None:
    """Write articles of some paragraphs as JSONL, one in a line, `paragraphs` in all."""
    with path.open("w", encoding="utf-8") as stream:
        for number, (title, text, day) in enumerate(_articles(-(-paragraphs // PARAGRAPHS), seed)):
            row = {
                "uri": f"made:{seed}-{number}",
                "title": title,
                "text": text,
                "published": day,
                "source": f"Zeitung {number % _SOURCES}",
                "language": "de",
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def questions(count: int, seed: int = 1) -> list[str]:
    """Return made-up questions of words that articles have."""
    drawn = _Words(seed)
    return [f"Was ist mit {' '.join(drawn.words(6))}?" for _ in range(count)]


class _Words:
    """Draws words by Zipf's law."""

    def __init__(self, seed: int) -> None:
        known = random.Random(3)
        made = {
            "".join(known.choices(_SYLLABLES, k=known.randint(2, 4))).capitalize()
            for _ in range(_WORDS)
        }
        self._all = [*_COMMON, *sorted(made)]
        known.shuffle(made_order := self._all[len(_COMMON) :])
        self._all[len(_COMMON) :] = made_order
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._all))))
        self.random = random.Random(seed)

    def words(self, count: int) -> list[str]:
        return self.random.choices(self._all, cum_weights=self._weights, k=count)


def _articles(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    drawn = _Words(seed)
    for number in range(count):
        paragraphs = [
            " ".join(
                f"{' '.join(drawn.words(drawn.random.randint(8, 18))).capitalize()}."
                for _ in range(_SENTENCES)
            )
            for _ in range(PARAGRAPHS)
        ]
        day = f"{2000 + number % 25}-{1 + number % 12:02}-{1 + number % 28:02}"
        yield f"{' '.join(drawn.words(5)).capitalize()} {number}", "\n\n".join(paragraphs), day
