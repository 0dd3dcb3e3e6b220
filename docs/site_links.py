"""A hook of MkDocs: links to files outside docs/ become their names, since the site lacks them."""

import re
from pathlib import PurePosixPath
from posixpath import normpath
from typing import Any

_LINK = re.compile(r"\[([^\]]*)\]\(((?:\.\./)+[^)#\s]+)(?:#[^)\s]*)?\)")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Replace a page's links that leave the folder; a file is named as the repository has it."""
    folder = PurePosixPath("docs") / PurePosixPath(page.file.src_uri).parent

    def named(match: re.Match[str]) -> str:
        target = normpath(str(folder / match[2]))
        inside = target == "docs" or target.startswith("docs/")
        return match[0] if inside else f"{match[1]} (`{target}` in the repository)"

    return _LINK.sub(named, markdown)
