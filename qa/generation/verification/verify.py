"""Does a passage support a sentence that a language model wrote? Checked before it counts.

A sentence passes when

1. it cites a source, and no source that it was not given;
2. its numbers, dates and names occur in the passages that it cites;
3. it says what a sentence there says: MEANT z + COVERED × coverage + READ × reading reaches
   the least score. z is by how many deviations its cosine to that sentence stands out,
   coverage the share of its terms in the passage (in one language only), reading the chance
   that the passage answers the sentence taken as a question;
4. it neither denies what is said there nor states as a fact what is only reported;
5. the reader, asking the question of it and of the passage, does not find different answers.

What supports it is located: sentences of the passages, with their offsets in the articles.
How much this catches, and what it misses, is in docs/benchmarks.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from corpus.text.language import UNDETERMINED, question_language
from corpus.text.quantities import Quantity, blank_quantities, find_quantities
from corpus.text.sentences import sentence_spans
from index.analysis import terms
from index.arrays import Floats
from index.encoder import Encoder
from index.fusion import Spread
from qa.generation.verification.names import unknown_names
from qa.generation.verification.numbers import is_given, may_be_word
from qa.generation.verification.words import clauses, denies, hides_hearsay, opposes, repeats_itself
from qa.reader.read import Reader, Reading
from qa.results import Passage

LONGEST = 1000
"""Characters of a sentence; a longer one is a list or a loop, and no passage supports it."""
COVERED = 1.5
READ = 2.0
LEAST_SAME, LEAST_OTHER = 6.0, 4.0
"""Least score where sentence and passage are in one language, and in two."""
SURE = 0.6
"""Chance from which the reader's finding counts when two are compared."""

Reason = Literal[
    "",
    "uncited",
    "invented",
    "long",
    "repeats",
    "figure",
    "name",
    "meaning",
    "denied",
    "hearsay",
    "answer",
    "quote",
]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a passage; the offsets are the article's."""

    passage: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence is supported: by what, or why not."""

    reason: Reason
    """"" where it is supported."""
    detail: str = ""
    """The figure or name that is not in the passages."""
    quotes: tuple[Quote, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether all checks were passed."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Source:
    """A passage taken apart once for all sentences that cite it."""

    passage: Passage
    sentences: tuple[Quote, ...]
    vectors: Floats
    """Shape (sentences, dimension)."""
    text: str
    figures: tuple[Quantity, ...]
    terms: frozenset[str]


class Verifier:
    """Checks the sentences of one answer against the passages that it was written from."""

    def __init__(
        self,
        question: str,
        passages: Sequence[Passage],
        encoder: Encoder,
        spread: Spread | None,
        reader: Reader | None,
    ) -> None:
        """Take the passages in the order of the numbers that they were given, from 1."""
        self._question = question
        self._language = question_language(question)
        self._passages = tuple(passages)
        self._encoder = encoder
        self._spread = spread
        self._reader = reader
        self._sources: dict[int, _Source] = {}

    def check(self, text: str, markers: Sequence[int]) -> Verdict:
        """Check a sentence.

        Args:
            text: without its markers.
            markers: the numbers of the passages that it cites.
        """
        if not markers:
            return Verdict("uncited")
        if any(not 1 <= marker <= len(self._passages) for marker in markers):
            return Verdict("invented")
        if len(text) > LONGEST:
            return Verdict("long")
        if repeats_itself(text):
            return Verdict("repeats")
        language = self._language_of(text)
        sources = [self._source(marker) for marker in dict.fromkeys(markers)]
        claimed = find_quantities(text, language)
        missing = _find_missing(claimed, sources) or _find_unknown_name(text, language, sources)
        if missing is not None:
            return missing
        best = self._find_same_meaning(text, language, sources)
        if best is None:
            return Verdict("meaning")
        quotes = _with_find_quantities(best, claimed, sources)
        return self._find_turn(text, language, quotes) or Verdict("", "", tuple(quotes))

    def _language_of(self, text: str) -> str:
        """Return a sentence's language; a short one's is that of the question."""
        found = question_language(text)
        return found if found in ("de", "en") else self._language

    def _source(self, marker: int) -> _Source:
        if marker not in self._sources:
            passage = self._passages[marker - 1]
            quotes = tuple(
                Quote(passage, passage.start + start, passage.start + end)
                for start, end in sentence_spans(passage.text, passage.language)
            )
            article = passage.article
            names = (article.title, passage.heading, article.source, *article.authors)
            text = "\n".join((*names, passage.text))
            self._sources[marker] = _Source(
                passage,
                quotes,
                self._encoder.encode([quote.text for quote in quotes], "document"),
                text,
                tuple(find_quantities(text, passage.language)),
                frozenset(terms(text, passage.language)),
            )
        return self._sources[marker]

    def _find_same_meaning(
        self, text: str, language: str, sources: Sequence[_Source]
    ) -> list[Quote] | None:
        """Return the sentence that says the same in each passage that has one, the best first."""
        vector = self._encoder.encode([text], "document")[0]
        readings = self._readings(text, sources)
        found = []
        for source, reading in zip(sources, readings, strict=True):
            if not source.sentences:
                continue
            cosines = source.vectors @ vector
            nearest = int(np.argmax(cosines))
            z = self._stands_out(vector, cosines[nearest : nearest + 1])
            score = z + READ * reading.answerable
            least = LEAST_OTHER
            if not _foreign(language, source.passage.language):
                score += COVERED * _coverage(text, language, source)
                least = LEAST_SAME
            if score >= least:
                found.append((score, source.sentences[nearest]))
        found.sort(key=lambda item: -item[0])
        return [quote for _, quote in found] or None

    def _readings(self, text: str, sources: Sequence[_Source]) -> Sequence[Reading]:
        if self._reader is None:
            # Neither for nor against: halfway.
            return [Reading(0, 0, 0.0, 0.5)] * len(sources)
        return self._reader.read(text, [source.passage.text for source in sources])

    def _stands_out(self, vector: Floats, cosines: Floats) -> float:
        if self._spread is None:
            return 0.0
        return float(self._spread.standardise(vector, cosines)[0])

    def _find_turn(self, text: str, language: str, quotes: Sequence[Quote]) -> Verdict | None:
        """Return what is wrong with a sentence that is about the right thing."""
        first = quotes[0]
        foreign = _foreign(language, first.passage.language)
        beside = _clauses_like(text, first, foreign=foreign)
        if denies(text, beside) or opposes(text, first.text):
            return Verdict("denied")
        if hides_hearsay(text, first.text):
            return Verdict("hearsay")
        if not foreign and self._answers_otherwise(text, quotes):
            return Verdict("answer")
        return None

    def _answers_otherwise(self, text: str, quotes: Sequence[Quote]) -> bool:
        """Tell whether a sentence gives the question another answer than its passage does."""
        if self._reader is None:
            return False
        here = self._reader.read(self._question, [text])[0]
        if here.answerable < SURE:
            return False
        passage = quotes[0].passage
        language = passage.language
        span = text[here.start : here.end]
        said = set(terms(blank_quantities(span, language), language)) - _common(language)
        quoted = {term for quote in quotes for term in terms(quote.text, language)}
        if not said or said & quoted:
            return False
        # Words of another sentence of the passage are an answer to something else.
        if said & set(terms(passage.text, language)):
            return True
        there = self._answers[(passage.article.uri, passage.paragraph)]
        return there.answerable >= SURE and not _says_the_same(span, passage, there)

    @cached_property
    def _answers(self) -> Mapping[tuple[str, int], Reading]:
        """The reader's findings for the question, by passage."""
        assert self._reader is not None
        readings = self._reader.read(self._question, [item.text for item in self._passages])
        keys = [(item.article.uri, item.paragraph) for item in self._passages]
        return dict(zip(keys, readings, strict=True))


