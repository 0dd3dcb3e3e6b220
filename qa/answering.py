"""Passages to an answer with citations, or a refusal with its reason; no language model."""

import logging
from collections.abc import Callable, Sequence

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.language import question_language
from index.encoder import Encoder
from qa.citations import cited, holds, marked
from qa.evidence import Candidate, Found, candidates
from qa.messages import message
from qa.results import Answer, Citation, Passage, Sentence

log = logging.getLogger(__name__)

_MOST_SENTENCES = 3
_CLOSE = 1.0
"""How far below the best sentence's score another one may lie to be quoted beside it."""


def answer(found: Found, encoder: Encoder, article: Callable[[str], Article]) -> Answer:
    """Quote the sentences that answer a question, or refuse.

    Args:
        found: the question and its passages.
        encoder: the model that the passages' scores are of.
        article: returns an article by its URI; every quote is checked against it.
    """
    text = found.question.text
    if not any(char.isalnum() for char in text):
        return refusal(text, "wordless", found.passages)
    if not found.passages:
        return refusal(text, "filtered", ())
    judged = [found.support(passage) for passage in found.passages]
    supported = [
        passage for passage, support in zip(found.passages, judged, strict=True) if support.enough
    ]
    confidence = judged[0].chance
    # The operating point is that of the first passage: eight chances would be more.
    if not judged[0].enough:
        return refusal(text, "unsupported", found.passages, confidence)
    sentences = _checked(cited(_chosen(candidates(found, supported, encoder))), article)
    if not sentences:
        return refusal(text, "unsupported", found.passages, confidence)
    return Answer(
        question=text,
        text=marked(sentences),
        short="",
        answered=True,
        reason="",
        sentences=sentences,
        citations=_distinct(sentences),
        passages=found.passages,
        confidence=confidence,
        language=question_language(text),
    )


def refusal(
    question: str, name: str, passages: Sequence[Passage], confidence: float = 0.0
) -> Answer:
    """Say that there is no answer, why, and what comes nearest.

    Args:
        question: in normal form.
        name: of the message that gives the reason.
        passages: the nearest ones.
        confidence: chance that there is an answer after all, 0 to 1.
    """
    language = question_language(question)
    reason = message(name, language)
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
