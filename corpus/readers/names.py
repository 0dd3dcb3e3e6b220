"""What the names of files say where many lie together: hidden ones, and parts of saved pages."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

# What browsers call the folder of pictures and frames beside "Page.html".
_PARTS = re.compile(r"(?P<page>.+?)(?:[_-](?:files|Dateien)|\.files)$", re.I)


def is_hidden(name: str) -> bool:
    """Say whether a path leads to what an operating system keeps to itself.

    >>> is_hidden("a/.git/config"), is_hidden("__MACOSX/a.txt"), is_hidden("a/b.txt")
    (True, True, False)
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "__MACOSX" in parts or any(
        part.startswith(".") and part not in (".", "..") for part in parts
    )


def saved_pages(names: Iterable[str]) -> set[str]:
    """Return the names of HTML files, without their endings."""
    return {name.rpartition(".")[0] for name in names if name.lower().endswith((".html", ".htm"))}


def belongs_to_page(folder: str, pages: set[str]) -> bool:
    """Say whether a folder came with one of these saved pages.

    >>> belongs_to_page("Die Talbahn_files", {"Die Talbahn"}), belongs_to_page("x_files", {"y"})
    (True, False)
    """
    hit = _PARTS.fullmatch(folder)
    return hit is not None and hit["page"] in pages
