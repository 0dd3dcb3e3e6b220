"""Passages to an answer with citations, or a refusal with its reason; no language model."""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.text.language import UNDETERMINED
from index.analysis import terms
from index.encoder import Encoder
from index.reference import background_counts
from qa.answering.aggregation import Composed, compose, compose_parts
from qa.answering.answerability import DEFAULT_STRICTNESS, chance, least_chance, order_value
from qa.answering.citations import add_markers, keep_true, order_citations, write_date
from qa.answering.messages import message
from qa.answering.question import Question
from qa.answering.sentences import (
    Found,
    ScoredSentence,
    corrects,
    favour_spans,
    in_article,
    score_sentences,
)
from qa.answering.signals import asks_person, measure_signals, missing_words
from qa.answering.values import read_answer
from qa.reader.read import Reader
from qa.results import Answer, Passage, Refusal, Sentence, Side
from qa.retrieval.reading import Key, SpanFound, key, read_passages

_LEAST_PART = 0.4
"""Least chance, by reading, that a passage answers a part of the question for it to be quoted."""
_SHORT_KINDS = frozenset(("fact", "count", "reason", "how", "definition", "quote", "keywords"))
"""Kinds of question that a few words can answer."""
_BARE_VALUE = 5
"""A date or number of at most so many words is a value and nothing more."""
_ABOUT = 0.5
"""Share of the question that the nearest passage holds, from which it is about the same thing."""


def answer(
    question: Question,
    found: Found,
    encoder: Encoder,
    article: Callable[[str], Article],
    reader: Reader | None = None,
    strictness: str = DEFAULT_STRICTNESS,
) -> Answer:
    """Quote the sentences that answer a question, or refuse.

    Args:
        question: what is asked.
        found: the passages that retrieval found for it.
        encoder: the model that the passages' scores are of.
        article: returns an article by its URI; every quote is checked against it.
        reader: finds the answer's words; without one, sentences are chosen by their scores.
        strictness: "lenient", "balanced" or "strict": how sure an answer must be.

    Raises:
        QuestionError: there is no such strictness.
    """
    least = least_chance(strictness, follows=question.context is not None)
    if not any(char.isalnum() for char in question.text):
        return refuse(question, Refusal.WORDLESS, found.passages)
    if not found.passages:
        return refuse(question, Refusal.FILTERED, ())
    question = settle_language(question, found.passages)
    takes = [_read(found, part, reader) for part in question.parts or (question,)]
    best = max(takes, key=lambda take: take.confidence)
    if best.confidence < least:
        return _refuse_unsure(question, found, best, encoder)
    answering = [take for take in takes if take.confidence >= least]
    made = _compose(question, found, answering, encoder, least, article)
    return _make_answer(question, best, made, article)


def settle_language(question: Question, passages: Sequence[Passage]) -> Question:
    """Take a question of a few nouns ("Klimageld"), whose language cannot be told, to be in the
    one that most of its passages are in.
    """
    if question.language != UNDETERMINED:
        return question
    ((language, _),) = Counter(passage.language for passage in passages).most_common(1)
    return replace(question, language=language)


@dataclass(frozen=True, slots=True)
class _Take:
    """The passages as one part of the question orders them, and how likely each answers it."""

    part: Question
    passages: tuple[Passage, ...]
    spans: Mapping[Key, SpanFound]
    chances: Mapping[Key, float]
    """Of those that were read; of all where nothing was."""

    @property
    def confidence(self) -> float:
        """The chance that the first passage answers."""
        return self.chances[key(self.passages[0])]


def _read(found: Found, part: Question, reader: Reader | None) -> _Take:
    if reader is None or "yes or no" in part.wants:
        # A reader finds words, and "yes" stands in no article.
        return _Take(part, found.passages, {}, _judge(found, part, found.passages, {}))
    passages, spans = read_passages(part.as_read, found.passages, reader)
    chances = _judge(found, part, passages[: len(spans)], spans)
    found_score = {key(item): item.score for item in found.passages}

    def worth(item: Passage) -> float:
        # What was not read keeps its place behind.
        at = key(item)
        return order_value(chances[at], found_score[at]) if at in chances else -math.inf

    ordered = sorted(passages, key=worth, reverse=True)
    ranked = (replace(item, rank=rank) for rank, item in enumerate(ordered, start=1))
    return _Take(part, tuple(ranked), spans, chances)


