"""An answer as it comes, in a terminal."""

from collections.abc import Iterator
from contextlib import nullcontext

from rich.console import Console
from rich.live import Live
from rich.text import Text

from qa.results import Answer
from qa.streaming import Checked, Event, Finished, Piece, Stage

_STAGES = {"searching": "Searching …", "reading": "Reading …", "writing": "Writing …"}


def followed(events: Iterator[Event], console: Console | None) -> Answer:
    """Return the answer at the end of the events; show them meanwhile, and then clear them.

    Args:
        events: of `Collection.ask_stream`.
        console: a terminal, or None to show nothing.
    """
    written, count = "", 0
    live = Live(console=console, transient=True) if console is not None else nullcontext()
    with live as shown:
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
