"""The library's routes: the articles, one of them, adding and removing.

Plain pages and forms that work without a script; `pages.js` adds progress without reloading.
What changes the collection runs as a job (`qa.server.library.jobs`).
"""

import io
import secrets
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from corpus.article import Article
from corpus.catalog.lock import writer
from corpus.errors import QuestionError
from corpus.samples import samples_folder
from corpus.web.addresses import is_address
from qa.i18n import Words
from qa.results import HeldArticle
from qa.server.library.jobs import Job, JobLine, Jobs
from qa.server.library.overview import describe_article, describe_job, describe_library
from qa.server.library.page_pictures import PagePictures
from qa.server.library.preview import (
    CORRECTED,
    PARAGRAPHS_SHOWN,
    ROLES,
    Pasted,
    find_changes,
    read_metadata,
    write_metadata,
)
from qa.server.library.uploads import file_name
from qa.server.library.view import View, choose
from qa.server.links import article_link
from qa.server.page_routes import guard, problem, query_of, route, whole_number
from qa.server.rendering import render, render_page, title_of
from qa.server.security import UPLOAD_BYTES

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.collection import Collection

LARGEST_FILE = 100_000_000
"""Bytes of one uploaded file."""
MOST_FILES = 2000
MOST_ADDRESSES = 500
PASTED_BYTES = 5_000_000
MOST_REMOVED = 500
_QUICK_S = 2.0
"""How long a short job is waited for before its page is shown."""


