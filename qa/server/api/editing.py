"""Articles added and corrected over HTTP, where the server's library may be edited."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from corpus.article import Article
from corpus.errors import SettingsError
from corpus.serialise import plain
from qa.collection import Collection
from qa.results import AddReport
from qa.server.api.models import AddTextRequest, Changed, CorrectRequest, TextInput
from qa.server.api.problems import RefusedBy
from qa.server.api.routes import NOT_THERE, PROBLEMS
from qa.server.service import Service
from qa.server.work import while_there

T = TypeVar("T")
_READ_ONLY = "Articles cannot be changed over this address. --editable allows it."


def editing_router(service: Service, collection: Collection) -> APIRouter:
    """Return the routes below /api that change articles."""
    router = APIRouter(prefix="/api", tags=["editing"], responses=PROBLEMS)

    async def run(request: Request, work: Callable[[], T]) -> T:
        if not service.options.may_edit:
            raise RefusedBy(403, _READ_ONLY)
        try:
            return await while_there(request, service.run(work))
        except SettingsError as exc:
            raise RefusedBy(422, str(exc)) from exc

    @router.post("/preview", response_model=list[Article])
    async def preview(body: TextInput, request: Request) -> Response:
        """Read a text or a file's content, and say what would be its articles; nothing is kept."""
        found = await run(request, lambda: collection.preview(text=body.content(), name=body.name))
        return JSONResponse(plain(found))

    @router.post("/articles", response_model=AddReport)
    async def add(body: AddTextRequest, request: Request) -> Response:
        """Add a text or a file's content, with other metadata and roles than are read."""
        report = await run(
            request,
            lambda: collection.add_text(
                body.content(), name=body.name, uri=body.uri, metadata=body.corrections()
            ),
        )
        return JSONResponse(plain(report))

    @router.patch("/articles", response_model=Changed, responses=NOT_THERE)
    async def correct(body: CorrectRequest, request: Request) -> Response:
        """Correct the metadata, or roles of paragraphs, of one or many articles, for good."""
        values: dict[str, Any] = body.corrections()
        changed = await run(
            request, lambda: collection.edit_all(body.uris, undo=body.undo, **values)
        )
        return JSONResponse({"changed": changed})

    return router
