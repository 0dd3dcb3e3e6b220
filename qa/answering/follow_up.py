"""Follow-up questions: one that leans on the last turn is completed from it.

By rules, German and English, with no model: a question leans where a pronoun or an adverb
("sie", "dort", "then") has nothing in the question itself to stand for, where it begins
with "Und …?" or "What about …?" and names nothing of its own, and where it is too short to
have a subject ("Bis wann?"). It is completed by the last question's words: put in place of
a bare "Warum?", or in brackets behind. What stands alone is left alone.
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
_ABOUT = re.compile(
    r"^(?:(?:und|and|but|aber)\s+)?(?:what about|how about|was ist mit|wie steht es mit|"
    r"wie ist es mit|wie sieht es mit|wie sieht es bei|und)\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_PERSONAL = (
    r"er|sie|es|ihn|ihm|ihnen|dessen|deren|dort|dorthin|dann|damals|"
    r"davon|dafür|dagegen|dabei|damit|daran|danach|darin|darüber|darauf|dazu|dadurch|"
    r"he|she|it|they|him|them|there|then|afterwards"
)
_POSSESSIVE = (
    r"sein|seine[rsnm]?|ihr|ihre[rsnm]?|his|her|hers|its|their|theirs|"
    r"diese[rsnm]?|jene[rsnm]?|this|these|those"
)
_PRONOUN = re.compile(
    rf"\b(?:(?P<personal>{_PERSONAL})|(?P<possessive>{_POSSESSIVE})|(?P<that>das|that))\b"
)
_EMPTY = re.compile(
    # "es" and "it" that stand for nothing, "there is", and "dazu, dass".
    r"\b(?:gibt|gab|gäbe|gebe|geht|ging|handelt|handelte|kam|bedarf|regnet|schneit)\s+es\b"
    r"|\bes\s+(?:gibt|gab|geht|handelt|heißt)\b|\bes\b(?=[^?]*,[^?]*\bzu\b)"
    r"|\b(?:is|are|was|were|will|can|has|have)\s+there\b(?!\s*\?)|\bthere\s+(?:is|are|was|were)\b"
    r"|\bit\s+(?:take|takes|took|cost|costs)\b.*\bto\b"
    r"|\bit\s+(?:true|possible|likely|known|legal)\b|\bda\w+,\s+(?:dass|ob|wie|was|wer)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",|\b(?:dass|ob|weil|wenn|bevor|nachdem|obwohl|während|als|that|whether|because|if|when|"
    r"before|after|although|while|since|until|so|and|und)\b",
    re.IGNORECASE,
)
_DEFINING = re.compile(
    r"^(?:was|wer|what|who)\s+(?:ist|sind|war|waren|bedeutet|is|are|was|were)\s+\w{3,}", re.I
)
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
    knows: Callable[[str], bool] | None = None,
    needs: Callable[[str], bool] | None = None,
) -> str:
    """Return the question, completed from the last turn where it leans on it.

    Args:
        question: in normal form.
        history: the turns before, the first one first. Only the last few are read, and what
            is no turn is passed over.
        knows: tells whether an article's URI is one of this collection; an answer's citations
            of others say nothing here. By default none does.
        needs: tells whether a question needs the conversation; by default `leans`, by rules.

    Raises:
        QuestionError: the history is no sequence of turns at all.

    >>> complete("Und warum?", [{"role": "user", "content": "Wann fährt die Bahn in Lauten?"}])
    'Warum fährt die Bahn in Lauten?'
    >>> complete("Was kostet sie?", [{"role": "user", "content": "Wann fährt die Bahn?"}])
    'Was kostet sie? (Bahn)'
    >>> complete("Wann fuhr die Seilbahn?", [{"role": "user", "content": "Wer kam zu spät?"}])
    'Wann fuhr die Seilbahn?'
    """
    turns = _turns(history)
    if not turns or not (needs or leans)(question):
        return question
    last, at = _last_question(turns)
    if isinstance(turns[at], Mapping):
        # A message keeps what was typed: it may have leaned on the one before.
        last = complete(last, turns[:at], knows, needs)
    if not last or last == question:
        return question
    return _join(question, last, _answer_of(turns), knows)


def leans(question: str) -> bool:
    """Tell whether a question needs the one before it to be understood.

    >>> leans("Und wie viel kostet das?"), leans("Wie viel kostet die neue Brücke?")
    (True, False)
    >>> leans("Why did the gauge fail before it could warn?"), leans("Why did it fail?")
    (False, True)
    """
    about = _ABOUT.match(question)
    connective = _CONNECTIVE.match(question)
    bare = question[connective.end() :] if connective else question
    words = re.findall(r"[\w-]+", bare)
    names = _names(bare)
    if about and not (connective and about["rest"] == bare and _OPENING.match(bare)):
        rest = about["rest"].strip()
        if not _OPENING.match(rest) and len(words) <= 7:
            return True
    if _points_back(bare):
        return True
    if len(words) <= 3 and not names:
        return not _DEFINING.match(bare)
    return bool(connective) and not names


def surface(question: str) -> list[float]:
    """Return what the wording alone says of whether a question leans; see `question_model`.

    >>> surface("Und warum?")[:2]
    [1.0, 1.0]
    """
    words = re.findall(r"[\w'’-]+", question)
    named = len(_names(question))
    capitals = sum(word[0].isupper() or word[0].isdigit() for word in words[1:])
    return [
        float(leans(question)),
        float(bool(_CONNECTIVE.match(question))),
        float(_points_back(question)),
        min(len(words), 20) / 10,
        float(len(words) <= 4),
        min(named, 3) / 3,
        float(named == 0),
        min(capitals, 4) / 4,
        float(capitals == 0),
    ]


def _points_back(question: str) -> bool:
    """Tell whether a pronoun or adverb stands for something outside the question."""
    cleared = _EMPTY.sub(lambda match: " " * len(match[0]), question)
    for match in _PRONOUN.finditer(cleared[:1].lower() + cleared[1:]):
        before, after = question[: match.start()], question[match.end() :]
        if match["that"]:
            if _is_pronoun_that(match["that"], before, after):
                return True
        elif match["possessive"]:
            if not _names(before):
                return True
        elif not _antecedent(before):
            return True
    return False


def _is_pronoun_that(word: str, before: str, after: str) -> bool:
    """Tell "Was kostet das?" from "Was kostet das Haus?", and "Is that true?" from "said that".

    >>> _is_pronoun_that("das", "Was kostet ", "?"), _is_pronoun_that("das", "Was ", " alte Haus?")
    (True, False)
    """
    following = re.findall(r"[\w-]+", after)[:3]
    if word == "that":
        return not following or bool(re.search(r"\b(?:is|was|did|does|do|will|would)\s*$", before))
    if before.rstrip().endswith(","):
        return False
    for at, item in enumerate(following):
        if item[0].isupper() or item[0].isdigit():
            return False
        if not re.search(r"(?:e|en|er|es)$", item) or at == 2:
            return True
    return True


def _antecedent(before: str) -> bool:
    """Tell whether an earlier clause of the question names what a pronoun can stand for."""
    border = None
    for match in _CLAUSE.finditer(before):
        border = match
    if border is None:
        return False
    clause = before[: border.start()]
    return bool(_names(clause)) or bool(
        re.search(r"\b(?:the|a|an|der|die|das|den|dem|ein|eine|einen)\s+\w{3,}", clause, re.I)
    )


def _names(text: str) -> list[str]:
    """Return what is likely a name: in German, where all nouns are capitals, with more care.

    >>> _names("How many live in Port Ellery"), _names("Wie hoch ist die Kaution für Geräte")
    (['Port', 'Ellery'], [])
    >>> _names("Wie viele Menschen leben in Kelmsbach"), _names("Wer ist Gesa Lührs")
    (['Kelmsbach'], ['Gesa', 'Lührs'])
    """
    words = re.findall(r"[\w'’-]+", text)
    capital = [at for at, word in enumerate(words) if at and word[0].isupper()]
    if not _is_german(words):
        return [words[at] for at in capital if words[at] != "I"]
    found: list[str] = re.findall(r"[„“\"»]([^„“”\"«»]+)[“”\"«]", text)
    for at in capital:
        before = words[at - 1]
        beside = (at - 1 in capital and at - 1) or (at + 1 in capital)
        placed = before.lower() in ("in", "aus", "nach", "bei", "von") and before.islower()
        shouted = len(words[at]) > 1 and words[at].isupper()
        alone = before.lower() in ("ist", "war", "hat", "sagt", "sagte", "wird", "will", "gewann")
        if beside or placed or shouted or alone:
            found.append(words[at])
    return found


def _is_german(words: Sequence[str]) -> bool:
    return any(word.lower() in _GERMAN for word in words)


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
    pronouns = {match[0].lower() for match in _PRONOUN.finditer(question)}
    if answer and answer.short and pronouns & _PERSONS and _is_name(answer.short):
        parts.append(answer.short)
    parts += (
        _noun_phrases(last) if _is_german(re.findall(r"\w+", last)) else [_without_asking(last)]
    )
    parts = [part for part in dict.fromkeys(parts) if part and part not in question]
    if answer and answer.citations and len(" ".join(parts)) < 8:
        info = answer.citations[0].passage.article
        if knows is not None and knows(info.uri):
            parts.append(info.title)
    return ", ".join(parts)[:_TOPIC].strip(" ,")


def _is_name(text: str) -> bool:
    words = text.split()
    return 1 <= len(words) <= 4 and all(word[0].isupper() for word in words)


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
