"""Which sentences of the passages hold the answer, by the scores of sentence and passage.

    score = z + COVERED × coverage + HOLDS_SPAN × holds span + passage's score

z says by how many deviations the sentence's cosine stands out, coverage is the
share of the question's rare terms in it, and the span is what the reader found
in the passage. Without a reader the best sentence holds the answer for 77 % of
the questions on xquad-de, on xquad-en for 80 % (docs/experiments.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.embeddings import in_context
from corpus.sentences import sentence_spans
from index.background import background_counts
from index.encoder import Encoder
from index.lexical import field_of
from index.search import Analysed
from index.sync import Snapshot
from qa.reading import Key, SpanFound, key
from qa.results import Passage
from qa.support import Support, coverage, support

COVERED = 4.0
HOLDS_SPAN = 3.0
_PASSAGES = 5
"""Passages whose sentences are looked at; further ones hold the answer too rarely."""


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval found for a question."""

    question: Analysed
    passages: tuple[Passage, ...]
    snapshot: Snapshot

    def rarities(self, language: str) -> dict[str, float]:
        """Return the question's terms in a language's field, and how rare each is there."""
        field = field_of(language)
        words = self.question.terms.get(field, ())
        return self.snapshot.lexical.rarities(field, words, background_counts(language))

    def covered(self, passage: Passage) -> float | None:
        """Return the share of the question's terms that a passage holds, by rarity.

        None where it is in another language than the question: terms say nothing there.
        """
        if self.question.is_foreign(passage.language):
            return None
        text = in_article(passage, passage.text)
        return coverage(self.rarities(passage.language), text, passage.language)

    def support(self, passage: Passage) -> Support:
        """Judge how far a passage supports an answer."""
        return support(passage.scores["dense_z"], self.covered(passage))


def in_article(passage: Passage, text: str) -> str:
    """Return a stretch of a passage with the title and heading that stand above it."""
    return f"{passage.article.title}\n{passage.heading}\n{text}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may hold the answer; the offsets are the article's."""

    passage: Passage
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


def candidates(
    found: Found,
    passages: Sequence[Passage],
    encoder: Encoder,
    spans: Mapping[Key, SpanFound],
) -> list[Candidate]:
    """Return the sentences of the first passages, the best first."""
    stretches = [
        (passage, start, end)
        for passage in passages[:_PASSAGES]
        for start, end in sentence_spans(passage.text, passage.language)
    ]
    texts = [passage.text[start:end] for passage, start, end in stretches]
    question = found.question
    contexts = [
        in_context(passage.article.title, text)
        for (passage, _, _), text in zip(stretches, texts, strict=True)
    ]
    cosines = encoder.encode(contexts, "document") @ question.vector
    spread = found.snapshot.spread
    stands_out = (
        np.zeros_like(cosines) if spread is None else spread.standardised(question.vector, cosines)
    )
    languages = {passage.language for passage, _, _ in stretches}
    rarities = {language: found.rarities(language) for language in languages}
    scored = []
    for (passage, start, end), text, z in zip(stretches, texts, stands_out.tolist(), strict=True):
        held = 0.0
        if not question.is_foreign(passage.language):
            terms = rarities[passage.language]
            held = coverage(terms, in_article(passage, text), passage.language)
        score = z + COVERED * held + passage.score
        span = spans.get(key(passage))
        if span and passage.start + start <= span.start < span.end <= passage.start + end:
            score += HOLDS_SPAN
        scored.append(Candidate(passage, passage.start + start, passage.start + end, score))
    return sorted(scored, key=lambda item: -item.score)
