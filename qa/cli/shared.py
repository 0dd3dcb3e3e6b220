"""What all commands share: the options before the command, the collection, the two streams."""

import json
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, ConsoleDimensions

from corpus.serialise import plain

if TYPE_CHECKING:
    from index.encoder import Encoder
    from qa.collection import Collection

_ENDLESS = 1_000_000
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Printer(Console):
    """A console that folds lines at a terminal's edge, or at COLUMNS, and nowhere else.

    A pipe or a file has no edge: `grep` finds a quote there, and a command in a message can be
    copied whole.
    """

    @property
    def size(self) -> ConsoleDimensions:
        """Width and height in characters."""
        if self.is_terminal or self._width is not None:
            return super().size
        return ConsoleDimensions(_ENDLESS, 25)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size


out = Printer(highlight=False)
err = Printer(stderr=True, highlight=False)


class CliState:
    """What the options before the command have set."""

    folder: str | Path | None = None
    """Or the address of a collection in PostgreSQL."""
    model: str | None = None
    encoder: "Encoder | None" = None


def choose_folder(instead: str) -> Path:
    """Return the folder that --collection names; `instead` is what to do where it is none.

    Raises:
        SettingsError: the collection is in PostgreSQL.
    """
    from qa.places import find_place, need_folder

    return need_folder(find_place(CliState.folder), instead)


@contextmanager
def open_chosen(*, create: bool = False) -> "Iterator[Collection]":
    """Open the collection that --collection names, with the model of --model."""
    from qa.collection import open_collection

    with open_collection(
        CliState.folder, create=create, model=CliState.model, encoder=CliState.encoder
    ) as collection:
        yield collection


def say_if_empty(collection: "Collection") -> None:
    """Say that there is nothing to ask yet: the folder is new, or its name has a slip in it."""
    if collection.status().articles == 0:
        err.print(
            f"{collection.place} holds no articles yet. To add some: "
            f"article-qa --collection {shlex.quote(str(collection.place))} add ARTICLES",
            markup=False,
            soft_wrap=True,
        )


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None] | None]:
    """Show a progress bar per stage where standard error is a terminal."""
    if not err.is_terminal:
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """How many in a second."""

        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:,.1f}/s")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage.capitalize(), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def print_json(value: Any) -> None:
    """Write JSON to standard output for people too: in several lines."""
    write_json(value, indent=2)


def write_json(value: Any, indent: int | None = None) -> None:
    """Write a result as JSON to standard output, as it is: Rich would fold long lines."""
    # JSON has a way to write what an ASCII output lacks.
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=not is_unicode, indent=indent) + "\n")
