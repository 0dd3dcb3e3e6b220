"""Reading: a question and passages -> the span that answers in each, or none.

Passages longer than a window are read in overlapping windows; all windows of a call go
through the network together.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.arrays import Floats, Ids
from index.runtime.tokens import TextTokenizer

if TYPE_CHECKING:
    from qa.reader.weights import Calibration

QUESTION_CHARACTERS = 4000
"""The tokenizer takes time and memory for all of a text before it is cut."""
QUESTION_TOKENS = 48
ABOUT_TOKENS = 28
"""Of what is said of a passage's article; a title longer than most is cut."""
WINDOW_TOKENS, OVERLAP_TOKENS = 128, 48
"""As long as most of what training read; in longer ones answers are missed."""
SPAN_TOKENS = 32
"""The longest answer."""

RERANK_WEIGHT = 1.0
"""Passages are ordered by retrieval's fused score plus this times the reading's score."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one passage.

    Attributes:
        start, end: offsets into the passage; both 0 where it found no span at all.
        score: log odds that the passage answers; larger is better, comparable over passages.
        answerable: the calibrated chance, 0 to 1, that the passage answers.
    """

    start: int
    end: int
    score: float
    answerable: float


NOTHING = Reading(0, 0, -20.0, 0.0)
"""The reading of an empty passage or question."""


