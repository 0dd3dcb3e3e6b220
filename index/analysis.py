"""Text to terms, per language: the same for paragraphs, questions and every lexical engine.

Words are runs of letters, combining marks and digits, lower-cased, stemmed as their
language is stemmed, and rid of diacritics, which people leave out (Erdogan, Lukasz). Letters
and digits that are written together are also words apart, and a short name before a number is
also one word with it: B27 and B 27 have the same terms. Scripts that write no spaces become
overlapping pairs of characters. No stop words are removed: on every English set measured BM25
finds more with them (docs/experiments.md). Only a question loses its question words, which say
what is asked and not what it is about.
"""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock

import regex
import Stemmer

STEMMERS = frozenset(
    "ar ca cs da de el en eo es et eu fa fi fr ga hi hu hy id it lt ne nl no pl pt ro ru sr sv ta "
    "tr yi".split()
)
"""The languages that Snowball stems, by their ISO 639-1 codes, which it knows."""

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
    rf"(?P<unspaced>[{_UNSPACED}][{_UNSPACED}\p{{M}}]*)"
    rf"|(?:(?![{_UNSPACED}])[\p{{L}}\p{{M}}\p{{N}}])+|(?P<section>§+)"
)
_PART = regex.compile(r"\p{N}+|[^\p{N}]+")
# "B 27", "A-380", "ICE 4": what goes before a number and belongs to it.
_SHORT_NAME = regex.compile(r"\p{Lu}{1,3}")
_GAPS = (" ", "-", "\u2010", "\u2011")
"""Between a short name and its number; NFKC has made other blanks of one's width this one."""
MAX_TERM = 64
"""Longer runs (addresses, encoded data) are cut: nobody asks for them."""
VERSION = 2
"""Raise it when the same text gives other terms: the lexical indexes are then built anew."""

_SPELT_OUT = {
    "de": {"mrd": "milliarden", "mio": "millionen", "§": "paragraf", "paragraph": "paragraf"},
    "en": {"bn": "billion", "mn": "million", "§": "section"},
}
"""By language: what stands for a word, as it is read aloud."""

_OWN_LETTERS = {
    "ca": "àçèéíïòóúü", "cs": "áčďéěíňóřšťúůýž", "da": "æøå", "de": "äöüß", "eo": "ĉĝĥĵŝŭ",
    "es": "áéíñóúü", "et": "äöõüšž", "eu": "ñ", "fi": "äöå", "fr": "àâæçèéêëîïôœùûü",
    "ga": "áéíóú", "hu": "áéíóöőúüű", "it": "àèéìíòóùú", "lt": "ąčęėįšųūž", "nl": "äëïöüèé",
    "no": "æøå", "pl": "ąćęłńóśźż", "pt": "àáâãçéêíóôõúü", "ro": "ăâîșşțţ", "sv": "äöå",
    "tr": "çğıöşü",
}  # fmt: skip
"""By language: the letters with diacritics that its stemmer knows. Others are foreign names'."""
_UNDIVIDED = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ß": "ss",
    "þ": "th", "ŧ": "t", "ŋ": "n", "ё": "е",
}  # fmt: skip
"""Letters that Unicode does not take apart, and what they are written as without diacritics."""


class _Folding(dict[int, str]):
    """A table for `str.translate`: letters of the Latin and Greek scripts without diacritics."""

    def __init__(self, kept: str = "") -> None:
        """Leave the letters of `kept` as they are."""
        super().__init__((ord(letter), letter) for letter in kept)

    def __missing__(self, point: int) -> str:
        letter = chr(point)
        base = unicodedata.normalize("NFKD", letter)
        if letter in _UNDIVIDED:
            found = _UNDIVIDED[letter]
        elif unicodedata.name(base[0], "").startswith(("LATIN", "GREEK")):
            bare = (char for char in base if not unicodedata.combining(char))
            found = "".join(_UNDIVIDED.get(char, char) for char in bare)
        else:
            # A mark of Arabic, Hindi or Japanese makes another letter, й is none of и.
            found = "" if "\u0300" <= letter <= "\u036f" else letter
        self[point] = found
        return found


_FOLDING = _Folding()
_FOREIGN = {language: _Folding(kept) for language, kept in _OWN_LETTERS.items()}


def terms(text: str, language: str) -> list[str]:
    """Return a text's terms in order of appearance, repeated as the text repeats them.

    >>> terms("Die Seilbahnen in Groß-Lauten fuhren 2024 nicht", "de")
    ['die', 'seilbahn', 'in', 'gross', 'laut', 'fuhr', '2024', 'nicht']
    >>> terms("東京都", "ja")
    ['東京', '京都']
    >>> terms("B 27", "de"), terms("B27", "de"), terms("Łukasz Erdoğan", "de")
    (['b', 'b27', '27'], ['b', '27', 'b27'], ['lukasz', 'erdogan'])
    """
    return _stem(list(_words(text)), language)


def question_terms(question: str, language: str) -> list[str]:
    """Return a question's terms without its question words; one of question words keeps them.

    >>> question_terms("Wann fuhr die Seilbahn?", "de")
    ['fuhr', 'die', 'seilbahn']
    >>> question_terms("Was?", "de")
    ['was']
    """
    words = list(_words(question))
    asked = question_words(language)
    return _stem([word for word in words if word not in asked] or words, language)


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
    text = unicodedata.normalize("NFKC", question)
    matches = [match for match in _TOKEN.finditer(text) if not match["section"]]
    named = [
        match.span()
        for at, match in enumerate(matches)
        if any(char.isdigit() for char in match.group()) or (at > 0 and match.group()[0].isupper())
    ]
    # What was apart by one blank stays so, for short names before numbers.
    kept = "".join(
        char if any(start <= at < end for start, end in named) else " "
        for at, char in enumerate(text)
    )
    return terms(kept, language)


def _words(text: str) -> Iterator[str]:
    """Split into words, and scripts without spaces into pairs of characters."""
    text = unicodedata.normalize("NFKC", text)
    end, name = 0, ""
    for match in _TOKEN.finditer(text):
        run = match.group()
        if match["unspaced"] and len(run) > 1:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
            continue
        if match["section"]:
            yield "§"
            continue
        word = run.lower()[:MAX_TERM]
        if not word.isalpha():
            parts = _PART.findall(word)
            if len(parts) > 1 and not parts[0].isdigit():
                yield from parts
            if name and run[0].isdigit() and text[end : match.start()] in _GAPS:
                yield name + word
            yield word
        else:
            yield word
        name = word if _SHORT_NAME.fullmatch(run) else ""
        end = match.end()


_stemmer = lru_cache(Stemmer.Stemmer)
# A Snowball stemmer keeps state between calls and may not be shared by two threads at once.
_LOCK = Lock()


def _stem(words: list[str], language: str) -> list[str]:
    spelt_out = _SPELT_OUT.get(language)
    if spelt_out:
        words = [spelt_out.get(word, word) for word in words]
    if language in STEMMERS:
        foreign = _FOREIGN.get(language, _FOLDING)
        words = [word if word.isascii() else word.translate(foreign) for word in words]
        with _LOCK:
            words = _stemmer(language).stemWords(words)
    folded = (word if word.isascii() else word.translate(_FOLDING) for word in words)
    # What is left empty was a mark alone.
    return [word for word in folded if word]
