"""What retrieval and reading say of a passage that may answer, as numbers.

These are what `qa.answering.answerability` decides by. What is not known is 0: terms between
languages, a reading where nothing is read. How many other articles come near, and whether
they agree, is left out: that depends on how often a collection tells one story, and what is
learned of it in one collection misleads in another (docs/experiments.md).
"""

import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from datetime import date, timedelta

from corpus.text.quantities import Number, PartialDate, Time, find_quantities
from index.analysis import terms
from qa.answering.question import Question
from qa.answering.sentences import Found, in_article
from qa.results import Passage
from qa.retrieval.reading import Key, SpanFound, key, write_about

_WHEN = re.compile(
    r"\b(?:wann|when|an welchem tag|in welchem jahr|(?:what|which) (?:day|year|date))\b", re.I
)
_WHO = re.compile(r"\b(?:wer|wen|wem|wessen|who|whom|whose)\b", re.I)
_NAMED = re.compile(r"[\w-]*[A-ZÄÖÜ0-9][\w-]*")
_MOST_NAMES = 40
_PRINTED_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one passage of those found for a question."""

    read: float
    """The reader's log odds that it answers."""
    stands_out: float
    """Deviations by which its cosine lies above the mean."""
    sentence_stands_out: float
    """The same of its best sentence."""
    covered: float
    """Share of the question's terms that it holds, by rarity."""
    names_missing: float
    """Share of the question's names and numbers that are names which it, its title and its source
    lack."""
    values_missing: float
    """The same of numbers."""
    foreign: float
    """1 where it is in another language than the question."""
    asks_number: float
    asks_date: float
    asks_date_unmet: float
    """1 where a date is asked for and the words that were read are none, nor a number."""
    asks_person: float
    asks_person_unmet: float
    """1 where a person is asked for and none of the words that were read begins with a capital."""
    printed_then: float
    """1 where the question names a day or a month, and the article was printed then."""
    printed_else: float
    """1 where it names one, and the article was printed at another time."""


NAMES = tuple(item.name for item in fields(Signals))
UNREAD = frozenset(("read", "asks_date_unmet", "asks_person_unmet"))
"""Those that are not known where nothing was read."""
MISLEADING = frozenset(("covered",))
"""Those that are left out where something was read: a near miss holds all of a question's terms
(docs/experiments.md)."""


def values_of_signals(signals: Signals) -> tuple[float, ...]:
    """Return the numbers in the order of `NAMES`."""
    return tuple(map(float, astuple(signals)))


def measure_signals(
    found: Found, question: Question, passage: Passage, spans: Mapping[Key, SpanFound]
) -> Signals:
    """Compute the signals of a passage.

    Args:
        found: what retrieval found, in its order.
        question: what was read: the question, or one part of it.
        passage: one of those found.
        spans: the reader's spans by passage; none where nothing was read.
    """
    language = passage.language
    span = spans.get(key(passage))
    words = _words_of(passage, spans)
    tokens = re.findall(r"\w+", words)
    dated = any(char.isdigit() for char in words) or any(
        isinstance(item.value, (Number, PartialDate, Time))
        for item in find_quantities(words, language)
    )
    named = any(word[0].isupper() for word in tokens)
    names, values = _shares_missing(question.text, passage)
    asks_date = bool(_WHEN.search(question.text))
    person = asks_person(question.text)
    printed_then = is_printed_then(question.text, question.language, passage.article.published)
    return Signals(
        read=span.score if span else 0.0,
        stands_out=passage.scores["dense_z"],
        sentence_stands_out=passage.scores["sentence_z"],
        covered=found.coverage_of(passage) or 0.0,
        names_missing=names,
        values_missing=values,
        foreign=found.question.is_foreign(language),
        asks_number="number" in question.wants,
        asks_date=asks_date,
        asks_date_unmet=asks_date and span is not None and not dated,
        asks_person=person,
        asks_person_unmet=person and span is not None and not named,
        printed_then=printed_then is True,
        printed_else=printed_then is False,
    )


def asks_person(question: str) -> bool:
    """Tell whether a question asks for somebody.

    >>> asks_person("Wem gehört das Haus?"), asks_person("Was kostet das Haus?")
    (True, False)
    """
    return bool(_WHO.search(question))


def is_printed_then(question: str, language: str, published: date | None) -> bool | None:
    """Tell whether an article was printed on a day, or in a month, that a question names.

    What happens on a day is told within `_PRINTED_WITHIN`. None where the question names neither
    a day nor a month, or nobody knows when the article was printed.

    >>> is_printed_then("Was galt am 9. Mai 2023 als Ursache?", "de", date(2023, 5, 10))
    True
    >>> is_printed_then("Was galt im Juni 2025 als Ursache?", "de", date(2023, 5, 10))
    False
    >>> is_printed_then("Was geschah 2023?", "de", date(2023, 5, 10))
    """
    if published is None:
        return None
    named = [
        item.value
        for item in find_quantities(question, language)
        if isinstance(item.value, PartialDate) and item.value.month is not None
    ]
    if not named:
        return None
    days = [published - timedelta(days=number) for number in range(_PRINTED_WITHIN.days + 1)]
    return any(
        PartialDate(day.year, day.month, day.day).agrees(value)
        for value in named
        for day in (days if value.day is not None else days[:1])
    )


def _words_of(passage: Passage, spans: Mapping[Key, SpanFound]) -> str:
    span = spans.get(key(passage))
    if span is None:
        return ""
    return passage.text[span.start - passage.start : span.end - passage.start]


def find_names(text: str) -> list[str]:
    """Return the words of a text that begin with a capital, not its first word.

    In German, nouns are among them.

    >>> find_names("Gestern fuhr Eva Quast nach Lauten")
    ['Eva', 'Quast', 'Lauten']
    """
    words = (match for match in _NAMED.finditer(text) if match.start() > 0)
    return [match[0] for match in words if len(match[0]) > 1 and not match[0][0].isdigit()]


def missing_words(question: str, text: str, language: str) -> tuple[set[str], set[str], int]:
    """Return the question's names, and its numbers, that a text lacks, and how many it has.

    A name counts as held where one of its terms is, so that a genitive or a compound's part
    does not miss; in German, nouns count as names. A word at the question's beginning is no
    name: all words begin there with a capital.

    >>> missing_words("Wie hoch ist der Turm von Au seit 2019?", "Der Turm von Au", "de")
    (set(), {'2019'}, 3)
    """
    held, low = set(terms(text, language)), text.casefold()
    names: set[str] = set()
    values: set[str] = set()
    count = 0
    for match in list(_NAMED.finditer(question))[:_MOST_NAMES]:
        word = match[0]
        number = word[0].isdigit()
        found = terms(word, language)
        if not found or (not number and (match.start() == 0 or len(word) < 2)):
            continue
        count += 1
        if not held & set(found) and word.casefold() not in low:
            (values if number else names).add(word)
    return names, values, count


def _shares_missing(question: str, passage: Passage) -> tuple[float, float]:
    """Return how much of the question's names and numbers a passage and its article lack."""
    day = write_about("", passage.article.published, passage.language)
    text = f"{in_article(passage, passage.text)}\n{passage.article.source}\n{day}"
    names, values, count = missing_words(question, text, passage.language)
    return len(names) / max(1, count), len(values) / max(1, count)
