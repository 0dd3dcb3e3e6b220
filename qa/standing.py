"""Standing questions: kept, and asked again of the articles that came or changed since.

`qa.watch` is something else: it follows folders and addresses, and adds what is new there.
"""

from collections.abc import Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, Unpack

from corpus.errors import QuestionError
from index.search import check_question
from qa.answering.context import Turn
from qa.conversation_file import KeptFile, conversation_place
from qa.i18n import Words
from qa.options import AskOptions, RetrieveOptions
from qa.places import CollectionPlace
from qa.results import Answer, ArticleInfo, Passage, Result, Side

MOST = 500
"""New articles that a question is asked of, the newest ones."""
_LOOKED_AT = 100
"""Passages of them that are looked at."""
_NEAR = 0.5
"""Of the best passage's score; an article all of whose passages have less is of something else."""


@dataclass(frozen=True, slots=True)
class StandingQuestion(Result):
    """A question that is kept."""

    id: int
    question: str
    created: datetime
    reviewed: datetime
    """What came or changed later is news."""


@dataclass(frozen=True, slots=True)
class News(Result):
    """What new and changed articles say of a standing question."""

    standing: StandingQuestion
    since: datetime
    answer: Answer
    """Quotes of those articles, a part for each; its `note` says what changed."""

    def count_articles(self) -> int:
        """Count the articles that are quoted."""
        return len({item.passage.article.uri for item in self.answer.citations})


class NewsSource(Protocol):
    """The part of a collection that standing questions need."""

    def changed_since(self, moment: datetime) -> Sequence[ArticleInfo]:
        """Return the articles that were added or changed since, the newest first."""

    def retrieve_many(
        self, questions: Sequence[str], k: int = 8, **options: Unpack[RetrieveOptions]
    ) -> list[list[Passage]]:
        """Return the k passages closest to each question."""

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        k: int = 8,
        **options: Unpack[AskOptions],
    ) -> Answer:
        """Answer a question."""


class StandingQuestions(KeptFile):
    """The standing questions of one collection."""

    def add(self, question: str) -> StandingQuestion:
        """Keep a question from now on; one that is kept already stays as it is.

        Raises:
            QuestionError: it is empty or too long.
        """
        text, now = check_question(question), self.now().isoformat()
        with self._file.transaction():
            self._file.run(
                "INSERT INTO standing (question, created, reviewed) VALUES (?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                (text, now, now),
            )
        return next(item for item in self.all() if item.question == text)

    def all(self) -> list[StandingQuestion]:
        """Return the questions, the first one first."""
        return [
            StandingQuestion(
                row["id"],
                row["question"],
                datetime.fromisoformat(row["created"]),
                datetime.fromisoformat(row["reviewed"]),
            )
            for row in self._file.all("SELECT * FROM standing ORDER BY id")
        ]

    def find(self, number: int) -> StandingQuestion | None:
        """Return the question of a number, or None."""
        return next((item for item in self.all() if item.id == number), None)

    def remove(self, number: int) -> None:
        """Keep a question no longer.

        Raises:
            QuestionError: there is none of this number.
        """
        with self._file.transaction():
            gone = self._file.run("DELETE FROM standing WHERE id = ?", (number,))
        if not gone:
            raise QuestionError(
                "There is no standing question {number}. `article-qa watch list` has them.",
                number=number,
            )

    def mark_reviewed(self, numbers: Sequence[int], until: datetime) -> None:
        """Note that all news of some questions up to a moment were seen."""
        with self._file.transaction():
            self._file.run_many(
                "UPDATE standing SET reviewed = ? WHERE id = ?",
                [(until.isoformat(), number) for number in numbers],
            )


class KeptCollection(NewsSource, Protocol):
    """A collection that may have standing questions beside its catalog."""

    @property
    def place(self) -> CollectionPlace:
        """Where it is."""


def find_kept_news(collection: KeptCollection, since: datetime) -> list[News]:
    """Return the news on a collection's standing questions; without any, nothing is opened.

    Raises:
        ModelMismatch: the collection is embedded with another model.
    """
    place = conversation_place(collection.place)
    if isinstance(place, Path) and not place.exists():
        return []
    with closing(StandingQuestions(place)) as standing:
        return find_all_news(collection, standing.all(), since)


def find_all_news(
    collection: NewsSource, questions: Sequence[StandingQuestion], since: datetime | None = None
) -> list[News]:
    """Return the news on questions; an article that is told for one is not told for the next.

    Args:
        collection: where they are asked.
        questions: the first one first.
        since: by default when each was last reviewed.

    Raises:
        ModelMismatch: the collection is embedded with another model.
    """
    told: set[str] = set()
    found = []
    for item in questions:
        news = find_news(collection, item, since, told)
        if news is not None:
            found.append(news)
            passages = [citation.passage for citation in news.answer.citations]
            told |= {info.uri for item in passages for info in (item.article, *item.also_in)}
    return found


def find_news(
    collection: NewsSource,
    standing: StandingQuestion,
    since: datetime | None = None,
    told: Set[str] = frozenset(),
) -> News | None:
    """Return what articles that were added or changed since say of a question, or None.

    Args:
        collection: where it is asked.
        standing: the question.
        since: by default when it was last reviewed.
        told: URIs of articles to leave out.

    Returns:
        An overview with a part for each article, or, of several stories, for each story.

    Raises:
        ModelMismatch: the collection is embedded with another model.
    """
    since = since or standing.reviewed
    fresh = [info for info in collection.changed_since(since) if info.uri not in told][:MOST]
    if not fresh:
        return None
    uris = _choose_near(collection, standing.question, [info.uri for info in fresh])
    if not uris:
        return None
    answer = collection.ask(standing.question, kind="overview", uris=uris)
    if not answer.answered:
        return None
    words = Words(answer.language)
    count = len({item.passage.article.uri for item in answer.citations})
    notes = [words.fill("news_since", articles=words.count("n_articles", count),
                        since=words.date(since.date()))]  # fmt: skip
    notes += _describe_change(collection.ask(standing.question, kind="fact"), fresh, words)
    return News(standing, since, replace(answer, note=" ".join(notes)))


def _choose_near(collection: NewsSource, question: str, uris: Sequence[str]) -> list[str]:
    """Leave out the articles that are of something else: what is all new has always a nearest."""
    (best,) = collection.retrieve_many([question], k=1)
    (found,) = collection.retrieve_many([question], k=_LOOKED_AT, uris=uris)
    near = {
        info.uri
        for passage in found
        if passage.score >= _NEAR * best[0].score
        for info in (passage.article, *passage.also_in)
    }
    return [uri for uri in uris if uri in near]


def _describe_change(answer: Answer, fresh: Sequence[ArticleInfo], words: Words) -> list[str]:
    """Say that a new article gives another value than the ones before it, if one does."""
    uris = {info.uri for info in fresh}
    new = [side for side in answer.differs if _uri(side) in uris]
    old = [side for side in answer.differs if _uri(side) not in uris]
    if not (new and old):
        return []
    key = "news_corrected" if new[0].corrects else "news_changed"
    return [words.fill(key, new=new[0].value, old=old[0].value)]


def _uri(side: Side) -> str:
    return side.sentence.citations[0].passage.article.uri
