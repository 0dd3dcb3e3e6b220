"""What is said to a greeting, a plea for help, a task or an opinion: one sentence, no citation."""

import re
from collections.abc import Mapping

from qa.answering.question import Question
from qa.answering.talk.catalog_words import plain
from qa.i18n import LANGUAGES, Words
from qa.results import Answer, Refusal

_SPECIAL: Mapping[str, Mapping[str, str]] = {
    # Kind of question -> message -> the words that it is the reply to, in plain letters.
    "smalltalk": {
        "thanks": r"dank|merci|thank|thx|cheers|obliged|geholfen|\bsuper|\btoll|great|well done",
        "bye": r"tschuess|auf wiedersehen|\bciao|\bade\b|\bbaba\b|bis (?:bald|morgen|dann)|"
        r"gute nacht|\bbye|see you|good ?night|farewell",
        "greeting": r"hallo|\bhi\b|\bhey|servus|gruess|gruezi|grueezi|moin|\bhoi\b|habe die ehre|"
        r"guten (?:tag|morgen|abend)|hello|good (?:morning|day|evening|afternoon)",
    },
    "help": {
        "add": r"hinzufueg|hinzu|fuege|hochlad|reinlad|einlesen|importier|\bpdf|upload|import|"
        r"\badd\b|file types?|dateitypen|formate",
        "remove": r"loesch|entfern|delete|remove",
        "sources": r"zitier|quelle|woher|verlaesslich|pruef|\bcite|citation|\bsources?\b|trust|"
        r"reliab",
        "language": r"sprache|englisch|deutsch|language|english|german",
    },
    "command": {"edit": r"loesch|entfern|hinzufueg|hochlad|delete|remove|upload|\badd\b"},
}
_ENGLISH = re.compile(
    r"\b(?:hi|hey|hello|thanks?|bye|help|cheers|yo|lol|good|the|you|me|for|to|set|what|can|who)\b",
    re.IGNORECASE,
)


def reply(question: Question, expected: str) -> Answer:
    """Reply to what no article answers.

    Greetings and pleas for help get what they ask for; a task or an opinion is refused.

    Args:
        question: its kind is one of `qa.answering.kinds.TALK`.
        expected: the language of most articles, for a question of no language.
    """
    language = reply_language(question, expected)
    text = Words(language)[f"talk_{_choose(question)}"]
    settled = question.kind in ("smalltalk", "help")
    return Answer(
        question=question.text,
        text=text,
        short="",
        answered=settled,
        reason="" if settled else text,
        sentences=(),
        citations=(),
        passages=(),
        confidence=float(settled),
        language=language,
        asked=question.text,
        kind=question.kind,
        refusal=None if settled else Refusal.NO_QUESTION,
    )


def reply_language(question: Question, expected: str) -> str:
    """Return the language to reply in: the question's where it is told, else the expected one.

    >>> from qa.answering.question import read_question
    >>> [reply_language(read_question(text), "de") for text in ("hi", "asdf", "Was kannst du?")]
    ['en', 'de', 'de']
    """
    if question.language in LANGUAGES:
        return question.language
    return "en" if _ENGLISH.search(question.text) else expected


def _choose(question: Question) -> str:
    """Return the name of the message that fits: the kind's, or one of its special ones."""
    asked = plain(question.text)
    special = (
        name for name, words in _SPECIAL.get(question.kind, {}).items() if re.search(words, asked)
    )
    return "_".join([question.kind, *list(special)[:1]])
