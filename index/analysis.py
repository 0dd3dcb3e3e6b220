"""Text to terms, per language: the same for paragraphs, questions and every lexical engine.

Words are runs of letters, combining marks and digits, lower-cased and stemmed
as their language is stemmed. Scripts that write no spaces become overlapping
pairs of characters. No stop words are removed: on every English set measured
BM25 finds more with them (docs/experiments.md). Only a question loses its
question words, which say what is asked and not what it is about.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock

import regex
import Stemmer

STEMMERS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
"""ISO 639-1 code -> Snowball's name of the stemmer."""

_QUESTION_WORDS = {
    "cs": "co kdo koho komu kdy kde kam kolik proč jak jaký jaká jaké který která které",
    "da": "hvad hvem hvis hvornår hvor hvorfor hvordan hvilken hvilket hvilke",
    "de": "was welche welcher welches welchen welchem wer wen wem wessen wann wo warum weshalb "
    "wieso wie wohin woher womit wodurch wofür worauf woran worin worüber wovon wozu",
    "en": "what which who whom whose when where why how do does did",
    "es": "qué que cuál cuáles quién quiénes cuándo dónde adónde cómo cuánto cuánta cuántos "
    "cuántas",
    "fi": "mikä mitä mitkä missä mistä mihin milloin miksi miten kuka ketkä kuinka millainen",
    "fr": "que quoi quel quelle quels quelles qui quand où pourquoi comment combien est-ce",
    "it": "che cosa quale quali chi quando dove perché come quanto quanta quanti quante",
    "nl": "wat welke welk wie wiens wanneer waar waarom hoe hoeveel",
    "no": "hva hvem hvis når hvor hvorfor hvordan hvilken hvilket hvilke",
    "pl": "co kto kogo komu kiedy gdzie dokąd dlaczego jak jaki jaka jakie który która które ile",
    "pt": "que o quê qual quais quem quando onde porque como quanto quanta quantos quantas",
    "ru": "что кто кого кому кем чём чей когда где куда откуда почему зачем как какой какая какое "
    "какие каких сколько",
    "sv": "vad vem vilka vilken vilket vems när var vart varför hur",
    "tr": "ne neden niçin niye nasıl kim kimin kime kimi nerede nereye nereden hangi kaç",
}

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
# Combining marks belong to the word: \w alone would cut Hindi words apart.
_TOKEN = regex.compile(
    rf"(?P<unspaced>[{_UNSPACED}][{_UNSPACED}\p{{M}}]*)|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+"
)
MAX_TERM = 64
"""Longer runs (addresses, encoded data) are cut: nobody asks for them."""


def terms(text: str, language: str) -> list[str]:
    """Return a text's terms in order of appearance, repeated as the text repeats them.

    >>> terms("Die Seilbahnen in Groß-Lauten fuhren 2024 nicht", "de")
    ['die', 'seilbahn', 'in', 'gross', 'laut', 'fuhr', '2024', 'nicht']
    >>> terms("東京都", "ja")
    ['東京', '京都']
    """
    return _stemmed(list(_words(text)), language)


def question_terms(question: str, language: str) -> list[str]:
    """Return a question's terms without its question words; one of question words keeps them.

    >>> question_terms("Wann fuhr die Seilbahn?", "de")
    ['fuhr', 'die', 'seilbahn']
    >>> question_terms("Was?", "de")
    ['was']
    """
    words = list(_words(question))
    asked = question_words(language)
    return _stemmed([word for word in words if word not in asked] or words, language)


@lru_cache(maxsize=64)
def question_words(language: str) -> frozenset[str]:
    """Return the question words of a language, or of none that is known."""
    return frozenset(_QUESTION_WORDS.get(language, "").split())


def name_terms(question: str, language: str) -> list[str]:
    """Return the terms of what reads the same in other languages: numbers, and words with a capital
    that do not begin the question. A German question's nouns are among them and do little harm.

    >>> name_terms("Wann fuhr die Seilbahn in Bad Lauten 2024?", "en")
    ['seilbahn', 'bad', 'lauten', '2024']
    """
    words = [match.group() for match in _TOKEN.finditer(unicodedata.normalize("NFKC", question))]
    named = [
        word
        for at, word in enumerate(words)
        if any(char.isdigit() for char in word) or (at > 0 and word[0].isupper())
    ]
    return terms(" ".join(named), language)


def _words(text: str) -> Iterator[str]:
    """Split into words, and scripts without spaces into pairs of characters."""
    for match in _TOKEN.finditer(unicodedata.normalize("NFKC", text).lower()):
        run = match.group()
        if match["unspaced"] and len(run) > 1:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run[:MAX_TERM]


_STEMMERS: dict[str, Stemmer.Stemmer] = {}
# A Snowball stemmer keeps state between calls and may not be shared by two threads at once.
_LOCK = Lock()


def _stemmed(words: list[str], language: str) -> list[str]:
    name = STEMMERS.get(language)
    if name is None:
        return words
    with _LOCK:
        stemmer = _STEMMERS.setdefault(name, Stemmer.Stemmer(name))
        return list(stemmer.stemWords(words))
