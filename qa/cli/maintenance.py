"""Commands that keep a collection whole, or clean: doctor, backup, restore, forget."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from qa.cli.shared import CliState, Json, err, open_chosen, out, print_json

_STYLES = {
    "sound": "green",
    "noted": "default",
    "mended": "green",
    "mendable": "yellow",
    "broken": "red",
}


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Compare every row with its hash, and try the model.")
    ] = False,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be made again.")] = False,
    as_json: Json = False,
) -> None:
    """Say whether the collection is sound, and mend it with --repair.

    Exit codes: 0 sound or mended, 3 --repair can mend it, 4 something stays broken, 1 not
    examined.
    """
    from qa.collection import default_folder
    from qa.maintenance.doctor import examine

    found = examine(
        CliState.folder or default_folder(),
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
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: Json = False,
) -> None:
    """Write the catalog and the conversations to one file, and check what was written.

    Others can go on reading and writing. Indexes and settings are not in it.
    """
    from qa.collection import default_folder
    from qa.maintenance.backup import backup as write

    made = write(CliState.folder or default_folder(), file.expanduser(), force=force)
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


def restore(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="The file that `backup` wrote; with --removed URIs, or files and folders that "
            "articles came from.",
            metavar="[FILE | URI...]",
        ),
    ] = None,
    removed: Annotated[
        bool,
        typer.Option(
            "--removed",
            help="Bring articles back that `remove` or `add --sync` took out in the last 30 days; "
            "without a name, list them.",
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Put a collection that is there aside; it is kept.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the collection what a backup holds, or bring removed articles back.

    A collection that is there is kept beside the restored one.
    """
    if removed:
        _restore_removed(names or [], as_json)
        return
    if not names or len(names) > 1:
        raise typer.BadParameter("name the one file that `backup` wrote, or give --removed")
    from qa.collection import default_folder
    from qa.maintenance.backup import restore as bring_back

    folder = CliState.folder or default_folder()
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
    """Delete an article so that nothing of it stays in the collection's files.

    Versions, embeddings, indexes and kept answers that quote it go too; then the files are
    searched for its text. The file that it came from and backups are not touched.
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
