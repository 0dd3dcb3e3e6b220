"""A question about the collection itself, read: what it asks for, and of which articles.

By patterns, German and English. What they do not know is looked for in the articles.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from corpus.catalog.selection import EVERYTHING, Filters
from corpus.catalog.statistics import ArticleCounts
from corpus.text.quantities.names import ENGLISH_WORDS, GERMAN_WORDS
from index.analysis import terms
from qa.answering.kinds import META
from qa.answering.question import Question
from qa.answering.talk.catalog_words import (
    ARTICLE,
    HERE,
    MANY,
    PATTERNS,
    SEVERAL,
    SMALL,
    WORD,
    Subject,
    names_nothing,
    plain,
)
from qa.i18n import LANGUAGES, Words

MOST = 20
"""How many articles are listed."""
_SEVERAL = 5
"""How many are meant by "the newest articles"."""
_PLAIN_WANTS: tuple[Subject, ...] = ("number", "paragraphs", "sources", "newest", "oldest")
"""What is asked of a collection beyond doubt, whatever kind the question was taken to be."""
_LONGEST_TOPIC = 8
"""Words; one that says more asks for what stands in an article."""
_LANGUAGES_NAMED = ("de", "en", "fr", "it", "es", "nl", "pl", "tr", "pt", "ru")


@dataclass(frozen=True, slots=True)
class CatalogQuestion:
    """What is asked of the collection, and of which of its articles."""

    wants: Subject
    filters: Filters = EVERYTHING
    topic: str = ""
    """What the articles have to be about, in the question's words; "" where all are meant."""
    most: int = MOST
    """How many articles are listed."""


def read_catalog_question(
    question: Question, counts: ArticleCounts, *, loosely: bool = False
) -> CatalogQuestion | None:
    """Read a question about the collection; None where it asks for nothing of the kind.

    Args:
        question: of another kind than "meta", only what asks for nothing else is read.
        counts: of the collection, whose sources and authors the question may name.
        loosely: take any other question for one about the articles on its topic.
    """
    asked = plain(question.text)
    filters, named = _read_filters(question, counts)
    topic = _read_topic(question.text, named)
    wants = _read_wanted(asked, filters) or ("articles" if loosely else None)
    if wants is None or len(topic.split()) > _LONGEST_TOPIC:
        return None
    if question.kind != META and not loosely and not _is_plain(wants, asked, filters, topic):
        return None
    most = _read_number(asked) if wants in ("newest", "oldest") else MOST
    return CatalogQuestion(wants, filters, topic, most)


def _is_plain(wants: Subject, asked: str, filters: Filters, topic: str) -> bool:
    """Tell whether a question can only mean the collection, as its words stand."""
    if wants == "articles":
        return filters != EVERYTHING and not topic
    return wants in _PLAIN_WANTS and HERE.search(asked) is not None


def _read_wanted(asked: str, filters: Filters) -> Subject | None:
    wants = next((name for name, pattern in PATTERNS.items() if pattern.search(asked)), None)
    # Who is named is not asked for: "Artikel der Redakteurin Ada Quast".
    named = {"authors": filters.authors, "sources": filters.sources}
    if named.get(wants or ""):
        return "number" if MANY.search(asked) else "articles"
    return wants or ("articles" if any(named.values()) else None)


def _read_filters(question: Question, counts: ArticleCounts) -> tuple[Filters, list[str]]:
    """Return the filters that a question names, and the words for them."""
    sources = _find_names(question.text, counts.sources)
    authors = _find_names(question.text, counts.authors)
    languages = _find_languages(question.text)
    dated = next((time for time in question.times if time.since or time.until), None)
    filters = replace(
        EVERYTHING,
        sources=tuple(sources),
        authors=tuple(authors),
        languages=tuple(languages),
        since=dated.since if dated else None,
        until=dated.until if dated else None,
    )
    named = [*sources, *authors, *languages.values()]
    return filters, [*named, dated.text] if dated else named


def _find_names(text: str, names: Iterable[str]) -> list[str]:
    """Return the names whose words a text has, in any form; an article before them is left out.

    >>> _find_names("Was habt ihr vom Alpenboten?", ["Der Alpenbote", "Der Bote", "Alpenblatt"])
    ['Der Alpenbote']
    """
    asked = {term for language in LANGUAGES for term in terms(text, language)}
    found = []
    for name in names:
        words = [word for word in WORD.findall(name) if plain(word) not in SMALL]
        if words and all(asked & {*terms(word, "de"), *terms(word, "en")} for word in words):
            found.append(name)
    return found


def _find_languages(text: str) -> dict[str, str]:
    """Return the languages that articles have to be in, as codes, with the words that say so.

    >>> _find_languages("Gibt es Artikel auf Englisch über Deutsche Banken?")
    {'en': 'auf Englisch'}
    """
    found = {}
    for code in _LANGUAGES_NAMED:
        for words in map(Words, LANGUAGES):
            name = re.escape(words.language_name(code))
            pattern = rf"\b(?:(?:auf|in) {name}\b|{name}\w* {ARTICLE}|{name}sprachig\w*)"
            named = re.search(pattern, text, re.IGNORECASE)
            if named:
                found[code] = named[0]
    return found


def _read_topic(text: str, named: Iterable[str]) -> str:
    """Return what the articles have to be about: from the first to the last word that names it.

    >>> _read_topic("Wie viele Artikel gibt es zum Streit um die Mühle?", [])
    'Streit um die Mühle'
    >>> _read_topic("Welche Artikel hat Ada Quast geschrieben?", ["Ada Quast"])
    ''
    """
    for phrase in named:
        text = re.sub(rf"\b{re.escape(phrase)}\b", " ", text, flags=re.IGNORECASE)
    gone = {term for phrase in named for term in terms(phrase, "de")}
    kept = [
        word
        for word in WORD.finditer(text)
        if not names_nothing(word[0]) and gone.isdisjoint(terms(word[0], "de"))
    ]
    return text[kept[0].start() : kept[-1].end()] if kept else ""


def _read_number(asked: str) -> int:
    """Return how many of the newest or oldest are asked for, of a question in plain letters.

    >>> [_read_number(text) for text in ("drei neueste artikel", "der aelteste?", "die neuesten")]
    [3, 1, 5]
    """
    said = SEVERAL.search(asked)
    word = said["number"] if said else None
    if word:
        many = int(word) if word.isdecimal() else {**GERMAN_WORDS, **ENGLISH_WORDS}.get(word, 0)
        if 1 <= many <= MOST:
            return int(many)
    return _SEVERAL if said and (said["plural"] or (word == "die" and "sten" in said[0])) else 1
