"""The sentences of a story's articles, each with what tells how much it matters."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus.catalog.embeddings import in_context
from corpus.text.quantities import Quantity, find_quantities
from corpus.text.sentences import sentence_spans
from index.analysis import terms
from index.arrays import Floats
from index.encoder import Encoder, normalise_rows
from index.reference import background_counts
from qa.answering.sentences import CORRECTS, Found, cut_sentence
from qa.results import ArticleInfo, Passage

_LEANS = re.compile(
    r"^[\"„“»«]?(?:er|sie|es|ihm|ihr(?:e[nmrs]?)?|ihn(?:en)?|sein(?:e[nmrs]?)?|dies(?:e[nmrs]?)?|das|"
    r"da(?:mit|für|gegen|von|zu|bei|durch|rauf|ran|rin|rüber|nach|mals)|dort|deren|dessen|beide|"
    r"zuvor|auch|so|zudem|außerdem|he|she|it|they|his|her|their|this|that|these|those|there|both)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*[\"„“»«‚']")
_SHORTEST = 4
"""Words; what is shorter tells nothing by itself."""


@dataclass(frozen=True, eq=False)
class Statement:
    """A sentence of a story; the offsets are the article's."""

    passage: Passage
    start: int
    end: int
    number: int
    """Its place among the sentences of its article, from 0."""
    place: int
    """Its place among the sentences of its paragraph, from 0."""
    vector: Floats
    """Of length 1, without what all vectors of the collection have in common: (dimension,)."""
    near: float
    """Its cosine to the question, of both without what the story's sentences have in common."""

    @property
    def article(self) -> ArticleInfo:
        """The article that it is of."""
        return self.passage.article

    @cached_property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    @cached_property
    def terms(self) -> frozenset[str]:
        """Its terms, without those of everyday text."""
        _, common = background_counts(self.passage.language)
        return frozenset(terms(self.text, self.passage.language)) - common.keys()

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its dates, numbers and times."""
        return find_quantities(self.text, self.passage.language)

    @cached_property
    def corrects(self) -> bool:
        """Whether it says itself that it corrects something."""
        return bool(CORRECTS.search(self.text))

    @cached_property
    def leans(self) -> bool:
        """Whether it begins with a word that stands for one of the sentence before."""
        return bool(_LEANS.match(self.text))

    @cached_property
    def quoted(self) -> bool:
        """Whether it begins with what somebody said."""
        return bool(_QUOTED.match(self.text))


def gather_statements(found: Found, encoder: Encoder) -> list[Statement]:
    """Return the sentences of passages, in the order of their articles; none is too short.

    Args:
        found: all passages of the story, as retrieval found them for the question.
        encoder: the model that their scores are of; it knows the sentences' vectors.
    """
    passages = sorted(found.passages, key=lambda item: (item.article.uri, item.start))
    pieces = [(item, at, span) for item in passages for at, span in enumerate(_spans(item))]
    if not pieces:
        return []
    contexts = [in_context(item.article.title, item.text[a:b]) for item, _, (a, b) in pieces]
    vectors = encoder.encode(contexts, "document")
    spread = found.index.spread
    own = normalise_rows(vectors - np.float32(spread.mean if spread else 0.0))
    near = _compare(own, found.question.vector)
    numbers: dict[str, int] = {}
    statements = []
    for at, (passage, place, (start, end)) in enumerate(pieces):
        uri, text = passage.article.uri, passage.text[start:end]
        number = numbers[uri] = numbers.get(uri, -1) + 1
        if len(text.split()) < _SHORTEST:
            continue
        statements.append(
            Statement(
                passage,
                passage.start + start,
                passage.start + end,
                number,
                place,
                own[at],
                float(near[at]),
            )
        )
    return statements


def _spans(passage: Passage) -> list[tuple[int, int]]:
    return [
        span
        for begin, close in sentence_spans(passage.text, passage.language)
        for span in cut_sentence(passage.text, begin, close)
    ]


def _compare(vectors: Floats, question: Floats) -> Floats:
    """Return how near each sentence is to what sets the question apart within the story.

    All sentences of a story are near to its name; what is asked of it is in the rest.

    Args:
        vectors: the sentences', of length 1: (sentences, dimension).
        question: (dimension,).
    """
    mean = vectors.mean(axis=0)
    length = float(mean @ mean)
    rest = question - (question @ mean) / length * mean if length else question
    return np.asarray(normalise_rows(vectors - mean) @ rest, dtype=np.float32)
