"""`article-qa summary|overview|timeline|latest|compare`, and how a terminal shows a digest."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from qa.answering.citations import add_markers
from qa.answering.digest.write import write_days
from qa.cli.search_options import takes_search_options
from qa.cli.shared import Json, err, open_chosen, out, print_json
from qa.results import Digest, DigestEntry, DigestPart

if TYPE_CHECKING:
    from qa.options import SearchOptions

COMMANDS = {
    "summary": "Sum up an article or a story, in three to six quoted sentences.",
    "overview": "Say what there is on a topic, person or place, the newest article first.",
    "timeline": "Tell what happened when, in the order of the events.",
    "latest": "Say how things stand, before how they stood.",
    "compare": "Set side by side what several sources say.",
}
"""Kind of digest -> what its command does."""
_Topic = Annotated[str, typer.Argument(help="The topic, or the question, in any language.")]


def make_command(kind: str) -> Callable[..., None]:
    """Return the command for a kind of digest."""

    def command(topic: _Topic, *, options: "SearchOptions", as_json: Json = False) -> None:
        from qa.cli.tables import answer_view

        with open_chosen() as collection:
            answer = collection.digest(topic, kind, generator=False, **options)
        if as_json:
            print_json(answer)
        else:
            out.print(answer_view(answer))
        if answer.dates and not answer.answered:
            from qa.cli.tables import dates_line

            err.print(escape(dates_line(answer.dates)))

    command.__doc__ = COMMANDS[kind]
    return takes_search_options(command)


def digest_view(digest: Digest, language: str) -> RenderableType:
    """Show a digest: a timeline as a table of days, others part by part."""
    return Group(*(_part_view(part, language) for part in digest.parts))


def _part_view(part: DigestPart, language: str) -> RenderableType:
    if any(entry.since for entry in part.entries):
        return _timeline_table(part, language)
    lines: list[Any] = [Text(part.title, "bold green")] if part.title else []
    lines += [Text(_write(entry), "bold") for entry in part.entries]
    return Group(*lines, Text())


def _timeline_table(part: DigestPart, language: str) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="green")
    table.add_column(style="bold")
    for entry in part.entries:
        table.add_row(Text(write_days(entry, language)), Text(_write(entry)))
    return table


def _write(entry: DigestEntry) -> str:
    return add_markers([entry.sentence])
