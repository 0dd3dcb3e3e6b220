"""Passages to an answer with citations, or a refusal with its reason; no language model."""

import logging
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.text.language import question_language
from index.encoder import Encoder
from qa.answering.aggregation import Composed, composed, gathered
from qa.answering.answerability import DEFAULT_STRICTNESS, LEAST_READ, chance, least_chance
from qa.answering.citations import holds, marked, written_date
from qa.answering.messages import message
from qa.answering.question import (
    parts,
    wants_age,
    wants_count,
    wants_list,
    wants_reason,
    wants_yes_or_no,
)
from qa.answering.sentences import Candidate, Found, candidates, favoured
from qa.answering.values import says_how_many, says_only_sums, values
from qa.reader.read import Reader
from qa.results import Answer, Citation, Passage, Refusal, Sentence, Side
from qa.retrieval.reading import Key, SpanFound, key, read_passages

log = logging.getLogger(__name__)

LEAST_SHORT = 0.6
"""Least chance that a passage answers for its span to be given as the short answer."""
_LEAST_PART = 0.4
"""Least chance, by reading, that a passage answers a part of the question for it to be quoted."""
_BARE_VALUE = 5
"""A date or number of at most so many words is no reason."""
_LEAST_COVERED = 0.75
"""Where the nearest passage holds less of the question, the word that it lacks is named."""


def answer(
    found: Found,
    encoder: Encoder,
    article: Callable[[str], Article],
    reader: Reader | None = None,
    strictness: str = DEFAULT_STRICTNESS,
) -> Answer:
    """Quote the sentences that answer a question, or refuse.

    Args:
        found: the question and its passages.
        encoder: the model that the passages' scores are of.
        article: returns an article by its URI; every quote is checked against it.
        reader: finds the answer's words; without one, sentences are chosen by their scores.
        strictness: "lenient", "balanced" or "strict": how sure an answer must be.

    Raises:
        QuestionError: there is no such strictness.
    """
    text = found.question.text
    least = least_chance(strictness)
    if not any(char.isalnum() for char in text):
        return refusal(text, Refusal.WORDLESS, found.passages)
    if not found.passages:
        return refusal(text, Refusal.FILTERED, ())
    before = _chance(found, found.passages[0], None)
    if before < LEAST_READ:
        return _refused(found, found.passages, before, before, least)
    takes = [_take(found, part, reader) for part in parts(text)]
    best = max(takes, key=lambda take: take.confidence)
    if best.confidence < least:
        return _refused(found, best.passages, before, best.confidence, least)
    made = _composed(found, [take for take in takes if take.confidence >= least], encoder, least)
    if len(takes) == 1 and _counts_nothing(text, made):
        language = question_language(text)
        detail = message("no number", language)
        return refusal(text, Refusal.NOT_SAID, best.passages, min(best.confidence, least), detail)
    return _given(found, best, made, article)


def _counts_nothing(question: str, made: Composed) -> bool:
    """Tell whether a number is asked for and no sentence has one: then none of them answers."""
    return wants_count(question) and not any(
        _counts(question, citation.quote, citation.passage.language)
        for item in made.sentences
        for citation in item.citations
    )


def _counts(question: str, words: str, language: str) -> bool:
    """Tell whether words may say the number that is asked for; a sum of money is no age."""
    sums = wants_age(question) and says_only_sums(words, language)
    return says_how_many(words) and not sums


@dataclass(frozen=True, slots=True)
class _Take:
    """The passages as one part of the question orders them, and the chance that it is answered."""

    part: str
    passages: tuple[Passage, ...]
    spans: Mapping[Key, SpanFound]
    confidence: float


def _take(found: Found, part: str, reader: Reader | None) -> _Take:
    if reader is None or wants_yes_or_no(part):
        # A reader finds words, and "yes" stands in no article.
        first = found.passages[0]
        return _Take(part, found.passages, {}, _chance(found, first, None))
    passages, spans = read_passages(part, found.passages, reader)
    first = passages[0]
    return _Take(part, passages, spans, _chance(found, first, first.scores["reader"]))


