"""The wording of a question as a row of numbers: words, pairs of words, and pieces of words."""

import re
from collections import Counter
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

COLUMNS = 8192
"""Features share columns by a hash: no list of words to keep."""
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PIECES = (3, 4, 5)
"""Letters of a piece of a word, with a mark at its beginning and end."""
_MOST_TOKENS = 100
"""Tokens that are read: how a question is put shows early."""
_LONGEST_WORD = 40


def count_features(question: str) -> Counter[str]:
    """Count what a question is made of.

    >>> [name for name in count_features("Wer war's?") if ":" in name][5:9]
    ['bigram:wer war', "bigram:war '", "bigram:' s", 'bigram:s ?']
    """
    words = _TOKEN.findall(question.lower())[:_MOST_TOKENS]
    found = Counter(f"word:{word}" for word in words)
    found.update(f"bigram:{one} {other}" for one, other in pairwise(words))
    if words:
        found[f"first:{words[0]}"] += 1
        found[f"opening:{' '.join(words[:2])}"] += 1
        found[f"last:{words[-1]}"] += 1
        found[f"length:{min(len(words) // 2, 8)}"] += 1
    for word in words:
        marked = f"_{word[:_LONGEST_WORD]}_"
        for size in _PIECES:
            found.update(marked[at : at + size] for at in range(len(marked) - size + 1))
    return found


def wording_of(question: str) -> NDArray[np.float32]:
    """Return the features' counts, dampened, in a row of `COLUMNS` numbers of length 1, or zeros.

    >>> wording_of("Wer?").shape, float(wording_of("").sum())
    ((8192,), 0.0)
    """
    row = np.zeros(COLUMNS, dtype=np.float32)
    for feature, count in count_features(question).items():
        hashed = crc32(feature.encode())
        # Half of them count negatively, so that strangers in a column cancel out.
        row[hashed % COLUMNS] += count**0.5 if hashed & 0x80000000 else -(count**0.5)
    length = float(np.linalg.norm(row))
    return row / length if length else row
