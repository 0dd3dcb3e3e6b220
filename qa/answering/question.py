"""A question, read once: its language, what kind of answer it wants, its parts and times."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from corpus.text.language import UNDETERMINED, question_language
from qa.answering.context import Context
from qa.answering.kinds import FACT
from qa.results import RecognisedDate
from qa.retrieval.date_expressions import recognise_dates
from qa.retrieval.reading import write_asked

Wanted = Literal["yes or no", "number", "reason", "several"]
"""A kind of answer; a question of none of them asks for anything else."""

_ASKS = (
    r"(?:(?:seit|bis|ab|by|since|until)\s+)?"
    r"(?:wann|warum|wieso|weshalb|wo|wohin|woher|wer|wen|wem|was|welche[rsnm]?|"
    r"wie(?:\s+(?:viele?|lange?|hoch|teuer|oft|weit|alt|groß|schwer))?|"
    r"when|why|where|who|whom|what|which|how(?:\s+(?:many|much|long|high|old|often|far|big))?)"
)
_SEVERAL = re.compile(
    rf"^(?P<asks>{_ASKS}(?:\s*,\s*{_ASKS})*\s*,?\s*(?:und|and|sowie|or|oder)\s+{_ASKS})\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_ASK = re.compile(_ASKS, re.IGNORECASE)
_THEN = re.compile(rf"(?:\s*,\s*(?:und|and)?|\s+(?:und|and))\s+(?={_ASKS}\b)", re.IGNORECASE)
_PARTS = 3
"""More parts than these are not looked for one by one."""
_LIST = re.compile(
    r"^(?:welche[nrm]?|nenne[n]?|which|name|list|what are|was sind|wer sind|who are)\s+"
    r"(?:(?:die|the|all|alle|mir|me|sind|are)\s+)*"
    r"(?:zwei|drei|vier|fünf|sechs|sieben|acht|mehrere|beiden|alle|two|three|four|five|six|seven|"
    r"eight|several|[2-9]|gründe|ursachen|reasons|causes|folgen|vorteile|nachteile|steps)\b"
    r"|^(?:nenne[n]?|list|name)\b|^(?:aus welchen gründen|for what reasons)\b",
    re.IGNORECASE,
)
_AND = r"^(?:(?:und|aber|and|but|stimmt es,?\s+dass)\s+)?"
_YES_NO = {
    # By language: "Was" asks what in German, and is a verb in English.
    "de": re.compile(
        rf"{_AND}(?:ist|sind|war|waren|wird|werden|wurde|wurden|hat|haben|hatte|hatten|gibt|gab|"
        r"kann|können|konnte|konnten|darf|dürfen|muss|müssen|soll|sollen|sollte|will|wollen|"
        r"wollte|bleibt|bleiben|fährt|fahren|stimmt|kommt|kommen|geht|gehört|gilt|läuft|steht|"
        r"liegt|kostet|bekommt|zahlt|ermittelt|stimmten?)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        rf"{_AND}(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b",
        re.IGNORECASE,
    ),
}
_COUNT = re.compile(
    r"^(?:(?:und|aber|and|but)\s+)?(?:(?:rund|etwa|in|an|für|mit|auf|von|for|to|by|about)\s+)?"
    r"(?:wie\s+(?:viele[nrm]?|alt|hoch)|how\s+(?:many|old|high|tall))\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^(?:(?:und|aber|and|but)\s+)?"
    r"(?:warum|wieso|weshalb|aus welche[mn] gr[uü]nde?n?|why|for what reasons?)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\b(?:oder|or)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as answering uses it; use `read_question`."""

    text: str
    """In normal form; a follow-up is complete."""
    language: str
    """ISO 639-1, or "und" where it is unsure."""
    wants: frozenset[Wanted]
    times: tuple[RecognisedDate, ...] = ()
    """The times that it names."""
    parts: tuple["Question", ...] = ()
    """The questions that it is made of; none where it asks one thing."""
    context: Context | None = None
    """What it is about, where it needs the conversation."""
    kind: str = FACT
    """What sort of answer it wants, one of `qa.answering.kinds.KINDS`."""

    @property
    def in_context(self) -> str:
        """What is searched for: a follow-up with the question that it follows."""
        return f"{self.context.question} {self.text}" if self.context else self.text

    @property
    def as_read(self) -> str:
        """What the reader gets: a follow-up, and behind it what was asked before."""
        if not self.context:
            return self.text
        return write_asked(self.text, self.context.question, self.context.before)

    def with_language(self, language: str) -> "Question":
        """Return the question with a language where it has none, for what no passage answers."""
        return replace(self, language=language) if self.language == UNDETERMINED else self


