"""Questions about the collection itself, answered from its catalog."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.selection import EVERYTHING, Filters
from corpus.catalog.statistics import ArticleCounts, count_articles, count_rows
from qa.answering.question import Question
from qa.answering.sentences import Found
from qa.answering.talk.catalog_question import CatalogQuestion, read_catalog_question
from qa.answering.talk.catalog_wording import Holding, name_counted, write_holding, write_line
from qa.answering.talk.catalog_words import Subject
from qa.answering.talk.replies import reply_language
from qa.answering.talk.suggestions import quoted_people
from qa.answering.talk.topics import articles_about
from qa.i18n import Words
from qa.options import Choice
from qa.results import Answer, ArticleInfo, Refusal
from qa.retrieval.passages import info_of

LOOKED_THROUGH = 200
"""Passages nearest to a topic that are looked through for the articles about it."""
MOST_READ = 50
"""Articles, the newest ones, in which the people who are quoted are looked for."""
_UNLISTED: tuple[Subject, ...] = (
    "number", "paragraphs", "sources", "period", "authors", "languages",
)  # fmt: skip
"""Where no articles are listed, unless only some are meant."""


class CatalogAnswers:
    """Answers from one collection's catalog."""

    def __init__(
        self, database: Database, find: Callable[[str, int, Choice], Found | None]
    ) -> None:
        """Take the catalog, and what retrieves the passages for a topic."""
        self._database = database
        self._catalog = Catalog(database)
        self._find = find

    def answer(self, question: Question, choice: Choice, *, loosely: bool = False) -> Answer | None:
        """Answer a question about the collection; None where it is none that is known.

        A topic that no article has is refused: what is called otherwise would not be found.

        Args:
            question: of any kind; of the kind "meta" more is taken for such a question.
            choice: filters that it was asked with; those that it names itself come on top.
            loosely: take any other question for one about the articles on its topic.
        """
        counts = count_articles(self._database)
        asked = read_catalog_question(question, counts, loosely=loosely)
        if asked is None:
            return None
        filters = _join_filters(choice.filters, asked.filters)
        holding = (
            self._look_up_topic(asked, filters, question.language)
            if asked.topic
            else self._look_up(asked, filters)
        )
        words = Words(reply_language(question, _most_frequent(counts)))
        return _make_answer(question, asked, holding, words)

    def count_topic(self, question: Question, found: Found) -> str:
        """Return in words what can be counted of a question's topic; "" where nothing can."""
        articles = articles_about(found, question.language)
        if not articles:
            return ""
        words = Words(question.language)
        months = Counter(words.month(info.published) for info in articles if info.published)
        said = words.fill(
            "talk_countable",
            articles=words.count("n_articles", len(articles)),
            sources=name_counted(Counter(info.source for info in articles if info.source)),
            months=name_counted(months),
        )
        people = self._count_people(articles)
        if not people:
            return said
        number = words.count("n_people", len(people))
        return f"{said} {words.fill('talk_people', n=number, names=name_counted(people))}"

    def _count_people(self, articles: Sequence[ArticleInfo]) -> Counter[str]:
        """Count the articles that quote each person by name."""
        texts = (self._catalog.article(info.uri).text for info in articles[:MOST_READ])
        return Counter(name for text in texts for name in quoted_people(text))

    def expected_language(self) -> str:
        """Return the language of most articles."""
        return _most_frequent(count_articles(self._database))

    def _look_up(self, asked: CatalogQuestion, filters: Filters) -> Holding:
        found = self._catalog.articles(
            filters=filters, limit=asked.most, oldest_first=asked.wants == "oldest"
        )
        return Holding(
            count_articles(self._database, filters),
            count_rows(self._database)["paragraphs"],
            [info_of(article) for article in found.values()],
        )

    def _look_up_topic(self, asked: CatalogQuestion, filters: Filters, language: str) -> Holding:
        found = self._find(asked.topic, LOOKED_THROUGH, Choice(filters))
        articles = articles_about(found, language) if found else []
        if asked.wants == "oldest":
            articles = sorted(articles, key=lambda info: info.published or date.max)
        return Holding(
            _count(articles),
            0,
            articles[: asked.most],
            at_least=found is not None and len(found.passages) == LOOKED_THROUGH,
        )


def _most_frequent(counts: ArticleCounts) -> str:
    return next(iter(counts.languages), "en")


def _count(articles: Sequence[ArticleInfo]) -> ArticleCounts:
    days = [info.published for info in articles if info.published]
    return ArticleCounts(
        articles=len(articles),
        sources=Counter(info.source for info in articles if info.source),
        languages=Counter(info.language for info in articles),
        sections=Counter(info.section for info in articles if info.section),
        authors=Counter(name for info in articles for name in info.authors),
        first=min(days, default=None),
        last=max(days, default=None),
        undated=len(articles) - len(days),
    )


def _make_answer(
    question: Question, asked: CatalogQuestion, holding: Holding, words: Words
) -> Answer:
    everything = asked.filters == EVERYTHING and not asked.topic
    articles = () if everything and asked.wants in _UNLISTED else tuple(holding.articles)
    with_authors = asked.wants == "authors"
    lines = [write_line(info, words, with_authors=with_authors) for info in articles]
    rest = holding.counts.articles - len(articles)
    if articles and rest and asked.wants not in ("newest", "oldest"):
        lines.append(words.count("talk_more", rest))
    said = write_holding(asked, holding, words)
    is_missing = bool(asked.topic) and not holding.counts.articles
    return Answer(
        question=question.text,
        text="\n".join([said, *lines]),
        short="",
        answered=not is_missing,
        reason=said if is_missing else "",
        sentences=(),
        citations=(),
        passages=(),
        confidence=float(not is_missing),
        language=words.language,
        asked=question.text,
        kind=question.kind,
        articles=articles,
        refusal=Refusal.NOTHING_NEAR if is_missing else None,
    )


def _join_filters(given: Filters, named: Filters) -> Filters:
    """Return the filters that a question was asked with, under those that it names."""
    names = [item.name for item in fields(Filters)]
    changed = {
        name: getattr(named, name)
        for name in names
        if getattr(named, name) != getattr(EVERYTHING, name)
    }
    return replace(given, **changed)
