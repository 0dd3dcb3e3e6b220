"""How much each sentence of a story matters to a question, and which of them say it all.

    score = sum of weight × feature

The features are standardised over the story's sentences, or are 0 and 1. The weights were fitted
on half of the stories of a development set and rounded (docs/experiments.md); they differ by
what is asked for: a story as a whole, or something that it says.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.text.quantities import Number
from index.arrays import Floats
from qa.answering.digest.differences import find_updates
from qa.answering.digest.statements import Statement
from qa.answering.signals import find_names
from qa.reader.read import Reader, Reading
from qa.retrieval.reading import key

MOST_READ = 48
"""Sentences that are read, of more those that score best without reading."""
_MOST_PARAGRAPHS = 24
"""The same of whole paragraphs."""
_FEW_WORDS = 9
_NAMES = 3


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a sentence matter."""

    near: float
    """Its cosine to the question."""
    passage: float
    """Its paragraph's score by retrieval."""
    central: float
    """How many of its terms the other sentences share."""
    new: float
    """How new its article is among those of the story, from 0 to 1."""
    opens: float
    """It is the first sentence of its paragraph."""
    follows: float
    """It is the second."""
    number: float
    """It has a number."""
    names: float
    """It has a number or several names."""
    thin: float
    """It is short and has no number: "Auch der Schaden fällt höher aus.\""""
    leans: float
    """It begins with a pronoun for something before it, or with somebody's words."""
    updates: float
    """It has another value than an older article where both tell the same."""
    read: float = 0.0
    """The reader's chance that it answers, as log odds."""
    titled: float = 0.0
    """The same where it is read after its article's title: one of several things needs that."""
    whole: float = 0.0
    """The reader's chance that its paragraph answers."""


NARRATIVE = Weights(
    near=0.25, passage=0.25, central=0.3, new=0.45, opens=0.5, follows=0.6,
    number=0.2, names=0.25, thin=-0.2, leans=-0.05, updates=0.15, read=0.3, whole=0.15,
)  # fmt: skip
"""A story, or what there is on a person or place."""
LATEST = replace(NARRATIVE, read=0.0, whole=0.3, new=0.8)
"""How a story stands."""
TIMELINE = replace(NARRATIVE, whole=0.0, new=0.2)
"""What happened when: what is old counts nearly as much as what is new."""
SUMMARY = Weights(
    near=0.1, passage=0.15, central=0.1, new=0.0, opens=0.35, follows=0.3,
    number=0.35, names=0.0, thin=-0.3, leans=-0.15, updates=0.15,
)  # fmt: skip
"""An article, or a story in few words: what its sentences answer says nothing of it."""
POINTED = Weights(
    near=0.55, passage=0.2, central=0.05, new=0.05, opens=0.1, follows=0.2,
    number=0.2, names=0.0, thin=-0.2, leans=-0.1, updates=0.4, read=0.6,
)  # fmt: skip
"""Things that are asked for one by one."""
LISTED = replace(
    POINTED, near=0.35, central=0.1, opens=0.05, follows=0.1, number=0.1, updates=0.35,
    read=0.4, titled=0.45, whole=0.3,
)  # fmt: skip
"""Things that a story has several of."""
COMPARISON = replace(POINTED, read=0.15, whole=0.6, central=0.25)
"""What several articles say of one thing."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """What a sentence loses for each of those that are chosen already."""

    paragraph: float
    """For each of the same paragraph; below 0 where one seldom comes alone."""
    meaning: float
    """Times the cosine to the nearest."""
    words: float
    """Times the share of its terms that another has."""


DIFFERENT = Novelty(paragraph=0.0, meaning=0.3, words=0.3)
"""Of sentences on one thing."""


def score_statements(
    statements: Sequence[Statement], weights: Weights, question: str, reader: Reader | None
) -> Floats:
    """Return the score of each sentence, (statements,).

    Args:
        statements: those of one story.
        weights: for the kind of question.
        question: what is read for.
        reader: reads what the weights name; None leaves that out.
    """
    if not statements:
        return np.zeros(0, dtype=np.float32)
    scores = _combine(_measure(statements), weights)
    if reader is None:
        return scores
    order = [statements[at] for at in np.argsort(-scores).tolist()]
    for weight, reading in (
        (weights.read, _read_bare),
        (weights.titled, _read_titled),
        (weights.whole, _read_whole),
    ):
        if weight:
            scores = scores + weight * _standardise(
                _read(reading, question, reader, statements, order)
            )
    return np.asarray(scores, dtype=np.float32)


WayOfReading = Callable[[Sequence[Statement], str, Reader], dict[int, float]]
"""The first sentences to the reader's log odds by their identities."""


def _read(
    reading: WayOfReading,
    question: str,
    reader: Reader,
    statements: Sequence[Statement],
    order: Sequence[Statement],
) -> Floats:
    """Read the first sentences; those that are not read answer no better than the worst."""
    known = reading(order, question, reader)
    least = min(known.values())
    return np.array([known.get(id(item), least) for item in statements], dtype=np.float32)


