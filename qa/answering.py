"""Passages to an answer with citations, or a refusal with its reason; no language model."""

import logging
from collections.abc import Callable, Mapping, Sequence

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.language import question_language
from index.encoder import Encoder
from qa.citations import cited, holds, marked
from qa.evidence import Candidate, Found, candidates
from qa.messages import message
from qa.reader.read import Reader
from qa.reading import Key, SpanFound, key, read_passages
from qa.results import Answer, Citation, Passage, Refusal, Sentence

log = logging.getLogger(__name__)

LEAST_ANSWERABLE = 0.35
"""Least confidence with a reader: the chance of support times that of the best reading. On the
82 questions of xquad-de-abstain-article about articles that the reader was not trained on, 3 %
of those without an answer are answered, 92 % of those with one."""
LEAST_SHORT = 0.6
"""Least chance that a passage answers for its span to be given as the short answer."""
_MOST_SENTENCES = 3
_CLOSE = 0.5
"""How far below the best sentence's score another one may lie to be quoted beside it."""


def answer(
    found: Found,
    encoder: Encoder,
    article: Callable[[str], Article],
    reader: Reader | None = None,
) -> Answer:
    """Quote the sentences that answer a question, or refuse.

    Args:
        found: the question and its passages.
        encoder: the model that the passages' scores are of.
        article: returns an article by its URI; every quote is checked against it.
        reader: finds the answer's words; without one, sentences are chosen by their scores.
    """
    text = found.question.text
    if not any(char.isalnum() for char in text):
        return refusal(text, Refusal.WORDLESS, found.passages)
    if not found.passages:
        return refusal(text, Refusal.FILTERED, ())
    judged = {key(passage): found.support(passage) for passage in found.passages}
    first = judged[key(found.passages[0])]
    # The operating point is that of the first passage: the best of eight chances is larger.
    if not first.enough:
        return refusal(text, Refusal.NOTHING_NEAR, found.passages, first.chance)
    passages, spans = found.passages, dict[Key, SpanFound]()
    confidence = first.chance
    if reader is not None:
        passages, read = read_passages(text, passages, reader)
        spans = dict(read)
        confidence *= max(span.answerable for span in spans.values())
        if confidence < LEAST_ANSWERABLE:
            return refusal(text, Refusal.NOT_SAID, passages, confidence)
    supported = [passage for passage in passages if judged[key(passage)].enough]
    ranked = candidates(found, supported, encoder, spans)
    sentences = _checked(cited(_chosen(ranked)), article)
    if not sentences:
        return refusal(text, Refusal.NOTHING_NEAR, passages, confidence)
    return Answer(
        question=text,
        text=marked(sentences),
        short=_short(sentences[0], spans),
        answered=True,
        reason="",
        sentences=sentences,
        citations=_distinct(sentences),
        passages=passages,
        confidence=confidence,
        language=question_language(text),
        asked=text,
    )


def _short(sentence: Sentence, spans: Mapping[Key, SpanFound]) -> str:
    """Return the reader's span in the first sentence where it is confident, or ""."""
    citation = sentence.citations[0]
    span = spans.get(key(citation.passage))
    if span is None or span.answerable < LEAST_SHORT:
        return ""
    if not citation.start <= span.start < span.end <= citation.end:
        return ""
    return citation.quote[span.start - citation.start : span.end - citation.start]


def refusal(
    question: str, why: Refusal, passages: Sequence[Passage], confidence: float = 0.0
) -> Answer:
    """Say that there is no answer, why, and what comes nearest.

    Args:
        question: in normal form.
        why: the reason.
        passages: the nearest ones.
        confidence: chance that there is an answer after all, 0 to 1.
    """
    language = question_language(question)
    reason = message(why, language)
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


def _chosen(ranked: Sequence[Candidate]) -> list[tuple[str, Passage, int, int]]:
    """Take the best sentence, and others nearly as good that do not repeat it."""
    chosen: list[Candidate] = []
    for candidate in ranked:
        if len(chosen) == _MOST_SENTENCES or candidate.score < ranked[0].score - _CLOSE:
            break
        if all(candidate.text != other.text for other in chosen):
            chosen.append(candidate)
    return [(item.text, item.passage, item.start, item.end) for item in chosen]


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
