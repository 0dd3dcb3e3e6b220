"""An answer as it comes, in a terminal."""

import threading
from collections.abc import Generator, Iterator
from contextlib import closing, nullcontext
from queue import SimpleQueue

from rich.console import Console
from rich.live import Live
from rich.text import Text

from qa.cli.terminal import Interrupts
from qa.results import Answer
from qa.streaming import Checked, Event, Finished, Piece, Stage

_STAGES = {"searching": "Searching …", "reading": "Reading …", "writing": "Writing …"}


_END_S = 10.0


class AnswerThreads:
    """Threads that make answers, so that Ctrl+C never stops a library halfway.

    A thread that nobody waits for any more does no harm.
    """

    def __init__(self, interrupts: Interrupts) -> None:
        """Begin without any.

        Args:
            interrupts: what Ctrl+C does; the wait for a thread's next event is one of theirs.
        """
        self._interrupts = interrupts
        self._threads: list[threading.Thread] = []

    def events(self, events: Iterator[Event]) -> Generator[Event, None, None]:
        """Yield what an iterator yields, which a thread takes from it.

        Where this is closed or interrupted, the iterator is closed at its next event.
        """
        queue: SimpleQueue[Event | BaseException] = SimpleQueue()
        unwanted = threading.Event()

        def work() -> None:
            try:
                for event in events:
                    queue.put(event)
                    if unwanted.is_set():
                        return
            except BaseException as exc:  # noqa: BLE001 - raised again where it is waited for
                queue.put(exc)
            finally:
                if hasattr(events, "close"):
                    events.close()

        thread = threading.Thread(target=work, name="answer", daemon=True)
        self._threads = [item for item in self._threads if item.is_alive()] + [thread]
        thread.start()
        try:
            while True:
                with self._interrupts.wait():
                    event = queue.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            unwanted.set()

    def wait(self) -> None:
        """Wait some seconds for answers that nobody waits for, before the collection is closed."""
        for thread in self._threads:
            thread.join(_END_S)


def follow(events: Generator[Event, None, None], console: Console | None) -> Answer:
    """Return the answer at the end of the events; show them meanwhile, and then clear them.

    Args:
        events: of `Collection.ask_stream`.
        console: a terminal, or None to show nothing.
    """
    written, count = "", 0
    live = Live(console=console, transient=True) if console is not None else nullcontext()
    with closing(events), live as shown:
        for event in events:
            if isinstance(event, Finished):
                return event.answer
            if isinstance(event, Piece):
                written += event.text
            elif isinstance(event, Checked):
                count += 1
            stage = _STAGES[event.name] if isinstance(event, Stage) else f"{count} checked …"
            if shown is not None:
                # Dim: none of it counts before the end.
                shown.update(Text.assemble((written, "dim"), ("\n" if written else ""), stage))
    raise AssertionError("the events of an answer end with Finished")
