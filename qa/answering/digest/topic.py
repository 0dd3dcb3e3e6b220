"""Whether a story is what a question is about: its names, and how near its paragraphs come."""

import re
from collections.abc import Collection, Iterator, Mapping, Set
from functools import lru_cache

from corpus.text.quantities import LONG_MONTHS, WEEKDAYS
from index.analysis import question_terms, question_words, terms
from index.reference import background_counts
from qa.answering.sentences import Found
from qa.answering.signals import find_names

NEAR, NEAR_IF_NAMED = 2.0, 1.2
"""Least deviations by which the nearest paragraph's cosine stands out, and the same where the
articles have most of the question's names. Of stories taken out of a collection, the nearest of the
others came to 1.3 at the median and 2.1 at most, but for one, and seldom had a name."""
_NEAR_IF_TRANSLATED = 2.7
"""The same for a question in another language, whose names may be others there: "the Hanseatic
League" is "die Hanse". Of 33 stories taken out, the nearest of the others came to 2.65 at most."""
_MOST_MISSING = 0.5
"""Share of the question's proper names that a story on its topic may lack, less than this."""
_LEAST_HELD = 0.55
"""Share of the topic's words that a story has where a question has no names; in a development set
.60 and more, and with the story taken out .50 and less."""
_WORD = re.compile(r"[^\W\d_][\w-]*")
_RUN = re.compile(r"[A-ZÄÖÜ][\w-]*(?: [A-ZÄÖÜ][\w-]*)*")
_BORDER = re.compile(r"[^\s\d'’-]")
_SHORTEST_PART = 4
_BEFORE_NAMES = frozenset(
    "in aus bei nach von über ob near from at of about on for with and".split()
)
_NO_NAMES = frozenset(
    """artikel artikeln bericht berichte berichten beitrag text texte meldung meldungen zeitung
    zeitungen zusammenfassung kurzfassung überblick übersicht chronik chronologie zeitleiste
    verlauf ablauf stand lage neues neue neuer neueste neuester neuesten aktuell aktuelle aktueller
    letzte letzten sache fall thema thematik affäre geschichte ereignis ereignisse reihe daten datum
    uhrzeit sätze sätzen folge bitte liste vergleich vergleiche unterschied unterscheiden rolle info
    infos information informationen details alles alle mal kurz gib gibts gehts stehts worum erzähl
    erzähle sag sage zeig zeige nenn nenne stell fass fasse zusammen zusammengefasst zusammenfassen
    erstell erstelle such suche find finde schreib schreibt schreiben sagen steht geht geschah
    geschehen passiert weiter bisher inzwischen mittlerweile eigentlich habt weißt wisst
    chronologisch zeitlich zeitliche zeitlichen zeitlicher mir uns euch ihr wir ich wieviel
    article articles report reports piece story
    summary summarise summarize overview timeline chronology update updates list compare comparison
    latest news status tell give show everything
    papers paper say says know happened nochmal nochmals""".split()
) | LONG_MONTHS.keys() | WEEKDAYS.keys()  # fmt: skip
"""Words that say what is wanted, or when, and not of what."""


def proper_names(question: str, language: str) -> list[str]:
    """Return the words of a question that name a person, place or firm.

    In German every noun has a capital: a name follows another such word, or a preposition
    without an article.

    >>> proper_names("Was weißt du über den Brand im Klinikum Osterau in Bad Querau?", "de")
    ['Osterau', 'Querau']
    >>> proper_names("Sum up the report on the Lauten ferry", "en")
    ['Lauten']
    """
    _, common = background_counts("de")
    found = []
    for word, before in _words(question):
        if not word[0].isupper() or word.casefold() in _NO_NAMES or not before:
            continue
        follows = before[0].isupper() or before in _BEFORE_NAMES
        if language == "de" and (not follows or set(terms(word, "de")) & common.keys()):
            continue
        found.append(word)
    return found


def find_subjects(question: str, names: Collection[str]) -> list[str]:
    """Return what a question names one by one: each run of capitals that holds a name.

    Args:
        question: what is asked.
        names: its `proper_names`, or all its `content_names`.

    >>> find_subjects("Vergleiche Marie Curie und Robert Koch", ["Curie", "Koch"])
    ['Marie Curie', 'Robert Koch']
    """
    runs = (match[0].split() for match in _RUN.finditer(question))
    named = (run for run in runs if any(word in names for word in run))
    kept = (" ".join(word for word in run if word.casefold() not in _NO_NAMES) for run in named)
    return list(dict.fromkeys(kept))


