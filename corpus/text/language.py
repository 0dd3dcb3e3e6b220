"""The language of a text, as an ISO 639-1 code, or "und" where it cannot be told.

py3langid scores; this module says how far to believe it. A question is shorter than
what such a model needs, so question words of German and English are looked at first.
"""

import re
from functools import lru_cache
from typing import Protocol

UNDETERMINED = "und"

_ENOUGH = 1000
"""Characters looked at: more changes nothing but the time."""
_MACRO = {"wuu": "zh", "yue": "zh", "arz": "ar", "ary": "ar", "nb": "no", "nn": "no"}
"""What the model tells apart further than ISO 639-1 or the indexes do."""
_WORD = re.compile(r"[^\W\d_]+")

# Words that open a German question; "was" is a verb in English, "wie" a pronoun in Dutch.
_GERMAN_START = re.compile(
    r"\W*(?:wann|was(?! (?:he|she|it|there|the|this|that|i|your|his|her|\w+ing)\b)|wer|wem|wen|"
    r"wie|wo|warum|wieso|weshalb|welche[rsmn]?|wessen|gibt|hat|ist|sind|wird|kann)\s",
    re.IGNORECASE,
)

# Words that are frequent in one of the two languages and no word in the other.
_GERMAN = frozenset(
    """aber als am auch auf aus bei beim bis das dem der durch ein eine einem einen einer eines
    für gegen gibt haben hatte ich ihr ist kann kein keine mit nach nicht noch oder seit sich sind
    soll über und uns unter viel viele vom von vor wann warum welche welchem welchen welcher
    welches wem wen wer werden weshalb wessen wie wieso wieviel wir wird wofür woher wohin womit
    worden worüber wurde wurden zum zur zwischen""".split()
)
_ENGLISH = frozenset(
    """about after and are been before could did does from has have how into is its many much
    of should that the their there these they this those were what when where which who whom whose
    why with would you your""".split()
)


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    # An instance of our own: the package's global one can be restricted by anybody.
    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def detect(text: str, expected: str = "") -> str:
    """Return the language of a text: "de", "en", …, or "und" where it is too short or unsure.

    Where the text's small words already say `expected`, nothing more is asked.

    >>> detect("Der Stadtrat hat am Montag den Bau der neuen Brücke beschlossen.")
    'de'
    >>> detect("3:1")
    'und'
    """
    sample = text[:_ENOUGH]
    if expected in ("de", "en"):
        small, hits = _by_words(sample[:400])
        if small == expected and hits >= 4:
            return expected
    letters = _letters(sample)
    if letters < 12:
        return UNDETERMINED
    language, confidence = _classify(sample)
    if confidence >= 0.9 or (letters >= 60 and confidence >= 0.5):
        return language
    word_language, hits = _by_words(sample)
    return word_language if hits >= 2 else UNDETERMINED


def question_language(text: str) -> str:
    """Return the language of a question, which may be a few words long; "und" where unsure.

    >>> question_language("Wann war das?"), question_language("Who won?")
    ('de', 'en')
    """
    sample = text[:_ENOUGH]
    word_language, hits = _by_words(sample)
    if _letters(sample) < 4:
        return word_language or UNDETERMINED
    if word_language and hits >= 2:
        # Whatever the classifier says; it takes a third of a second to load.
        return word_language
    language, confidence = _classify(sample)
    asks = _GERMAN_START.match(sample)
    if asks and word_language != "en" and (language in ("de", "en") or confidence < 0.8):
        return "de"
    if word_language and (confidence < 0.6 or language == word_language):
        return word_language
    return language if confidence >= 0.4 else UNDETERMINED


def _letters(text: str) -> int:
    """Return how much there is to judge by: a character of Chinese says as much as a syllable."""
    return sum(3 if char >= "\u2e80" else 1 for char in text if char.isalpha())


def _classify(text: str) -> tuple[str, float]:
    language, confidence = _identifier().classify(text)
    language = _MACRO.get(language, language)
    return (language if len(language) == 2 else UNDETERMINED), confidence


def _by_words(text: str) -> tuple[str, int]:
    """Return "de" or "en" where the text's small words say so, else "", and by how many."""
    words = _WORD.findall(text.lower())
    # `map` over a set's own method: this is done for every paragraph that is added.
    german = sum(map(_GERMAN.__contains__, words)) + text.count("ß")
    english = sum(map(_ENGLISH.__contains__, words))
    if german == english:
        return "", 0
    return ("de", german - english) if german > english else ("en", english - german)
