"""Conversations as the page shows them, and what becomes of a question.

Knows nothing of Gradio. The collection is reached through `Served`; turns are kept in a
`ConversationStore`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from corpus.article import Article
from corpus.errors import ArticleNotFound, ArticleQAError
from qa.chat_history import ChatTurn, ConversationStore, TurnState
from qa.i18n import Words
from qa.results import Answer, Passage
from qa.server.chat import cards, digests, filters, turns
from qa.server.chat.filters import Chosen
from qa.server.chat.numbering import count_numbers
from qa.server.chat.pending import PendingAnswer, PendingAnswers
from qa.server.chat.start import SUGGESTED
from qa.server.protocol import Served
from qa.server.work import Busy, Workers
from qa.standing import StandingQuestions, find_news
from qa.streaming import Finished

log = logging.getLogger(__name__)

HISTORY = 10
"""How many earlier answers a follow-up question is asked with."""

KEPT_CHARACTERS = 20_000
"""How much of a question is kept; one this long is never answered, only refused."""


@dataclass(frozen=True, slots=True)
class Place:
    """Who is looking at which conversation, and in which language."""

    owner: str
    conversation: str
    """Its id; "" is one that has not begun."""
    words: Words
    since: datetime | None = None
    """When the reader was here before this visit."""


_MakeAnswer = Callable[[PendingAnswer, ChatTurn], Answer | None]
"""Answers a turn; None where there is nothing to show, which was said already or is not wanted."""


class Dialogue:
    """Questions and answers of all conversations; safe to call from several threads."""

    def __init__(
        self,
        collection: Served,
        store: ConversationStore,
        workers: Workers,
        standing: StandingQuestions | None = None,
    ) -> None:
        self.collection = collection
        self.store = store
        self.standing = standing or StandingQuestions(None)
        self.pending = PendingAnswers(workers)
        self.has_pages: Callable[[str], bool] = lambda _: False
        """Tells of an article's URI whether pictures of its original's pages can be had."""
        self._shown = turns.Shown()

    # Asking

    def ask(
        self,
        at: Place,
        question: str,
        chosen: Chosen,
        replacing: int = 0,
        *,
        alone: bool = False,
        kind: str | None = None,
    ) -> Place:
        """Take a question and begin to answer it; return where it stands.

        Args:
            at: the conversation; one that is not the owner's, or none, begins a new one.
            question: as it was typed.
            chosen: its filters.
            replacing: the turn that it is asked in place of; those after it go.
            alone: take it literally, not as a follow-up.
            kind: the kind of answer that is wanted; None has it told from the question.
        """
        options = {"language": at.words.language} | ({} if kind is None else {"kind": kind})

        def answer(pending: PendingAnswer, turn: ChatTurn) -> Answer | None:
            history = [] if alone else self._history(at, turn.number)
            asked = {**chosen.resolve(), **options}
            return self._stream(pending, question, history, asked, turn, at.words)

        at = self._begin(at, question)
        return self._take(at, question, chosen, replacing, answer)

    def ask_news(self, at: Place, number: int) -> Place:
        """Say in a new turn what came on a standing question since it was last reviewed."""
        item = self.standing.find(number)
        if item is None:
            return at

        def answer(pending: PendingAnswer, _: ChatTurn) -> Answer | None:
            news = find_news(self.collection, item)
            if news is not None:
                return news.answer
            day = at.words.date(item.reviewed.astimezone().date())
            said = at.words.fill("no_news", since=day)
            self.store.settle(pending.key, TurnState.FAILED, said=said)
            return None

        at = self._begin(at, item.question)
        return self._take(at, item.question, Chosen(), 0, answer)

    def _begin(self, at: Place, question: str) -> Place:
        """Return the place of a conversation that is there, begun where it is not."""
        if self.store.find(at.owner, at.conversation) is not None:
            return at
        return replace(at, conversation=self.store.start(at.owner, question.strip() or "…"))

    def _take(
        self, at: Place, question: str, chosen: Chosen, replacing: int, answer: _MakeAnswer
    ) -> Place:
        """Note a question as a turn, and have it answered."""
        kept = question if len(question) <= KEPT_CHARACTERS else question[:KEPT_CHARACTERS] + " …"
        earlier = self.turns(at)
        replaced = [turn.key for turn in earlier if replacing and turn.number >= replacing]
        self.pending.stop(replaced)
        if not replaced:
            replacing = 0
        turn = self.store.ask(
            at.owner, at.conversation, kept, chosen.options(), replacing=replacing or None
        )
        if turn is not None:
            pending = PendingAnswer(turn.key, at.owner, at.conversation)
            try:
                self.pending.start(
                    pending, lambda pending: self._answer(pending, turn, at.words, answer)
                )
            except Busy:
                self.store.settle(turn.key, TurnState.FAILED, said=at.words["busy"])
        return at

    def stop(self, at: Place) -> None:
        """Stop what is being answered in a conversation."""
        waiting = [turn for turn in self.turns(at) if turn.state is TurnState.WAITING]
        for turn in waiting:
            self.store.settle(turn.key, TurnState.STOPPED)
        self.pending.stop(turn.key for turn in waiting)

    def again(
        self,
        at: Place,
        number: int,
        *,
        alone: bool = False,
        kind: str | None = None,
        strictness: str = "",
    ) -> None:
        """Ask the last question once more: for another kind of answer, or surer, where named."""
        last = next(iter(self.turns(at)[-1:]), None)
        if last is not None and last.number == number:
            chosen = Chosen.from_options(last.filters)
            chosen = replace(chosen, strictness=strictness or chosen.strictness)
            self.ask(at, last.question, chosen, number, alone=alone, kind=kind)

    def find_suggestion(self, at: Place, number: int, place: int) -> str:
        """Return a question that was suggested after a turn, or in an empty conversation; or ""."""
        turn = self.turn(at, number)
        if turn is None or turn.answer is None:
            questions = () if number else self.collection.suggest(at.words.language, most=SUGGESTED)
        else:
            questions = turn.answer.suggestions
        return questions[place] if place < len(questions) else ""

    def delete(self, at: Place, conversation: str) -> None:
        """Delete one of the owner's conversations, and stop what it waits for."""
        self.stop(replace(at, conversation=conversation))
        self.store.delete(at.owner, conversation)

    def keep(self, at: Place, number: int) -> None:
        """Keep a turn's question as a standing one; said once more, it is given up."""
        turn = self.turn(at, number)
        if turn is None or turn.answer is None:
            return
        question = standing_question(turn.answer)
        kept = {item.question: item.id for item in self.standing.all()}
        if question in kept:
            self.standing.remove(kept[question])
        else:
            self.standing.add(question)

    def give_up(self, number: int) -> None:
        """Keep a standing question no longer."""
        if self.standing.find(number) is not None:
            self.standing.remove(number)

    def rename(self, at: Place, conversation: str, title: str) -> None:
        """Give one of the owner's conversations another title."""
        self.store.rename(at.owner, conversation, title)

    def rate(self, at: Place, number: int, *, helpful: bool) -> None:
        """Note whether an answer helped; said once more, that is taken back."""
        turn = self.turn(at, number)
        if turn is not None:
            said = None if turn.helpful is helpful else helpful
            self.store.rate(at.owner, at.conversation, number, said, turn.note)

    def note(self, at: Place, number: int, text: str) -> None:
        """Keep what someone wrote of an answer that they rated."""
        turn = self.turn(at, number)
        if turn is not None and turn.helpful is not None:
            self.store.rate(at.owner, at.conversation, number, turn.helpful, text)

    def turn(self, at: Place, number: int) -> ChatTurn | None:
        """Return one turn, or None."""
        return next((turn for turn in self.turns(at) if turn.number == number), None)

    def find_passage(self, at: Place, number: int, place: int) -> Passage | None:
        """Return the passage of a turn's card of a number, or None."""
        earlier = [turn for turn in self.turns(at) if turn.number <= number]
        if not earlier or earlier[-1].number != number or earlier[-1].answer is None:
            return None
        before = sum(count_numbers(turn.answer) for turn in earlier[:-1])
        return cards.find_card(earlier[-1].answer, place - before)

    def turns(self, at: Place) -> list[ChatTurn]:
        """Return a conversation's turns."""
        return self.store.turns(at.owner, at.conversation)

    # Showing

    def messages(self, at: Place) -> tuple[list[dict[str, str]], str]:
        """Return a conversation as chat messages, and its cards; all HTML of this package."""
        found: list[dict[str, str]] = []
        groups = []
        # Before the turns are read: an answer that is ready in between is no interrupted one.
        under_way = self.pending.keys()
        kept = self.turns(at)
        standing = {item.question for item in self.standing.all()}
        before = 0
        for turn in kept:
            last = turn is kept[-1]
            answer, group = self._shown.of(
                turn, at.words, self.article, before, at.conversation, self.has_pages
            )
            before += count_numbers(turn.answer)
            is_kept = turn.answer is not None and standing_question(turn.answer) in standing
            said = turns.render_reply(
                turn,
                at.words,
                answer,
                last=last,
                under_way=turn.key in under_way,
                is_kept=is_kept,
                conversation=at.conversation,
            )
            found += [
                {"role": "user", "content": turns.render_question(turn, at.words)},
                {"role": "assistant", "content": said},
            ]
            groups.append(group)
        return found, cards.panel(groups, at.words)

    def refresh(self, at: Place) -> None:
        """Look at the articles of a conversation anew when it is next shown."""
        self._shown.forget([turn.key for turn in self.turns(at)])

    def article(self, uri: str) -> Article | None:
        """Return an article, or None where it was removed since it was cited."""
        try:
            return self.collection.article(uri)
        except ArticleNotFound:
            return None

    def name_articles(self, uris: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return URI and title of those articles that are there."""
        found = (self.article(uri) for uri in islice(uris, filters.MOST_ARTICLES))
        return tuple((item.uri, item.title or item.uri) for item in found if item is not None)

    # Inside

    def _answer(
        self, pending: PendingAnswer, turn: ChatTurn, words: Words, make: _MakeAnswer
    ) -> None:
        # Answers of one conversation are made in turn: those before it are there.
        pending.before = self._count_before(pending, turn.number)
        try:
            answer = make(pending, turn)
        except ArticleQAError as error:
            self.store.settle(pending.key, TurnState.FAILED, said=words.reason(error.text))
        except Exception:  # whatever it was, the page and its other conversations go on
            log.exception("A question could not be answered")
            self.store.settle(pending.key, TurnState.FAILED, said=words["problem"])
        else:
            if answer and self.store.settle(pending.key, TurnState.ANSWERED, answer=answer):
                pending.publish(
                    digests.answer(answer, turn.number, words, draft=True, before=pending.before)
                )

    def _stream(
        self,
        pending: PendingAnswer,
        question: str,
        history: Sequence[Answer],
        options: Mapping[str, Any],
        turn: ChatTurn,
        words: Words,
    ) -> Answer | None:
        """Publish an answer as it grows, and return it; None where it was stopped."""
        draft = turns.Draft(turn.number, words, pending.before)
        events = self.collection.ask_stream(question, history, **options)
        try:
            for event in events:
                if pending.stopped.is_set():
                    return None
                if isinstance(event, Finished):
                    return event.answer
                draft.add(event)
                pending.publish(draft.html())
        finally:
            # Closed, a stream stops the language model that writes it.
            close = getattr(events, "close", None)
            if close is not None:
                close()
        return None

    def _count_before(self, pending: PendingAnswer, number: int) -> int:
        """Count the numbers that the sources of a conversation's turns before one took."""
        kept = self.store.turns(pending.owner, pending.group)
        return sum(count_numbers(turn.answer) for turn in kept if turn.number < number)

    def _history(self, at: Place, number: int) -> list[Answer]:
        earlier = [turn.answer for turn in self.turns(at) if turn.number < number and turn.answer]
        return earlier[-HISTORY:]


def standing_question(answer: Answer) -> str:
    """Return what is kept of a question: of a follow-up, the question that it was read with."""
    return answer.context or answer.question
