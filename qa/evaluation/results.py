"""What an evaluation returns: frozen dataclasses, the same names in JSON."""

from collections.abc import Mapping
from dataclasses import dataclass

from qa.results import Result


@dataclass(frozen=True, slots=True)
class Measure:
    """A mean over questions with its 95 % confidence interval."""

    mean: float
    low: float
    high: float
    count: int
    """How many values the mean is of; with none, the mean is 0 and the interval 0 to 1."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A line of the question file that could not be used."""

    line: int
    """From 1."""
    reason: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many questions were answered and refused, with and without an answer in the articles."""

    answerable_answered: int
    answerable_refused: int
    unanswerable_answered: int
    unanswerable_refused: int


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What share is wrong where only the surest answers are given."""

    confidence: float
    """The least confidence of those given."""
    coverage: float
    """Their share of all questions."""
    risk: float
    """The share of wrong ones among them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a reliability diagram: answers of about the same confidence."""

    predicted: float
    """Their mean confidence."""
    observed: float
    """The share of right ones."""
    count: int


@dataclass(frozen=True, slots=True)
class SurenessBand:
    """Answers that are given with the same word for how sure they are."""

    name: str
    """One of `qa.answering.answerability.band`."""
    answers: int
    right: float
    """The share of right ones among them."""
    of_right: float
    """Their share of all right answers."""


@dataclass(frozen=True, slots=True)
class QuoteCheck:
    """Whether citations are what they claim to be; the last two should be 0."""

    citations: int
    wrong_quotes: int
    """Quotes that differ from their article's text at their offsets."""
    loose_markers: int
    """Markers [n] in the text that no citation carries."""


@dataclass(frozen=True, slots=True)
class RetrievalQuality:
    """How often, and how high, the right paragraph is found."""

    questions: int
    measures: Mapping[str, Measure]
    """"recall@1", …, "mrr@10", "ndcg@10"."""


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """How often answers are right, cited, and refused where the articles do not say."""

    questions: int
    confusion: Confusion
    measures: Mapping[str, Measure]
    """See docs/evaluation.md for each one."""
    quotes: QuoteCheck
    risk_coverage: tuple[RiskPoint, ...]
    area_under_risk: float
    """Mean risk over the answers given, the surest first (AURC); smaller is better."""
    calibration_error: float
    """Expected calibration error of the confidence of the answers given."""
    reliability: tuple[Bar, ...]
    auroc: float | None = None
    """Chance that an answerable question has more confidence than one that is not; None where
    one kind is missing."""
    bands: tuple[SurenessBand, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """Of one group of questions; None where nothing of the kind could be measured."""

    retrieval: RetrievalQuality | None
    answers: AnswerQuality | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what became of it."""

    line: int
    question: str
    language: str
    kind: str
    """"labelled", or which kind of known item."""
    rank: int | None
    """Place of the right paragraph, from 1; 0 where it was not found, None where none is known."""
    answerable: bool | None
    """None where the question has no `answers`, or was not asked."""
    answered: bool | None
    predicted: str
    """The answer that was compared: the short one, else the first sentence; "" for a refusal."""
    right: bool | None
    """Whether the first quote holds the answer, or a refusal was due."""
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Evaluation(Result):
    """Quality over all questions, by language and by kind, and what could not be used."""

    questions: int
    problems: tuple[RowProblem, ...]
    overall: Quality
    languages: Mapping[str, Quality]
    kinds: Mapping[str, Quality]
    """"labelled" alone, or the kinds of known items: "heading", "title", "cloze"."""
    asked: tuple[Asked, ...]
    remark: str
    """What the figures can and cannot tell, where that needs saying; or ""."""
    k: int
    seed: int
    model: str
    seconds: float
