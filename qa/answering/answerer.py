"""Passages to an answer with citations, or a refusal with its reason; no language model."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import timedelta

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.text.language import UNDETERMINED
from corpus.text.quantities import find_quantities
from index.encoder import Encoder
from qa.answering.aggregation import Composed, compose, compose_parts
from qa.answering.answerability import DEFAULT_STRICTNESS, LEAST_READ, chance, least_chance
from qa.answering.citations import add_markers, holds, write_date
from qa.answering.messages import message
from qa.answering.question import Question
from qa.answering.sentences import Found, ScoredSentence, favour_spans, score_sentences
from qa.answering.values import read_answer, says_how_many, says_only_sums
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
    least = least_chance(strictness)
    if not any(char.isalnum() for char in question.text):
        return refuse(question, Refusal.WORDLESS, found.passages)
    if not found.passages:
        return refuse(question, Refusal.FILTERED, ())
    before = _judge(found, found.passages[0], None)
    question = _in_language(question, found.passages)
    if before < LEAST_READ:
        return _refuse_unsure(question, found, found.passages, before, before, least)
    takes = [_read(found, part, reader) for part in question.parts or (question,)]
    best = max(takes, key=lambda take: take.confidence)
    if best.confidence < least:
        return _refuse_unsure(question, found, best.passages, before, best.confidence, least)
    answering = [take for take in takes if take.confidence >= least]
    made = _compose(question, found, answering, encoder, least)
    if len(takes) == 1 and _counts_nothing(question, made):
        detail = message("no number", question.language)
        confidence = min(best.confidence, least)
        return refuse(question, Refusal.NOT_SAID, best.passages, confidence, detail)
    return _make_answer(question, best, made, article)


def _in_language(question: Question, passages: Sequence[Passage]) -> Question:
    """Take a question of a few nouns ("Klimageld"), whose language cannot be told, to be in the
    one that most of its passages are in.
    """
    if question.language != UNDETERMINED:
        return question
    ((language, _),) = Counter(passage.language for passage in passages).most_common(1)
    return replace(question, language=language)


def _counts_nothing(question: Question, made: Composed) -> bool:
    """Tell whether a number is asked for and no sentence has one: then none of them answers."""
    return "number" in question.wants and not any(
        _counts(question, citation.quote, citation.passage.language)
        for item in made.sentences
        for citation in item.citations
    )


def _counts(question: Question, words: str, language: str) -> bool:
    """Tell whether words may say the number that is asked for; a sum of money is no age."""
    sums = "age" in question.wants and says_only_sums(find_quantities(words, language))
    return says_how_many(words) and not sums


@dataclass(frozen=True, slots=True)
class _Take:
    """The passages as one part of the question orders them, and the chance that it is answered."""

    part: Question
    passages: tuple[Passage, ...]
    spans: Mapping[Key, SpanFound]
    confidence: float


def _read(found: Found, part: Question, reader: Reader | None) -> _Take:
    if reader is None or "yes or no" in part.wants:
        # A reader finds words, and "yes" stands in no article.
        first = found.passages[0]
        return _Take(part, found.passages, {}, _judge(found, first, None))
    passages, spans = read_passages(part.text, found.passages, reader)
    first = passages[0]
    return _Take(part, passages, spans, _judge(found, first, first.scores["reader"]))


def _judge(found: Found, passage: Passage, read: float | None) -> float:
    return chance(found.evidence(passage, found.passages, read))


def _compose(
    question: Question, found: Found, takes: Sequence[_Take], encoder: Encoder, least: float
) -> Composed:
    """Choose the sentences that answer each part, or the question as a whole."""
    first = takes[0]
    supported = [
        passage
        for passage in first.passages
        if passage is first.passages[0] or _stands_alone(found, passage, least)
    ]
    if len(takes) == 1:
        ranked = score_sentences(found, supported, encoder, first.spans)
        return compose(ranked, as_list="several" in question.wants, least_short=LEAST_SHORT)
    return _compose_of_parts(found, takes, supported, encoder)


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


def _stands_alone(found: Found, passage: Passage, least: float) -> bool:
    """Tell whether a passage would support an answer if it had the usual lead."""
    read = passage.scores.get("reader")
    evidence = replace(found.evidence(passage, found.passages, read), lead=None)
    return chance(evidence) >= least


def _make_answer(
    question: Question, best: _Take, made: Composed, article: Callable[[str], Article]
) -> Answer:
    """Check what was composed, and make the answer of what stands."""
    sentences = _keep_true(made.sentences, article)
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
        citations=_order_citations(sentences),
        passages=best.passages,
        confidence=best.confidence,
        language=question.language,
        asked=question.text,
        note=note,
        differs=differs,
    )


def _check_short(question: Question, short: str, first: Sentence) -> str:
    """Leave out a short answer that its sentence lacks, or of another kind than what is asked."""
    if short not in first.text or "yes or no" in question.wants:
        return ""
    language = first.citations[0].passage.language
    if "number" in question.wants and not _counts(question, short, language):
        return ""
    bare = len(short.split()) <= _BARE_VALUE and read_answer(short, language).values
    return "" if "reason" in question.wants and bare else short


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


def _refuse_unsure(
    question: Question,
    found: Found,
    passages: Sequence[Passage],
    before: float,
    confidence: float,
    least: float,
) -> Answer:
    """Refuse, and say what the nearest passage lacks."""
    nearest = passages[0]
    foreign = all(found.question.is_foreign(item.language) for item in passages)
    why = Refusal.NOT_SAID if before >= least else Refusal.NOTHING_NEAR
    if foreign and before >= LEAST_READ:
        why = Refusal.OTHER_LANGUAGE
    covered = found.coverage_of(nearest)
    missing = found.missing(nearest) if covered is not None and covered < _LEAST_COVERED else ""
    if missing:
        detail = message("lacks", question.language, missing=missing)
    else:
        chances = {"chance": f"{100 * confidence:.0f}", "least": f"{100 * least:.0f}"}
        detail = message("unlikely", question.language, **chances)
    return refuse(question, why, passages, confidence, detail)


def refuse(
    question: Question,
    why: Refusal,
    passages: Sequence[Passage],
    confidence: float = 0.0,
    detail: str = "",
) -> Answer:
    """Say that there is no answer, why, and what comes nearest.

    Args:
        question: what is asked.
        why: the reason.
        passages: the nearest ones.
        confidence: chance that there is an answer after all, 0 to 1.
        detail: why the nearest was not enough, in the question's language.
    """
    language = question.language
    reason = " ".join(filter(None, (message(why, language), detail)))
    nearest = message("nearest", language, citation=passages[0].citation) if passages else ""
    return Answer(
        question=question.text,
        text=f"{reason} {nearest}".strip(),
        short="",
        answered=False,
        reason=reason,
        sentences=(),
        citations=(),
        passages=tuple(passages),
        confidence=confidence,
        language=language,
        asked=question.text,
        refusal=why,
    )


def _keep_true(
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


def _order_citations(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """Return the sentences' citations in the order of their markers."""
    found = [citation for sentence in sentences for citation in sentence.citations]
    return tuple(sorted(found, key=lambda citation: (citation.marker, citation.start)))
