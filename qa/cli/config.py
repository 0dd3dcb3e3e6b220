"""`article-qa config`: the settings in effect, and where each came from."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from qa.cli.shared import CliState, err, out, print_json


def config(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the settings and where each comes from; secrets are masked."""
    from qa.places import find_place
    from qa.settings import load_settings, user_file

    place = find_place(CliState.folder)
    settings = load_settings(place if isinstance(place, Path) else None).to_dict()
    if as_json:
        print_json(settings)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Setting", "Value", "From"):
        table.add_column(name, overflow="fold")
    for name, entry in settings.items():
        value = entry["value"]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        table.add_row(name, Text(shown), Text(entry["origin"], "dim"))
    out.print(table)
    err.print(Text(f"Your settings file: {user_file()}", "dim"))
