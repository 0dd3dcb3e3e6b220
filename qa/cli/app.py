"""The command line: thin commands over `Collection`.

What was asked for goes to standard output; progress, summaries and errors go to
standard error, so that output pipes well. Exit codes: 0 done, 1 not done (the
message says why), 2 wrong usage, 130 stopped with Ctrl+C.
"""

import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from corpus.serialise import plain
from qa.answering.kinds import Kind
from qa.cli.articles import add, edit, preview, remove
from qa.cli.config import config
from qa.cli.digests import COMMANDS, make_command
from qa.cli.evaluate import evaluate
from qa.cli.feedback import feedback
from qa.cli.maintenance import admin, backup, doctor, forget, migrate, restore
from qa.cli.mcp import mcp
from qa.cli.search_options import takes_search_options
from qa.cli.serve import serve, ui, user
from qa.cli.shared import CliState, Json, err, out
from qa.cli.shared import open_chosen as _opened
from qa.cli.shared import print_json as _print_json
from qa.cli.shared import progress_bars as _progress
from qa.cli.standing import review, watch
from qa.cli.terminal import Interrupts, guard_command

if TYPE_CHECKING:
    from index.encoder import Encoder
    from qa.generation.protocol import Generator
    from qa.options import SearchOptions
    from qa.results import Answer

app = typer.Typer(
    name="article-qa",
    help="Ask questions of your articles and get answers with citations that can be checked.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

K = Annotated[int, typer.Option("-k", help="Number of passages.", min=1, max=1000)]


def main(arguments: Sequence[str] | None = None, *, encoder: "Encoder | None" = None) -> None:
    """Run the command line; an error is a message and an exit code, never a traceback.

    Args:
        arguments: in place of those of the process.
        encoder: in place of the model that --model names.

    Raises:
        SystemExit: always; its code is the exit code.
    """
    CliState.encoder = encoder
    with guard_command():
        app(None if arguments is None else list(arguments))


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"article-qa {version('article-qa')}")
        raise typer.Exit


