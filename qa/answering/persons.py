"""Who somebody is and what somebody said, where a sentence puts it beside the person's name.

A reader is unsure of both: a role before a name, and a sentence quoted whole, are no usual answers.
"""

import re
from collections.abc import Sequence, Set

from index.analysis import terms
from qa.answering.digest.topic import content_names, topic_terms
from qa.answering.question import Question
from qa.answering.sentences import ScoredSentence

KINDS = ("definition", "quote")
"""Kinds of question that are answered so."""
_CAPITALS = re.compile(r"[A-ZÄÖÜ][\w’'-]*(?: (?:(?:von|van|de|zu) )?[A-ZÄÖÜ][\w’'-]*)*")
_ROLE_AFTER = re.compile(
    r",? \(|, (?:der|die|das|ein|eine|einer|the|an?|who|[a-zäöüß]+er|[A-ZÄÖÜ])\b"
)
"""What follows a name: a party or an age in brackets, or what the person is."""
_ROLE_BEFORE = re.compile(r"\b[A-ZÄÖÜ]?[\w-]{3,}, $")
_QUOTES = re.compile(r"[“”„\"«»]")


def find_person(question: Question, ranked: Sequence[ScoredSentence]) -> ScoredSentence | None:
    """Return the first sentence that says who a person is, or quotes the one whom a question names.

    Args:
        question: of one of `KINDS`; of any other, None is returned.
        ranked: sentences of the nearest passages, the best first.
    """
    if question.kind not in KINDS:
        return None
    finds = _introduces if question.kind == "definition" else _quotes
    return next((item for item in ranked if finds(question, item)), None)


def _introduces(question: Question, item: ScoredSentence) -> bool:
    asked = topic_terms(question.text, item.passage.language)
    return len(asked) > 1 and introduces(item.text, asked, item.passage.language)


def introduces(sentence: str, asked: Set[str], language: str) -> bool:
    """Tell whether a sentence says who it is whose names, as terms, are asked for.

    >>> names = {"ada", "quast"}
    >>> introduces("Hafenmeisterin Ada Quast sprach.", names, "de")
    True
    >>> introduces("Der Wirt, Ada Quast, kam.", names, "de")
    True
    >>> introduces("Ada Quast kam.", names, "de")
    False
    """
    for match in _CAPITALS.finditer(sentence):
        words = match[0].split()
        name = words[-len(asked) :]
        if {term for word in name for term in terms(word, language)} != asked:
            continue
        before = len(words) > len(name) and len(words[-len(name) - 1]) > 3
        apart = _ROLE_BEFORE.search(sentence[: match.start()]) is not None
        if before or apart or _ROLE_AFTER.match(sentence, match.end()):
            return True
    return False


def _quotes(question: Question, item: ScoredSentence) -> bool:
    """Tell whether a sentence quotes whom a question names, in a passage on what else it names."""
    if not _QUOTES.search(item.text):
        return False
    language = item.passage.language
    # Common nouns count too: what was said about another thing is no answer.
    asked = frozenset(terms(" ".join(content_names(question.text)), language))
    held: set[str] = set()
    for match in _CAPITALS.finditer(item.text):
        name = asked.intersection(terms(match[0], language))
        held |= name if len(name) > 1 else set()
    around = set(terms(f"{item.passage.article.title}\n{item.passage.text}", language))
    return bool(held) and asked - held <= around