def _judge(
    found: Found, part: Question, passages: Sequence[Passage], spans: Mapping[Key, SpanFound]
) -> dict[Key, float]:
    """Return how likely each passage answers a part of the question."""
    return {
        key(item): chance(measure_signals(found, part, item, spans), read=key(item) in spans)
        for item in passages
    }


def _compose(
    question: Question,
    found: Found,
    takes: Sequence[_Take],
    encoder: Encoder,
    least: float,
    article: Callable[[str], Article],
) -> Composed:
    """Choose the sentences that answer each part, or the question as a whole."""
    first = takes[0]
    supported = [
        passage
        for passage in first.passages
        if passage is first.passages[0] or _supports(first, passage, least, article)
    ]
    if len(takes) == 1:
        ranked = _lead_with_span(score_sentences(found, supported, encoder, first.spans), first)
        others = [item for item in first.passages if item not in supported and corrects(item)]
        corrections = score_sentences(found, others, encoder, {}) if others else ()
        return compose(ranked, corrections, as_list="several" in question.wants)
    return _compose_of_parts(found, takes, supported, encoder)


def _lead_with_span(ranked: Sequence[ScoredSentence], take: _Take) -> Sequence[ScoredSentence]:
    """Put the sentence first that holds what was read in the first passage.

    It is what the confidence is of.
    """
    first = key(take.passages[0])
    lead = next((item for item in ranked if item.span and key(item.passage) == first), None)
    if lead is None:
        return ranked
    raised = replace(lead, score=max(lead.score, ranked[0].score))
    return [raised, *(item for item in ranked if item is not lead)]


def _compose_of_parts(
    found: Found, takes: Sequence[_Take], supported: Sequence[Passage], encoder: Encoder
) -> Composed:
    """Choose the sentence that answers each part."""
    among = {key(passage) for passage in supported}
    owners = [_find_owner(take, among) for take in takes]
    sure = [owner for owner in owners if owner.read >= _LEAST_PART]
    # Of parts that reading answers, those that it does not are left out.
    owners = sure or owners
    known = {key(owner.passage): owner.passage for owner in owners}
    known |= {key(passage): passage for passage in supported}
    plain = score_sentences(found, list(known.values()), encoder, {})
    chosen = []
    for owner in owners:
        ranked = favour_spans(plain, owner.take.spans)
        best = _best_of_part(ranked, owner)
        if best is not None:
            chosen.append((best, ranked))
    return compose_parts(chosen)


@dataclass(frozen=True, slots=True)
class _Owner:
    """The passage that answers a part of the question, and the reader's chance that it does."""

    take: _Take
    passage: Passage
    read: float
    """1 where nothing was read."""


def _find_owner(take: _Take, among: Set[Key]) -> _Owner:
    """Find the passage that answers a part.

    The order of a take's passages is mostly that of the whole question: which of those that
    are about it answers this part, only reading tells.
    """
    first = take.passages[0]
    if not take.spans:
        return _Owner(take, first, 1.0)
    near = [
        passage
        for passage in take.passages
        if key(passage) in take.spans
        and (key(passage) in among or passage.article.uri == first.article.uri)
    ]
    best = max(near or [first], key=lambda passage: take.spans[key(passage)].answerable)
    return _Owner(take, best, take.spans[key(best)].answerable)


def _best_of_part(ranked: Sequence[ScoredSentence], owner: _Owner) -> ScoredSentence | None:
    """Return the sentence of a part's passage that holds its span, or the most of it."""
    inside = [item for item in ranked if key(item.passage) == key(owner.passage)]
    span = owner.take.spans.get(key(owner.passage))
    if span is None:
        return next(iter(inside), None)
    return max(
        inside,
        key=lambda item: min(item.end, span.end) - max(item.start, span.start),
        default=None,
    )


def _supports(
    take: _Take, passage: Passage, least: float, article: Callable[[str], Article]
) -> bool:
    """Tell whether a passage would answer by itself, had it come first, and of the same thing."""
    likely = take.chances.get(key(passage), 0.0) >= least
    return likely and _is_of_same(take, passage, article)


def _is_of_same(take: _Take, passage: Passage, article: Callable[[str], Article]) -> bool:
    """Tell whether a passage holds the names and numbers of the question that the first holds.

    Another town's value is no second answer. Of another article all is looked through: where
    it never names the town, it is another story.
    """
    first = take.passages[0]
    if first.language != passage.language:
        return True

    def lacking(item: Passage) -> set[str]:
        text = in_article(item, item.text)
        if passage.article.uri != first.article.uri:
            with suppress(ArticleNotFound):  # it may be removed while its passages are read
                text += "\n" + article(item.article.uri).text
        names, values, _ = missing_words(take.part.text, text, item.language)
        _, common = background_counts(item.language)
        # Of German nouns only those that general texts lack are names.
        return values | {
            name for name in names if not any(term in common for term in terms(name, item.language))
        }

    return lacking(passage) <= lacking(first)


