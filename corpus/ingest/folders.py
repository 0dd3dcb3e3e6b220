"""The files below a folder: hidden ones, collections, ignored ones and the parts of saved
pages are left out.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.catalog.database import CATALOG_FILE
from corpus.errors import SettingsError
from corpus.readers.names import belongs_to_page, saved_pages

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".articleqaignore"
"""Patterns as in a .gitignore, for the folder that it lies in and all below."""

OnProblem = Callable[[str, str], None]
"""Called with the name of what cannot be read, and the reason."""


@dataclass(slots=True)
class Folder:
    """What was found below a folder."""

    path: Path
    files: list[Path] = field(default_factory=list)
    ignored: int = 0
    unreadable: list[Path] = field(default_factory=list)
    """Folders below that could not be looked into."""


def read_folder(path: Path, ignore: Sequence[str], problem: OnProblem) -> Folder:
    """Return the files below a folder, by name.

    Args:
        path: the folder.
        ignore: patterns as in a .gitignore, relative to it.
        problem: told of folders and ignore files that cannot be read.

    Raises:
        SettingsError: one of the patterns is none.
    """
    found = Folder(path)
    rules = [(path, ignore_rules(ignore))] if ignore else []

    def unreadable(exc: OSError) -> None:
        found.unreadable.append(Path(exc.filename))
        problem(str(exc.filename), f"the folder cannot be read: {exc.strerror}")

    for name, folders, files in os.walk(path, onerror=unreadable):
        here = Path(name)
        if CATALOG_FILE in files:
            folders.clear()
            continue
        if IGNORE_FILE in files:
            rules += _rules_in(here / IGNORE_FILE, problem)
        pages = saved_pages(files)
        folders[:] = [
            folder
            for folder in _keep_visible(here, folders, rules, found, folder=True)
            if not belongs_to_page(folder, pages)
        ]
        found.files += [
            here / file for file in _keep_visible(here, files, rules, found, folder=False)
        ]
    return found


def ignore_rules(patterns: Sequence[str]) -> "GitIgnoreSpec":
    """Return what patterns as in a .gitignore match.

    Raises:
        SettingsError: one of them is none.
    """
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as exc:
        raise SettingsError(
            "{reason}; write a pattern as in a .gitignore: *.bak", reason=exc
        ) from exc


def _rules_in(path: Path, problem: OnProblem) -> Iterator[tuple[Path, "GitIgnoreSpec"]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        yield path.parent, ignore_rules(lines)
    except (OSError, UnicodeDecodeError, SettingsError) as exc:
        problem(str(path), f"the patterns in it cannot be used: {exc}")


def _keep_visible(
    here: Path,
    names: Sequence[str],
    rules: Sequence[tuple[Path, "GitIgnoreSpec"]],
    found: Folder,
    *,
    folder: bool,
) -> list[str]:
    """Return the names that are neither hidden nor ignored, in order."""
    kept = []
    for name in sorted(names):
        if name.startswith("."):
            continue
        if any(
            here.is_relative_to(base)
            and spec.match_file((here / name).relative_to(base).as_posix() + "/" * folder)
            for base, spec in rules
        ):
            found.ignored += 1
            continue
        kept.append(name)
    return kept