def _chance(found: Found, passage: Passage, read: float | None) -> float:
    return chance(found.evidence(passage, found.passages, read))


def _composed(found: Found, takes: Sequence[_Take], encoder: Encoder, least: float) -> Composed:
    """Choose the sentences that answer each part, or the question as a whole."""
    first = takes[0]
    supported = [
        passage
        for passage in first.passages
        if passage is first.passages[0] or _stands_alone(found, passage, least)
    ]
    if len(takes) == 1:
        ranked = candidates(found, supported, encoder, first.spans)
        question = found.question.text
        several = wants_list(question)
        announced = found.passages if several or wants_reason(question) else ()
        return composed(
            ranked, first.spans, as_list=several, least_short=LEAST_SHORT, passages=announced
        )
    return _composed_of_parts(found, takes, supported, encoder)


def _composed_of_parts(
    found: Found, takes: Sequence[_Take], supported: Sequence[Passage], encoder: Encoder
) -> Composed:
    """Choose the sentence that answers each part."""
    among = {key(passage) for passage in supported}
    owners = [_of_part(take, among) for take in takes]
    sure = [owner for owner in owners if owner.read >= _LEAST_PART]
    # Of parts that reading answers, those that it does not are left out.
    owners = sure or owners
    known = {key(owner.passage): owner.passage for owner in owners}
    known |= {key(passage): passage for passage in supported}
    plain = candidates(found, list(known.values()), encoder, {})
    chosen, spans = [], []
    for owner in owners:
        best = _best_of_part(plain, owner)
        if best is not None:
            chosen.append(best)
            spans.append(owner.take.spans)
    reasons = any(wants_reason(owner.take.part) for owner in owners)
    return gathered(chosen, plain, spans, found.passages if reasons else ())


@dataclass(frozen=True, slots=True)
class _Owner:
    """The passage that answers a part of the question, and the reader's chance that it does."""

    take: _Take
    passage: Passage
    read: float
    """1 where nothing was read."""


def _of_part(take: _Take, among: Set[Key]) -> _Owner:
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


def _best_of_part(plain: Sequence[Candidate], owner: _Owner) -> Candidate | None:
    """Return the sentence of a part's passage that holds its span, or the most of it."""
    inside = [item for item in plain if key(item.passage) == key(owner.passage)]
    span = owner.take.spans.get(key(owner.passage))
    if span is None:
        return next(iter(inside), None)
    return max(
        favoured(inside, owner.take.spans),
        key=lambda item: min(item.end, span.end) - max(item.start, span.start),
        default=None,
    )


def _stands_alone(found: Found, passage: Passage, least: float) -> bool:
    """Tell whether a passage would support an answer if it had the usual lead."""
    read = passage.scores.get("reader")
    evidence = replace(found.evidence(passage, found.passages, read), lead=None)
    return chance(evidence) >= least


def _given(found: Found, best: _Take, made: Composed, article: Callable[[str], Article]) -> Answer:
    """Check what was composed, and make the answer of what stands."""
    text = found.question.text
    language = question_language(text)
    sentences = _checked(made.sentences, article)
    if not sentences:
        return refusal(text, Refusal.NOTHING_NEAR, best.passages, best.confidence)
    whole = len(sentences) == len(made.sentences)
    differs = made.differs if whole else ()
    note = _note(text, language, differs)
    return Answer(
        question=text,
        text=" ".join(filter(None, (note, _written(sentences, differs, language)))),
        short=_short(text, made.short, sentences[0]),
        answered=True,
        reason="",
        sentences=sentences,
        citations=_distinct(sentences),
        passages=best.passages,
        confidence=best.confidence,
        language=language,
        asked=text,
        note=note,
        differs=differs,
    )