@app.callback()
def options(
    collection: Annotated[
        str | None,
        typer.Option(
            envvar="ARTICLE_QA_COLLECTION",
            metavar="PATH",
            help="The collection's folder, or postgresql://host/database?schema=name; by default "
            "a folder among your data.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="A sentence-transformers model, by name or folder; or 'default'."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Set what all commands share."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(name)s: %(message)s", stream=sys.stderr)
    CliState.folder, CliState.model = collection, model


app.command()(add)
app.command()(remove)
app.command()(edit)
app.command()(preview)


@app.command(name="list")
def list_articles(as_json: Json = False) -> None:
    """List the articles, the newest first."""
    from qa.cli.tables import ArticleTable, article_lines

    with _opened() as collection:
        articles = collection.articles()
    if as_json:
        _print_json(articles)
    elif out.is_terminal:
        out.print(ArticleTable(articles))
    else:
        # A pipe gets a line for each, with tabs between, for other programs.
        for line in article_lines(articles):
            sys.stdout.write(f"{line}\n")


@app.command()
def show(
    uri: Annotated[str, typer.Argument(help="The article's URI.")], as_json: Json = False
) -> None:
    """Show an article with its paragraphs, their numbers and roles."""
    from qa.cli.tables import article_view

    with _opened() as collection:
        article = collection.article(uri)
        corrections = collection.corrections(article.uri)
    if as_json:
        _print_json({**plain(article), "corrections": corrections})
    else:
        out.print(article_view(article, corrections))


@app.command()
@takes_search_options
def search(
    question: Annotated[str, typer.Argument(help="What to look for.")],
    k: K = 8,
    *,
    options: "SearchOptions",
    rerank: Annotated[
        str | None,
        typer.Option(help="Reorder by 'reader', or by a cross-encoder's folder or name."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show how each passage got its rank.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Find the passages closest to a question."""
    from qa.cli.tables import dates_line, explanation_view, missing_line, passage_view

    if explain and rerank:
        raise typer.BadParameter("--explain explains retrieval; leave --rerank out")
    with _opened() as collection:
        explanation = collection.explain(question, k, **options) if explain else None
        if explanation is not None:
            passages = [item.passage for item in explanation.passages]
        else:
            passages = collection.retrieve(
                question, k, rerank=rerank == "reader" or rerank or False, **options
            )
        hint = None if passages else collection.filter_hint(**options)
        dates = collection.recognised_dates(question)
        missing = collection.missing()
    if missing:
        err.print(missing_line(missing), style="yellow")
    if as_json:
        _print_json(explanation or passages)
    elif explanation is not None:
        out.print(explanation_view(explanation))
    else:
        for passage in passages:
            out.print(passage_view(passage))
    if not passages:
        err.print(escape(hint.text) if hint else "Nothing found.")
    if dates and not options.get("since") and not options.get("until"):
        err.print(escape(dates_line(dates)))


_Question = Annotated[
    str | None,
    typer.Argument(
        help="The question, in any language. Without it: a conversation; from a pipe, one "
        "question per line."
    ),
]
_Strictness = Annotated[
    Literal["lenient", "balanced", "strict"],
    typer.Option(help="How sure an answer must be."),
]
_Kind = Annotated[
    Kind | None,
    typer.Option(help="The kind of answer; by default recognised from the question."),
]
_After = Annotated[
    list[str] | None,
    typer.Option(help="An earlier question that this one refers to; can be repeated."),
]
_Model = Annotated[str | None, typer.Option(help="The language model that writes the answer.")]
_Endpoint = Annotated[
    str | None,
    typer.Option(help="Its OpenAI-compatible address; '' for none."),
]
_Strict = Annotated[
    bool | None,
    typer.Option(help="Leave out the language model's unsupported sentences."),
]


@app.command()
@takes_search_options
def ask(
    question: _Question = None,
    k: K = 8,
    *,
    options: "SearchOptions",
    strictness: _Strictness = "balanced",
    kind: _Kind = None,
    after: _After = None,
    model: _Model = None,
    endpoint: _Endpoint = None,
    strict: _Strict = None,
    as_json: Json = False,
) -> None:
    """Answer a question with citations; without a question, start a conversation."""
    from qa.cli.conversation import converse
    from qa.cli.streaming import AnswerThreads, follow
    from qa.cli.tables import answer_view, dates_line
    from qa.generation.openai_client import generator_of

    turns: list[Any] = [{"role": "user", "content": earlier} for earlier in after or ()]
    with _opened() as collection:
        # As if the options had been settings.
        settings = collection.settings.with_values(
            language_model=model, endpoint=endpoint, strict=strict
        )
        generator: Generator | Literal[False] = generator_of(settings) or False

        interrupts = Interrupts()
        workers = AnswerThreads(interrupts)

        def ask_one(text: str, history: list[Any]) -> "Answer":
            events = collection.ask_stream(
                text,
                history,
                k=k,
                strictness=strictness,
                kind=kind,
                generator=generator,
                strict=settings.strict,
                **options,
            )
            shown_on = out if out.is_terminal and not as_json else None
            return follow(workers.events(events), shown_on)

        if question is None:
            converse(ask_one, turns, len(collection.articles()), interrupts, as_json=as_json)
            workers.wait()
            return
        answer = ask_one(question, turns)
    if as_json:
        _print_json(answer)
    else:
        out.print(answer_view(answer))
    if answer.dates and not options.get("since") and not options.get("until"):
        err.print(escape(dates_line(answer.dates)))


for _kind in COMMANDS:
    app.command(name=_kind)(make_command(_kind))


@app.command()
def status(as_json: Json = False) -> None:
    """Show what the collection contains."""
    from qa.cli.tables import status_view

    with _opened() as collection:
        found = collection.status()
    if as_json:
        _print_json(found)
    else:
        out.print(status_view(found))


@app.command()
def embed(
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Have the machines of a Ray cluster encode: 'auto', its address, or 'local'.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Embed what is not embedded yet; with --model, embed everything with that model."""
    with _opened() as collection, _progress() as progress:
        count = collection.embed(progress, adopt=CliState.model is not None, ray=ray)
    if as_json:
        _print_json({"embedded": count})
    else:
        err.print(f"Embedded {count:,} piece{'' if count == 1 else 's'} of text.")


app.command()(config)
app.command()(doctor)
app.command()(backup)
app.command()(migrate)
app.command()(restore)
app.command()(forget)
app.command()(evaluate)
app.command()(mcp)
app.command()(serve)
app.command()(ui)
app.command()(review)
app.add_typer(admin, name="admin")
app.add_typer(watch, name="watch")
app.add_typer(feedback, name="feedback")
app.add_typer(user, name="user")


if __name__ == "__main__":
    main()
