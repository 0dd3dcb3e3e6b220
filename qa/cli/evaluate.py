"""`article-qa evaluate`: quality on the user's own collection."""

import json
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import InputError
from qa.cli.shared import err, open_chosen, out, print_json, progress_bars

_Questions = Annotated[
    Path | None,
    typer.Argument(help="Labelled questions, one JSON object per line; see docs/evaluation.md."),
]
_KnownItems = Annotated[
    int | None,
    typer.Option(min=1, help="Without labels: make this many questions from the collection."),
]
_Paragraphs = Annotated[
    Path | None,
    typer.Option(
        help="JSONL with the paragraphs that `paragraph_id` names; by default paragraphs.jsonl "
        "beside the questions."
    ),
]
_Answers = Annotated[bool, typer.Option(help="Ask the questions too, or measure retrieval alone.")]
_Limit = Annotated[
    int | None, typer.Option(min=1, help="Use a sample of at most this many questions.")
]
_JsonFile = Annotated[
    Path | None,
    typer.Option("--json", help="Write everything to this file as JSON; - prints it."),
]


def evaluate(
    questions: _Questions = None,
    known_items: _KnownItems = None,
    k: Annotated[int, typer.Option("-k", help="Number of passages.", min=1, max=100)] = 10,
    paragraphs: _Paragraphs = None,
    id_column: Annotated[str, typer.Option(help="Its id column.")] = "id",
    answers: _Answers = True,
    limit: _Limit = None,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 1,
    json_file: _JsonFile = None,
) -> None:
    """Measure search and answers on your own questions, with 95 % intervals.

    Exit code 1: no question could be used, or the file could not be read or written.
    """
    from qa.evaluation import evaluate as labelled
    from qa.evaluation import evaluate_known_items
    from qa.evaluation.tables import evaluation_view, problems_view

    if (questions is None) == (known_items is None):
        raise typer.BadParameter("name a file of questions, or give --known-items N")
    to_file = json_file is not None and str(json_file) != "-"
    if to_file and json_file is not None:
        # Refused now, not after an hour of asking; what the file holds stays until then.
        _write(json_file, "", "a")
    with open_chosen() as collection, progress_bars() as progress:
        if questions is not None:
            found = labelled(
                collection,
                questions,
                k=k,
                answers=answers,
                paragraphs=paragraphs,
                id_column=id_column,
                limit=limit,
                seed=seed,
                progress=progress,
            )
        else:
            found = evaluate_known_items(
                collection, known_items or 0, k=k, seed=seed, progress=progress
            )
    if found.problems:
        err.print(problems_view(found))
    if json_file is None or to_file:
        out.print(evaluation_view(found))
    if json_file is not None and to_file:
        _write(json_file, json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n")
        err.print(f"Written to {json_file}.", markup=False)
    elif json_file is not None:
        print_json(found)


def _write(path: Path, text: str, mode: str = "w") -> None:
    try:
        with path.open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as exc:
        raise InputError(f"{path} cannot be written: {exc.strerror or exc}") from exc
