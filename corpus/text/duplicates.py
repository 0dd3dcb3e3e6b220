"""Whether two articles, or two paragraphs, are one text with small edits.

Candidates are found by MinHash signatures (datasketch) of three-word sequences; then the
texts themselves are compared. A copy keeps the facts: numbers and names stand where they
stood. Reports made from a template (weather, shares, football) share as many words, but
differ in just these, so differences that replace facts by facts are counted.

Sizes: `SIGNATURE` hash values an article, 4 bytes each, and `BUCKETS` look-up keys.
"""

import re
import zlib
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import MinHash

LONGEST = 1000
"""Words of an article that are compared; a copy of a longer one shows in these."""
SHORTEST = 20
"""Words below which two articles are not compared: too little to tell a copy by."""
_WHOLE, _WHOLE_ROWS = 64, 2
"""Hash values of the whole text, and how many make a bucket: finds one of four shared."""
_OPENING_WORDS, _OPENING, _OPENING_ROWS = 80, 32, 4
"""The same of the first words: finds a long text of which a copy keeps the opening only."""
SIGNATURE = _WHOLE + _OPENING
BUCKETS = _WHOLE // _WHOLE_ROWS + _OPENING // _OPENING_ROWS

# Chosen on tests/data/duplicates/development.yaml: copies share .68 or more of the shorter
# one's sequences, with up to 2.2 facts in 100 words replaced; templates that share as much
# have 3.4 or more.
_SHARED = 0.5
_REPLACED = 2.8
_SAME_SHARED = 0.7
_SAME_LENGTH = 0.65

# Capitalised at a sentence's start, and neither name nor number.
_NO_FACTS = frozenset(
    """a about also an and around at auch auf aus außerdem bei but by circa das dazu dem den der
    die dort ein eine einen er es etwa for from gut he hier however im in it knapp mehr meanwhile
    mindestens more most nach nun on over roughly rund she sie so some später the then there they
    to und ungefähr vom von was with zudem zuvor zum zunächst zur über""".split()
)
_WORD = re.compile(r"\w+(?:[.,:]\d+)*")
_PRIMES = np.array([2654435761, 2246822519, 3266489917], dtype=np.uint64)


@dataclass(frozen=True)
class TextWords:
    """A text as it is compared."""

    written: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "TextWords":
        """Take the first `LONGEST` words of a text."""
        found = []
        for hit in _WORD.finditer(text):
            found.append(hit[0])
            if len(found) == LONGEST:
                break
        return cls(tuple(found))

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The words without regard to case."""
        return tuple(word.casefold() for word in self.written)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every word that occurs."""
        return frozenset(self.folded)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Every word with a digit."""
        return frozenset(word for word in self.known if any(char.isdigit() for char in word))

    @cached_property
    def sequences(self) -> frozenset[tuple[str, ...]]:
        """Every three words that follow one another."""
        folded = self.folded
        return frozenset(zip(folded, folded[1:], folded[2:], strict=False))


def signature(words: TextWords) -> NDArray[np.uint32]:
    """Return an article's hash values, shape (SIGNATURE,); shape (0,) for a short text."""
    if len(words.folded) < SHORTEST:
        return np.zeros(0, dtype=np.uint32)
    crc = np.array([zlib.crc32(word.encode()) for word in words.folded], dtype=np.uint64)
    mixed = crc[:-2] * _PRIMES[0] + crc[1:-1] * _PRIMES[1] + crc[2:] * _PRIMES[2]
    sequences = (mixed >> np.uint64(16)) & np.uint64(0xFFFFFFFF)
    whole = _minhash(_WHOLE).copy()
    whole.update_batch(np.unique(sequences).tolist())
    opening = _minhash(_OPENING).copy()
    opening.update_batch(np.unique(sequences[: _OPENING_WORDS - 2]).tolist())
    return np.concatenate([whole.hashvalues, opening.hashvalues]).astype(np.uint32)


@cache
def _minhash(size: int) -> "MinHash":
    from datasketch import MinHash

    # The scheme is named because signatures are kept: a later default would not match them.
    return MinHash(size, seed=1, hashfunc=int, scheme="affine32")


def buckets(hashes: NDArray[np.uint32]) -> list[int]:
    """Return the keys, signed 64-bit, of which two near-identical texts share at least one."""
    keys = []
    rows = [(at, _WHOLE_ROWS) for at in range(0, _WHOLE, _WHOLE_ROWS)]
    rows += [(at, _OPENING_ROWS) for at in range(_WHOLE, SIGNATURE, _OPENING_ROWS)]
    data = hashes.astype("<u4")
    for at, size in rows if len(hashes) else ():
        named = at.to_bytes(2, "little") + data[at : at + size].tobytes()
        keys.append(int.from_bytes(blake2b(named, digest_size=8).digest(), "little", signed=True))
    return keys


def may_be_alike(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> bool:
    """Say whether two signatures are near enough for the texts to be compared."""
    if not len(first) or not len(second):
        return False
    same = first == second
    return bool(same[:_WHOLE].mean() >= 0.1 or same[_WHOLE:].mean() >= 0.3)


def near_identical(first: TextWords, second: TextWords) -> bool:
    """Say whether one article is a copy of the other, edited, cut or with an own opening."""
    least = min(len(first.sequences), len(second.sequences))
    if least < SHORTEST - 2:
        return False
    if len(first.sequences & second.sequences) < _SHARED * least:
        return False
    same, replaced = _compare_words(first, second)
    return replaced <= 1 or replaced * 100 <= _REPLACED * same


def same_paragraph(first: TextWords, second: TextWords) -> bool:
    """Say whether the longer paragraph says all that the shorter does, in the same words.

    >>> one = TextWords.of("Verletzt wurde dabei niemand, wie die Polizei in Kessin mitteilte.")
    >>> two = TextWords.of("Verletzt wurde dabei niemand, wie die Polizei in Kessin nun mitteilte.")
    >>> other = TextWords.of("Verletzt wurde dabei niemand, wie die Polizei in Dornau mitteilte.")
    >>> same_paragraph(one, two), same_paragraph(one, other)
    (True, False)
    """
    short, long = sorted((first, second), key=lambda words: len(words.folded))
    if not short.sequences or len(short.folded) < _SAME_LENGTH * len(long.folded):
        return False
    if not short.numbers <= long.numbers:
        return False
    if len(short.sequences & long.sequences) < _SAME_SHARED * len(short.sequences):
        return False
    return _compare_words(first, second)[1] == 0


def _compare_words(first: TextWords, second: TextWords) -> tuple[int, int]:
    """Return how many words stand in both in order, and how often a fact replaces a fact."""
    same = replaced = 0
    matcher = SequenceMatcher(None, first.folded, second.folded, autojunk=False)
    for operation, start, end, other_start, other_end in matcher.get_opcodes():
        if operation == "equal":
            same += end - start
        elif operation == "replace" and end - start <= 6 and other_end - other_start <= 6:
            gone = _facts(first.written[start:end]) - second.known
            come = _facts(second.written[other_start:other_end]) - first.known
            replaced += bool(gone and come)
    return same, replaced


def _facts(words: tuple[str, ...]) -> set[str]:
    """Return the words that may be a name or a number, without regard to case."""
    return {
        word.casefold()
        for word in words
        if (word[0].isupper() or any(char.isdigit() for char in word))
        and word.casefold() not in _NO_FACTS
    }