class Reader(Protocol):
    """Finds the words that answer a question, or says that they are not there."""

    def read(
        self, question: str, passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[Reading]:
        """Return one reading for each passage, in their order.

        Args:
            question: in normal form.
            passages: texts.
            about: what the article of each is, its date and title; none, or one a passage.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpanRow:
    """One window as the network takes it: all its tokens, and which of them are the passage's."""

    ids: Ids
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SpanScores:
    """What the network says of one window, in log odds.

    Attributes:
        start, end: of each of the passage's tokens, as the first and as the last of the answer.
        none: of "no answer here", start and end together.
        decided: that the passage answers.
    """

    start: Floats
    end: Floats
    none: float
    decided: float


class SpanNetwork(Protocol):
    """Scores tokens as the first and the last of an answer: `qa.reader.compiled`, or in torch."""

    @property
    def max_tokens(self) -> int:
        """The longest input, in tokens."""
        ...

    def __call__(self, rows: Sequence[SpanRow], /) -> list[SpanScores]:
        """Score windows; one result for each."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one passage's tokens, with their character offsets."""

    passage: int
    about: NDArray[np.int64]
    """What goes behind the question: the end token and what the article is, or nothing."""
    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Span:
    """The best span of one window: its raw scores and character offsets."""

    start: int
    end: int
    margin: float
    decided: float


class EncoderReader:
    """Reads with the encoder's layers as training changed them."""

    def __init__(
        self, network: SpanNetwork, tokenizer: TextTokenizer, calibration: "Calibration"
    ) -> None:
        """Take a network, the encoder's tokenizer, and a calibration."""
        self._network = network
        self._tokenizer = tokenizer
        self._calibration = calibration

    def read(
        self, question: str, passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[Reading]:
        """Return one reading for each passage, in their order.

        An empty passage, or an empty question, gives a reading without a span. A question
        is cut to `QUESTION_TOKENS` tokens.
        """
        readings = [NOTHING] * len(passages)
        asked = self.tokens(question)
        if not len(asked):
            return readings
        for index, span in self.spans(asked, passages, about):
            log_odds = self._calibration.log_odds(span.margin, span.decided)
            if readings[index] is not NOTHING and readings[index].score >= log_odds:
                continue
            start, end = trim_span(passages[index], span.start, span.end)
            readings[index] = Reading(start, end, log_odds, sigmoid(log_odds))
        return readings

    def tokens(self, question: str) -> NDArray[np.int64]:
        """Return a question's token ids, cut to `QUESTION_TOKENS`."""
        return self._tokenizer.ids([question[:QUESTION_CHARACTERS]])[0][:QUESTION_TOKENS]

    def spans(
        self, asked: NDArray[np.int64], passages: Sequence[str], about: Sequence[str] = ()
    ) -> list[tuple[int, Span]]:
        """Return the best span of every window, with the number of its passage."""
        room = self._network.max_tokens - len(asked) - 4
        windows = self._windows(passages, about, room)
        scores = self._network([self._row(asked, window) for window in windows])
        return [
            (window.passage, best_span_of(window, found))
            for window, found in zip(windows, scores, strict=True)
        ]

    def _windows(self, passages: Sequence[str], about: Sequence[str], room: int) -> list[Window]:
        size = min(WINDOW_TOKENS, room)
        separator = self._tokenizer.end
        told = [ids[: min(ABOUT_TOKENS, room - size - 1)] for ids in self._tokenizer.ids(about)]
        windows = []
        for index, (ids, offsets) in enumerate(self._tokenizer.spans(passages)):
            known = np.array([separator, *told[index]] if told and len(told[index]) else [], int)
            for begin in window_starts(len(ids), size, min(OVERLAP_TOKENS, size // 2)):
                part = slice(begin, begin + size)
                windows.append(Window(index, known, ids[part], offsets[part]))
        return windows

    def _row(self, asked: Ids, window: Window) -> SpanRow:
        begin, end = self._tokenizer.begin, self._tokenizer.end
        head = [begin, *asked, *window.about, end, end]
        ids = np.array([*head, *window.ids, end], dtype=np.int64)
        return SpanRow(ids, len(head), len(ids) - 1)


def best_span_of(window: Window, scores: SpanScores) -> Span:
    """Return a window's best span, in characters of its passage."""
    first, last, score = best_span(scores.start, scores.end)
    start, end = int(window.offsets[first, 0]), int(window.offsets[last, 1])
    return Span(start, end, score - scores.none, scores.decided)


def window_starts(length: int, size: int, overlap: int) -> list[int]:
    """Return where windows of `size` tokens begin; the last one ends with the text.

    >>> window_starts(250, 100, 30), window_starts(80, 100, 30), window_starts(0, 100, 30)
    ([0, 70, 140, 150], [0], [])
    """
    if length == 0:
        return []
    if length <= size:
        return [0]
    return [*range(0, length - size, size - overlap), length - size]


def best_span(start: NDArray[np.float32], end: NDArray[np.float32]) -> tuple[int, int, float]:
    """Return the first and the last token of the best span, and its score start + end.

    >>> best_span(np.array([0.0, 3.0, 1.0]), np.array([5.0, 0.0, 1.0]))
    (0, 0, 5.0)
    """
    total = start[:, None] + end[None, :]
    length = len(start)
    after = np.arange(length)[None, :] - np.arange(length)[:, None]
    total = np.where((after >= 0) & (after < SPAN_TOKENS), total, -np.inf)
    first, last = divmod(int(total.argmax()), length)
    return first, last, float(total[first, last])


_WORD = re.compile(r"\w", re.UNICODE)
_EDGE = " \t\n\r\u00a0,;:.!?\"'„“”»«‚‘’()[]–-"


def trim_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span to whole words, then drop blanks and stray punctuation at its edges.

    >>> text = 'Die Brücke wurde (1894) gebaut.'
    >>> [text[slice(*trim_span(text, *span))] for span in ((5, 8), (17, 22), (17, 23))]
    ['Brücke', '1894', '1894']
    """
    while 0 < start < len(text) and _WORD.match(text[start - 1]) and _WORD.match(text[start]):
        start -= 1
    while 0 < end < len(text) and _WORD.match(text[end - 1]) and _WORD.match(text[end]):
        end += 1
    first, last = start, end
    while first < last and text[first] in _EDGE:
        first += 1
    while last > first and text[last - 1] in _EDGE:
        last -= 1
    inner = text[first:last]
    # A bracket or quotation mark that the span opens or closes itself belongs to it.
    for left, right in ("()", "[]", "„“", "»«", '""', "“”"):
        if text[last : last + 1] == right and left in inner and last < end:
            last += 1
        if text[first - 1 : first] == left and right in inner and first > start:
            first -= 1
    return (first, last) if first < last else (start, end)


def sigmoid(value: float) -> float:
    """Return 1 / (1 + e^-value), without overflow."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    grown = math.exp(value)
    return grown / (1 + grown)
