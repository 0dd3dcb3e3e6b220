"""A conversation as the page shows it: turns, and what becomes of a question.

Knows nothing of Gradio. The collection is reached through `Asked`, the part of
`qa.Collection` that a conversation needs.
"""

import logging
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Protocol

from corpus.article import Article
from corpus.errors import ArticleNotFound, ArticleQAError
from qa.results import Answer, ArticleInfo
from qa.ui import cards, render
from qa.ui.words import Words

log = logging.getLogger(__name__)

HISTORY = 10
"""How many earlier answers a follow-up question is asked with."""

NEWEST = 3
"""How many articles an empty conversation names."""


class Counts(Protocol):
    """What the page tells of a collection; `qa.collection.Status` has it."""

    @property
    def articles(self) -> int:
        """How many articles it holds."""

    @property
    def sources(self) -> Mapping[str, int]:
        """How many articles of each source."""

    @property
    def first(self) -> date | None:
        """Publication date of the oldest article that has one."""

    @property
    def last(self) -> date | None:
        """Publication date of the newest article that has one."""

    @property
    def path(self) -> str | Path:
        """The collection's folder."""

    @property
    def missing(self) -> int:
        """How many paragraphs are not embedded yet."""


class Asked(Protocol):
    """The part of a collection that a conversation needs."""

    def ask(self, question: str, history: Sequence[Answer] = ()) -> Answer:
        """Answer, or raise an ArticleQAError that says what to do."""

    def article(self, uri: str) -> Article:
        """Return an article, or raise ArticleNotFound."""

    def articles(self) -> Sequence[ArticleInfo]:
        """Return the articles' metadata, newest first."""

    def status(self) -> Counts:
        """Return what the collection holds."""

    def warm_up(self) -> None:
        """Load the model; returns when it is loaded."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, what was answered (None until then, and after an error), and both as HTML."""

    number: int
    question: str
    asked: str
    said: str
    answer: Answer | None = None
    cards: str = ""
    waiting: bool = False


class Conversation:
    """One page's turns; safe to call from several threads."""

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._changing = Lock()
        # One question of a conversation after the other: the next may lean on the last.
        self._answering = Lock()

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns so far, the first one first."""
        with self._changing:
            return tuple(self._turns)

    def restart(self) -> None:
        """Forget the turns; an answer still on its way is dropped."""
        with self._changing:
            self._turns.clear()

    def begin(self, question: str, words: Words, notice: str) -> None:
        """Take a question; `notice` is said in place of the answer until there is one."""
        asked = render.question(question, words)
        with self._changing:
            number = len(self._turns) + 1
            said = render.notice(notice, number, "notice pending")
            self._turns.append(Turn(number, question, asked, said, waiting=True))

    def finish(self, collection: Asked, words: Words) -> None:
        """Answer all questions that wait; what goes wrong is said in the turn.

        All, because of two calls' replies the browser may get the later one first, and
        would then go on showing a question as waiting that has its answer.
        """
        with self._answering:
            while (waiting := self._waiting()) is not None:
                earlier = [turn.answer for turn in self.turns if turn.answer is not None]
                done = _answered(waiting, earlier[-HISTORY:], collection, words)
                with self._changing:
                    if waiting in self._turns:
                        self._turns[self._turns.index(waiting)] = done

    def _waiting(self) -> Turn | None:
        return next((turn for turn in self.turns if turn.waiting), None)


class Conversations:
    """The open pages' conversations, by the pages' names; the longest unused make room."""

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._held: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = Lock()

    def of(self, name: str) -> Conversation:
        """Return a page's conversation, a new one where there is none."""
        with self._lock:
            conversation = self._held.setdefault(name, Conversation())
            self._held.move_to_end(name)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
            return conversation


def _answered(turn: Turn, history: Sequence[Answer], collection: Asked, words: Words) -> Turn:
    number = turn.number
    try:
        answer = collection.ask(turn.question, history=history)
        said = render.answer(answer, number, words, asked=turn.question)
        shown = cards.group(answer, number, words, lambda uri: _article(collection, uri))
    except ArticleQAError as error:
        return replace(turn, said=render.notice(str(error), number), waiting=False)
    except Exception:  # whatever it was, the page and its other conversations go on
        log.exception("A question could not be answered")
        return replace(turn, said=render.notice(words["problem"], number), waiting=False)
    return replace(turn, answer=answer, said=said, cards=shown, waiting=False)


def messages(turns: Sequence[Turn]) -> list[dict[str, str]]:
    """Return the turns as chat messages; their contents are HTML of `qa.ui.render`."""
    return [
        {"role": role, "content": content}
        for turn in turns
        for role, content in (("user", turn.asked), ("assistant", turn.said))
    ]


def panel(turns: Sequence[Turn], words: Words) -> str:
    """Return the sources of all turns."""
    return cards.panel([turn.cards for turn in turns], words)


def welcome(collection: Asked, words: Words) -> str:
    """Return what an empty conversation shows: how to begin, with what there is."""
    try:
        status = collection.status()
        newest = [info for info in collection.articles() if info.title][:NEWEST]
    except ArticleQAError as error:
        return render.tag("div", render.tag("p", render.escape(str(error))), class_="welcome")
    if status.articles == 0:
        command = f'article-qa --collection "{status.path}" add'
        lines = [
            render.tag("h2", render.escape(words["empty_title"])),
            render.tag("p", render.escape(words["empty_how"])),
            render.tag("p", render.tag("code", render.escape(f"{command} ARTICLES/"))),
            render.tag("p", render.escape(words["empty_try"])),
            render.tag("p", render.tag("code", render.escape(f"{command} --samples"))),
            render.tag("p", render.escape(words["empty_then"])),
        ]
    else:
        lines = [render.tag("h2", render.escape(words["invitation"]))]
        if newest:
            lines += [
                render.tag("p", render.escape(words["newest"])),
                render.tag("ul", "".join(_item(info, words) for info in newest)),
            ]
    return render.tag("div", "".join(lines), class_="welcome")


def status_line(collection: Asked, words: Words, state: str = "", failure: str = "") -> str:
    """Return how much there is to ask, and whether the model is still on its way."""
    try:
        held = _held(collection.status(), words)
    except ArticleQAError as error:
        held = str(error)
    parts = [render.tag("span", render.escape(held))]
    if state:
        parts.append(render.tag("span", render.escape(words[state]), class_=state))
    if failure:
        parts.append(render.tag("span", render.escape(failure), class_="reason"))
    return render.tag("p", " ".join(parts), class_="status", role="status")


def _held(status: Counts, words: Words) -> str:
    """Return "24 articles from 6 sources, 3 October 2024 to 20 November 2026"."""
    if status.articles == 0:
        return words["empty_status"]
    held = words.count("articles", status.articles)
    named = [name for name in status.sources if name]
    if named:
        held += " " + words.count("from", len(named))
    if status.first and status.last:
        first, last = words.date(status.first), words.date(status.last)
        held += ", " + (first if first == last else words.fill("span", first=first, last=last))
    if status.missing:
        held += ". " + words.count("unembedded", status.missing)
    return held


def _item(info: ArticleInfo, words: Words) -> str:
    line = ", ".join(part for part in (info.source, words.date(info.published)) if part)
    return render.tag(
        "li",
        render.tag("span", render.escape(info.title), class_="title")
        + " "
        + render.tag("span", render.escape(line), class_="line"),
    )


def _article(collection: Asked, uri: str) -> Article | None:
    try:
        return collection.article(uri)
    except ArticleNotFound:  # removed since it was cited: the passage is shown without neighbours
        return None
