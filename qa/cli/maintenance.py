"""Commands that keep a collection whole, or clean: doctor, backup, restore, forget."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from corpus.serialise import plain
from qa.cli.shared import CliState, Json, choose_folder, err, open_chosen, out, print_json

_STYLES = {
    "sound": "green",
    "noted": "default",
    "mended": "green",
    "mendable": "yellow",
    "broken": "red",
}


admin = typer.Typer(help="For administrators of PostgreSQL.", no_args_is_help=True)


@admin.callback()
def topic() -> None:
    """Print what an administrator of PostgreSQL runs."""


@admin.command()
def plan(
    citus: Annotated[
        bool,
        typer.Option("--citus", help="Divide them by article, among the servers of Citus."),
    ] = False,
) -> None:
    """Print SQL that divides the tables for search by the articles' months; nothing is run.

    Its comments say when that pays and how to run it.
    """
    from qa.maintenance.plan import plan_tables

    out.print(plan_tables(CliState.folder, citus=citus), markup=False, soft_wrap=True, end="")


def doctor(
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Also compare every row with its hash, and try the model."),
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be rebuilt.")] = False,
    as_json: Json = False,
) -> None:
    """Check the collection, and repair it with --repair.

    Exit codes: 0 sound or repaired, 3 --repair can help, 4 something stays broken, 1 not checked.
    """
    from qa.maintenance.doctor import examine

    found = examine(
        choose_folder("pg_amcheck finds damaged tables, `article-qa status` what is missing"),
        CliState.encoder,
        model=CliState.model,
        deep=deep,
        repair=repair,
    )
    if as_json:
        print_json(found.to_dict())
    else:
        for item in found.findings:
            style = _STYLES[item.state]
            out.print(f"[{style}]{item.state:9}[/] {item.check:14} {escape(item.message)}")
    raise typer.Exit(found.exit_code)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    as_json: Json = False,
) -> None:
    """Save articles and conversations to one file, and verify it.

    Others can keep reading and writing. Indexes and settings are not included.
    """
    from qa.maintenance.backup import backup as write

    folder = choose_folder("pg_dump --schema='{schema}' writes a backup, pg_restore reads it")
    made = write(folder, file.expanduser(), force=force)
    if as_json:
        print_json(made)
        return
    err.print(
        f"Wrote {made.articles:,} articles and {made.conversations:,} conversations to "
        f"{escape(made.path)} ({made.size / 1e6:,.1f} MB), and read them back."
    )
    if made.rotten:
        err.print(
            f"{made.rotten:,} rows had changed on the disk before: article-qa doctor --deep",
            style="yellow",
        )


def migrate(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A folder or an address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="A new folder, or an address.")],
    rankings: Annotated[
        int, typer.Option(help="Questions that are asked of both sides afterwards.", min=0)
    ] = 200,
    as_json: Json = False,
) -> None:
    """Move a collection to PostgreSQL, or back to a folder; what was cut short goes on.

    Rows are compared in number and content, and the passages found for questions. The source
    stays as it is, and must not be written meanwhile.
    """
    from qa.collection import open_collection
    from qa.maintenance.migrate import compare_rankings
    from qa.maintenance.migrate import migrate as move
    from qa.places import find_place

    places = find_place(source), find_place(target)
    done = move(*places, (lambda *_: None) if as_json else _say_table())
    compared = None
    if rankings:
        with ExitStack() as stack:
            one, other = (
                stack.enter_context(
                    open_collection(name, model=CliState.model, encoder=CliState.encoder)
                )
                for name in (source, target)
            )
            if one.status().embedded:
                compared = compare_rankings(one, other, rankings)
    if as_json:
        print_json({**plain(done), "rankings": plain(compared)})
        return
    total = sum(done.rows.values())
    err.print(f"{total:,} rows are the same in {escape(done.source)} and {escape(done.target)}.")
    if compared is not None:
        err.print(f"{compared.same:,} of {compared.asked:,} questions have the same passages.")


def _say_table() -> Callable[[str, int], None]:
    """Return what shows each table with its rows, in one line of a terminal."""

    def say(table: str, done: int) -> None:
        if err.is_terminal:
            err.print(f"{table}: {done:,}".ljust(60), end="\r")

    return say


def restore(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="A backup file; with --removed, URIs, or the files and folders of articles.",
            metavar="[FILE | URI...]",
        ),
    ] = None,
    removed: Annotated[
        bool,
        typer.Option(
            "--removed",
            help="Bring back articles removed in the last 30 days; without a name, list them.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Put an existing collection aside; it is kept.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Restore a backup, or bring back removed articles.

    An existing collection is kept beside the restored one.
    """
    if removed:
        _restore_removed(names or [], as_json)
        return
    if not names or len(names) > 1:
        raise typer.BadParameter("name the one file that `backup` wrote, or give --removed")
    from qa.maintenance.backup import restore as bring_back

    folder = choose_folder("pg_restore reads what pg_dump wrote; `article-qa migrate` moves it")
    made = bring_back(Path(names[0]).expanduser(), folder, force=force)
    if as_json:
        print_json(made)
        return
    err.print(
        f"Restored {made.articles:,} articles and {made.conversations:,} conversations of "
        f"{made.made:%Y-%m-%d %H:%M} UTC to {escape(str(folder))}."
    )
    if made.replaced:
        err.print(f"What was there before lies in {escape(made.replaced)}.")


def _restore_removed(names: list[str], as_json: bool) -> None:
    """Bring removed articles back; without a name list what can be."""
    from qa.cli.tables import removed_lines

    with open_chosen() as collection:
        if names:
            back = collection.restore_removed(*names)
            if as_json:
                print_json(back)
            else:
                err.print(f"{len(back):,} article{'' if len(back) == 1 else 's'} brought back.")
            return
        found = collection.removed()
    if as_json:
        print_json(found)
        return
    for line in removed_lines(found):
        out.print(line, markup=False, soft_wrap=True)
    if not found:
        err.print("Nothing was removed in the last 30 days.")


def forget(
    uri: Annotated[str, typer.Argument(help="The article's URI, as `list` shows it.")],
    as_json: Json = False,
) -> None:
    """Delete an article for good, from every file of the collection.

    Versions, embeddings, indexes and saved answers that quote it go too; then all files are
    searched for its text. The original file and backups are not touched.
    """
    with open_chosen() as collection:
        found = collection.forget(uri)
    if as_json:
        print_json(found)
        return
    err.print(
        f"Forgotten: {escape(found.uri)}. {found.embeddings:,} embeddings and {found.answers:,} "
        f"kept answers went with it; none of its text is in the {found.files:,} files "
        "that are left."
    )
