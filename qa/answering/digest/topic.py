"""Whether a story is what a question is about: its names, and how near its paragraphs come."""

import re
from collections.abc import Collection, Iterator, Mapping

from corpus.text.quantities import LONG_MONTHS, WEEKDAYS
from index.analysis import terms
from index.reference import background_counts
from qa.answering.sentences import Found

NEAR, NEAR_IF_NAMED = 2.0, 1.2
"""Least deviations by which the nearest paragraph's cosine stands out, and the same where the
articles have the question's names. Of stories taken out of a collection, the nearest of the
others came to 1.3 at the median and 2.1 at most, but for one, and seldom had a name."""
_MOST_MISSING = 0.5
"""Share of the question's proper names that a story on its topic may lack, less than this."""
_WORD = re.compile(r"[^\W\d_][\w-]*")
_SHORTEST_PART = 4
_BEFORE_PLACES = frozenset("in aus bei nach von ob near from at of about on for with and".split())
_NO_NAMES = frozenset(
    """artikel bericht beitrag text meldung zeitung zusammenfassung kurzfassung überblick übersicht
    chronik chronologie verlauf ablauf stand lage neues sache fall thema thematik affäre geschichte
    ereignis ereignisse reihe daten datum uhrzeit sätze sätzen folge bitte liste vergleich rolle
    article report piece story summary overview timeline chronology update list compare
    comparison latest news status""".split()
) | LONG_MONTHS.keys() | WEEKDAYS.keys()  # fmt: skip
"""Words that say what is wanted, or when, and not of what."""


def proper_names(question: str, language: str) -> list[str]:
    """Return the words of a question that name a person, place or firm.

    In German every noun has a capital: a name follows another such word, or a preposition
    without an article.

    >>> proper_names("Was weißt du über den Brand im Klinikum Osterau in Bad Lauten?", "de")
    ['Osterau', 'Lauten']
    >>> proper_names("Sum up the report on the Lauten ferry", "en")
    ['Lauten']
    """
    _, common = background_counts("de")
    found = []
    for word, before in _words(question):
        if not word[0].isupper() or word.casefold() in _NO_NAMES or not before:
            continue
        follows = before[0].isupper() or before in _BEFORE_PLACES
        if language == "de" and (not follows or set(terms(word, "de")) & common.keys()):
            continue
        found.append(word)
    return found


def _words(question: str) -> Iterator[tuple[str, str]]:
    """Yield the words, each with the one before it; "" where a sentence or clause begins."""
    end, before = 0, ""
    for match in _WORD.finditer(question):
        opens = not end or question[end : match.start()].strip() not in ("", "-", "'", "’")
        yield match[0], "" if opens else before
        # The first word of a sentence has a capital whatever it is.
        end, before = match.end(), match[0].lower() if opens else match[0]


def is_on_topic(found: Found, names: Collection[str], texts: Collection[str]) -> bool:
    """Tell whether articles are about what a question asks.

    Args:
        found: the passages of these articles, as retrieval found them for the question.
        names: the question's proper names.
        texts: all that the articles say, with their titles and sources.
    """
    if not found.passages:
        return False
    nearest = max(passage.scores["dense_z"] for passage in found.passages)
    least = NEAR_IF_NAMED if names else NEAR
    if found.snapshot.spread is not None and nearest < least:
        return False
    language = found.passages[0].language
    held = {term for text in texts for term in terms(text, language)}
    missing = [name for name in names if not _is_held(name, held, language)]
    return len(missing) < _MOST_MISSING * len(names) if names else True


def hold_names(texts: Mapping[str, str], names: Collection[str], language: str) -> frozenset[str]:
    """Return which texts have most of the names, of those that the text with most of them has.

    Args:
        texts: by URI.
        names: the question's; without any, all texts hold them.
        language: the texts'.
    """
    counts = {}
    for uri, text in texts.items():
        held = set(terms(text, language))
        counts[uri] = sum(_is_held(name, held, language) for name in names)
    most = max(counts.values(), default=0)
    return frozenset(uri for uri, count in counts.items() if 2 * count >= most)


def _is_held(name: str, held: set[str], language: str) -> bool:
    """Tell whether a text has a name, in another form, or words that it is made of."""
    own = terms(name, language)
    if any(term in held for term in own):
        return True
    return any(
        len(term) >= _SHORTEST_PART and (word.startswith(term) or word.endswith(term))
        for word in own
        for term in held
    )
