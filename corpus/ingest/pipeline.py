"""Many inputs into the catalog: an unchanged one is not read, a bad one stops no other."""

import hashlib
import stat
from collections.abc import Iterable, Mapping, Sequence
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.catalog.corrections import check_metadata
from corpus.catalog.database import CATALOG_FILE, Database
from corpus.catalog.removed import Confirm
from corpus.errors import ErrorText, InputError, InputTooLarge
from corpus.ingest.folders import Folder, ignore_rules, read_folder
from corpus.ingest.sandbox import read_apart
from corpus.ingest.settling import Settling, nobody_confirms
from corpus.ingest.writer import InputProgress, Intake, Tally, printable_name
from corpus.readers.web.links import kind_of_links
from corpus.web.addresses import is_address, path_of

if TYPE_CHECKING:
    from corpus.ingest.web_sources import Pages
    from corpus.web.client import Web

_HEAD = 2**17
"""Bytes of a file that show whether it is a list of addresses."""
_LARGE = 1_000_000
"""Bytes of a file within which progress is told."""
MAX_BYTES = 500_000_000
"""A larger file is refused, unless the caller raises the limit."""


def ingest(
    database: Database,
    inputs: Iterable[str | Path],
    *,
    lists: Iterable[str | Path] = (),
    columns: Mapping[str, str] | None = None,
    group_by: str | None = None,
    max_bytes: int = MAX_BYTES,
    sync: bool = False,
    confirm: Confirm = nobody_confirms,
    ignore: Sequence[str] = (),
    metadata: Mapping[str, Any] | None = None,
    allow_private: bool = False,
    web: "Web | None" = None,
    progress: InputProgress | None = None,
    within: InputProgress | None = None,
) -> Tally:
    """Put the articles of files, folders and addresses into the catalog.

    The caller holds the write lock. Nothing is fetched but addresses among `inputs`, what
    the feeds and sitemaps there name, and what is in `lists` or in a file of `inputs` that
    consists of addresses.

    Args:
        database: the collection's.
        inputs: files, folders, which are searched through and through, and http(s) addresses
            of pages, feeds and sitemaps.
        lists: files whose addresses are fetched: one a line, or a feed or sitemap.
        columns: our name of a column -> the table's.
        group_by: a table's column whose equal values make one article.
        max_bytes: the largest file that is read.
        sync: remove the articles that the inputs gave once and that none gives any more.
        confirm: asked before `sync` removes more than a tenth of the articles.
        ignore: patterns as in a .gitignore, for folders.
        metadata: for all articles, in place of what is read; see `check_metadata`.
        allow_private: fetch from this machine and its network too.
        web: the client, for tests.
        progress: called after each file and page.
        within: called while a large file is read, with how many articles it has given and
            about how many it will give.

    Returns:
        What became of them; inputs that cannot be used are in it, with the reason.

    Raises:
        SettingsError: `metadata` or `ignore` cannot be used.
    """
    given = check_metadata(metadata or {})
    ignore_rules(ignore)
    intake = Intake(
        database,
        columns=columns,
        group_by=group_by,
        metadata=given,
        progress=progress,
        within=within,
    )
    run = _Run(database, intake, max_bytes, tuple(ignore), allow_private, web)
    found = [(item, run.find(item)) for item in inputs]
    if sync:
        intake.leaving = frozenset(run.find_gone_files())
    for name, source in found:
        run.take(str(name), source)
    for item in lists:
        intake.expect(1)
        run.take_list(Path(item).expanduser())
    if sync:
        run.settle(confirm)
    return intake.tally


