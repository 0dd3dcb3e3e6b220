"""Follow-up questions: one that leans on the last turn is completed from it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from qa.results import Answer

Turn = Answer | Mapping[str, Any]
"""An earlier answer, or a message {"role": "user" | "assistant", "content": text}."""

_LEANS = re.compile(
    r"^(und|aber|what about|how about|and|but|wie steht es|was ist mit|warum\??$|wieso\??$|why\??$|"
    r"when\??$|wann\??$|where\??$|wo\??$|seit wann\??$|since when\??$)\b"
    r"|\b(er|sie|es|ihn|ihm|ihr|ihnen|dessen|deren|dort|davon|dafür|dagegen|dabei|damit|daran|"
    r"danach|diese[rsnm]?|he|she|it|they|him|them|his|her|its|their|there|this|these|those)\b",
    re.IGNORECASE,
)
_NO_SUBJECT_WORDS = 3
"""A question of at most so many words and no name says too little to stand alone."""


def completed(question: str, history: Sequence[Turn]) -> str:
    """Return the question, with the last one's words before it where it leans on them.

    >>> completed("Und warum?", [{"role": "user", "content": "Wer kam zu spät?"}])
    'Wer kam zu spät? Und warum?'
    >>> completed("Wann fuhr die Seilbahn?", [{"role": "user", "content": "Wer kam zu spät?"}])
    'Wann fuhr die Seilbahn?'
    """
    last = _last_question(history)
    if not last or not leans(question):
        return question
    return f"{last} {question}"


def leans(question: str) -> bool:
    """Tell whether a question needs the one before it to be understood.

    >>> leans("Und wie viel kostet das?"), leans("Wie viel kostet die neue Brücke?")
    (True, False)
    """
    words = re.findall(r"\w+", question)
    named = any(word[0].isupper() or word.isdigit() for word in words[1:])
    if _LEANS.search(question) and not (named and len(words) > 2 * _NO_SUBJECT_WORDS):
        return True
    return len(words) <= _NO_SUBJECT_WORDS and not named


def _last_question(history: Sequence[Turn]) -> str:
    for turn in reversed(history):
        if isinstance(turn, Answer):
            return turn.question
        if isinstance(turn, Mapping) and turn.get("role") == "user":
            return str(turn.get("content", ""))
    return ""
