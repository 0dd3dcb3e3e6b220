"""Kept turns as messages and cards: pure functions of a turn and the interface's words."""

import re
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from qa.answering.answerability import DEFAULT_STRICTNESS, least_chance, load_model
from qa.answering.kinds import TALK
from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.results import Answer, Refusal, Sentence
from qa.server.chat import cards, digests, filters, render
from qa.server.chat.cards import ArticleOf, HasPages
from qa.server.chat.numbering import shift_sentence
from qa.server.chat.render import button, escape, tag
from qa.server.links import matches_link
from qa.streaming import Checked, Event, Piece, Stage

UNSURE = (Refusal.NOTHING_NEAR, Refusal.NOT_SAID, Refusal.OTHER_LANGUAGE)
"""Refusals for want of certainty."""

_BORDERS = re.compile(r"(?<=[.!?…])(?:\s*\[[\d, ]*\])*\s+")
_NUMBERS = re.compile(r"\s*\[[\d, ]*(?:\]|$)")


def render_question(turn: ChatTurn, words: Words) -> str:
    """Return a question as a message, with what it was asked with."""
    tools = button(words["edit"], f"do-edit-{turn.number}", kind="quiet")
    return tag(
        "div",
        render.question(turn.question, words)
        + filters.line(filters.Chosen.from_options(turn.filters), words)
        + tools,
        class_="ask",
    )


def render_reply(
    turn: ChatTurn,
    words: Words,
    shown: str,
    *,
    last: bool,
    under_way: bool,
    is_kept: bool = False,
    conversation: str = "",
) -> str:
    """Return what became of a question as a message.

    Args:
        turn: the question.
        words: of the interface.
        shown: its answer as HTML, where there is one.
        last: whether it is the conversation's last.
        under_way: whether this process is answering it.
        is_kept: whether it is a standing question.
        conversation: the id of the one that it is of.
    """
    if turn.state is TurnState.WAITING and under_way:
        stop = button(words["stop"], f"do-stop-{turn.number}", kind="quiet")
        return pending(turn, words["stage_searching"], stop)
    if turn.answer is not None:
        further = render.suggestions(turn.answer.suggestions, turn.number, words) if last else ""
        chip = digests.kind_chip(turn.answer, turn.number, words, changeable=last)
        chip = _places(turn.answer, words) + _collecting(turn, conversation, words) + chip
        watch = _keeping(turn, words, is_kept=is_kept) if last or is_kept else ""
        degree = _degree(turn, words) if last else ""
        tools = _rating(turn, words, degree + watch + chip)
        return shown + _advise_wider(turn, words) + tools + further
    again = button(words["again"], f"do-retry-{turn.number}", kind="quiet") if last else ""
    message = turn.said
    if turn.state is TurnState.WAITING:
        message = words["interrupted"]
    elif turn.state is TurnState.STOPPED:
        message = words["stopped"]
    return render.notice(message, turn.number) + (tag("p", again, class_="tools") if again else "")


def pending(turn: ChatTurn, message: str, tools: str) -> str:
    """Return a message that the page's script fills while the answer is on its way."""
    draft = tag("div", waiting(message), class_="draft", id=f"stream-{turn.key}")
    foot = tag("p", tools, class_="tools")
    return tag("div", draft + foot, class_="notice pending", id=f"a-{turn.number}", tabindex="-1")


def waiting(message: str) -> str:
    """Return what stands where the answer will be."""
    return tag("p", escape(message), class_="stage")


class Draft:
    """An answer on its way: what is checked of it, then what is only written."""

    def __init__(self, number: int, words: Words, before: int = 0) -> None:
        self._number = number
        self._before = before
        self._words = words
        self._stage = "searching"
        self._checked: list[Sentence] = []
        self._written = ""

    def add(self, event: Event) -> None:
        """Take one more event of `Collection.ask_stream`."""
        if isinstance(event, Stage):
            self._stage = event.name
        elif isinstance(event, Piece):
            self._written += event.text
        elif isinstance(event, Checked):
            self._checked.append(shift_sentence(event.sentence, self._before))
            # Sentences are checked once the next one has begun, of which no more than this is left.
            self._written = _BORDERS.split(self._written)[-1]

    def html(self) -> str:
        """Return what there is to show so far."""
        # Their numbers are not those of the answer, and the last one may be half a marker.
        rest = _NUMBERS.sub("", self._written).strip()
        if not self._checked and not rest:
            return waiting(self._words[f"stage_{self._stage}"])
        done = [
            render.sentence(each, self._number, self._words, is_written=True)
            for each in self._checked
        ]
        if rest:
            done.append(tag("p", escape(rest), class_="sentence unchecked"))
        return tag("div", "".join(done), class_="answer")