def read_question(text: str, today: date | None = None, context: Context | None = None) -> Question:
    """Read a question.

    Args:
        text: in normal form.
        today: the day that "last week" is counted from; by default the present one.
        context: what it is about, where it needs the conversation.

    >>> question = read_question("Wer stahl die Uhr und warum?")
    >>> question.language, [sorted(part.wants) for part in question.parts]
    ('de', [[], ['reason']])
    """
    parts = split_question(text)
    return Question(
        text,
        question_language(text),
        _wants(text),
        recognise_dates(text, today or date.today()),
        _read_parts(parts, context) if len(parts) > 1 else (),
        context,
    )


def _read_parts(parts: Sequence[str], context: Context | None) -> tuple[Question, ...]:
    """Read each part; what follows the first is read with it, like a follow-up."""
    later = Context(parts[0])
    return tuple(
        Question(text, question_language(text), _wants(text), context=later if at else context)
        for at, text in enumerate(parts)
    )


def _wants(text: str) -> frozenset[Wanted]:
    """Return the kinds of answer that a question asks for.

    >>> sorted(_wants("Welche drei Gründe nannte Quast?")), _wants("Welche Farbe hat die Bahn?")
    (['several'], frozenset())
    >>> sorted(_wants("Wie alt ist der Trainer?")), sorted(_wants("How many old bridges?"))
    (['number'], ['number'])
    >>> sorted(_wants("Warum schließt sie?")), sorted(_wants("Wann schließt sie, und warum?"))
    (['reason'], [])
    >>> sorted(_wants("Ist die Brücke offen?")), sorted(_wants("Wann ist die Brücke offen?"))
    (['yes or no'], [])
    >>> sorted(_wants("Is it open on Mondays or Fridays?")), sorted(_wants("Was kostet es?"))
    ([], [])
    """
    yes_no = _YES_NO["de" if question_language(text) == "de" else "en"]
    found: dict[Wanted, bool] = {
        "yes or no": bool(yes_no.match(text)) and not _CHOICE.search(text),
        "number": bool(_COUNT.match(text)),
        "reason": bool(_REASON.match(text)),
        "several": bool(_LIST.match(text)),
    }
    return frozenset(name for name, holds in found.items() if holds)


def split_question(question: str) -> tuple[str, ...]:
    """Return the questions that a question is made of; one that asks one thing is its own part.

    >>> split_question("Wer stahl die Uhr und wann?")
    ('Wer stahl die Uhr?', 'wann stahl die Uhr?')
    >>> split_question("Wann und warum schloss die Brücke?")
    ('Wann schloss die Brücke?', 'warum schloss die Brücke?')
    >>> split_question("When did the dairy open, and who runs the dairy?")
    ('When did the dairy open?', 'who runs the dairy?')
    >>> split_question("Wer baute die Brücke?")
    ('Wer baute die Brücke?',)
    """
    bare = question.rstrip(" ?.!")
    several = _SEVERAL.match(bare)
    if several:
        found = [f"{ask[0]} {several['rest']}" for ask in _ASK.finditer(several["asks"])]
    elif _ASK.match(bare):
        found = [piece for piece in _THEN.split(bare) if piece.strip()]
        # "… und wann?" asks of what was said before it.
        first = _ASK.match(found[0])
        rest = found[0][first.end() :] if first else ""
        found = [found[0]] + [
            f"{piece}{rest}" if _ASK.fullmatch(piece.strip()) else piece for piece in found[1:]
        ]
    else:
        return (question,)
    if not 2 <= len(found) <= _PARTS:
        return (question,)
    return tuple(" ".join(f"{piece.strip()}?".split()) for piece in found)