def _make_answer(
    question: Question, best: _Take, made: Composed, article: Callable[[str], Article]
) -> Answer:
    """Check what was composed, and make the answer of what stands."""
    sentences = keep_true(made.sentences, article)
    if not sentences:
        return refuse(question, Refusal.NOTHING_NEAR, best.passages, best.confidence)
    whole = len(sentences) == len(made.sentences)
    differs = made.differs if whole else ()
    note = _make_note(question, differs)
    text = _write(sentences, differs, question.language)
    return Answer(
        question=question.text,
        text=" ".join(filter(None, (note, text))),
        short=_check_short(question, made.short, sentences[0]),
        answered=True,
        reason="",
        sentences=sentences,
        citations=order_citations(sentences),
        passages=best.passages,
        confidence=best.confidence,
        language=question.language,
        asked=question.text,
        kind=question.kind,
        context=question.context.question if question.context else "",
        about=question.context.about if question.context else "",
        note=note,
        differs=differs,
    )


def _check_short(question: Question, short: str, first: Sentence) -> str:
    """Leave out a short answer that its sentence lacks, or of another kind than what is asked.

    A date or a number is no reason, and nobody's name.
    """
    if short not in first.text or question.kind not in _SHORT_KINDS:
        return ""
    if "yes or no" in question.wants:
        return ""
    language = first.citations[0].passage.language
    bare = len(short.split()) <= _BARE_VALUE and read_answer(short, language).values
    wants_words = "reason" in question.wants or asks_person(question.text)
    return "" if wants_words and bare else short


def _make_note(question: Question, differs: Sequence[Side]) -> str:
    notes = []
    if differs:
        notes.append(message(_name_difference(differs), question.language))
    if "yes or no" in question.wants:
        notes.append(message("yes or no", question.language))
    return " ".join(notes)


def _name_difference(differs: Sequence[Side]) -> str:
    """Name the kind of a difference: articles of different years seldom contradict each other."""
    if differs[0].corrects:
        return "corrected"
    days = [side.published for side in differs if side.published]
    apart = len(days) == len(differs) and max(days) - min(days) > timedelta(days=365)
    return "years apart" if apart else "differ"


def _write(sentences: Sequence[Sentence], differs: Sequence[Side], language: str) -> str:
    """Write the sentences with their markers; where sources differ, each after its date."""
    if not differs:
        return add_markers(sentences)
    undated = message("undated", language)
    return " ".join(
        f"({write_date(side.published, language) if side.published else undated}) "
        f"{add_markers([side.sentence])}"
        for side in differs
    )


def _refuse_unsure(question: Question, found: Found, take: _Take, encoder: Encoder) -> Answer:
    """Refuse, and say what comes nearest."""
    near = take.passages[0].scores["coverage"] >= _ABOUT
    why = Refusal.NOT_SAID if near else Refusal.NOTHING_NEAR
    if all(found.question.is_foreign(item.language) for item in take.passages):
        why = Refusal.OTHER_LANGUAGE
    ranked = score_sentences(found, take.passages[:1], encoder, take.spans)
    nearest = ranked[0].text if ranked else ""
    return refuse(question, why, take.passages, take.confidence, nearest)


def refuse(
    question: Question,
    why: Refusal,
    passages: Sequence[Passage],
    confidence: float = 0.0,
    nearest: str = "",
) -> Answer:
    """Say that there is no answer, why, what comes nearest, and what to try.

    Args:
        question: what is asked.
        why: the reason.
        passages: the nearest ones.
        confidence: chance that there is an answer after all, 0 to 1.
        nearest: the nearest sentence, verbatim.
    """
    language = question.language
    reason = message(why, language)
    parts = [reason]
    if passages and nearest:
        citation = passages[0].citation
        parts.append(message("nearest", language, quote=nearest, citation=citation))
        parts.append(message("try", language))
    return Answer(
        question=question.text,
        text=" ".join(parts),
        short="",
        answered=False,
        reason=reason,
        sentences=(),
        citations=(),
        passages=tuple(passages),
        confidence=confidence,
        language=language,
        asked=question.text,
        kind=question.kind,
        context=question.context.question if question.context else "",
        about=question.context.about if question.context else "",
        refusal=why,
    )