def _read_bare(order: Sequence[Statement], question: str, reader: Reader) -> dict[int, float]:
    return _by_identity(order, reader.read(question, [item.text for item in order[:MOST_READ]]))


def _read_titled(order: Sequence[Statement], question: str, reader: Reader) -> dict[int, float]:
    texts = [f"{item.article.title}. {item.text}" for item in order[:MOST_READ]]
    return _by_identity(order, reader.read(question, texts))


def _read_whole(order: Sequence[Statement], question: str, reader: Reader) -> dict[int, float]:
    passages = {key(item.passage): item.passage for item in order}
    first = dict(list(passages.items())[:_MOST_PARAGRAPHS])
    readings = reader.read(question, [item.text for item in first.values()])
    scores = {place: item.score for place, item in zip(first, readings, strict=True)}
    return {id(item): scores[key(item.passage)] for item in order if key(item.passage) in scores}


def _by_identity(order: Sequence[Statement], readings: Sequence[Reading]) -> dict[int, float]:
    return {id(item): found.score for item, found in zip(order, readings, strict=False)}


def choose(
    statements: Sequence[Statement], scores: Floats, count: int, novelty: Novelty
) -> list[Statement]:
    """Return the best sentences that do not repeat one another, the best first."""
    if not statements:
        return []
    vectors = np.stack([item.vector for item in statements])
    shared = _shared_terms(statements)
    left = np.array(scores, dtype=np.float32)
    paragraphs = [(item.article.uri, item.passage.paragraph) for item in statements]
    used: Counter[tuple[str, int]] = Counter()
    repeats = np.zeros(len(statements), dtype=np.float32)
    chosen: list[int] = []
    for _ in range(min(count, len(statements))):
        lost = repeats + novelty.paragraph * np.array([used[item] for item in paragraphs])
        best = int(np.argmax(np.where(np.isin(np.arange(len(left)), chosen), -np.inf, left - lost)))
        chosen.append(best)
        used[paragraphs[best]] += 1
        meaning = np.maximum(vectors @ vectors[best], 0)
        repeats = np.maximum(repeats, novelty.meaning * meaning + novelty.words * shared[best])
    return [statements[at] for at in chosen]


def _combine(features: Mapping[str, Floats], weights: Weights) -> Floats:
    total = sum(getattr(weights, name) * values for name, values in features.items())
    return np.asarray(total, dtype=np.float32)


def _measure(statements: Sequence[Statement]) -> dict[str, Floats]:
    """Return the features by the names of their weights, without reading."""
    numbers = [_has_number(item) for item in statements]
    return {
        "near": _standardise([item.near for item in statements]),
        "passage": _standardise([item.passage.score for item in statements]),
        "central": _standardise(_shared_terms(statements).mean(axis=1)),
        "new": _newness(statements),
        "opens": _flags([item.place == 0 for item in statements]),
        "follows": _flags([item.place == 1 for item in statements]),
        "number": _flags(numbers),
        "names": _flags(
            [
                number or len(find_names(item.text)) >= _NAMES
                for item, number in zip(statements, numbers, strict=True)
            ]
        ),
        "thin": _flags(
            [
                not number and len(item.text.split()) < _FEW_WORDS
                for item, number in zip(statements, numbers, strict=True)
            ]
        ),
        "leans": _flags([item.leans or item.quoted for item in statements]),
        "updates": find_updates(statements),
    }


def _has_number(statement: Statement) -> bool:
    values = (item.value for item in statement.quantities)
    return any(isinstance(value, Number) and not value.may_be_article for value in values)


def _shared_terms(statements: Sequence[Statement]) -> Floats:
    """Return the share of terms of each two sentences, of the one with fewer: (n, n)."""
    columns = {term: at for at, term in enumerate(set().union(*(s.terms for s in statements)))}
    held = np.zeros((len(statements), len(columns)), dtype=np.float32)
    for row, item in enumerate(statements):
        held[row, [columns[term] for term in item.terms]] = 1
    counts = held.sum(axis=1)
    return np.asarray(held @ held.T / np.maximum(np.minimum.outer(counts, counts), 1))


def _newness(statements: Sequence[Statement]) -> Floats:
    days = sorted({item.article.published for item in statements if item.article.published})
    last = max(1, len(days) - 1)
    return np.array(
        [
            days.index(item.article.published) / last if item.article.published else 0.0
            for item in statements
        ],
        dtype=np.float32,
    )


def _flags(values: Sequence[bool]) -> Floats:
    return np.array(values, dtype=np.float32)


def _standardise(values: Sequence[float] | Floats) -> Floats:
    found = np.asarray(values, dtype=np.float32)
    deviation = float(found.std())
    return (found - found.mean()) / deviation if deviation > 1e-6 else np.zeros_like(found)
