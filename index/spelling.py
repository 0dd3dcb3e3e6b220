"""Which of a question's terms are mistyped, and which are words that the articles do not have.

Of a term that no paragraph holds, the one nearest to it tells: mistyped words have rare runs of
letters and long, frequent neighbours that differ inside the word; other words and other forms
of a word do not. `python -m training.spelling` fits and measures it.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.reference import background_counts

_WEIGHTS = (-3.4, 0.16, 0.423, -0.933, -0.845, 1.981, 0.165, -0.495)
"""Of `features`."""
_BIAS = -4.132
"""Moved so that three of four artificial mistakes are found."""
_SLIPS = ((9, 2), (6, 1))
"""Letters of a word from which on it may have so many slips."""
_SMOOTHING, _LETTERS = 0.1, 30
"""Added to the count of each run of three letters, and how many letters may follow two."""


@dataclass(frozen=True, slots=True)
class Near:
    """A term like another word."""

    term: str
    edits: int
    paragraphs: int
    """How many hold it, 1 or more."""


def most_slips(word: str) -> int:
    """Return how many slips a word may have; none where it is short, or no word."""
    return next((slips for least, slips in _SLIPS if len(word) >= least and word.isalpha()), 0)


def near_terms(word: str, terms: Iterable[tuple[str, int]]) -> list[Near]:
    """Return the terms that a word is a slip or two away from, the nearest first.

    Of equally near ones the most frequent comes first. The first letter is right.

    Args:
        word: a term.
        terms: others, with how many paragraphs hold each.
    """
    slips = most_slips(word)
    near = [
        Near(term, count_edits(word, term), count)
        for term, count in terms
        if count and term[0] == word[0] and abs(len(term) - len(word)) <= slips
    ]
    found = [item for item in near if item.edits <= slips]
    return sorted(found, key=lambda item: (item.edits, -item.paragraphs, item.term))


def is_mistyped(word: str, near: Sequence[Near], language: str) -> bool:
    """Tell whether a term that no paragraph holds is its nearest one, mistyped.

    Args:
        word: the term.
        near: those near it, the nearest first; without any it is not.
        language: of the terms.
    """
    if not near:
        return False
    values = features(word, near, language)
    score = sum(weight * value for weight, value in zip(_WEIGHTS, values, strict=True))
    return _BIAS + score > 0


def features(word: str, near: Sequence[Near], language: str) -> tuple[float, ...]:
    """Return what the choice rests on.

    In this order: whether there are two edits, the word's letters, the logarithm of the nearest
    term's paragraphs, whether other terms are near, whether the words differ at their end,
    whether two letters are swapped, how much likelier the term's letters are than the word's,
    and the logarithm of the likelihood of the word's least likely run of three letters.
    """
    best = near[0]
    start, end = _common(word, best.term)
    ours, theirs = _likelihoods(word, language), _likelihoods(best.term, language)
    return (
        float(best.edits > 1),
        float(len(word)),
        math.log(best.paragraphs),
        float(len(near) > 1),
        float(end == 0),
        float(best.edits == 1 and len(word) == len(best.term) == start + end + 2),
        sum(theirs) - sum(ours),
        min(ours),
    )


def _common(word: str, other: str) -> tuple[int, int]:
    """Return how many letters two words begin and, after those, end with alike."""
    least = min(len(word), len(other))
    start = next((at for at in range(least) if word[at] != other[at]), least)
    end = next(
        (at for at in range(least - start) if word[-1 - at] != other[-1 - at]), least - start
    )
    return start, end


def _likelihoods(word: str, language: str) -> list[float]:
    """Return the logarithms of the likelihood of each letter after the two before it."""
    pairs, triples = _runs(language)
    text = f"^{word}$"
    return [
        math.log(
            (triples[text[at : at + 3]] + _SMOOTHING)
            / (pairs[text[at : at + 2]] + _SMOOTHING * _LETTERS)
        )
        for at in range(len(text) - 2)
    ]


@lru_cache(maxsize=8)
def _runs(language: str) -> tuple[Counter[str], Counter[str]]:
    """Count the runs of two and of three letters in the terms of everyday texts."""
    pairs: Counter[str] = Counter()
    triples: Counter[str] = Counter()
    for word in filter(str.isalpha, background_counts(language)[1]):
        text = f"^{word}$"
        for at in range(len(text) - 2):
            pairs[text[at : at + 2]] += 1
            triples[text[at : at + 3]] += 1
    return pairs, triples


def count_edits(left: str, right: str) -> int:
    """Return how many letters are wrong, missing, too many or swapped with the next.

    Optimal string alignment (Boytsov, "Indexing methods for approximate dictionary searching",
    2011).

    >>> count_edits("erdogan", "erdogna"), count_edits("lukasz", "lucas"), count_edits("a", "a")
    (1, 2, 0)
    """
    rows = [list(range(len(right) + 1))]
    for at, letter in enumerate(left, 1):
        above, row = rows[-1], [at]
        for place, other in enumerate(right, 1):
            least = min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != other))
            if at > 1 and place > 1 and letter == right[place - 2] and left[at - 2] == other:
                least = min(least, rows[-2][place - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