def ingest_text(
    database: Database,
    data: bytes,
    *,
    name: str = "",
    uri: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> Tally:
    """Put the articles in a text that was pasted or piped into the catalog.

    It may be the content of a file of any format that is known. The caller holds the write
    lock.

    Args:
        database: the collection's.
        data: UTF-8 where it is text.
        name: a file's name, which tells the format where the content does not.
        uri: of the article; by default its `url` in the metadata, or one made of the content.
        metadata: in place of what is read; see `check_metadata`.

    Raises SettingsError where `metadata` cannot be used.
    """
    given = check_metadata(metadata or {})
    sha256 = hashlib.sha256(data).digest()
    uri = uri or given.get("url") or f"text:{sha256.hex()[:16]}"
    intake = Intake(database, metadata=given)
    intake.expect(1)
    shown = name or uri
    with intake.guard(shown):
        options = intake.read_options(uri, shown)
        articles = read_apart(data, name, uri=uri, options=options)
        intake.store(uri, shown, sha256, articles)
    if not intake.tally.articles:
        intake.tally.useless.append(printable_name(shown))
    return intake.tally


Input = str | Path | Folder | None
"""An address, a file, a folder that was looked through, or nothing that can be read."""


class _Run:
    """One call of `ingest`."""

    def __init__(
        self,
        database: Database,
        intake: Intake,
        max_bytes: int,
        ignore: Sequence[str],
        allow_private: bool,
        web: "Web | None",
    ) -> None:
        self._database = database
        self._intake = intake
        self._max_bytes = max_bytes
        self._ignore = ignore
        self._allow_private = allow_private
        self._web = web
        self._opened: Pages | None = None
        self._folders: list[Folder] = []
        self._files: set[str] = set()

    def find(self, name: str | Path) -> Input:
        """Look an input up, and count what is in it."""
        if isinstance(name, str) and is_address(name):
            self._intake.expect(1)
            return name
        path = Path(name)
        try:
            path = path.expanduser()
            there = path.exists()
        except (OSError, RuntimeError, ValueError) as exc:
            # A name too long, with a NUL, or with a home of nobody.
            self._intake.skip(str(name)[:200], f"this names no file or folder: {exc}")
            return None
        if not there:
            self._intake.skip(str(path), _missing(path))
            return None
        if not path.is_dir():
            self._intake.expect(1)
            return path
        folder = read_folder(path, self._ignore, self._intake.skip)
        if not folder.files:
            reason = "the folder holds no files"
            reason += f" but {folder.ignored:,} that are ignored" if folder.ignored else ""
            self._intake.skip(str(path), reason)
            return None
        self._intake.expect(len(folder.files))
        self._folders.append(folder)
        return folder

    def take(self, name: str, source: Input) -> None:
        """Read what an input holds; one that gives nothing is noted as useless."""
        before = self._intake.tally.articles
        if isinstance(source, str):
            self._pages().take(source)
        elif isinstance(source, Folder):
            for path in source.files:
                with self._intake.guard(str(path)):
                    self._take_file(path)
        elif source is not None:
            with self._intake.guard(str(source)):
                self._take_file(source, named=True)
        if self._intake.tally.articles == before:
            self._intake.tally.useless.append(printable_name(name))

    def take_list(self, path: Path) -> None:
        """Fetch the addresses in a file."""
        before = self._intake.tally.articles
        with self._intake.guard(str(path)):
            self._check(path)
            self._pages().take_list(path.resolve().as_uri(), path.read_bytes())
        if self._intake.tally.articles == before:
            self._intake.tally.useless.append(printable_name(str(path)))

    def _take_file(self, path: Path, *, named: bool = False) -> None:
        self._check(path)
        origin = path.resolve().as_uri()
        with path.open("rb") as stream:
            if named and kind_of_links(stream.read(_HEAD)) == "list":
                stream.seek(0)
                self._pages().take_list(origin, stream.read())
                return
            stream.seek(0)
            self._take_stream(path, origin, stream)
        # Only now: of a file that cannot be read nothing is gone.
        self._files.add(origin)

    def _take_stream(self, path: Path, origin: str, stream: BufferedReader) -> None:
        sha256 = hashlib.file_digest(stream, "sha256").digest()
        known = self._intake.count_known(origin, sha256)
        if known is not None:
            self._intake.count_unchanged(origin, known)
            return
        stream.seek(0)
        options = self._intake.read_options(origin, str(path))
        # From the stream, so that a large table is never in memory whole.
        articles = read_apart(stream, path.name, uri=origin, options=options)
        size = path.stat().st_size
        share = (lambda: stream.tell() / size) if size >= _LARGE else None
        self._intake.store(origin, str(path), sha256, articles, share)

    def _check(self, path: Path) -> None:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # Reading a pipe or a device may never end.
            raise InputError("this is a pipe or a device; save its content as a file")
        if ".sqlite3" in path.name and (path.parent / CATALOG_FILE).is_file():
            # To open and close it would take SQLite its locks, see corpus/bytes_search.py.
            raise InputError("it is a part of a collection, not an article")
        if status.st_size > self._max_bytes:
            raise InputTooLarge(
                "the file has {size:,.1f} MB; the limit is {limit:,.1f}. Split "
                "it, or raise the limit (--max-mb)",
                size=status.st_size / 1e6,
                limit=self._max_bytes / 1e6,
            )

    def _pages(self) -> "Pages":
        """Return what fetches pages, opened when the first address is met."""
        if self._opened is None:
            from corpus.ingest.web_sources import Pages
            from corpus.web.client import Limits, Web

            limits = Limits() if self._max_bytes == MAX_BYTES else Limits(max_bytes=self._max_bytes)
            web = self._web or Web(allow_private=self._allow_private, limits=limits)
            self._opened = Pages(self._intake, web)
        return self._opened

    def find_gone_files(self) -> list[str]:
        """Return the files that were below the folders once and are there no more."""
        gone: list[str] = []
        for folder in self._folders:
            unreadable = [f"{path.resolve().as_uri()}/" for path in folder.unreadable]
            there = {path.resolve().as_uri() for path in folder.files}
            gone += [
                origin
                for origin in self._intake.log.below(folder.path.resolve().as_uri())
                if origin not in there and not any(origin.startswith(item) for item in unreadable)
            ]
        return gone

    def settle(self, confirm: Confirm) -> None:
        """Move or remove the articles whose files, pages or rows are there no more."""
        gone = list(self._intake.leaving)
        if self._opened is not None:
            gone += self._opened.find_gone()
            self._files |= self._opened.read
        for origin in Settling(self._database, self._intake, gone, self._files).run(confirm):
            path = path_of(origin)
            if origin.startswith("file:") and path.is_file():
                self._intake.expect(1)
                with self._intake.guard(str(path)):
                    self._take_file(path)


def _missing(path: Path) -> ErrorText:
    if str(path).startswith(("http:/", "https:/")):
        return ErrorText("an address is given as text, not as a path")
    if str(path).startswith("www."):
        return ErrorText("there is no such file; if it is an address, write https:// before it")
    return ErrorText("there is no such file or folder; check the spelling")
