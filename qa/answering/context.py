"""What a follow-up is asked about: the conversation before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from corpus.errors import QuestionError
from qa.answering.kinds import TALK
from qa.results import Answer

Turn = Answer | Mapping[str, str]
"""An earlier answer, or a message {"role": "user", "content": "…"}."""

_LOOKED_AT = 12
"""Turns that are read, the last ones."""
_LONGEST = 300
"""Characters of an earlier question that are kept."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is read with that needs the conversation."""

    question: str
    """The last complete question."""
    about: str = ""
    """What it is about, for people: the title of the article that answered it, or itself."""
    uris: tuple[str, ...] = ()
    """Articles that the answer to it cited."""
    before: str = ""
    """The question before, as typed, where that is not the complete one."""


def read_context(
    question: str,
    history: Sequence[Turn],
    needs: Callable[[str, str], bool],
    is_known: Callable[[str], bool],
) -> Context | None:
    """Return what a question needs of the conversation, or None where it stands alone.

    Args:
        question: in normal form.
        history: the turns before, the first one first. Only the last few are read, and what
            is no turn is passed over.
        needs: tells whether a question needs the one before it, the second argument.
        is_known: tells whether an article's URI is one of this collection.

    Raises:
        QuestionError: the history is no sequence of turns at all.

    >>> turns = [{"role": "user", "content": "Wann fährt die Bahn in Lauten?"}]
    >>> read_context("Und warum?", turns, lambda *_: True, str.isalpha).question
    'Wann fährt die Bahn in Lauten?'
    >>> read_context("Und warum?", [], lambda *_: True, str.isalpha) is None
    True
    """
    turns = _turns_of(history)
    if not turns or not needs(question, _question_of(turns[-1])):
        return None
    before = _question_of(turns[-1])
    for at in range(len(turns) - 1, -1, -1):
        turn = turns[at]
        if isinstance(turn, Answer):
            return _of_answer(turn, before, is_known)
        asked = _question_of(turn)
        # A message keeps what was typed: it may be a follow-up itself.
        if at == 0 or not needs(asked, _question_of(turns[at - 1])):
            return Context(asked, asked, before=before if before != asked else "")
    return None


def _of_answer(turn: Answer, before: str, is_known: Callable[[str], bool]) -> Context:
    uris = dict.fromkeys(citation.passage.article.uri for citation in turn.citations)
    known = tuple(uri for uri in uris if is_known(uri))
    complete = (turn.context or turn.question)[:_LONGEST]
    title = next(
        (
            item.passage.article.title
            for item in turn.citations
            if item.passage.article.uri in known
        ),
        "",
    )
    # A refusal cites nothing: what was talked about before still is.
    before = before if before != complete else ""
    return Context(complete, title or turn.about or complete, known, before)


def _turns_of(history: Sequence[Turn]) -> list[Turn]:
    if isinstance(history, (str, bytes, Mapping)) or not isinstance(history, Sequence):
        raise QuestionError(
            "A history is a list of earlier answers or messages, not {name}. "
            'Give answers of `ask`, or {{"role": "user", "content": "…"}}.',
            name=type(history).__name__,
        )
    return [turn for turn in history[-_LOOKED_AT:] if _is_about_something(turn)]


def _is_about_something(turn: object) -> bool:
    """Tell whether a turn asked something of the articles: nothing follows from a "Thanks"."""
    return turn.kind not in TALK if isinstance(turn, Answer) else _is_asked(turn)


def _is_asked(turn: object) -> bool:
    if not isinstance(turn, Mapping) or turn.get("role") != "user":
        return False
    content = turn.get("content")
    return isinstance(content, str) and bool(content.strip())


def _question_of(turn: Turn) -> str:
    text = turn.question if isinstance(turn, Answer) else str(turn["content"])
    return " ".join(text.split())[:_LONGEST]
