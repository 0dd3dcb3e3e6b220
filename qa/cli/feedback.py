"""`article-qa feedback export`: what people said of answers, as labelled questions."""

import json
from pathlib import Path
from typing import Annotated

import typer

from qa.cli.shared import CliState, err, write_json

feedback = typer.Typer(help="Ratings of answers.", no_args_is_help=True)


@feedback.callback()
def topic() -> None:
    """Export the ratings of answers in the chat."""


@feedback.command()
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead.")
    ] = None,
    helpful: Annotated[bool, typer.Option("--helpful", help="Only answers that helped.")] = False,
) -> None:
    """Write rated answers as questions for `article-qa evaluate`.

    An answer that did not help has no label: fill in what is right, or leave such rows out with
    --helpful.
    """
    from corpus.errors import InputError
    from qa.chat_history import ConversationStore
    from qa.conversation_file import conversation_place
    from qa.feedback import label_turns
    from qa.places import find_place

    collection = find_place(CliState.folder)
    place = conversation_place(collection)
    rows = []
    if not isinstance(place, Path) or place.is_file():
        store = ConversationStore(place)
        try:
            rows = [
                row for row in label_turns(store.rated_turns()) if row["helpful"] or not helpful
            ]
        finally:
            store.close()
    if output is None:
        for row in rows:
            write_json(row)
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as exc:
            raise InputError(f"{output} cannot be written ({exc}). Name another file.") from exc
    err.print(f"{len(rows)} rated answer{'' if len(rows) == 1 else 's'} of {collection}.")
