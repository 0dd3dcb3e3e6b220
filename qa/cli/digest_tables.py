"""Digests as a terminal shows them."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from qa.answering.citations import add_markers
from qa.answering.digest.days import write_days
from qa.answering.digest.write import write_origin
from qa.i18n import Words
from qa.results import DIFFER, Digest, DigestEntry, DigestPart


def digest_view(digest: Digest, language: str) -> RenderableType:
    """Show a digest: a timeline as a table of days, others part by part."""
    return Group(*(_part_view(part, language) for part in digest.parts))


def _part_view(part: DigestPart, language: str) -> RenderableType:
    if any(entry.since for entry in part.entries):
        return _timeline_table(part, language)
    if part.role == DIFFER:
        return Group(Text(part.title, "bold green"), _sides_table(part, language), Text())
    lines: list[Any] = [Text(part.title, "bold green")] if part.title else []
    lines += [Text(_write(entry, language), "bold") for entry in part.entries]
    return Group(*lines, Text())


def _timeline_table(part: DigestPart, language: str) -> Table:
    table = _two_columns(no_wrap=True)
    for entry in part.entries:
        table.add_row(Text(write_days(entry, language)), Text(_write(entry, language)))
    return table


def _sides_table(part: DigestPart, language: str) -> Table:
    table = _two_columns(no_wrap=False)
    for entry in part.entries:
        table.add_row(Text(write_origin(entry, language)), Text(_write(entry, language)))
    return table


def _two_columns(*, no_wrap: bool) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=no_wrap, style="green")
    table.add_column(style="bold")
    return table


def _write(entry: DigestEntry, language: str) -> str:
    """Write a sentence with its markers, and that it corrects something."""
    text = add_markers([entry.sentence])
    return f"{Words(language)['correction']} {text}" if entry.corrects else text
