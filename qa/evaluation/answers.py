"""Answers beside their labels: right, cited, and refused where the articles do not say."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.article import Article
from corpus.errors import ArticleNotFound
from qa.answering.answerability import band, load_model
from qa.answering.citations import holds
from qa.evaluation.calibration import calibration_error, reliability
from qa.evaluation.places import Target
from qa.evaluation.results import (
    AnswerQuality,
    Confusion,
    Measure,
    QuoteCheck,
    RiskPoint,
    SurenessBand,
)
from qa.evaluation.span_metrics import auroc, exact, f1, normalise_answer
from qa.evaluation.statistics import measure
from qa.results import Answer, Citation

_MARKER = re.compile(r"\[(\d+)\]")
_POINTS = 20
_LEAST_PART = 4
"""A label of at least so many letters counts within a longer word too ("Norman" in "Normannen")."""
_UNSPACED = 0x0E00
"""Thai, and the scripts of East Asia after it."""


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """What was answered to one question, beside its label."""

    answerable: bool
    answered: bool
    confidence: float
    predicted: str
    f1: float
    exact: bool
    first_right: bool | None = None
    """Whether the first citation is of the right paragraph; None where that is not known."""
    holds: bool = False
    """Whether the first sentence's quote holds an answer."""
    any_holds: bool = False
    short: bool = False
    sentences: int = 0
    cited: int = 0
    """Sentences with a citation whose quote stands in its article."""
    citations: int = 0
    right_citations: int = 0
    """Citations whose quote holds an answer."""
    wrong_quotes: int = 0
    loose_markers: int = 0

    @property
    def right(self) -> bool:
        """Whether the first quote holds the answer, or a refusal was due."""
        return self.holds if self.answered and self.answerable else self.answered == self.answerable


def outcome(
    answer: Answer,
    answers: Sequence[str],
    target: Target | None,
    article: Callable[[str], Article],
) -> AnswerOutcome:
    """Compare an answer with its label.

    Args:
        answer: what the collection said.
        answers: the texts that are right; none where the articles do not say.
        target: what paragraphs are right, or None where that is not known.
        article: returns an article by its URI.
    """
    predicted = answer.short or (answer.sentences[0].text if answer.sentences else "")
    quotes = [citation.quote for citation in answer.citations]
    first = answer.sentences[0].citations if answer.sentences else ()
    good = {_key(c): _stands(c, article) for c in answer.citations}
    carried = {citation.marker for citation in answer.citations}
    # A quote may hold "[3]" itself: only what stands outside the sentences' texts is a marker.
    bare = answer.text
    for sentence in answer.sentences:
        bare = bare.replace(sentence.text, " ", 1)
    return AnswerOutcome(
        answerable=bool(answers),
        answered=answer.answered,
        confidence=answer.confidence,
        predicted=predicted if answer.answered else "",
        f1=f1(predicted, answers) if answer.answered else float(not answers),
        exact=exact(predicted, answers) if answer.answered else not answers,
        first_right=target.holds(first[0].passage) if target and first else None,
        holds=any(holds_answer(citation.quote, answers) for citation in first),
        any_holds=any(holds_answer(quote, answers) for quote in quotes),
        short=bool(answer.short),
        sentences=len(answer.sentences),
        cited=sum(any(good.get(_key(c), False) for c in s.citations) for s in answer.sentences),
        citations=len(quotes),
        right_citations=sum(holds_answer(quote, answers) for quote in quotes),
        wrong_quotes=sum(not good[_key(c)] for c in answer.citations),
        loose_markers=sum(int(n) not in carried for n in _MARKER.findall(bare))
        if answer.sentences
        else 0,
    )


def _key(citation: Citation) -> tuple[str, int, int, str]:
    return citation.passage.article.uri, citation.start, citation.end, citation.quote


def _stands(citation: Citation, article: Callable[[str], Article]) -> bool:
    try:
        return holds(citation, article(citation.passage.article.uri))
    except ArticleNotFound:
        return False


def holds_answer(quote: str, answers: Sequence[str]) -> bool:
    """Tell whether a quote holds one of the answers, in any case, as words of its own.

    Longer answers count within a word too, as do all in scripts without blanks.

    >>> holds_answer("Es kamen 308 Gäste.", ["308"]), holds_answer("Es kamen 1308.", ["308"])
    (True, False)
    >>> holds_answer("Das Schloss der Normannen", ["Norman"]), holds_answer("2024年4月", ["4月"])
    (True, True)
    """
    return any(_is_quoted(answer, quote) for answer in answers)


