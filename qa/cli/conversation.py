"""`article-qa ask` without a question: a conversation in a terminal, or a question a line."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Any

import typer
from rich.markup import escape

from corpus.errors import QuestionError
from qa.answering.context import Turn
from qa.cli.shared import err, out, write_json
from qa.cli.terminal import Interrupts
from qa.results import Answer

_Ask = Callable[[str, list[Turn]], Answer]
"""Answers a question after the turns before it."""

_PROMPT = "? "


def converse(
    ask: _Ask, history: Iterable[Turn], articles: int, interrupts: Interrupts, *, as_json: bool
) -> None:
    """Ask each question that standard input gives, each after the ones before it.

    In a terminal a line can be edited, Ctrl+C drops a question and Ctrl+D ends. From a pipe
    each line is a question; what cannot be asked is said, and the rest goes on.

    Args:
        ask: answers a question.
        history: the turns before.
        articles: how many the collection holds, to say so.
        interrupts: what Ctrl+C does in a terminal; `ask` waits in them too.
        as_json: write a JSON object a line in place of texts.

    Raises:
        typer.BadParameter: there is no question at all.
        typer.Exit: with code 1, where a line of a pipe could not be asked.
    """
    turns: list[Turn] = list(history)
    if sys.stdin is not None and sys.stdin.isatty():
        with interrupts:
            _talk(ask, turns, articles, interrupts, as_json)
        return
    questions = _lines()
    first = next(questions, None)
    if first is None:
        raise typer.BadParameter("name a question, or give one a line on standard input")
    failed = False
    for question in chain([first], questions):
        failed = not _answer(ask, question, turns, as_json) or failed
    if failed:
        raise typer.Exit(1)


def _talk(
    ask: _Ask, turns: list[Turn], articles: int, interrupts: Interrupts, as_json: bool
) -> None:
    with suppress(ImportError):  # Python without it: lines are typed plainly
        # Importing it gives `input` editing, and the questions before with the arrow keys.
        import readline  # noqa: F401
    noun = "article" if articles == 1 else "articles"
    err.print(f"{articles:,} {noun}. Ask, and ask on; Ctrl+D ends.", style="dim")
    while True:
        try:
            with interrupts.wait():
                question = input(_PROMPT).strip()
            if question:
                _answer(ask, question, turns, as_json)
        except KeyboardInterrupt:
            err.print()
        except EOFError:
            err.print()
            return


def _lines() -> Iterator[str]:
    stream: Any = sys.stdin
    if stream is None:
        return
    if hasattr(stream, "reconfigure"):
        # A byte that is no text spoils its question, not the rest.
        stream.reconfigure(errors="replace")
    for line in stream:
        if question := line.strip():
            yield question


def _answer(ask: _Ask, question: str, turns: list[Turn], as_json: bool) -> bool:
    """Ask, print, and keep the turn; whether the question could be asked."""
    from qa.cli.tables import answer_view

    try:
        answer = ask(question, turns)
    except QuestionError as exc:
        err.print(f"[red]Error:[/red] {escape(str(exc))}")
        return False
    turns.append(answer)
    if as_json:
        write_json(answer.to_dict())
    else:
        out.print(answer_view(answer))
        out.print()
    # A reader at the other end of a pipe need not wait for the next question.
    sys.stdout.flush()
    return True