def _short(question: str, short: str, first: Sentence) -> str:
    """Leave out a short answer that its sentence lacks, or of another kind than what is asked."""
    if short not in first.text or wants_yes_or_no(question):
        return ""
    language = first.citations[0].passage.language
    if wants_count(question) and not _counts(question, short, language):
        return ""
    if wants_reason(question) and values(short, language) and len(short.split()) <= _BARE_VALUE:
        return ""
    return short


def _note(text: str, language: str, differs: Sequence[Side]) -> str:
    notes = []
    if differs:
        notes.append(message(_difference(differs), language))
    if wants_yes_or_no(text):
        notes.append(message("yes or no", language))
    return " ".join(notes)


def _difference(differs: Sequence[Side]) -> str:
    """Name the kind of a difference: articles of different years seldom contradict each other."""
    if differs[0].corrects:
        return "corrected"
    days = [side.published for side in differs if side.published]
    apart = len(days) == len(differs) and max(days) - min(days) > timedelta(days=365)
    return "years apart" if apart else "differ"


def _written(sentences: Sequence[Sentence], differs: Sequence[Side], language: str) -> str:
    """Write the sentences with their markers; where sources differ, each after its date."""
    if not differs:
        return marked(sentences)
    undated = message("undated", language)
    return " ".join(
        f"({written_date(side.published, language) if side.published else undated}) "
        f"{marked([side.sentence])}"
        for side in differs
    )


def _refused(
    found: Found, passages: Sequence[Passage], before: float, confidence: float, least: float
) -> Answer:
    """Refuse, and say what the nearest passage lacks."""
    nearest = passages[0]
    language = question_language(found.question.text)
    foreign = all(found.question.is_foreign(item.language) for item in passages)
    why = Refusal.NOT_SAID if before >= least else Refusal.NOTHING_NEAR
    if foreign and before >= LEAST_READ:
        why = Refusal.OTHER_LANGUAGE
    covered = found.covered(nearest)
    missing = found.missing(nearest) if covered is not None and covered < _LEAST_COVERED else ""
    if missing:
        detail = message("lacks", language, missing=missing)
    else:
        detail = message(
            "unlikely", language, chance=f"{100 * confidence:.0f}", least=f"{100 * least:.0f}"
        )
    return refusal(found.question.text, why, passages, confidence, detail)


def refusal(
    question: str,
    why: Refusal,
    passages: Sequence[Passage],
    confidence: float = 0.0,
    detail: str = "",
) -> Answer:
    """Say that there is no answer, why, and what comes nearest.

    Args:
        question: in normal form.
        why: the reason.
        passages: the nearest ones.
        confidence: chance that there is an answer after all, 0 to 1.
        detail: why the nearest was not enough, in the question's language.
    """
    language = question_language(question)
    reason = " ".join(filter(None, (message(why, language), detail)))
    nearest = message("nearest", language, citation=passages[0].citation) if passages else ""
    return Answer(
        question=question,
        text=f"{reason} {nearest}".strip(),
        short="",
        answered=False,
        reason=reason,
        sentences=(),
        citations=(),
        passages=tuple(passages),
        confidence=confidence,
        language=language,
        asked=question,
        refusal=why,
    )


def _checked(
    sentences: Sequence[Sentence], article: Callable[[str], Article]
) -> tuple[Sentence, ...]:
    """Leave out sentences whose quote does not stand in its article, letter for letter."""
    kept = []
    for sentence in sentences:
        try:
            right = all(
                holds(citation, article(citation.passage.article.uri))
                for citation in sentence.citations
            )
        except ArticleNotFound:
            right = False
        if right:
            kept.append(sentence)
        else:
            log.warning("a quote that its article no longer holds was left out")
    return tuple(kept)


def _distinct(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """Return the sentences' citations in the order of their markers."""
    found = [citation for sentence in sentences for citation in sentence.citations]
    return tuple(sorted(found, key=lambda citation: (citation.marker, citation.start)))
