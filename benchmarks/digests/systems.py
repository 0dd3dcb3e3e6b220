"""Who answers: article-qa, and the best eight sentences of all articles by one score alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.answers.systems import by_meaning, by_words
from benchmarks.digests.data import DigestQuestion, DigestSet, write_table
from benchmarks.digests.measures import MOST, Quoted
from benchmarks.retrieval.ours import encoder
from corpus.text.sentences import sentence_spans
from qa import Answer, open_collection

System = Callable[[DigestQuestion], list[Quoted]]
LANGUAGE = "de"
"""The articles'."""


class ArticleQA:
    """`Collection.digest`, or `ask` where the kind is told from the question."""

    def __init__(self, data: DigestSet, cache: Path) -> None:
        """Make the collection below `cache`, or bring the one there up to date."""
        self._collection = open_collection(cache / "collection", create=True)
        self._collection.add(write_table(data.articles, cache / "table.jsonl"), group_by="article")

    def with_kind(self, question: DigestQuestion) -> list[Quoted]:
        """Answer with the question's true kind."""
        return _list_quoted(self._collection.digest(question.text, question.kind, generator=False))

    def as_asked(self, question: DigestQuestion) -> list[Quoted]:
        """Answer with the kind that is told from the question."""
        return _list_quoted(self._collection.ask(question.text, generator=False))


def _list_quoted(answer: Answer) -> list[Quoted]:
    return [
        Quoted(
            sentence.text,
            tuple(
                f"{item.passage.article.uri.rpartition('#')[2]}-p{item.passage.paragraph - 1}"
                for item in sentence.citations
            ),
        )
        for sentence in answer.sentences
    ]


class BestSentences:
    """The eight sentences of all articles that one score puts first."""

    def __init__(self, data: DigestSet) -> None:
        """Divide the articles into sentences."""
        self._quoted = [
            Quoted(text[start:end], (f"{article['id']}-p{number}",))
            for article in data.articles
            for number, text in enumerate(article["paragraphs"])
            for start, end in sentence_spans(text, LANGUAGE)
        ]

    def by_words(self) -> System:
        """Return those that BM25 puts first."""
        return self._best(by_words([item.text for item in self._quoted], LANGUAGE))

    def by_meaning(self, cache: Path) -> System:
        """Return those nearest to the question by article-qa's encoder."""
        score = by_meaning(encoder(None, cache))
        return self._best(score([item.text for item in self._quoted], LANGUAGE))

    def by_lead(self, cache: Path) -> System:
        """Return the beginning of the article with the nearest sentence."""
        score = by_meaning(encoder(None, cache))([item.text for item in self._quoted], LANGUAGE)

        def answer(question: DigestQuestion) -> list[Quoted]:
            best = self._quoted[int(np.argmax(score(question.text)))]
            article = best.paragraphs[0].rpartition("-p")[0]
            own = [item for item in self._quoted if item.paragraphs[0].startswith(f"{article}-p")]
            return own[:MOST]

        return answer

    def _best(self, score: Callable[[str], np.ndarray]) -> System:
        def answer(question: DigestQuestion) -> list[Quoted]:
            order = np.argsort(-score(question.text), kind="stable")[:MOST]
            return [self._quoted[at] for at in order.tolist()]

        return answer
