"""`article-qa config`: the settings in effect, and where each came from."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text


def config(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the settings in effect and where each came from; secrets are masked."""
    from qa.collection import default_folder
    from qa.config import load_settings, user_file

    folder = context.find_root().params.get("collection") or default_folder()
    settings = load_settings(folder).to_dict()
    if as_json:
        sys.stdout.write(json.dumps(settings, ensure_ascii=False, indent=2) + "\n")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Setting", "Value", "From"):
        table.add_column(name, overflow="fold")
    for name, entry in settings.items():
        value = entry["value"]
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        table.add_row(name, Text(shown), Text(entry["origin"], "dim"))
    Console(highlight=False).print(table)
    Console(stderr=True, highlight=False).print(Text(f"Your settings file: {user_file()}", "dim"))
