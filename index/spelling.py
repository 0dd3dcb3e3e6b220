"""Terms that a mistyped word may stand for."""

from collections.abc import Iterable
from dataclasses import dataclass

_SLIPS = ((9, 2), (6, 1))
"""Letters of a word from which on it may have so many slips."""


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
