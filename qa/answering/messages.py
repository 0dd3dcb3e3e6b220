"""What an answer says in words of its own, in the language of the question."""

from collections.abc import Mapping

_MESSAGES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "nothing near": "Dazu steht in den Artikeln nichts Belegbares.",
        "not said": "Die Artikel handeln davon, sagen aber nicht, wonach gefragt ist.",
        "other language": "Was dem nahe kommt, steht nur in einer anderen Sprache und belegt "
        "die Antwort nicht sicher.",
        "empty": "Die Sammlung enthält noch keine Artikel. Fügen Sie zuerst welche hinzu.",
        "filtered": "Kein Artikel erfüllt die gesetzten Filter. Lockern Sie die Filter.",
        "wordless": "Die Frage enthält keine Wörter. Schreiben Sie, was Sie wissen wollen.",
        "nearest": "Am nächsten kommt: {citation}.",
        "lacks": "Im nächstliegenden Absatz kommt „{missing}“ nicht vor.",
        "unlikely": "Dass der nächstliegende Absatz antwortet, ist zu {chance} % wahrscheinlich; "
        "verlangt sind {least} %.",
        "no number": "Gefragt ist nach einer Zahl; was dem am nächsten kommt, nennt keine, die "
        "passt.",
        "differ": "Die Quellen sagen Unterschiedliches.",
        "years apart": "Die Quellen sagen Unterschiedliches und liegen mehr als ein Jahr "
        "auseinander; die neueste steht zuerst.",
        "corrected": "Die Quellen sagen Unterschiedliches; die erste ist eine Korrektur.",
        "yes or no": "Ob ja oder nein, müssen Sie selbst beurteilen; in den Artikeln steht dazu:",
        "undated": "ohne Datum",
    },
    "en": {
        "nothing near": "The articles say nothing that supports an answer.",
        "not said": "The articles are about this, but do not say what is asked.",
        "other language": "What comes near is only in another language, and does not support an "
        "answer with certainty.",
        "empty": "The collection holds no articles yet. Add some first.",
        "filtered": "No article meets the filters that are set. Loosen the filters.",
        "wordless": "The question has no words. Write what you want to know.",
        "nearest": "What comes nearest: {citation}.",
        "lacks": "The nearest paragraph does not mention “{missing}”.",
        "unlikely": "The chance that the nearest paragraph answers is {chance} %; {least} % are "
        "required.",
        "no number": "A number is asked for, and what comes nearest names none that fits.",
        "differ": "The sources differ.",
        "years apart": "The sources differ and are more than a year apart; the newest comes first.",
        "corrected": "The sources differ; the first is a correction.",
        "yes or no": "Whether yes or no is for you to judge; the articles say:",
        "undated": "no date",
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