def _advise_wider(turn: ChatTurn, words: Words) -> str:
    """Return the advice to take filters away, where a refusal may be owed to them."""
    answer = turn.answer
    has_filters = bool(turn.filters.keys() - {"strictness"})
    if answer is None or answer.answered or not has_filters or answer.refusal is Refusal.FILTERED:
        return ""
    return tag("p", escape(words["try_filtered"]), class_="try")


def _keeping(turn: ChatTurn, words: Words, *, is_kept: bool) -> str:
    """Return the button that keeps a question, or gives it up; small talk is not kept."""
    if turn.answer is None or turn.answer.kind in TALK:
        return ""
    label = words["watched" if is_kept else "watch"]
    kind = "quiet" + " on" * is_kept
    return button(label, f"do-watch-{turn.number}", kind=kind, title=words["watch_title"])


def _places(answer: Answer, words: Words) -> str:
    """Return the link to all passages for a question; of small talk there are none."""
    if answer.kind in TALK or answer.refusal is Refusal.NO_QUESTION:
        return ""
    label = words["all_matches" if answer.answered else "search_instead"]
    address = matches_link(answer.context or answer.question)
    return tag("a", escape(label), class_="inside", href=address)


def _collecting(turn: ChatTurn, conversation: str, words: Words) -> str:
    """Return the link that puts an answer into a dossier."""
    if turn.answer is None or not turn.answer.citations:
        return ""
    address = _collecting_address(turn, conversation)
    return tag("a", escape(words["to_dossier"]), class_="inside", href=address)


def _collecting_address(turn: ChatTurn, conversation: str) -> str:
    return f"/dossiers/add?c={conversation}&turn={turn.number}"


def _degree(turn: ChatTurn, words: Words) -> str:
    """Return the button that asks for surer answers only, or for less sure ones too.

    One that changes something: a less sure answer in place of a refusal, or a refusal in place
    of an answer that is not sure.
    """
    answer = turn.answer
    if answer is None or answer.refusal not in (None, *UNSURE) or answer.kind in TALK:
        return ""
    now = str(turn.filters.get("strictness") or DEFAULT_STRICTNESS)
    degrees = tuple(load_model().least)
    at = degrees.index(now) if now in degrees else 1
    labels = ("more_lenient", "more_lenient_title"), ("stricter", "stricter_title")
    step = 1 if answer.answered else -1
    other = degrees[max(0, min(at + step, len(degrees) - 1))]
    if (answer.confidence >= least_chance(other, follows=bool(answer.context))) == answer.answered:
        return ""
    label, title = (words[key] for key in labels[answer.answered])
    return button(label, f"do-degree-{turn.number}-{other}", kind="quiet", title=title)


def _rating(turn: ChatTurn, words: Words, again: str) -> str:
    chosen = {True: "helpful", False: "unhelpful", None: ""}[turn.helpful]
    buttons = "".join(
        button(
            words[name],
            f"do-{name}-{turn.number}",
            kind="quiet rate" + (" on" if name == chosen else ""),
        )
        for name in ("helpful", "unhelpful")
    )
    if turn.answer is not None and turn.answer.kind in ("smalltalk", "help"):
        buttons = ""
    note = ""
    if chosen:
        # What fits is asked at once, below what was clicked; the focus stays there.
        thanked = turn.helpful or bool(turn.note)
        kept = tag("span", escape(turn.note), class_="kept")
        summary = tag("summary", escape(words["thanks" if thanked else "what_lacked"]))
        kind = {} if thanked else {"open": "open"}
        note = tag("details", summary + kept, class_="note-box", id=f"note-{turn.number}", **kind)
    return tag("div", buttons + again + note, class_="tools")


class Shown:
    """Answers and cards as HTML, kept so that a long conversation is not made anew each time."""

    def __init__(self, most: int = 400) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, int, str, int], tuple[str, str]] = OrderedDict()
        self._lock = Lock()

    def of(
        self,
        turn: ChatTurn,
        words: Words,
        article_of: ArticleOf,
        before: int = 0,
        conversation: str = "",
        has_pages: HasPages = lambda _: False,
    ) -> tuple[str, str]:
        """Return a turn's answer and its cards, numbered from `before`; "" where there is none."""
        if turn.answer is None:
            return "", ""
        key = (turn.key, turn.number, words.language, before)
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        collecting = _collecting_address(turn, conversation) if conversation else ""
        made = (
            digests.answer(turn.answer, turn.number, words, before=before),
            cards.group(turn.answer, turn.number, words, article_of, before, collecting, has_pages),
        )
        with self._lock:
            self._held[key] = made
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return made

    def forget(self, keys: Sequence[str]) -> None:
        """Make these turns anew: their articles may have changed."""
        with self._lock:
            for key in [held for held in self._held if held[0] in keys]:
                del self._held[key]
