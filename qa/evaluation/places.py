"""Labels -> what of the collection counts as right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.text.normalize import clean
from qa.evaluation.questions import BadLine, Labelled
from qa.results import Answer, ArticleInfo, Passage


class EvaluatedCollection(Protocol):
    """What an evaluation asks of a collection."""

    def retrieve(self, question: str, k: int = 8) -> list[Passage]:
        """Return the k closest passages."""

    def ask(self, question: str) -> Answer:
        """Answer a question."""

    def articles(self) -> list[ArticleInfo]:
        """Return all articles' metadata."""

    def article(self, uri: str) -> Article:
        """Return an article."""


@dataclass(frozen=True, slots=True)
class Target:
    """What counts as right: paragraphs by their text, or all of an article.

    The same text elsewhere is as right: retrieval returns copies once.
    """

    texts: frozenset[str] = frozenset()
    uris: frozenset[str] = frozenset()

    def holds(self, passage: Passage) -> bool:
        """Tell whether a passage is right."""
        if self.texts:
            return passage.text in self.texts
        return any(info.uri in self.uris for info in (passage.article, *passage.also_in))


class Places:
    """Finds the paragraphs that labels name; reads the whole collection only where it must."""

    def __init__(
        self, collection: EvaluatedCollection, table: Mapping[str, str] | None = None
    ) -> None:
        """Look in `collection`; `table` maps paragraph ids to their texts."""
        self._collection = collection
        self._table = table or {}
        self._articles: dict[str, Article] = {}
        self._everything: dict[str, list[str]] | None = None

    def target(self, question: Labelled) -> Target | None:
        """Return what counts as right, or None where that is not said.

        Raises:
            BadLine: the collection does not hold what the label names.
        """
        if not question.located:
            return None
        articles = self._find_named(question)
        if question.paragraph_id and articles is None:
            return self._by_id(question.paragraph_id)
        if question.quote:
            try:
                return self._find_quoted(question.quote, articles)
            except BadLine:
                # A quote outlives a paragraph's number when an article is corrected, and the
                # other way round.
                if question.paragraph is None:
                    raise
        if question.paragraph is not None and articles is not None:
            return _texts(_find_numbered(articles, question.paragraph))
        return Target(uris=frozenset(article.uri for article in articles or ()))

    def _find_named(self, question: Labelled) -> list[Article] | None:
        """Return the articles that a label names by URI or title; None where it names none."""
        if question.uri:
            return [self._article(question.uri)]
        if question.title:
            wanted = question.title.casefold()
            infos = [i for i in self._collection.articles() if i.title.casefold() == wanted]
            if not infos:
                raise BadLine(f"no article has the title {question.title!r}")
            return [self._article(info.uri) for info in infos]
        return None

    def _article(self, uri: str) -> Article:
        if uri not in self._articles:
            try:
                self._articles[uri] = self._collection.article(uri)
            except ArticleNotFound as exc:
                raise BadLine(f"no article has the URI {uri!r}") from exc
        return self._articles[uri]

    def _by_id(self, name: str) -> Target:
        if name in self._table:
            parts = [" ".join(part.split()) for part in clean(self._table[name]).split("\n\n")]
            found = _texts([text for part in parts for text in self._texts().get(part, ())])
            if not found.texts:
                raise BadLine(f"the text of paragraph_id {name!r} is in no article")
            return found
        try:
            return Target(uris=frozenset({self._article(name).uri}))
        except BadLine as exc:
            raise BadLine(
                f"nothing is known of paragraph_id {name!r}: no article has it as its URI, and no "
                "table of paragraphs holds it (--paragraphs)"
            ) from exc

    def _find_quoted(self, quote: str, articles: Sequence[Article] | None) -> Target:
        wanted = " ".join(clean(quote).split())
        if articles is None:
            texts = [
                text for key, found in self._texts().items() if wanted in key for text in found
            ]
        else:
            texts = [t for a in articles for t in _all(a) if wanted in " ".join(t.split())]
        if not texts:
            raise BadLine(f"no paragraph holds the quote {quote[:60]!r}")
        return _texts(texts)

    def _texts(self) -> dict[str, list[str]]:
        """Return every paragraph's text, blanks made equal -> as it stands."""
        if self._everything is None:
            self._everything = {}
            for info in self._collection.articles():
                for text in _all(self._collection.article(info.uri)):
                    self._everything.setdefault(" ".join(text.split()), []).append(text)
        return self._everything


def _texts(texts: Iterable[str]) -> Target:
    return Target(texts=frozenset(texts))


def _all(article: Article) -> list[str]:
    return [article.paragraph_text(paragraph) for paragraph in article.paragraphs]


def _find_numbered(articles: Sequence[Article], number: int) -> list[str]:
    texts = [a.paragraph_text(p) for a in articles for p in a.paragraphs if p.number == number]
    if not texts:
        raise BadLine(f"the article has no paragraph {number}")
    return texts