def _says_the_same(span: str, passage: Passage, there: Reading) -> bool:
    """Tell whether an answer has words or figures of the sentence that the reader answers with.

    The whole sentence, as the reader's spans are cut now too long, now too short.
    """
    language = passage.language
    spans = sentence_spans(passage.text, language)
    whole = next(
        (passage.text[start:end] for start, end in spans if start <= there.start < end),
        passage.text,
    )
    given = find_quantities(whole, language)
    return any(is_given(figure, given, None) for figure in find_quantities(span, language)) or bool(
        set(terms(span, language)) & set(terms(whole, language)) - _common(language)
    )


def _find_missing(claimed: Sequence[Quantity], sources: Sequence[_Source]) -> Verdict | None:
    for figure in claimed:
        given = any(
            is_given(figure, list(source.figures), source.passage.article.published, claimed)
            for source in sources
        )
        if not given and not may_be_word(figure):
            return Verdict("figure", figure.text)
    return None


def _find_unknown_name(text: str, language: str, sources: Sequence[_Source]) -> Verdict | None:
    whole = "\n".join(source.text for source in sources)
    languages = {source.passage.language for source in sources}
    source_language = language if language in languages else min(languages)
    names = unknown_names(text, language, whole, source_language)
    return Verdict("name", names[0]) if names else None


def _foreign(one: str, two: str) -> bool:
    return UNDETERMINED not in (one, two) and one != two


def _common(language: str) -> frozenset[str]:
    """Return terms that one in five everyday paragraphs has; they say nothing."""
    from index.reference import background_counts

    count, held = background_counts(language)
    return frozenset(term for term, number in held.items() if number > 0.2 * count)


def _coverage(text: str, language: str, source: _Source) -> float:
    """Return the share of a sentence's terms, common ones and figures aside, in its passage."""
    own = source.passage.language
    said = set(terms(blank_quantities(text, language), own)) - _common(own)
    return len(said & source.terms) / len(said) if said else 1.0


def _with_find_quantities(
    best: Sequence[Quote], claimed: Sequence[Quantity], sources: Sequence[_Source]
) -> list[Quote]:
    """Return the best sentences, and those that have figures which the best ones lack."""
    quotes = list(best)
    for figure in claimed:
        if any(_holds(quote, figure) for quote in quotes):
            continue
        other = (quote for source in sources for quote in source.sentences if _holds(quote, figure))
        found = next(other, None)
        if found is not None:
            quotes.append(found)
    return quotes


def _holds(quote: Quote, figure: Quantity) -> bool:
    passage = quote.passage
    given = find_quantities(quote.text, passage.language)
    return is_given(figure, given, passage.article.published)


def _clauses_like(text: str, quote: Quote, *, foreign: bool) -> list[str]:
    """Return the clauses of a quote that a sentence is to be compared with."""
    pieces = clauses(quote.text)
    if foreign or len(pieces) == 1:
        return pieces
    language = quote.passage.language
    said = set(terms(text, language)) - _common(language)
    shared = [len(said & set(terms(piece, language))) for piece in pieces]
    most = max(shared)
    return [piece for piece, count in zip(pieces, shared, strict=True) if count * 2 >= most]
