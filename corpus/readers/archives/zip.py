"""ZIP archives of any of the formats, read entry by entry and never unpacked to a disk."""

import logging
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import quote

from corpus.article import Article
from corpus.errors import EmptyInput, ErrorText, InputError
from corpus.readers.archives.archive import Archive, is_safe_name
from corpus.readers.names import belongs_to_page, is_hidden, saved_pages
from corpus.readers.options import ReadOptions

log = logging.getLogger(__name__)

MAX_DEPTH = 2
"""An archive in an archive is read; one more inside is not."""


def read_zip(
    stream: BinaryIO, *, uri: str, options: ReadOptions, read: Callable[..., Iterator[Article]]
) -> Iterator[Article]:
    """Yield the articles of an archive's entries; an entry's URI is `uri!/its/name`.

    `read` reads an entry, as `corpus.readers.read` does.

    An entry that cannot be used is told to `options.problem`, and the others go on.

    Raises InputError where the archive itself is damaged, too large or too deeply nested.
    """
    if options.depth >= MAX_DEPTH:
        raise InputError(
            "archives are nested more than {max_depth} deep; unpack the outer ones",
            max_depth=MAX_DEPTH,
        )
    archive = Archive(stream, "the archive", options.budget)
    names = [name for name in archive.files() if not is_hidden(name)]
    if not names:
        raise EmptyInput("the archive holds no files")
    pages = saved_pages(names)
    for name in names:
        if any(belongs_to_page(str(above), pages) for above in PurePosixPath(name).parents):
            continue
        inner = options.within(name, depth=options.depth + 1, budget=archive.budget)
        try:
            if not is_safe_name(name):
                raise InputError("its name leads outside the archive")  # noqa: TRY301
            if archive.is_link(name):
                raise InputError("this is a link, which is not followed")  # noqa: TRY301
            data = archive.read(name)
            yield from read(
                data, PurePosixPath(name).name, uri=f"{uri}!/{quote(name)}", options=inner
            )
        except InputError as exc:
            options.problem(name, exc.text)
        except Exception as exc:
            # A fault in a parser costs the entry that it meets, not the rest.
            log.exception("reading %s failed", name)
            message = f"{type(exc).__name__}: {exc}"
            options.problem(name, ErrorText("the reader failed ({message})", message=message))