def _words(question: str) -> Iterator[tuple[str, str]]:
    """Yield the words, each with the one before it; "" where a sentence or clause begins."""
    end, before = 0, ""
    for match in _WORD.finditer(question):
        opens = not end or _BORDER.search(question[end : match.start()]) is not None
        yield match[0], "" if opens else before
        # The first word of a sentence has a capital whatever it is.
        end, before = match.end(), match[0].lower() if opens else match[0]


def is_on_topic(found: Found, names: Collection[str], held: Set[str]) -> bool:
    """Tell whether articles are about what a question asks.

    Args:
        found: the passages of these articles, as retrieval found them for the question.
        names: the question's proper names; without any, its words decide.
        held: the terms of all that the articles say, with their titles and sources.
    """
    if not found.passages:
        return False
    nearest = max(passage.scores["dense_z"] for passage in found.passages)
    language = found.passages[0].language
    if names:
        missing = [name for name in names if not _is_held(name, held, language)]
        enough = len(missing) < _MOST_MISSING * len(names)
        if found.question.is_foreign(language) and nearest >= _NEAR_IF_TRANSLATED:
            return True
        return not missing or (enough and nearest >= NEAR_IF_NAMED)
    if found.question.is_foreign(language):
        return nearest >= NEAR
    # Not how near it comes: where all articles are on one topic, no cosine stands out.
    return _share_held(found.question.text, held, language) >= _LEAST_HELD


def is_about(question: str, names: Collection[str], held: Set[str], language: str) -> bool:
    """Tell whether an article is about what a question asks: its names, or most of its words.

    Args:
        question: what is asked.
        names: its proper names.
        held: the terms of all that the article says.
        language: the article's.
    """
    if names:
        return all(_is_held(name, held, language) for name in names)
    return _share_held(question, held, language) >= _LEAST_HELD


def topic_terms(question: str, language: str) -> frozenset[str]:
    """Return the terms of a question that say what it is about: its names and nouns, or all.

    >>> sorted(topic_terms("Gib mir bitte einen Überblick zum Stadtbad", "de"))
    ['stadtbad']
    >>> sorted(topic_terms("gib mir einen überblick zum stadtbad", "de"))
    ['stadtbad']
    """
    _, common = background_counts(language)
    named = " ".join(content_names(question))
    asked = set(question_terms(question, language))
    if set(terms(named, language)) - common.keys():
        asked = set(terms(named, language))
    return frozenset(asked - _wanted_terms(language) - common.keys())


def _share_held(question: str, held: Set[str], language: str) -> float:
    """Return the share of what a question is about that a story has; 1 where it names nothing."""
    asked = topic_terms(question, language)
    kept = sum(_is_held(term, held, language) for term in asked)
    return kept / len(asked) if asked else 1.0


@lru_cache(maxsize=16)
def _wanted_terms(language: str) -> frozenset[str]:
    return frozenset(term for word in _NO_NAMES for term in terms(word, language))


def content_names(question: str) -> list[str]:
    """Return the names and nouns of a question that say what it is about.

    >>> content_names("Gib mir einen Überblick über die Hängebrücke in Querau")
    ['Hängebrücke', 'Querau']
    """
    nothing = _NO_NAMES | question_words("de") | question_words("en")
    return [name for name in find_names(question) if name.casefold() not in nothing]


def holds_all(text: str, names: Collection[str], language: str) -> bool:
    """Tell whether a text has all of some names, in any form."""
    held = set(terms(text, language))
    return all(_is_held(name, held, language) for name in names)


def hold_names(
    held: Mapping[str, Set[str]], names: Collection[str], language: str
) -> frozenset[str]:
    """Return which texts have most of the names, of those that the text with most of them has.

    Args:
        held: the texts' terms, by URI.
        names: the question's; without any, all texts hold them.
        language: the texts'.
    """
    counts = {
        uri: sum(_is_held(name, own, language) for name in names) for uri, own in held.items()
    }
    most = max(counts.values(), default=0)
    return frozenset(uri for uri, count in counts.items() if 2 * count >= most)


def _is_held(name: str, held: Set[str], language: str) -> bool:
    """Tell whether a text has a name, in another form, or both words that it is made of.

    >>> _is_held("Klinikbrand", {"klinik", "brand"}, "de"), _is_held("Wallau", {"wall"}, "de")
    (True, False)
    """
    own = [name, *terms(name, language)]  # what is a term already need not stay one
    return any(term in held for term in own) or any(_is_compound(word, held) for word in own)


def _is_compound(word: str, held: Set[str]) -> bool:
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    return any(
        word[:at].removesuffix("s") in held or word[:at] in held for at in cuts if word[at:] in held
    )
