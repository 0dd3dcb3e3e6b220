"""The standing questions over HTTP: what there is, and a feed for each."""

from contextlib import closing
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from corpus.serialise import plain
from qa.collection import Collection
from qa.conversation_file import conversation_place
from qa.server.api.problems import problem
from qa.server.api.routes import NOT_THERE, PROBLEMS
from qa.server.exports.atom import MEDIA_TYPE, write_feed
from qa.server.service import Service
from qa.server.work import while_there
from qa.standing import StandingQuestion, StandingQuestions, find_news


def standing_router(service: Service, collection: Collection) -> APIRouter:
    """Return the routes of standing questions below /api."""
    router = APIRouter(prefix="/api/standing", tags=["standing"], responses=PROBLEMS)

    @router.get("", response_model=list[StandingQuestion])
    async def questions(request: Request) -> Response:
        """List the standing questions."""
        found = await while_there(request, service.run(lambda: _list_questions(collection)))
        return JSONResponse(plain(found))

    @router.get(
        "/{number}/feed",
        response_class=Response,
        responses={**NOT_THERE, 200: {"content": {MEDIA_TYPE: {}}}},
    )
    async def feed(number: int, request: Request) -> Response:
        """Give an Atom feed of what came since a question was kept."""
        address = str(request.base_url)
        found = await while_there(
            request, service.run(lambda: _write_feed(collection, number, address))
        )
        if found is None:
            return problem(request.scope, 404, "There is no standing question of this number.")
        return Response(found, media_type=MEDIA_TYPE)

    return router


def _list_questions(collection: Collection) -> list[StandingQuestion]:
    place = conversation_place(collection.place)
    if isinstance(place, Path) and not place.is_file():
        return []
    with closing(StandingQuestions(place)) as standing:
        return standing.all()


def _write_feed(collection: Collection, number: int, address: str) -> bytes | None:
    kept = next((item for item in _list_questions(collection) if item.id == number), None)
    if kept is None:
        return None
    return write_feed(kept, find_news(collection, kept, kept.created), address)
