"""The dossiers over HTTP: listed, filled, asked by themselves, exported."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from corpus.serialise import plain
from qa.collection import Collection
from qa.conversation_file import conversation_place
from qa.i18n import Words
from qa.requests import Asking, Closed, QuestionText
from qa.results import Answer
from qa.retrieval.passages import info_of
from qa.server.api.problems import RefusedBy
from qa.server.api.routes import NOT_THERE, PROBLEMS
from qa.server.dossiers.export import write_dossier
from qa.server.dossiers.store import NOTE_CHARACTERS, TITLE_CHARACTERS, Dossier, Dossiers
from qa.server.exports.document import FORMATS
from qa.server.service import Service
from qa.server.work import while_there

T = TypeVar("T")
_READ_ONLY = "Dossiers can only be read over this address, which is open to everybody."
_GONE = "There is no dossier of this id."
Note = Annotated[str, Field(max_length=NOTE_CHARACTERS)]


class NewDossier(Closed):
    """A dossier to make."""

    title: Annotated[str, Field(min_length=1, max_length=TITLE_CHARACTERS, pattern=r"\S")]


class NewItem(Closed):
    """Something to put into a dossier: an article, or the answer to a question."""

    uri: Annotated[str, Field(max_length=8000)] | None = None
    """An article's."""
    question: QuestionText | None = None
    """Asked of the dossier's collection; the answer goes in."""
    note: Note = ""


class Made(BaseModel):
    """What was made."""

    id: str
    """Of a dossier, or of something in it."""


def dossiers_router(service: Service, collection: Collection) -> APIRouter:
    """Return the routes of dossiers below /api."""
    router = APIRouter(prefix="/api/dossiers", tags=["dossiers"], responses=PROBLEMS)
    opened = _Opened(service, collection)
    _add_reading(router, opened)
    _add_writing(router, opened)
    return router


class _Opened:
    """The dossiers' file, opened for each request."""

    def __init__(self, service: Service, collection: Collection) -> None:
        self._service = service
        self.collection = collection

    async def run(
        self, request: Request, work: Callable[[Dossiers], T], *, writes: bool = False
    ) -> T:
        """Do something with the dossiers; refuse to write where everybody may come."""
        options = self._service.options
        if writes and not (options.is_private or options.auth is not None):
            raise RefusedBy(403, _READ_ONLY)

        def with_file() -> T:
            with closing(Dossiers(conversation_place(self.collection.place))) as dossiers:
                return work(dossiers)

        return await while_there(request, self._service.run(with_file))


def _add_reading(router: APIRouter, opened: _Opened) -> None:
    @router.get("", response_model=list[Dossier])
    async def listing(request: Request) -> Response:
        """List the dossiers, without what is in them."""
        return JSONResponse(plain(await opened.run(request, Dossiers.all)))

    @router.get("/{name}", response_model=Dossier, responses=NOT_THERE)
    async def one(name: str, request: Request) -> Response:
        """Return a dossier with what is in it."""
        return JSONResponse(
            plain(await opened.run(request, lambda dossiers: _find(dossiers, name)))
        )

    @router.post("/{name}/ask", response_model=Answer, responses=NOT_THERE)
    async def ask(name: str, body: Asking, request: Request) -> Response:
        """Answer a question from the articles of a dossier alone."""

        def work(dossiers: Dossiers) -> Answer:
            options: dict[str, Any] = dict(body.options())
            options["uris"] = _find(dossiers, name).uris or ["none:"]
            if body.kind is not None:
                options["kind"] = body.kind
            options["strictness"] = body.strictness
            return opened.collection.ask(body.question, k=body.k, **options)

        return JSONResponse((await opened.run(request, work)).to_dict())

    @router.get("/{name}/export", response_class=Response, responses=NOT_THERE)
    async def export(
        name: str,
        request: Request,
        suffix: Annotated[Literal["md", "html", "docx"], Query(alias="format")] = "md",
        language: Annotated[Literal["de", "en"], Query()] = "en",
    ) -> Response:
        """Give a dossier as a document."""

        def work(dossiers: Dossiers) -> bytes:
            return write_dossier(_find(dossiers, name), Words(language), date.today(), suffix)

        return Response(await opened.run(request, work), media_type=FORMATS[suffix])


def _add_writing(router: APIRouter, opened: _Opened) -> None:
    @router.post("", response_model=Made)
    async def create(body: NewDossier, request: Request) -> Response:
        """Make a dossier."""
        made = await opened.run(request, lambda dossiers: dossiers.create(body.title), writes=True)
        return JSONResponse({"id": made})

    @router.delete("/{name}", status_code=204)
    async def delete(name: str, request: Request) -> Response:
        """Delete a dossier; its articles stay in the collection."""
        await opened.run(request, lambda dossiers: dossiers.delete(name), writes=True)
        return Response(status_code=204)

    @router.post("/{name}/items", response_model=Made, responses=NOT_THERE)
    async def put(name: str, body: NewItem, request: Request) -> Response:
        """Put an article, or the answer to a question, into a dossier."""
        if (body.uri is None) == (body.question is None):
            raise RefusedBy(422, "Give a uri or a question.")

        def work(dossiers: Dossiers) -> int:
            _find(dossiers, name)
            if body.uri is not None:
                return dossiers.put(name, info_of(opened.collection.article(body.uri)), body.note)
            return dossiers.put(name, opened.collection.ask(body.question or ""), body.note)

        return JSONResponse({"id": str(await opened.run(request, work, writes=True))})

    @router.delete("/{name}/items/{number}", status_code=204)
    async def take_out(name: str, number: int, request: Request) -> Response:
        """Take something out of a dossier."""
        await opened.run(request, lambda dossiers: dossiers.take_out(name, number), writes=True)
        return Response(status_code=204)


def _find(dossiers: Dossiers, name: str) -> Dossier:
    found = dossiers.find(name)
    if found is None:
        raise RefusedBy(404, _GONE)
    return found
