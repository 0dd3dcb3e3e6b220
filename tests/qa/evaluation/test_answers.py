"""Outcomes and what is summed up of them, on answers made by hand."""

from dataclasses import replace

import pytest

from corpus.article import Article
from corpus.errors import ArticleNotFound
from qa.evaluation.answers import (
    AnswerOutcome,
    answer_quality,
    holds_answer,
    outcome,
    risk_coverage,
)
from qa.evaluation.places import Target
from qa.evaluation.ranking import retrieval_quality
from qa.evaluation.results import Measure
from qa.evaluation.statistics import measure
from qa.results import Answer, ArticleInfo, Citation, Passage, Sentence
from tests.fakes import article

PAGE = article(
    "urn:a",
    "Die Fähre kostet vier Euro. Sie fährt seit Mai [3].",
    "Der Kapitän heißt Jan Brandt.",
)


def lookup(uri: str) -> Article:
    if uri != PAGE.uri:
        raise ArticleNotFound(uri)
    return PAGE


def passage(number: int) -> Passage:
    paragraph = PAGE.paragraphs[number - 1]
    return Passage(
        PAGE.paragraph_text(paragraph), 1.0, number, {}, number, paragraph.start, paragraph.end,
        "", "body", None, "de", ArticleInfo(PAGE.uri, ""), "",
    )  # fmt: skip


def citation(quote: str, number: int = 1, marker: int = 1) -> Citation:
    start = PAGE.text.index(quote)
    return Citation(marker, passage(number), quote, start, start + len(quote))


def answered(*sentences: Sentence, text: str = "", short: str = "") -> Answer:
    cited = tuple(c for sentence in sentences for c in sentence.citations)
    text = text or " ".join(
        f"{s.text} " + "".join(f"[{c.marker}]" for c in s.citations) for s in sentences
    )
    return Answer("Was?", text, short, True, "", sentences, cited, (), 0.9, "de")


REFUSAL = Answer("Was?", "Nein.", "", False, "Nein.", (), (), (passage(1),), 0.2, "de")
PRICE = "Die Fähre kostet vier Euro."
SINCE = "Sie fährt seit Mai [3]."
TARGET = Target(texts=frozenset({PAGE.paragraph_text(PAGE.paragraphs[0])}))


def test_a_right_answer_counts_in_every_way() -> None:
    answer = answered(Sentence(PRICE, (citation(PRICE),)), short="vier Euro")
    found = outcome(answer, ["vier Euro", "4 Euro"], TARGET, lookup)
    assert (found.f1, found.exact, found.first_right, found.holds) == (1.0, True, True, True)
    assert (found.sentences, found.cited, found.citations, found.right_citations) == (1, 1, 1, 1)
    assert (found.wrong_quotes, found.loose_markers) == (0, 0)
    assert found.right


def test_a_bracket_in_the_quote_is_no_marker_but_one_beside_it_is() -> None:
    sentence = Sentence(SINCE, (citation(SINCE),))
    assert outcome(answered(sentence), ["Mai"], TARGET, lookup).loose_markers == 0
    loose = answered(sentence, text=f"{SINCE} [1] [2]")
    assert outcome(loose, ["Mai"], TARGET, lookup).loose_markers == 1


def test_a_quote_that_does_not_stand_there_is_found() -> None:
    moved = replace(citation(PRICE), start=1, end=1 + len(PRICE))
    gone = replace(citation(PRICE), passage=replace(passage(1), article=ArticleInfo("urn:b", "")))
    for bad in (moved, gone):
        found = outcome(answered(Sentence(PRICE, (bad,))), ["vier Euro"], None, lookup)
        assert (found.wrong_quotes, found.cited, found.first_right) == (1, 0, None)


def test_a_sentence_without_a_citation_is_not_cited() -> None:
    answer = answered(Sentence(PRICE, (citation(PRICE),)), Sentence("Sie ist schön.", ()))
    quality = answer_quality([outcome(answer, ["vier Euro"], TARGET, lookup)])
    assert quality.measures["citation_recall"].mean == 0.5
    assert quality.measures["citation_precision"].mean == 1.0


def test_the_wrong_paragraph_and_the_wrong_words_are_wrong() -> None:
    quote = "Der Kapitän heißt Jan Brandt."
    answer = answered(Sentence(quote, (citation(quote, 2),)))
    found = outcome(answer, ["vier Euro"], TARGET, lookup)
    assert (found.first_right, found.holds, found.right, found.f1) == (False, False, False, 0.0)


