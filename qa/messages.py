"""What an answer says in words of its own, in the language of the question."""

from collections.abc import Mapping

_MESSAGES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "unsupported": "Dazu steht in den Artikeln nichts Belegbares.",
        "near": "Die Artikel handeln davon, sagen aber nicht, wonach gefragt ist.",
        "nearest": "Am nächsten kommt: {citation}.",
        "empty": "Die Sammlung enthält noch keine Artikel. Fügen Sie zuerst welche hinzu.",
        "filtered": "Kein Artikel erfüllt die gesetzten Filter. Lockern Sie die Filter.",
        "wordless": "Die Frage enthält keine Wörter. Schreiben Sie, was Sie wissen wollen.",
    },
    "en": {
        "unsupported": "The articles say nothing that supports an answer.",
        "near": "The articles are about this, but do not say what is asked.",
        "nearest": "What comes nearest: {citation}.",
        "empty": "The collection holds no articles yet. Add some first.",
        "filtered": "No article meets the filters that are set. Loosen the filters.",
        "wordless": "The question has no words. Write what you want to know.",
    },
}


def language_of_messages(language: str) -> str:
    """Return the language that messages are written in: that of the question, or English."""
    return language if language in _MESSAGES else "en"


def message(name: str, language: str, **values: str) -> str:
    """Return a message in a language, or in English where there is none in it.

    >>> message("empty", "de")
    'Die Sammlung enthält noch keine Artikel. Fügen Sie zuerst welche hinzu.'
    """
    return _MESSAGES[language_of_messages(language)][name].format(**values)
