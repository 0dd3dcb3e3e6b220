"""The dossiers' routes: the list, one of them, putting in and taking out, and the export."""

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from corpus.errors import QuestionError
from qa.i18n import Words
from qa.results import Answer, ArticleInfo, Passage
from qa.retrieval.passages import info_of
from qa.server.chat.dialogue import Dialogue, Place
from qa.server.chat.front import browser_of
from qa.server.dossiers.export import write_dossier
from qa.server.dossiers.store import Dossier, Dossiers
from qa.server.exports.document import FORMATS, attachment_headers
from qa.server.page_routes import guard, problem, query_of, route, whole_number
from qa.server.rendering import render_page

if TYPE_CHECKING:
    from fastapi import FastAPI

HERE = "/dossiers"
_FIELDS = 12


class DossierPages:
    """The pages below `/dossiers`."""

    def __init__(self, dossiers: Dossiers, dialogue: Dialogue, *, editable: bool) -> None:
        """Take the dossiers, the conversations whose answers go in, and whether they change."""
        self.dossiers = dossiers
        self.dialogue = dialogue
        self.editable = editable

    def add_routes(self, app: "FastAPI") -> None:
        """Open the pages."""
        route(app, HERE, self.all)
        route(app, f"{HERE}/add", self.choose)
        route(app, f"{HERE}/{{name}}", self.one)
        for path, deed in {f"{HERE}/add": self.put, f"{HERE}/{{name}}": self.change}.items():
            route(app, path, guard(deed, self.editable, "read_only_dossiers"), methods=["POST"])
        route(app, f"{HERE}/{{name}}/export.{{suffix}}", self.export)

    async def all(self, request: Request, words: Words) -> Response:
        """List the dossiers."""
        found = await run_in_threadpool(self.dossiers.all)
        return self._page("dossiers.html", words["dossiers"], words, request, dossiers=found)

    async def one(self, request: Request, words: Words) -> Response:
        """Show a dossier."""
        found = await run_in_threadpool(self._find, request)
        if found is None:
            return problem(words, words["no_dossier"], 404)
        # As the chat takes the articles that are to be asked: each written for an address.
        asked = quote(" ".join(quote(uri, safe="") for uri in found.uris), safe="")
        values = {"dossier": found, "asked": asked, "formats": list(FORMATS)}
        return self._page("dossier.html", found.title, words, request, **values)

    async def choose(self, request: Request, words: Words) -> Response:
        """Ask into which dossier something is to go."""
        if not self.editable:
            return problem(words, words["read_only_dossiers"], 403)
        content = await run_in_threadpool(self._find_content, request.query_params, request, words)
        if content is None:
            return problem(words, words["not_found"], 404)
        found = await run_in_threadpool(self.dossiers.all)
        choices = [*((item.id, item.title) for item in found), ("", words["dossier_new"])]
        values = {"content": content, "choices": choices, "named": dict(request.query_params)}
        return self._page("dossier_add.html", words["dossier_add"], words, request, **values)

    async def put(self, request: Request, words: Words) -> Response:
        """Put something into a dossier, or into a new one."""
        async with request.form(max_files=0, max_fields=_FIELDS) as sent:
            form = {name: str(value) for name, value in sent.items()}

        def put() -> str | None:
            content = self._find_content(form, request, words)
            if content is None:
                return None
            name = form.get("dossier") or self.dossiers.create(form.get("title", ""))
            self.dossiers.put(name, content, form.get("note", ""))
            return name

        return await self._redirect(put, words)

    async def change(self, request: Request, words: Words) -> Response:
        """Do what a button of a dossier says."""
        async with request.form(max_files=0, max_fields=_FIELDS) as sent:
            form = {name: str(value) for name, value in sent.items()}
        name, number = str(request.path_params["name"]), whole_number(form.get("item", ""))

        def do() -> str:
            deed = form.get("do", "")
            if deed == "create":
                return self.dossiers.create(form.get("title", ""))
            if deed == "delete":
                self.dossiers.delete(name)
                return ""
            if deed == "rename":
                self.dossiers.rename(name, form.get("title", ""))
            elif deed == "note":
                self.dossiers.annotate(name, number, form.get("note", ""))
            elif deed == "take_out":
                self.dossiers.take_out(name, number)
            return name

        return await self._redirect(do, words)

    async def export(self, request: Request, words: Words) -> Response:
        """Give a dossier as a document."""
        suffix = request.path_params["suffix"]
        found = await run_in_threadpool(self._find, request)
        if found is None or suffix not in FORMATS:
            return problem(words, words["no_dossier"], 404)
        today = date.today()
        content = await run_in_threadpool(write_dossier, found, words, today, suffix)
        headers = attachment_headers(found.title, suffix, today)
        return Response(content, media_type=FORMATS[suffix], headers=headers)

    # Inside

    def _find(self, request: Request) -> Dossier | None:
        return self.dossiers.find(str(request.path_params["name"]))

    def _find_content(
        self, named: Any, request: Request, words: Words
    ) -> ArticleInfo | Passage | Answer | None:
        """Return what is named: an article by its URI, or a turn's answer or card of a number."""
        if uri := str(named.get("uri", "")):
            article = self.dialogue.article(uri)
            return None if article is None else info_of(article)
        at = Place(browser_of(request.headers), str(named.get("c", ""))[:64], words)
        number, card = (whole_number(str(named.get(name, ""))) for name in ("turn", "card"))
        if card:
            return self.dialogue.find_passage(at, number, card)
        turn = self.dialogue.turn(at, number)
        return turn.answer if turn else None

    async def _redirect(self, deed: Any, words: Words) -> Response:
        try:
            name = await run_in_threadpool(deed)
        except QuestionError as error:
            return problem(words, words.reason(error.text), 400)
        if name is None:
            return problem(words, words["not_found"], 404)
        return RedirectResponse(f"{HERE}/{name}" if name else HERE, status_code=303)

    def _page(
        self, template: str, title: str, words: Words, request: Request, **values: Any
    ) -> Response:
        values |= {"here": HERE, "title": title, "query": query_of(request)}
        return render_page(template, words, editable=self.editable, **values)
