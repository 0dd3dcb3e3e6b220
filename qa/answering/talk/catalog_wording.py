"""What is said of a collection's articles, in German and English."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from corpus.catalog.selection import Filters
from corpus.catalog.statistics import ArticleCounts
from qa.answering.talk.catalog_question import CatalogQuestion
from qa.answering.talk.catalog_words import Subject
from qa.i18n import Words
from qa.results import ArticleInfo

_NAMES = 12
"""How many sources, authors or sections are named."""


@dataclass(frozen=True, slots=True)
class Holding:
    """The articles that a question is about."""

    counts: ArticleCounts
    paragraphs: int
    articles: Sequence[ArticleInfo]
    """Those to list."""
    at_least: bool = False
    """Whether there may be more than were counted."""


def write_holding(asked: CatalogQuestion, holding: Holding, words: Words) -> str:
    """Return the sentence that answers a question about the collection."""
    about = describe_articles(asked, words)
    if not holding.counts.articles and (about or asked.wants in ("newest", "oldest")):
        return words.fill("talk_none", about=about)
    return _WRITERS[asked.wants](holding, about, words)


def write_line(info: ArticleInfo, words: Words, *, with_authors: bool = False) -> str:
    """Return a line that names an article."""
    authors = ", ".join(info.authors) if with_authors else ""
    parts = (info.title or info.uri, authors, info.source, words.date(info.published))
    return "- " + ", ".join(part for part in parts if part)


def name_counted(counted: Mapping[str, int]) -> str:
    """Name what has the most articles, with how many.

    >>> name_counted({"Der Bote": 3, "Tagblatt": 1})
    'Der Bote (3), Tagblatt (1)'
    """
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} ({count})" for name, count in ranked[:_NAMES])
    return named + ", …" * (len(ranked) > _NAMES)


def describe_articles(asked: CatalogQuestion, words: Words) -> str:
    """Return which articles are meant, to stand after "articles"; "" where all are."""
    filters = asked.filters
    parts = [words.fill("talk_about_topic", topic=asked.topic)] if asked.topic else []
    if filters.authors:
        parts.append(words.fill("talk_about_authors", names=_join_names(filters.authors, words)))
    if filters.languages:
        names = map(words.language_name, filters.languages)
        parts.append(words.fill("talk_about_languages", names=_join_names(names, words)))
    if filters.since or filters.until:
        parts.append(_describe_time(filters, words))
    if filters.sources:
        parts.append(words.fill("talk_about_sources", names=_join_names(filters.sources, words)))
    return "".join(f" {part}" for part in parts)


def _describe_time(filters: Filters, words: Words) -> str:
    since, until = filters.since, filters.until
    if since and until:
        key = "day" if since == until else "span"
    else:
        key = "since" if since else "until"
    return words.fill(f"talk_about_{key}", since=words.date(since), until=words.date(until))


def _join_names(names: Iterable[str], words: Words) -> str:
    return words["filter_or"].join(names)


def _write_number(holding: Holding, about: str, words: Words) -> str:
    if not holding.counts.articles:
        return words.fill("talk_none", about=about)
    number = words.count("n_articles", holding.counts.articles)
    return words.fill("talk_at_least" if holding.at_least else "talk_number", n=number, about=about)


def _write_paragraphs(holding: Holding, about: str, words: Words) -> str:
    if about:
        return _write_number(holding, about, words)
    return words.fill(
        "talk_paragraphs",
        articles=words.count("n_articles", holding.counts.articles),
        paragraphs=words.count("n_paragraphs", holding.paragraphs),
    )


def _write_sources(holding: Holding, about: str, words: Words) -> str:
    sources = holding.counts.sources
    if not sources:
        return words.fill("talk_sourceless", about=about)
    number = words.count("n_sources", len(sources))
    return words.fill("talk_sources", about=about, n=number, names=name_counted(sources))


def _write_period(holding: Holding, about: str, words: Words) -> str:
    counts = holding.counts
    if counts.first is None:
        return words.fill("talk_undated", about=about)
    first, last = words.date(counts.first), words.date(counts.last)
    period = first if first == last else words.fill("span", first=first, last=last)
    said = words.fill("talk_period", about=about, period=period)
    return f"{said} {words.count('talk_n_undated', counts.undated)}" if counts.undated else said


def _write_ordered(key: str, holding: Holding, about: str, words: Words) -> str:
    return f"{words.count(key, len(holding.articles))}{about}:"


def _write_authors(holding: Holding, about: str, words: Words) -> str:
    if not holding.counts.authors:
        return words.fill("talk_authorless", about=about)
    return words.fill("talk_authors", about=about, names=name_counted(holding.counts.authors))


def _write_languages(holding: Holding, about: str, words: Words) -> str:
    named = {words.language_name(code): n for code, n in holding.counts.languages.items()}
    return words.fill("talk_languages", about=about, names=name_counted(named))


def _write_topics(holding: Holding, about: str, words: Words) -> str:
    sections = holding.counts.sections
    named = words.fill("talk_sections", names=name_counted(sections)) if sections else ""
    return f"{named} {words.fill('talk_topics', about=about)}".strip()


_WRITERS: Mapping[Subject, Callable[[Holding, str, Words], str]] = {
    "number": _write_number,
    "paragraphs": _write_paragraphs,
    "sources": _write_sources,
    "period": _write_period,
    "newest": partial(_write_ordered, "talk_newest"),
    "oldest": partial(_write_ordered, "talk_oldest"),
    "authors": _write_authors,
    "dates": _write_number,
    "languages": _write_languages,
    "topics": _write_topics,
    "articles": _write_number,
}
