"""What could be asked next: sections of the cited articles, each tried before it is offered."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from corpus.article import Article
from corpus.errors import ArticleNotFound, ArticleQAError
from qa.results import Answer
from qa.server.chat import turns
from qa.server.chat.jobs import Job, Jobs
from qa.server.protocol import Asked
from qa.server.words import Words
from qa.streaming import Finished

TRIED = 4
"""Questions tried after an answer; each costs what an answer costs, without a language model."""

AT_MOST = 4
"""Answers whose offers are looked for at a time; on a busy server the others offer nothing."""

_KEPT = 1000


class Offers:
    """Questions that the articles answer, looked for behind the page after each answer."""

    def __init__(self, collection: Asked) -> None:
        self._collection = collection
        self._jobs = Jobs(at_once=1)
        self._found: OrderedDict[str, list[str]] = OrderedDict()
        self._lock = Lock()
        self._under_way = 0

    def of(self, key: str) -> list[str]:
        """Return what was found for a turn so far."""
        with self._lock:
            return list(self._found.get(key, ()))

    def job(self, key: str) -> Job | None:
        """Return a search under way; its key is the turn's after "offers-"."""
        return self._jobs.of(key)

    def html(self, key: str, words: Words) -> str:
        """Return a turn's offers, and where more of them will appear."""
        found = turns.offered(self.of(key), words)
        name = f"offers-{key}"
        return turns.growing(name, found) if self._jobs.of(name) else found

    def look_for(
        self,
        answered: Job,
        answer: Answer,
        earlier: Sequence[str],
        options: Mapping[str, Any],
        words: Words,
    ) -> None:
        """Begin to look for what could be asked after an answer; returns at once."""
        questions = turns.suggestions(answer, earlier, self._article)[:TRIED]
        with self._lock:
            if not questions or self._under_way >= AT_MOST:
                return
            self._under_way += 1

        def work(job: Job) -> None:
            try:
                for question in questions:
                    if self._answers(question, options):
                        self._keep(answered.key, question)
                        job.publish(turns.offered(self.of(answered.key), words))
            finally:
                with self._lock:
                    self._under_way -= 1

        name = f"offers-{answered.key}"
        self._jobs.start(Job(name, answered.owner, name), work)

    def _answers(self, question: str, options: Mapping[str, Any]) -> bool:
        try:
            events = self._collection.ask_stream(question, generator=False, **options)
            return any(isinstance(event, Finished) and event.answer.answered for event in events)
        except ArticleQAError:
            return False

    def _keep(self, key: str, question: str) -> None:
        with self._lock:
            self._found.setdefault(key, []).append(question)
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)

    def _article(self, uri: str) -> Article | None:
        try:
            return self._collection.article(uri)
        except ArticleNotFound:
            return None
