"""Uploaded files: kept beside the collection's catalog, so that their articles can be read again.

A file that brings no article is not kept. One whose name is there already replaces it, so
that its article becomes a new version; where nothing comes of it, the earlier file stays.
"""

import hashlib
import re
import shutil
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

FOLDER = "uploads"
_STALE_S = 86_400
"""A younger file may be on its way to another server of the same collection."""
_LONGEST = 150
"""Bytes of a file's name; file systems take 255."""
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u202a-\u202e\u2066-\u2069\ud800-\udfff]')


def safe_name(name: str) -> str:
    r"""Return a file's name as it can be kept: its last part, without what file systems refuse.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\Users\\x\\Bericht 1.html"), safe_name("..")
    ('passwd', 'Bericht 1.html', 'file')
    """
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = " ".join(_UNSAFE.sub(" ", last).split()).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not stem:
        stem, dot, suffix = plain, "", ""
    suffix = suffix[:20]
    room = _LONGEST - len((dot + suffix).encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return (stem + dot + suffix) or "file"


@dataclass(slots=True)
class Upload:
    """A file on its way: received, not yet in its place."""

    name: str
    """As the browser sent it."""
    received: Path
    target: Path
    _earlier: Path | None = None

    def place(self) -> Path:
        """Put the file where it stays; return that."""
        if self.target.exists():
            self._earlier = self.received.with_suffix(".earlier")
            self.target.replace(self._earlier)
        self.received.replace(self.target)
        return self.target

    def keep(self) -> None:
        """Let the file stay, and forget the one that it replaces."""
        self._clean()

    def discard(self) -> None:
        """Take the file away again; what it replaced comes back."""
        if self._earlier is not None:
            self._earlier.replace(self.target)
            self._earlier = None
        elif not self.received.exists():
            self.target.unlink(missing_ok=True)
        self._clean()

    def _clean(self) -> None:
        for path in (self.received, self._earlier):
            if path is not None:
                path.unlink(missing_ok=True)
        with suppress(OSError):
            self.received.parent.rmdir()  # the last of a batch takes the folder along


class Uploads:
    """The uploaded files of a collection."""

    def __init__(self, collection: Path) -> None:
        self.folder = collection / FOLDER
        # What was on its way when the program ended never arrives.
        for path in self.folder.glob(".incoming-*"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - _STALE_S:
                    shutil.rmtree(path, ignore_errors=True)

    def receive(self, batch: str, number: int, name: str, stream: BinaryIO) -> Upload:
        """Copy a file of a batch to the collection's disk.

        Raises OSError: the disk is full, or may not be written.
        """
        incoming = self.folder / f".incoming-{batch}"
        incoming.mkdir(parents=True, exist_ok=True)
        received = incoming / f"{number}.part"
        with received.open("wb") as out:
            shutil.copyfileobj(stream, out)
        return Upload(name, received, self.folder / safe_name(name))

    def apart(self, uploads: list[Upload]) -> None:
        """Give files of one batch that share a name places of their own, by their content."""
        taken: set[Path] = set()
        for upload in uploads:
            if upload.target in taken:
                with upload.received.open("rb") as stream:
                    mark = hashlib.file_digest(stream, "sha256").hexdigest()[:8]
                stem, suffix = upload.target.stem, upload.target.suffix
                upload.target = upload.target.with_name(f"{stem}-{mark}{suffix}")
            taken.add(upload.target)

    def forget(self, uris: Sequence[str]) -> None:
        """Delete uploaded files, which no article is of any more."""
        for uri in uris:
            place = Path(url2pathname(urlsplit(uri).path))
            if place.parent == self.folder.resolve():
                place.unlink(missing_ok=True)


def file_name(uri: str) -> str:
    """Return the last part of an address, for a line."""
    return unquote(uri.rsplit("/", 1)[-1]) or uri
