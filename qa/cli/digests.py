"""`article-qa summary|overview|timeline|latest|compare`: digests in a terminal."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from qa.cli.search_options import takes_search_options
from qa.cli.shared import Json, err, open_chosen, out, print_json

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
        from qa.cli.tables import answer_view, dates_line

        with open_chosen() as collection:
            answer = collection.digest(topic, kind, generator=False, **options)
        if as_json:
            print_json(answer)
        else:
            out.print(answer_view(answer))
        if answer.dates and not answer.answered:
            err.print(escape(dates_line(answer.dates)))

    command.__doc__ = COMMANDS[kind]
    return takes_search_options(command)
