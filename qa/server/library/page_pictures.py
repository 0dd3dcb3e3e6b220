"""A page of an article's original file as a picture, the quoted place marked."""

import base64
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path, PurePosixPath
from threading import Lock
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from corpus.article import Article
from corpus.errors import InputError
from corpus.ingest.sandbox import draw_page_apart
from qa.i18n import Words
from qa.server.links import read_mark
from qa.server.page_routes import problem

_KEPT = 24
"""Pictures that are kept in memory; each has a quarter of a megabyte."""
_LARGEST_FILE = 200_000_000
_LONGEST_QUOTE = 5_000
_SUFFIXES = frozenset((".jpeg", ".jpg", ".pdf", ".png", ".tif", ".tiff"))


class PagePictures:
    """Draws pages; one at a time, as a scan is recognised once more for it."""

    def __init__(
        self, find_file: Callable[[str], Path | None], article: Callable[[str], Article]
    ) -> None:
        """Take what finds an article's original file, and the article, by its URI."""
        self._find_file = find_file
        self._article = article
        self._lock = Lock()
        self._kept = lru_cache(maxsize=_KEPT)(self._draw)

    def has_pages(self, uri: str) -> bool:
        """Tell whether an article's original is there, and of a kind that has pages."""
        suffix = PurePosixPath(urlsplit(uri).path).suffix.lower()
        return suffix in _SUFFIXES and self._find_file(uri) is not None

    async def give(self, request: Request, words: Words) -> Response:
        """Give a page's picture: of `page`, with the text marked that `mark` names."""
        query = request.query_params
        page = query.get("page", "")

        def draw() -> bytes | None:
            uri = query.get("uri", "")
            file = self._find_file(uri) if self.has_pages(uri) else None
            if file is None or not page.isdecimal() or len(page) > 5:
                return None
            held = file.stat()
            if held.st_size > _LARGEST_FILE:
                return None
            start, end = read_mark(query.get("mark", "")) or (0, 0)
            quote = self._article(uri).text[start:end][:_LONGEST_QUOTE]
            with self._lock:
                return self._kept(file, held.st_mtime_ns, int(page), quote)

        try:
            picture = await run_in_threadpool(draw)
        except (InputError, OSError):
            picture = None  # the file has changed, or is gone
        if picture is None:
            return problem(words, words["not_found"], 404)
        headers = {"cache-control": "private, max-age=600"}
        return Response(picture, headers=headers, media_type="image/jpeg")

    def _draw(self, file: Path, _changed: int, page: int, quote: str) -> bytes:
        with file.open("rb") as stream:
            return base64.b64decode(draw_page_apart(stream, page, quote).jpeg)
