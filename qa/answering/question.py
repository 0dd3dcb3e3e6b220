"""What kind of answer a question asks for: several things, a list, or yes or no."""

import re

from corpus.text.language import question_language

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
_AGE = re.compile(r"^(?:(?:und|aber|and|but)\s+)?(?:wie\s+alt|how\s+old)\b", re.IGNORECASE)
_REASON = re.compile(
    r"^(?:(?:und|aber|and|but)\s+)?"
    r"(?:warum|wieso|weshalb|aus welche[mn] gr[uü]nde?n?|why|for what reasons?)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\b(?:oder|or)\b", re.IGNORECASE)


def parts(question: str) -> tuple[str, ...]:
    """Return the questions that a question is made of; one that asks one thing is its own part.

    >>> parts("Wer stahl die Uhr und wann?")
    ('Wer stahl die Uhr?', 'wann stahl die Uhr?')
    >>> parts("Wann und warum schloss die Brücke?")
    ('Wann schloss die Brücke?', 'warum schloss die Brücke?')
    >>> parts("When did the dairy open, and who runs the dairy?")
    ('When did the dairy open?', 'who runs the dairy?')
    >>> parts("Wer baute die Brücke?")
    ('Wer baute die Brücke?',)
    """
    bare, context = _split_context(question)
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
    return tuple(" ".join(f"{piece.strip()}?{context}".split()) for piece in found)


def _split_context(question: str) -> tuple[str, str]:
    """Cut off the mark at the end, and what a follow-up was completed with."""
    match = re.match(r"^(?P<bare>.*?)[?.!\s]*(?P<context>\([^()]*\))?\s*$", question)
    if match is None:
        return question, ""
    context = f" {match['context']}" if match["context"] else ""
    return match["bare"], context


def wants_list(question: str) -> bool:
    """Tell whether a question asks for several things of a kind.

    >>> wants_list("Welche drei Gründe nannte Quast?"), wants_list("Welche Farbe hat die Bahn?")
    (True, False)
    """
    return bool(_LIST.match(question))


def wants_count(question: str) -> bool:
    """Tell whether a question can only be answered by how many, how old or how high.

    >>> wants_count("Wie alt ist der Trainer?"), wants_count("Wie heißt der Trainer?")
    (True, False)
    """
    return bool(_COUNT.match(question))


def wants_age(question: str) -> bool:
    """Tell whether a question asks how old somebody or something is.

    >>> wants_age("How old is the mayor?"), wants_age("How many old bridges are there?")
    (True, False)
    """
    return bool(_AGE.match(question))


def wants_reason(question: str) -> bool:
    """Tell whether a question asks why.

    >>> wants_reason("Warum schließt die Molkerei?"), wants_reason("Wann schließt sie, und warum?")
    (True, False)
    """
    return bool(_REASON.match(question))


def wants_yes_or_no(question: str) -> bool:
    """Tell whether a question can be answered by yes or no.

    >>> wants_yes_or_no("Ist die Brücke offen?"), wants_yes_or_no("Wann ist die Brücke offen?")
    (True, False)
    >>> wants_yes_or_no("Is it open on Mondays or Fridays?"), wants_yes_or_no("Was kostet es?")
    (False, False)
    """
    german = question_language(question) == "de"
    pattern = _YES_NO["de" if german else "en"]
    return bool(pattern.match(question)) and not _CHOICE.search(question)
