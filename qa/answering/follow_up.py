"""Follow-up questions: one that leans on the last turn is completed from it.

Whether it leans is learned (`qa.answering.question_model`). It is completed by rules, German
and English, with the last question's words: put in place of a bare "Warum?", or in brackets
behind. What stands alone is left alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corpus.errors import QuestionError
from qa.results import Answer

Turn = Answer | Mapping[str, Any]
"""An earlier answer, or a message {"role": "user" | "assistant", "content": text}."""

_LOOKED_AT = 12
"""How many turns back a question may lean; what was before is not read."""
_LONGEST = 500
"""Characters of an earlier question that are read."""
_TOPIC = 160
"""Characters of the topic that is added, at most."""

_CONNECTIVE = re.compile(r"^(und|aber|oder|and|but|or|so)\b[\s,]*", re.IGNORECASE)
_ASKS = (
    r"(?:(?:seit|bis|ab|von|vor|nach|mit|für|auf|an|in|aus|bei|zu|um|unter|by|since|until|from|"
    r"for|to|in|at|on|with|after|of)\s+)?"
    r"(?:wann|warum|wieso|weshalb|wo|wohin|woher|wodurch|womit|wofür|wer|wen|wem|wessen|was|"
    r"welche[rsnm]?|wie\s+(?:viele?[rnm]?|lange?|hoch|teuer|oft|weit|alt|groß|schwer|breit|tief|"
    r"schnell|viel)|wie|"
    r"when|why|where|who|whom|whose|what|which|how\s+(?:many|much|long|high|tall|old|often|far|"
    r"big|large|heavy|late|fast|wide|deep)|how)"
)
_OPENING = re.compile(rf"^\s*(?P<asks>{_ASKS})\b\s*", re.IGNORECASE)
_BARE = re.compile(rf"^(?P<asks>{_ASKS})\s*(?:denn|genau|exactly|eigentlich|so)?$", re.IGNORECASE)
_ADVERBIAL = re.compile(
    r"^(?:.*\b(?:wann|warum|wieso|weshalb|wo|wohin|woher|wodurch|when|why|where)|wie|how)$", re.I
)
_COUNTING = re.compile(r"^(?:wie\s+viele?[rnm]?|welche[rsnm]?|how\s+(?:many|much)|which)$", re.I)
_AUXILIARY = re.compile(
    r"^(?:will|would|did|does|do|is|are|was|were|has|have|had|can|could|should|shall|may|might)\b"
    r"\s*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?P<preposition>in|aus|bei|nach|von|am|im|für|from|at|for|with|mit)\s+(?P<name>[^?]+)$",
    re.I,
)
_JOINS = frozenset(
    "in im am an auf aus bei beim nach von vom zu zum zur der des dem den die das für mit "
    "vor".split()
)
_GERMAN = frozenset(
    "wer wie was wann warum wieso weshalb wo wohin woher welche welcher welches welchen und der "
    "die das den dem ist sind war hat haben wird werden aber für mit von bis seit ein eine gibt "
    "am im zum zur nicht".split()
)
_PERSONS = frozenset("er sie ihn ihm ihr he she him her his hers sein seine seiner ihre".split())


def complete(
    question: str,
    history: Sequence[Turn],
    needs: Callable[[str, str | None], bool],
    knows: Callable[[str], bool] | None = None,
) -> str:
    """Return the question, completed from the last turn where it leans on it.

    Args:
        question: in normal form.
        history: the turns before, the first one first. Only the last few are read, and what
            is no turn is passed over.
        needs: tells whether a question, after that one, needs the conversation.
        knows: tells whether an article's URI is one of this collection; an answer's citations
            of others say nothing here. By default none does.

    Raises:
        QuestionError: the history is no sequence of turns at all.

    >>> history = [{"role": "user", "content": "Wann fährt die Bahn in Lauten?"}]
    >>> complete("Und warum?", history, lambda question, previous: True)
    'Warum fährt die Bahn in Lauten?'
    >>> complete("Was kostet sie?", history, lambda question, previous: True)
    'Was kostet sie? (Bahn in Lauten)'
    >>> complete("Wann fuhr die Seilbahn?", history, lambda question, previous: False)
    'Wann fuhr die Seilbahn?'
    """
    turns = _turns(history)
    last, at = _last_question(turns)
    if not last or not needs(question, last):
        return question
    if isinstance(turns[at], Mapping):
        # A message keeps what was typed: it may have leaned on the one before.
        last = complete(last, turns[:at], needs, knows)
    if last == question:
        return question
    return _join(question, last, _answer_of(turns), knows)


def _join(
    question: str, last: str, answer: Answer | None, knows: Callable[[str], bool] | None
) -> str:
    connective = _CONNECTIVE.match(question)
    bare = question[connective.end() :].rstrip(" ?!.") if connective else question.rstrip(" ?!.")
    asked = _BARE.match(bare)
    if asked and (clause := _clause(last)):
        return f"{asked['asks'][:1].upper()}{asked['asks'][1:]} {clause}?"
    swapped = _with_other_place(bare, last)
    if swapped:
        return swapped
    topic = _topic(last, question, answer, knows)
    return f"{question} ({topic})" if topic else question


def _clause(last: str) -> str:
    """Return a question without what it asks for, where the rest is a clause, or "".

    >>> _clause("Wann schließt der Kreißsaal?"), _clause("Wie viele Stellen fallen dort weg?")
    ('schließt der Kreißsaal', 'fallen Stellen dort weg')
    >>> _clause("Wer gewann?")
    ''
    """
    opening = _OPENING.match(last)
    if not opening:
        return ""
    rest = last[opening.end() :].rstrip(" ?!.")
    asks = " ".join(opening["asks"].split())
    if "(" in rest:
        return ""
    if _ADVERBIAL.match(asks):
        return rest
    counted = re.match(r"(?P<noun>[A-ZÄÖÜ]\w+)\s+(?P<verb>[a-zäöüß]\w+)\s*(?P<rest>.*)$", rest)
    if _COUNTING.match(asks) and counted:
        return " ".join(filter(None, (counted["verb"], counted["noun"], counted["rest"])))
    return ""


def _with_other_place(bare: str, last: str) -> str:
    """Ask the last question of another place or thing: "Und in Kelmsbach?", or "".

    >>> _with_other_place("in Kelmsbach", "Wer gewann die Wahl in Lauten?")
    'Wer gewann die Wahl in Kelmsbach?'
    """
    about = re.sub(r"^(?:was ist|wie steht es|wie sieht es|what about|how about)\s*", "", bare)
    new = re.match(_PLACE.pattern, about, re.IGNORECASE)
    if not new or len(about.split()) > 4:
        return ""
    preposition = re.escape(new["preposition"])
    old = re.search(rf"\b{preposition}\s+(?:[A-ZÄÖÜ][\w-]*\s?)+", last)
    if not old:
        return ""
    return f"{last[: old.start()]}{about}{' ' if old[0].endswith(' ') else ''}{last[old.end() :]}"


def _topic(
    last: str, question: str, answer: Answer | None, knows: Callable[[str], bool] | None
) -> str:
    """Return what the last question is about, as words to look for."""
    parts = []
    words = set(re.findall(r"\w+", question.lower()))
    if answer and answer.short and words & _PERSONS and _is_name(answer.short):
        parts.append(answer.short)
    parts += _noun_phrases(last) if _is_german(last) else [_without_asking(last)]
    parts = [part for part in dict.fromkeys(parts) if part and part not in question]
    if answer and answer.citations and len(" ".join(parts)) < 8:
        info = answer.citations[0].passage.article
        if knows is not None and knows(info.uri):
            parts.append(info.title)
    return ", ".join(parts)[:_TOPIC].strip(" ,")


def _is_name(text: str) -> bool:
    words = text.split()
    return 1 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _is_german(text: str) -> bool:
    return not _GERMAN.isdisjoint(re.findall(r"\w+", text.lower()))


def _noun_phrases(question: str) -> list[str]:
    """Return a German question's nouns, with what joins them.

    >>> _noun_phrases("Wann soll die Seilbahn in Bad Lauten wieder fahren?")
    ['Seilbahn in Bad Lauten']
    >>> _noun_phrases("Wie viele Stimmen bekam sie? (Carla Wiesenthal, Stichwahl in Kelmsbach)")
    ['Stimmen', 'Carla Wiesenthal', 'Stichwahl in Kelmsbach']
    """
    phrases: list[str] = []
    held: list[str] = []
    joins: list[str] = []
    for number, word in enumerate(re.findall(r"[\w.'’-]*\w|[^\w\s]", question)):
        noun = number > 0 and (word[0].isupper() or (word[0].isdigit() and bool(held)))
        if noun:
            held += [*joins, word] if held else [word]
            joins = []
        elif held and word in _JOINS and len(joins) < 2:
            joins.append(word)
        elif word not in '„“”"»«':
            phrases += [" ".join(held)] if held else []
            held, joins = [], []
    return [*phrases, *([" ".join(held)] if held else [])]


def _without_asking(question: str) -> str:
    """Return an English question without question word and auxiliary.

    >>> _without_asking("When will the cable car in Bad Lauten reopen?")
    'the cable car in Bad Lauten reopen'
    """
    plain = re.sub(r"\?\s*\(|[?)]", ", ", question)
    opening = _OPENING.match(plain)
    rest = plain[opening.end() :] if opening else plain
    return _AUXILIARY.sub("", rest).strip(" ,.!").replace(" ,", ",")


def _turns(history: Sequence[Turn]) -> list[Turn]:
    if isinstance(history, (str, bytes, Mapping)) or not isinstance(history, Sequence):
        raise QuestionError(
            f"A history is a list of earlier answers or messages, not {type(history).__name__}. "
            'Give answers of `ask`, or {"role": "user", "content": "…"}.'
        )
    return [turn for turn in history[-_LOOKED_AT:] if isinstance(turn, (Answer, Mapping))]


def _last_question(turns: Sequence[Turn]) -> tuple[str, int]:
    """Return the last question, and which turn it was."""
    for at in range(len(turns) - 1, -1, -1):
        turn = turns[at]
        if isinstance(turn, Answer):
            return turn.question[:_LONGEST], at
        content = turn.get("content")
        if turn.get("role") == "user" and isinstance(content, str) and content.strip():
            return " ".join(content.split())[:_LONGEST], at
    return "", 0


def _answer_of(turns: Sequence[Turn]) -> Answer | None:
    return next((turn for turn in reversed(turns) if isinstance(turn, Answer)), None)
