"""Which articles a question means: those of one story, or the one that it names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from index.analysis import terms
from index.reference import background_counts
from qa.answering.digest.likeness import Likeness
from qa.answering.digest.topic import content_names, holds_all
from qa.answering.question import Question
from qa.answering.sentences import in_article
from qa.results import ArticleInfo, Passage, RecognisedDate

MOST_ARTICLES = 40
"""Articles that a digest is taken from."""
_ONE = re.compile(
    r"\b(?:d(?:er|en|em|es)|dies(?:er|en|em|es)|article|report|piece|story|text)\s*(?:ersten?|"
    r"letzten?|neuesten?)?\s*(?:artikels?|berichts?|beitrags?|meldung|texte?s?)\b"
    r"|\b(?:die|der|dieser?)\s(?:meldung|reportage)\b"
    r"|\b(?:the|this|first|last)\s(?:\S+\s){0,3}(?:article|report|piece)\b|\b(?:first|last)\sreport\b",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\b(?:erste[nrms]?|älteste[nrms]?|first|earliest|oldest)\s"
    r"(?:artikels?|berichts?|beitrags?|meldung|article|report|piece)",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:letzte[nrms]?|neueste[nrms]?|jüngste[nrms]?|last|latest|newest)\s"
    r"(?:artikels?|berichts?|beitrags?|meldung|article|report|piece)",
    re.IGNORECASE,
)
_BROAD = frozenset(("overview", "timeline", "latest"))
"""Kinds that may draw on several stories, if all are on what the question names."""
_NAMES = 2
"""Names and nouns that a question needs for that."""
_TITLE_TERMS = 3
"""Terms that a title needs for a question to be able to name it."""


@dataclass(frozen=True, slots=True)
class Story:
    """Articles of one story, the newest first."""

    articles: tuple[ArticleInfo, ...]
    left_out: int = 0
    """How many more there are."""
    named: bool = False
    """Whether the question names one of them, and not only what they are about."""

    def since(self, day: date | None) -> "Story":
        """Return it without what was published before a day, or at no known day."""
        if day is None:
            return self
        kept = (info for info in self.articles if info.published and info.published >= day)
        return replace(self, articles=tuple(kept))

    def only(self, uris: Collection[str]) -> "Story":
        """Return it with some of its articles alone."""
        return replace(self, articles=tuple(info for info in self.articles if info.uri in uris))

    @property
    def uris(self) -> tuple[str, ...]:
        """Their URIs."""
        return tuple(info.uri for info in self.articles)


def articles_of(passages: Sequence[Passage]) -> dict[str, ArticleInfo]:
    """Return the articles of passages by their URIs, those with the same text among them."""
    return {info.uri: info for item in passages for info in (item.article, *item.also_in)}


def find_story(
    question: Question,
    passages: Sequence[Passage],
    likeness: Likeness,
    among: Collection[str] = (),
) -> Story:
    """Return the articles of the story that a question is about.

    Args:
        question: what is asked; the articles that a follow-up is about are taken first.
        passages: what retrieval found for it, the best first.
        likeness: of the passages' articles.
        among: articles that are meant whatever their stories are.
    """
    infos = articles_of(passages)
    about = [uri for uri in question.context.uris if uri in infos] if question.context else []
    seeds = about or _find_titled(question, infos) or list(infos)[:1]
    linked = _link([*seeds, *_find_naming(question, passages), *among], list(infos), likeness)
    kept = linked[:MOST_ARTICLES]
    return Story(newest_first(infos[uri] for uri in kept), len(linked) - len(kept))


def _find_naming(question: Question, passages: Sequence[Passage]) -> list[str]:
    """Return the articles with a paragraph that has all names and nouns of the question.

    Where a collection is all on one topic, no two articles are more alike than others.
    """
    names = content_names(question.text)
    if question.kind not in _BROAD or len(names) < _NAMES:
        return []
    return [
        item.article.uri
        for item in passages
        if holds_all(in_article(item, item.text), names, item.language)
    ]


def _link(seeds: Sequence[str], candidates: Sequence[str], likeness: Likeness) -> list[str]:
    """Return the candidates that are of one story with a seed, or with one that is, in order."""
    linked, waiting = set(seeds), list(seeds)
    while waiting:
        one = waiting.pop()
        more = [uri for uri in candidates if uri not in linked and likeness.is_same_story(one, uri)]
        linked.update(more)
        waiting += more
    return [uri for uri in candidates if uri in linked]


def number_stories(uris: Sequence[str], likeness: Likeness) -> dict[str, int]:
    """Give articles numbers so that those of one story have one number."""
    numbers: dict[str, int] = {}
    for number, uri in enumerate(uris):
        if uri not in numbers:
            numbers |= dict.fromkeys(_link([uri], uris, likeness), number)
    return numbers


def narrow(question: Question, story: Story, ranked: Sequence[str]) -> Story:
    """Return the one article of a story that a question names by title, source or date, or all.

    Args:
        question: what is asked.
        story: what it is about.
        ranked: URIs of its articles, the nearest to the question first.
    """
    infos = {info.uri: info for info in story.articles}
    if question.context:
        about = [uri for uri in question.context.uris if uri in infos]
        if about:
            return Story(newest_first(infos[uri] for uri in about), named=True)
    for choice in (_find_titled, _find_of_source, _find_of_day, _find_first_or_last):
        found = choice(question, infos)
        if found:
            return Story(newest_first(infos[uri] for uri in found), named=True)
    if _ONE.search(question.text) and ranked:
        best = max(ranked, key=lambda uri: (_title_share(question, infos[uri]), -ranked.index(uri)))
        return Story((infos[best],), named=True)
    return story


def newest_first(infos: Iterable[ArticleInfo]) -> tuple[ArticleInfo, ...]:
    """Return articles by their dates, those without one last."""
    return tuple(sorted(infos, key=lambda info: info.published or date.min, reverse=True))


def _find_titled(question: Question, infos: Mapping[str, ArticleInfo]) -> list[str]:
    """Return the articles whose title stands in the question as a whole."""
    found = []
    for uri, info in infos.items():
        title = set(terms(info.title, info.language))
        if len(title) >= _TITLE_TERMS and title <= set(terms(question.text, info.language)):
            found.append(uri)
    return found


def _title_share(question: Question, info: ArticleInfo) -> int:
    """Return how many of a title's terms a question has."""
    asked = set(terms(question.text, info.language))
    _, common = background_counts(info.language)
    return len(asked & set(terms(info.title, info.language)) - common.keys())


def _find_of_source(question: Question, infos: Mapping[str, ArticleInfo]) -> list[str]:
    """Return the articles of the source that a question names."""
    found = []
    for uri, info in infos.items():
        name = set(terms(info.source, info.language))
        if name and name <= set(terms(question.text, info.language)):
            found.append(uri)
    return found


def _find_of_day(question: Question, infos: Mapping[str, ArticleInfo]) -> list[str]:
    """Return the articles that were published on the day that a question names."""
    named = [item for item in question.times if item.since and item.since == item.until]
    return [
        uri
        for uri, info in infos.items()
        if info.published and any(_is_day(info.published, item) for item in named)
    ]


def _is_day(published: date, named: RecognisedDate) -> bool:
    """Tell whether a question names a day; one without a year is of any year."""
    assert named.since is not None
    if str(named.since.year) in named.text:
        return published == named.since
    return (published.month, published.day) == (named.since.month, named.since.day)


def _find_first_or_last(question: Question, infos: Mapping[str, ArticleInfo]) -> list[str]:
    dated = sorted((info.published, uri) for uri, info in infos.items() if info.published)
    if not dated:
        return []
    if _FIRST.search(question.text):
        return [dated[0][1]]
    return [dated[-1][1]] if _LAST.search(question.text) else []