class Library:
    """The library of a collection; `add_routes` opens its pages."""

    def __init__(
        self, collection: "Collection", *, editable: bool = True, originals: bool = False
    ) -> None:
        """Take a collection.

        Args:
            collection: stays open as long as the pages are served.
            editable: articles can be added and removed here.
            originals: any article's file can be had, not only those that were uploaded; only
                where nobody but this machine's user reaches the pages, as a table may give its
                rows any address.
        """
        self.collection = collection
        self.originals = originals
        self.editable = editable
        self.jobs = Jobs(collection)
        self.pictures = PagePictures(self._find_file, collection.article)
        self._held = lru_cache(maxsize=2)(self._read)
        self._matching = lru_cache(maxsize=32)(self._search)
        self._meeting = lru_cache(maxsize=32)(self._filter)

    def add_routes(self, app: "FastAPI") -> None:
        """Open the pages."""
        route(app, "/library", self.table)
        route(app, "/library/article", self.article)
        route(app, "/library/file", self.file)
        route(app, "/library/page", self.pictures.give)
        route(app, "/library/add", self.adding)
        route(app, "/library/remove", self.ask_removal)
        route(app, "/library/jobs/{key}", self.job)
        for path, deed in {
            "/library/add": self.upload,
            "/library/addresses": self.fetch,
            "/library/text": self.paste,
            "/library/preview": self.preview,
            "/library/edit": self.edit,
            "/library/samples": self.samples,
            "/library/embed": self.embed,
            "/library/remove": self.remove,
            "/library/jobs/{key}/stop": self.stop,
        }.items():
            route(app, path, guard(deed, self.editable, "read_only"), methods=["POST"])

    # Pages

    async def table(self, request: Request, words: Words) -> Response:
        """Show the articles, or what an empty collection invites to."""
        view = View.of(request.query_params)
        return await run_in_threadpool(self._table, view, words)

    async def article(self, request: Request, words: Words) -> Response:
        """Show one article."""
        uri = request.query_params.get("uri", "")
        start = whole_number(request.query_params.get("from", ""), 1)

        def show() -> Response:
            item = self.collection.article(uri)
            here = {each.info.uri: each for each in self.inventory()}
            alike = [here[other].info for other in here[uri].alike] if uri in here else []
            values = describe_article(item, start, request.query_params.get("mark", ""), alike)
            file = self._find_file(uri)
            values["file"] = file.name if file else ""
            values["has_pages"] = self.pictures.has_pages(uri)
            title = title_of(values["info"], words)
            return self._page("article.html", title, words, query_of(request), **values)

        return await run_in_threadpool(show)

    async def file(self, request: Request, words: Words) -> Response:
        """Give an article's original file, never to be shown as a page of this server."""
        uri = request.query_params.get("uri", "")
        await run_in_threadpool(self.collection.article, uri)  # one that is not there is said
        file = await run_in_threadpool(self._find_file, uri)
        if file is None:
            return problem(words, words["not_found"], 404)
        return FileResponse(file, media_type="application/octet-stream", filename=file.name)

    def _find_file(self, uri: str) -> Path | None:
        parts = urlsplit(uri)
        if parts.scheme != "file" or parts.netloc:
            return None
        path = Path(url2pathname(parts.path)).resolve()
        uploaded = path.parent == self.jobs.uploads.folder.resolve()
        return path if (self.originals or uploaded) and path.is_file() else None

    async def adding(self, request: Request, words: Words) -> Response:
        """Show what can be added."""
        if not self.editable:
            return problem(words, words["read_only"], 403)
        values = {**await run_in_threadpool(self._busy), "each": LARGEST_FILE}
        values["together"] = UPLOAD_BYTES
        return self._page("add.html", words["add"], words, query_of(request), **values)

    async def ask_removal(self, request: Request, words: Words) -> Response:
        """Ask before one article is removed."""
        if not self.editable:
            return problem(words, words["read_only"], 403)
        return await self._ask(request.query_params.getlist("uri"), words)

    async def job(self, request: Request, words: Words) -> Response:
        """Show how far a job is; with `part`, what changes on that page alone."""
        job = self.jobs.find(request.path_params["key"])
        if job is None:
            return problem(words, words["job_gone"], 404)
        values = describe_job(job, words)
        if "part" in request.query_params:
            html = render("job.html", words, **values)
            return HTMLResponse(html, headers={"cache-control": "no-store"})
        title = values["state"] if values["over"] else words[f"job_{job.kind}"]
        return self._page("job.html", title, words, **values)

    # What changes the collection

    async def upload(self, request: Request, words: Words) -> Response:
        """Take uploaded files."""
        # Files on the disk, not in memory; parsing stops at too many of them.
        async with request.form(max_files=MOST_FILES, max_fields=20) as sent:
            files = [item for item in sent.getlist("files") if isinstance(item, UploadFile)]
            files = [item for item in files if item.filename]
            if not files:
                return problem(words, words["nothing_chosen"], 400)
            lines = await run_in_threadpool(self._receive, files, words)
        return self._start(Job("add", lines))

    async def fetch(self, request: Request, words: Words) -> Response:
        """Take addresses of pages and feeds."""
        async with request.form(max_files=0, max_fields=5) as sent:
            given = str(sent.get("addresses", "")).split()
        if not given:
            return problem(words, words["nothing_chosen"], 400)
        if len(given) > MOST_ADDRESSES:
            return problem(words, words.fill("too_many", n=MOST_ADDRESSES), 400)
        lines = [JobLine(address, address) for address in dict.fromkeys(given)]
        for line in lines:
            if not is_address(line.name):  # a path would read the server's own files
                line.refuse(words["not_address"])
        return self._start(Job("add", lines))

    async def paste(self, request: Request, words: Words) -> Response:
        """Take a pasted text as a file of its title."""
        form, pasted = await _read_pasted(request)
        if not pasted.text:
            return problem(words, words["nothing_chosen"], 400)

        def receive() -> JobLine:
            changes = {}
            if "previewed" in form:
                changes = find_changes(form, self._preview(pasted))
            file = io.BytesIO(pasted.content)
            upload = self.jobs.uploads.receive(secrets.token_hex(6), 0, pasted.file, file)
            return JobLine(pasted.name, upload, metadata=changes)

        return self._start(Job("add", [await run_in_threadpool(receive)]))

    async def preview(self, request: Request, words: Words) -> Response:
        """Show what a pasted text would be as an article, to be changed before it is added."""
        _, pasted = await _read_pasted(request)
        if not pasted.text:
            return problem(words, words["nothing_chosen"], 400)
        article = await run_in_threadpool(self._preview, pasted)
        values: dict[str, Any] = {
            "pasted": pasted,
            "article": article,
            "held": write_metadata(article),
            "paragraphs": article.paragraphs[:PARAGRAPHS_SHOWN],
            "roles": [(role, words[f"role_{role}"]) for role in ROLES],
        }
        return self._page("preview.html", words["preview"], words, **values)

    def _preview(self, pasted: Pasted) -> Article:
        return self.collection.preview(text=pasted.content, name=pasted.file)[0]

    async def edit(self, request: Request, words: Words) -> Response:
        """Correct metadata: of one article what differs, of several what is filled in."""
        async with request.form(max_files=0, max_fields=MOST_REMOVED + 10) as sent:
            uris = [unquote(str(item)) for item in sent.getlist("uri")]
            typed = {name: str(sent[name]).strip() for name in CORRECTED if name in sent}
        if not uris:
            return problem(words, words["remove_none"], 400)

        def correct() -> None:
            values = {name: text for name, text in typed.items() if text}
            if len(uris) == 1:
                held = write_metadata(self.collection.article(uris[0]))
                values = {name: text for name, text in typed.items() if text != held[name]}
            if values:
                self.collection.edit_all(uris, **read_metadata(values))

        await run_in_threadpool(correct)
        back = article_link(uris[0]) if len(uris) == 1 else "/library"
        return RedirectResponse(back, status_code=303)

    async def samples(self, request: Request, words: Words) -> Response:  # noqa: ARG002
        """Add the sample articles."""
        folder = samples_folder()
        paths = sorted(path for part in ("de", "en") for path in (folder / part).iterdir())
        return self._start(Job("add", [JobLine(path.name, str(path)) for path in paths]))

    async def embed(self, request: Request, words: Words) -> Response:  # noqa: ARG002
        """Embed what is not embedded yet."""
        return self._start(Job("embed", []))

    async def remove(self, request: Request, words: Words) -> Response:
        """Remove articles, once that is confirmed."""
        async with request.form(max_files=0, max_fields=MOST_REMOVED + 10) as sent:
            names = [str(item) for item in sent.getlist("uri")]
            confirmed = sent.get("confirmed") == "yes"
        if not confirmed or not names:
            return await self._ask(names, words)
        uris = [unquote(name) for name in names]
        titles = {
            item.info.uri: item.info.title for item in await run_in_threadpool(self.inventory)
        }
        lines = [JobLine(titles.get(uri) or file_name(uri), uri) for uri in dict.fromkeys(uris)]
        job = self.jobs.start(Job("remove", lines))
        await run_in_threadpool(job.over.wait, _QUICK_S)
        return _redirect_to(job)

    async def stop(self, request: Request, words: Words) -> Response:
        """Stop a job; what it has done stays."""
        job = self.jobs.find(request.path_params["key"])
        if job is None:
            return problem(words, words["job_gone"], 404)
        job.stop.set()
        await run_in_threadpool(job.over.wait, _QUICK_S)
        return _redirect_to(job)

    # Inside

    def inventory(self) -> list[HeldArticle]:
        """Return all articles; read anew when anything has changed."""
        return self._held(self.collection.generation)

    def _read(self, _generation: int) -> list[HeldArticle]:
        return self.collection.inventory()

    def _search(self, _generation: int, search: str) -> frozenset[str]:
        try:
            return frozenset(info.uri for info in self.collection.select(matching=search))
        except QuestionError:  # no word in it
            return frozenset()

    def _filter(self, _generation: int, view: View) -> frozenset[str]:
        try:
            return frozenset(info.uri for info in self.collection.articles(**view.filters()))
        except QuestionError:  # the last day is before the first
            return frozenset()

    def _page(
        self, template: str, title: str, words: Words, query: str = "", **values: Any
    ) -> Response:
        values["editable"] = self.editable
        if self.editable:
            values["droppable"] = True
        return render_page(template, words, here="/library", title=title, query=query, **values)

    def _table(self, view: View, words: Words) -> Response:
        generation = self.collection.generation
        everything = self.inventory()
        filtering = View(
            source=view.source, language=view.language, since=view.since, until=view.until
        )
        meeting = self._meeting(generation, filtering) if filtering.filters() else None
        holding = self._matching(generation, view.search) if view.in_text and view.search else ()
        found = choose(everything, view, meeting, holding)
        values = self._busy() | describe_library(everything, found, view, words)
        return self._page("library.html", words["library"], words, view.query(), **values)

    def _busy(self) -> dict[str, Any]:
        """Return what is being written meanwhile, here or by another process."""
        jobs = self.jobs.current()
        return {"jobs": jobs, "writer": "" if jobs else writer(self.collection.path)}

    async def _ask(self, names: list[str], words: Words) -> Response:
        wanted = {unquote(name) for name in names}
        held = await run_in_threadpool(self.inventory)
        infos = [item.info for item in held if item.info.uri in wanted]
        return self._page("remove.html", words["remove_title"], words, infos=infos)

    def _receive(self, files: list[UploadFile], words: Words) -> list[JobLine]:
        batch = secrets.token_hex(6)
        lines, uploads = [], []
        for number, item in enumerate(files):
            name = str(item.filename)
            line = JobLine(name)
            lines.append(line)
            if (item.size or 0) > LARGEST_FILE:
                size = words.size(LARGEST_FILE)
                line.refuse(words.fill("too_large_each", each=size))
                continue
            try:
                upload = self.jobs.uploads.receive(batch, number, name, item.file)
            except OSError as error:
                line.refuse(words.fill("cannot_keep", reason=error.strerror or error))
                continue
            line.source = upload
            uploads.append(upload)
        self.jobs.uploads.apart(uploads)
        return lines

    def _start(self, job: Job) -> Response:
        return _redirect_to(self.jobs.start(job))


async def _read_pasted(request: Request) -> tuple[dict[str, str], Pasted]:
    most = PARAGRAPHS_SHOWN + 20
    async with request.form(max_files=0, max_fields=most, max_part_size=PASTED_BYTES) as sent:
        form = {name: str(value) for name, value in sent.items()}
    return form, Pasted.of(form)


def _redirect_to(job: Job) -> Response:
    return RedirectResponse(f"/library/jobs/{job.id}", status_code=303)
