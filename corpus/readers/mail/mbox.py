"""Mailboxes (MBOX): message by message, never held whole."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO
from urllib.parse import quote

from corpus.article import Article
from corpus.errors import EmptyInput, ErrorText, InputError
from corpus.readers.mail.message import read_message
from corpus.readers.options import ReadOptions

_FROM = re.compile(rb"From \S+.{0,100}\d{4}\r?\n$")
_ESCAPED = re.compile(rb"^>(>*From )", re.M)
_ID = re.compile(rb"^Message-I[Dd]:\s*<([^>\r\n]{1,200})>", re.M)
_LARGEST = 100 * 2**20
"""Bytes of a message; the rest of a larger one is passed over."""
_LINE = 2**20


def looks_like_mbox(head: bytes) -> bool:
    """Say whether bytes begin as a mailbox."""
    first, _, rest = head.partition(b"\n")
    return bool(_FROM.match(first + b"\n")) and b":" in rest[:200]


def read_mbox(
    stream: BinaryIO, name: str, *, uri: str, options: ReadOptions,
    read: Callable[..., Iterator[Article]],
) -> Iterator[Article]:  # fmt: skip
    """Yield the articles of a mailbox's messages, at `uri#` with their identifiers.

    A message that cannot be used is told to `options.problem`, and the others go on.

    Raises EmptyInput where none has a text.
    """
    keys: Counter[str] = Counter()
    given = 0
    for number, (data, whole) in enumerate(_messages(stream), start=1):
        hit = _ID.search(data[:65536])
        key = hit[1].decode("ascii", "replace") if hit else str(number)
        keys[key] += 1
        key = key if keys[key] == 1 else f"{key}-{keys[key]}"
        place = f"message {number}"
        if not whole:
            options.problem(place, ErrorText("it is larger than 100 MB; its end is left out"))
        try:
            own = f"{uri}#{quote(key, safe='@.-_+')}"
            inner = options.within(place)
            for article in read_message(data, name, uri=own, options=inner, read=read):
                given += 1
                yield article
        except InputError as exc:
            options.problem(place, exc.text)
    if not given:
        raise EmptyInput("no message of the mailbox has a text")


def _messages(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield each message, and whether all of it was taken."""
    stream.seek(0)
    parts: list[bytes] = []
    size, blank, started = 0, True, False
    while line := stream.readline(_LINE):
        if blank and _FROM.match(line):
            if started and size:
                yield _ESCAPED.sub(rb"\1", b"".join(parts)), size <= _LARGEST
            parts, size, started = [], 0, True
            continue
        size += len(line)
        if size <= _LARGEST:
            parts.append(line)
        blank = not line.strip()
    if size:
        yield _ESCAPED.sub(rb"\1", b"".join(parts)), size <= _LARGEST