def test_refusals_are_right_where_there_is_nothing_to_say() -> None:
    due, lazy = outcome(REFUSAL, [], None, lookup), outcome(REFUSAL, ["vier"], TARGET, lookup)
    assert (due.right, due.f1, due.exact) == (True, 1.0, True)
    assert (lazy.right, lazy.f1, lazy.exact) == (False, 0.0, False)
    bold = outcome(answered(Sentence(PRICE, (citation(PRICE),))), [], None, lookup)
    assert (bold.right, bold.f1) == (False, 0.0)
    confusion = answer_quality([due, due, lazy, bold]).confusion
    assert confusion.unanswerable_refused == 2
    assert confusion.answerable_refused == 1
    assert confusion.unanswerable_answered == 1
    assert confusion.answerable_answered == 0


@pytest.mark.parametrize(
    ("quote", "answer", "held"),
    [
        ("Es kamen 308 Gäste.", "308", True),
        ("Es kamen 1308 Gäste.", "308", False),
        ("Das ROTE Haus", "das rote haus", True),
        ("im „Roten Haus“ am See", "Roten Haus am See", True),
        ("Sie ging im Mai.", "Mais", False),
        ("東京都知事", "東京", True),
        ("Sie kam.", "…", False),
    ],
)
def test_a_quote_holds_an_answer_as_words(quote: str, answer: str, held: bool) -> None:
    assert holds_answer(quote, [answer]) is held


def made(confidence: float, right: bool) -> AnswerOutcome:
    return AnswerOutcome(True, True, confidence, "x", float(right), right, holds=right)


def test_risk_falls_with_confidence() -> None:
    outcomes = [made(0.9, True), made(0.8, True), made(0.5, False)]
    outcomes.append(AnswerOutcome(True, False, 0.1, "", 0.0, False))
    points, area = risk_coverage(outcomes)
    assert [(p.confidence, p.coverage, p.risk) for p in points] == [
        (0.9, 0.25, 0.0), (0.8, 0.5, 0.0), (0.5, 0.75, 0.3333),
    ]  # fmt: skip
    assert area == pytest.approx(1 / 9, abs=1e-4)


def test_answers_of_one_confidence_are_one_point() -> None:
    points, _ = risk_coverage([made(0.5, True), made(0.5, False)])
    assert [(p.coverage, p.risk) for p in points] == [(1.0, 0.5)]
    many, _ = risk_coverage([made(n / 100, n > 40) for n in range(100)])
    assert len(many) == 20
    assert many[-1].coverage == 1.0
    assert risk_coverage([]) == ((), 0.0)


def test_calibration_error_is_the_gap_between_confidence_and_truth() -> None:
    quality = answer_quality([made(0.75, True), made(0.75, False)])
    assert quality.calibration_error == 0.25
    assert [(bar.predicted, bar.observed, bar.count) for bar in quality.reliability] == [
        (0.75, 0.5, 2)
    ]


def test_trec_evals_metrics_by_hand() -> None:
    found = retrieval_quality([1, 2, 0, 10], 10).measures
    assert found["recall@1"].mean == 0.25
    assert found["recall@5"].mean == 0.5
    assert found["recall@10"].mean == 0.75
    assert found["mrr@10"].mean == pytest.approx((1 + 1 / 2 + 1 / 10) / 4)
    assert found["ndcg@10"].mean == pytest.approx((1 + 0.63093 + 0.28906) / 4, abs=1e-4)
    assert set(retrieval_quality([1], 3).measures) == {"recall@1", "recall@3", "mrr@3", "ndcg@3"}


def test_intervals() -> None:
    # Wilson's interval for 8 of 10, as tables have it.
    assert measure([1.0] * 8 + [0.0] * 2) == Measure(0.8, 0.4902, 0.9433, 10)
    assert measure([1.0, 1.0]).low < 0.5
    found = measure([0.2, 0.4, 0.9, 0.5, 0.5])
    assert found.low < found.mean < found.high
    assert found == measure([0.2, 0.4, 0.9, 0.5, 0.5])
    assert measure([0.3]) == Measure(0.3, 0.0, 1.0, 1)
    assert measure([]) == Measure(0.0, 0.0, 1.0, 0)