def _is_quoted(answer: str, quote: str) -> bool:
    small, text = answer.casefold(), quote.casefold()
    inside = (
        sum(char.isalpha() for char in small) >= _LEAST_PART
        or any(ord(char) >= _UNSPACED for char in small)
        or re.search(rf"(?<!\w){re.escape(small)}(?!\w)", text)
    )
    words = normalise_answer(answer)
    return bool(small in text and inside) or (
        bool(words) and f" {words} " in f" {normalise_answer(quote)} "
    )


def answer_quality(outcomes: Sequence[AnswerOutcome]) -> AnswerQuality:
    """Sum outcomes up."""
    given = [item for item in outcomes if item.answered]
    bars = reliability([i.confidence for i in given], [i.right for i in given]) if given else []
    points, area = risk_coverage(outcomes)
    return AnswerQuality(
        questions=len(outcomes),
        confusion=_confusion(outcomes),
        measures=_measures(outcomes),
        quotes=QuoteCheck(
            sum(item.citations for item in outcomes),
            sum(item.wrong_quotes for item in outcomes),
            sum(item.loose_markers for item in outcomes),
        ),
        risk_coverage=points,
        area_under_risk=area,
        calibration_error=round(calibration_error(bars), 4) if bars else 0.0,
        reliability=tuple(bars),
        auroc=_auroc(outcomes),
        bands=_bands(given),
    )


def _auroc(outcomes: Sequence[AnswerOutcome]) -> float | None:
    able = [item.confidence for item in outcomes if item.answerable]
    unable = [item.confidence for item in outcomes if not item.answerable]
    return round(auroc(able, unable), 4) if able and unable else None


def _bands(given: Sequence[AnswerOutcome]) -> tuple[SurenessBand, ...]:
    """Return how many answers of each word for how sure they are hold."""
    right = sum(item.right for item in given)
    found = []
    for name in load_model().bands:
        inside = [item.right for item in given if band(item.confidence) == name]
        if inside:
            share, of_right = sum(inside) / len(inside), sum(inside) / max(1, right)
            found.append(SurenessBand(name, len(inside), round(share, 4), round(of_right, 4)))
    return tuple(found)


def _confusion(outcomes: Sequence[AnswerOutcome]) -> Confusion:
    counts = {
        (answerable, answered): sum(
            item.answerable is answerable and item.answered is answered for item in outcomes
        )
        for answerable in (True, False)
        for answered in (True, False)
    }
    return Confusion(
        counts[True, True], counts[True, False], counts[False, True], counts[False, False]
    )


def _measures(outcomes: Sequence[AnswerOutcome]) -> dict[str, Measure]:
    """Return the measures, those without a single value left out."""
    able = [item for item in outcomes if item.answerable]
    unable = [item for item in outcomes if not item.answerable]
    given = [item for item in able if item.answered]
    placed = [item.first_right for item in given if item.first_right is not None]
    values: dict[str, list[float]] = {
        "answered_answerable": [item.answered for item in able],
        "answered_unanswerable": [item.answered for item in unable],
        "right_paragraph_cited_first": [bool(value) for value in placed],
        "first_quote_holds_answer": [item.holds for item in given],
        "any_quote_holds_answer": [item.any_holds for item in given],
        "f1": [item.f1 for item in outcomes],
        "f1_of_answerable": [item.f1 if item.answered else 0.0 for item in able],
        "exact": [item.exact for item in outcomes],
        "f1_when_answered": [item.f1 for item in given],
        "exact_when_answered": [item.exact for item in given],
        "short_answer_given": [item.short for item in given],
        "f1_of_short_answers": [item.f1 for item in given if item.short],
        "citation_recall": [
            item.cited / item.sentences for item in outcomes if item.answered and item.sentences
        ],
        "citation_precision": [
            item.right_citations / item.citations for item in given if item.citations
        ],
        "right": [item.right for item in outcomes],
    }
    return {name: measure([float(v) for v in found]) for name, found in values.items() if found}


def risk_coverage(outcomes: Sequence[AnswerOutcome]) -> tuple[tuple[RiskPoint, ...], float]:
    """Return the curve, at most 20 points of it, and the mean risk along it (AURC).

    Source: Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", 2017.
    Refused questions have no answer to be wrong, so the curve ends at the share answered.
    """
    given = sorted((i for i in outcomes if i.answered), key=lambda item: -item.confidence)
    wrong, risks, points = 0, [], []
    for count, item in enumerate(given, start=1):
        wrong += not item.right
        risks.append(wrong / count)
        # Answers of one confidence come together: no threshold parts them.
        if count == len(given) or given[count].confidence < item.confidence:
            points.append(
                RiskPoint(
                    round(item.confidence, 4),
                    round(count / len(outcomes), 4),
                    round(risks[-1], 4),
                )
            )
    if len(points) > _POINTS:
        points = [points[round(at * (len(points) - 1) / (_POINTS - 1))] for at in range(_POINTS)]
    return tuple(points), round(sum(risks) / len(risks), 4) if risks else 0.0
