"""`article-qa watch` and `article-qa review`: standing questions and the press review of them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from qa.cli.shared import Json, err, open_chosen, out, write_json

if TYPE_CHECKING:
    from qa.collection import Collection
    from qa.standing import StandingQuestions

watch = typer.Typer(help="Standing questions.", no_args_is_help=True)


@watch.callback()
def topic() -> None:
    """Keep questions whose news `article-qa review` writes.

    To follow folders and feeds, see `article-qa add --watch`.
    """


@watch.command()
def add(question: Annotated[str, typer.Argument(help="A question or a topic.")]) -> None:
    """Keep a question; what comes from now on is news."""
    with _open_standing() as (_, standing):
        kept = standing.add(question)
    err.print(f"{kept.id}: {escape(kept.question)}")


@watch.command(name="list")
def list_questions(as_json: Json = False) -> None:
    """List the questions, and since when what comes is news."""
    with _open_standing() as (_, standing):
        found = standing.all()
    for item in found:
        if as_json:
            write_json(item)
        else:
            sys.stdout.write(f"{item.id}\t{item.reviewed:%Y-%m-%d %H:%M}\t{item.question}\n")


@watch.command()
def remove(number: Annotated[int, typer.Argument(help="As `watch list` has it.")]) -> None:
    """Keep a question no longer."""
    with _open_standing() as (_, standing):
        standing.remove(number)


def tell_news(collection: "Collection", since: datetime) -> None:
    """Say on which standing questions something came; nothing is opened where there are none."""
    from qa.standing import find_kept_news

    for news in find_kept_news(collection, since):
        count = news.count_articles()
        articles = f"{count} article{'' if count == 1 else 's'}"
        err.print(f"News: {escape(news.standing.question)} ({articles})")


def review(
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="What was added or changed since; by default since the last review.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--out", "-o", help="A .md, .html or .docx file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write what is new on the standing questions, with citations, by story.

    Without --since, the same news are not written a second time.
    """
    from corpus.errors import InputError
    from qa.server.exports.document import FORMATS
    from qa.server.exports.review import write_review
    from qa.standing import find_all_news

    suffix = output.suffix.lower().removeprefix(".") if output else "md"
    if suffix not in FORMATS:
        raise typer.BadParameter(f"--out ends in one of .{', .'.join(FORMATS)}")
    with _open_standing() as (collection, standing):
        moment = standing.now()
        kept = standing.all()
        begin = since.astimezone() if since else None
        news = find_all_news(collection, kept, begin)
        if as_json:
            for item in news:
                write_json(item)
        elif output is None:
            out.print(write_review(news, moment.date(), "md").decode(), markup=False, end="")
        else:
            try:
                output.write_bytes(write_review(news, moment.date(), suffix))
            except OSError as exc:
                raise InputError(f"{output} cannot be written ({exc}). Name another file.") from exc
        if since is None:
            standing.mark_reviewed([item.id for item in kept], moment)
    err.print(f"News on {len(news)} of {len(kept)} standing questions.")


@contextmanager
def _open_standing() -> "Iterator[tuple[Collection, StandingQuestions]]":
    from qa.conversation_file import conversation_place
    from qa.standing import StandingQuestions

    with open_chosen() as collection:
        standing = StandingQuestions(conversation_place(collection.place))
        try:
            yield collection, standing
        finally:
            standing.close()
