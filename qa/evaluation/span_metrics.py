"""How good readings are: SQuAD's F1 and exact match, and the area under the ROC curve."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import numpy as np

_ARTICLES = re.compile(r"\b(a|an|the|der|die|das|den|dem|des|ein|eine|einen|einem|einer|eines)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "„“”‚‘’»«–—…")


def normalise_answer(text: str) -> str:
    """Normalise an answer by SQuAD's rules, German articles stripped like English ones.

    >>> normalise_answer("Der  „Rote“ Turm.")
    'rote turm'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def f1(predicted: str, answers: Sequence[str]) -> float:
    """Return the best word overlap (F1) with any of the answers.

    Source: Rajpurkar and others, "SQuAD: 100,000+ Questions for Machine Comprehension of
    Text", 2016, section 6.1.

    >>> f1("im Jahr 1894", ["1894"])
    0.5
    """
    return max(
        (_overlap(normalise_answer(predicted), normalise_answer(a)) for a in answers), default=0.0
    )


def _overlap(predicted: str, answer: str) -> float:
    ours, theirs = predicted.split(), answer.split()
    if not ours or not theirs:
        return float(ours == theirs)
    same = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * same / (len(ours) + len(theirs))


def exact(predicted: str, answers: Sequence[str]) -> bool:
    """Tell whether a prediction equals any of the answers, once normalised."""
    return any(normalise_answer(predicted) == normalise_answer(answer) for answer in answers)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return the chance that a positive scores above a negative; a tie counts half.

    >>> auroc([3.0, 2.0], [1.0, 2.0])
    0.875
    """
    if not len(positive) or not len(negative):
        return float("nan")
    ordered = np.sort(np.asarray(negative))
    values = np.asarray(positive)
    below = np.searchsorted(ordered, values, side="left")
    upto = np.searchsorted(ordered, values, side="right")
    return float((below + upto).sum() / 2 / len(values) / len(ordered))
