"""Which sentences of the passages hold the answer, by the scores of sentence and passage.

    score = z + COVERAGE_WEIGHT × coverage + HOLDS_SPAN × answerable + passage's score

z says by how many deviations the sentence's cosine stands out, coverage is the
share of the question's rare terms in it, and answerable is the reader's chance,
0 to 1, that the passage answers, where this sentence holds the span that it
found there, and 0 otherwise. Without a reader the best sentence holds the answer for 77 % of
the questions on xquad-de, on xquad-en for 80 % (docs/experiments.md).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from corpus.catalog.embeddings import in_context
from corpus.text.quantities import Quantity, find_quantities
from corpus.text.sentences import sentence_spans
from index.analysis import terms
from index.encoder import Encoder
from index.lexical import field_of
from index.reference import background_counts
from index.search import Analysed
from index.store import Index
from qa.answering.values import AnswerWords, read_answer
from qa.results import Passage
from qa.retrieval.reading import Key, SpanFound, key

COVERAGE_WEIGHT = 4.0
HOLDS_SPAN = 3.0
CORRECTS = re.compile(
    r"\b(?:korrektur|korrigier\w+|berichtig\w+|richtigstell\w+|richtig (?:ist|sind|muss)|"
    r"fälschlich\w*|irrtümlich\w*|(?:das|dies) (?:ist|war) falsch|früheren (?:fassung|version)|"
    r"falsch (?:angegeben|berichtet|gemeldet|genannt|wiedergegeben)|"
    r"correction|corrected|corrects|an earlier version|amended|this article first said)\b",
    re.IGNORECASE,
)
"""Words that say that an article corrects something."""
_PASSAGES = 5
"""Passages whose sentences are looked at; further ones hold the answer too rarely."""
_LONGEST = 600
"""Characters of a quote: a longer sentence, or what has no sentences, is cut between words."""
_STRETCHES = 80
"""Quotes that are compared at most; of more, those that hold the most of the question."""


@dataclass(frozen=True, slots=True)
class Found:
    """What retrieval found for a question."""

    question: Analysed
    passages: tuple[Passage, ...]
    index: Index
    is_complete: bool = False
    """Whether no other passage meets the filters."""

    def rarities(self, language: str) -> dict[str, float]:
        """Return the question's terms in a language's field, and how rare each is there."""
        field = field_of(language)
        words = self.question.terms.get(field, ())
        return self.index.lexical.rarities(field, words, background_counts(language))

    def coverage_of(self, passage: Passage) -> float | None:
        """Return the share of the question's terms that a passage holds, by rarity.

        None where it is in another language than the question: terms say nothing there.
        """
        if self.question.is_foreign(passage.language):
            return None
        return passage.scores["coverage"]


def coverage(rarities: Mapping[str, float], text: str, language: str) -> float:
    """Return the share of the question's terms, by rarity, that a text holds.

    Args:
        rarities: the question's terms, analysed in the text's language -> their weight.
        text: a paragraph or a sentence.
        language: the text's.

    >>> coverage({"seilbahn": 3.0, "fahr": 1.0}, "Die Seilbahn steht.", "de")
    0.75
    """
    total = sum(rarities.values())
    if not total:
        return 0.0
    held = set(terms(text, language))
    return sum(weight for term, weight in rarities.items() if term in held) / total


def in_article(passage: Passage, text: str) -> str:
    """Return a stretch of a passage with the title and heading that stand above it."""
    return f"{passage.article.title}\n{passage.heading}\n{text}"


@dataclass(frozen=True)
class ScoredSentence:
    """A sentence that may hold the answer; the offsets are the article's.

    What it says is read when it is first asked for, and kept.
    """

    passage: Passage
    start: int
    end: int
    score: float
    span: SpanFound | None = None
    """What the reader found in its passage, where that lies in this sentence."""

    @cached_property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    @cached_property
    def words(self) -> list[str]:
        """Its words, case folded."""
        return self.text.casefold().split()

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """Its dates, numbers and times."""
        return find_quantities(self.text, self.passage.language)

    @cached_property
    def answer(self) -> AnswerWords | None:
        """The words of its span."""
        if self.span is None:
            return None
        words = self.text[self.span.start - self.start : self.span.end - self.start]
        return read_answer(words, self.passage.language)

    @cached_property
    def corrects(self) -> bool:
        """Whether its passage, or what stands above it, says that it corrects something."""
        return corrects(self.passage)


def corrects(passage: Passage) -> bool:
    """Tell whether a passage, or what stands above it, says that it corrects something."""
    return bool(CORRECTS.search(in_article(passage, passage.text)))


def score_sentences(
    found: Found,
    passages: Sequence[Passage],
    encoder: Encoder,
    spans: Mapping[Key, SpanFound],
) -> list[ScoredSentence]:
    """Return the sentences of the first passages, the best first."""
    stretches = _stretches(found, passages[:_PASSAGES], spans)
    texts = [passage.text[start:end] for passage, start, end in stretches]
    question = found.question
    contexts = [
        in_context(passage.article.title, text)
        for (passage, _, _), text in zip(stretches, texts, strict=True)
    ]
    cosines = encoder.encode(contexts, "document") @ question.vector
    spread = found.index.spread
    stands_out = (
        np.zeros_like(cosines) if spread is None else spread.standardise(question.vector, cosines)
    )
    languages = {passage.language for passage, _, _ in stretches}
    rarities = {language: found.rarities(language) for language in languages}
    scored = []
    for (passage, start, end), text, z in zip(stretches, texts, stands_out.tolist(), strict=True):
        held = 0.0
        if not question.is_foreign(passage.language):
            asked = rarities[passage.language]
            held = coverage(asked, in_article(passage, text), passage.language)
        score = z + COVERAGE_WEIGHT * held + passage.score
        scored.append(ScoredSentence(passage, passage.start + start, passage.start + end, score))
    return favour_spans(scored, spans)


def favour_spans(
    plain: Sequence[ScoredSentence], spans: Mapping[Key, SpanFound]
) -> list[ScoredSentence]:
    """Give the sentences their spans, add to the scores of those that have one, and sort them.

    Args:
        plain: sentences without spans.
        spans: what the reader found, by passage.
    """

    def with_span(item: ScoredSentence) -> ScoredSentence:
        span = spans.get(key(item.passage))
        if span is None or not _holds(span, item.start, item.end):
            return item
        return replace(item, span=span, score=item.score + HOLDS_SPAN * span.answerable)

    return sorted(map(with_span, plain), key=lambda item: -item.score)


def _stretches(
    found: Found, passages: Sequence[Passage], spans: Mapping[Key, SpanFound]
) -> list[tuple[Passage, int, int]]:
    """Cut passages into what can be quoted; of too many pieces keep the likeliest."""
    pieces = [
        (passage, start, end)
        for passage in passages
        for begin, close in sentence_spans(passage.text, passage.language)
        for start, end in cut_sentence(passage.text, begin, close)
    ]
    if len(pieces) <= _STRETCHES:
        return pieces

    def likely(piece: tuple[Passage, int, int]) -> float:
        passage, start, end = piece
        if _holds(spans.get(key(passage)), passage.start + start, passage.start + end):
            return 2.0
        rarities = found.rarities(passage.language)
        return coverage(rarities, passage.text[start:end], passage.language)

    kept = sorted(range(len(pieces)), key=lambda at: -likely(pieces[at]))[:_STRETCHES]
    return [pieces[at] for at in sorted(kept)]


def cut_sentence(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, or the parts of one that is too long to quote.

    >>> list(cut_sentence("kurz", 0, 4)), len(list(cut_sentence("Wort " * 300, 0, 1499)))
    ([(0, 4)], 3)
    """
    while end - start > _LONGEST:
        border = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        border = start + _LONGEST if border < 0 else border
        yield start, border
        start = border + 1 if text[border] == " " else border
    if start < end:
        yield start, end


def _holds(span: SpanFound | None, start: int, end: int) -> bool:
    return span is not None and start <= span.start < span.end <= end
