"""Turns of a conversation as a file to take away, in any of the forms that there are."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from qa.chat_history import ChatTurn
from qa.i18n import Words
from qa.server.exports import conversation
from qa.server.exports.docx import document_of

FORMATS = {
    "md": "text/markdown",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""A file's ending -> its media type."""


def write_document(
    title: str, turns: Sequence[ChatTurn], words: Words, day: date | None, suffix: str
) -> bytes:
    """Return turns as a file's bytes; `suffix` is one of `FORMATS`."""
    if suffix == "docx":
        return document_of(title, turns, words, day)
    write = conversation.page if suffix == "html" else conversation.markdown
    return write(title, turns, words, day).encode()


def attachment_headers(title: str, suffix: str, day: date) -> dict[str, str]:
    """Return the headers of a file to download, whose name says what is in it and of which day."""
    name = "".join(char if char.isalnum() or char in " -_" else " " for char in title)
    name = f"{' '.join(name.split())[:60] or 'article-qa'} {day.isoformat()}"
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.{suffix}",
        "cache-control": "no-store",
    }
