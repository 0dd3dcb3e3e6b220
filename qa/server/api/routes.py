"""The JSON API: passages, answers, articles."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from corpus.article import Article
from corpus.serialise import plain
from qa.requests import RetrieveRequest
from qa.results import Answer, ArticleInfo
from qa.server.api.models import (
    ArticlePage,
    AskRequest,
    ByUri,
    ListQuery,
    Retrieved,
    Suggested,
    SuggestQuery,
)
from qa.server.api.problems import MEDIA_TYPE, SCHEMAS, of_error
from qa.server.service import Service
from qa.server.work import while_there
from qa.streaming import Checked, Event, Finished, Piece, Stage

EVENTS = "text/event-stream"
_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}}
_STATUSES = {
    400: "Malformed, or a name or value that the schema does not have",
    401: "Who asks? Only where the server has a password file",
    403: "A page of another site asks",
    408: "The body does not arrive",
    413: "The body is too large",
    422: "A question or filter that cannot be used",
    429: "Too many requests of this client",
    503: "Busy, or the collection cannot be asked",
    504: "It took too long",
}
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, **_PROBLEM} for status, text in _STATUSES.items()
}
NOT_THERE: dict[int | str, dict[str, Any]] = {
    404: {"description": "No article has this URI", **_PROBLEM}
}
ONE_EVENT = {
    "type": "object",
    "description": "Each event; its data is JSON.",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["data"],
}
STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; or server-sent events, of which the last is `finished` with "
        "the answer, or `error` with a problem",
        "content": {EVENTS: {"schema": ONE_EVENT}},
    }
}


def api_router(service: Service) -> APIRouter:
    """Return the routes below /api."""
    router = APIRouter(prefix="/api", tags=["collection"], responses=PROBLEMS)
    _add_questions(router, service)
    _add_articles(router, service)
    return router


def _add_questions(router: APIRouter, service: Service) -> None:
    @router.post("/retrieve", response_model=Retrieved)
    async def retrieve(body: RetrieveRequest, request: Request) -> Response:
        """Find the passages closest to a question."""
        note(request, body.question)
        found = await while_there(
            request,
            service.run(
                lambda: service.collection.retrieve_many(
                    [body.question],
                    body.k,
                    rerank=body.rerank,
                    **body.options(),
                )[0]
            ),
        )
        return JSONResponse({"passages": plain(found)})

    @router.post("/ask", response_model=Answer, responses=STREAMED)
    async def ask(body: AskRequest, request: Request) -> Response:
        """Answer a question from the articles, each sentence with its citation, or refuse."""
        note(request, body.question)
        events = service.answering(_begin(service, body))
        if body.stream or EVENTS in request.headers.get("accept", ""):
            return await event_stream(request, events, write_event, failure)
        answer = await while_there(request, wait_for_answer(events))
        return JSONResponse(answer.to_dict())

    @router.get("/suggestions", response_model=Suggested)
    async def suggestions(query: Annotated[SuggestQuery, Query()], request: Request) -> Response:
        """Suggest questions that the articles can answer."""
        found = await while_there(
            request, service.run(lambda: service.collection.suggest(query.language))
        )
        return JSONResponse({"questions": list(found)})


def _add_articles(router: APIRouter, service: Service) -> None:
    @router.get("/articles", response_model=ArticlePage)
    async def articles(query: Annotated[ListQuery, Query()], request: Request) -> Response:
        """List articles, the newest first."""
        found = await while_there(request, service.run(lambda: _matching(service, query)))
        page = found[query.offset : query.offset + query.limit]
        place = {"total": len(found), "offset": query.offset, "limit": query.limit}
        return JSONResponse({**place, "articles": plain(page)})

    @router.get("/article", response_model=Article, responses=NOT_THERE)
    async def article_by_query(query: Annotated[ByUri, Query()], request: Request) -> Response:
        """Return an article with its text and paragraphs, its URI given as a query."""
        return await one(query.uri, request)

    @router.get("/articles/{uri:path}", response_model=Article, responses=NOT_THERE)
    async def article(uri: str, request: Request) -> Response:
        """Return an article with its text and paragraphs, its URI percent-encoded in the path."""
        return await one(uri, request)

    async def one(uri: str, request: Request) -> Response:
        found = await while_there(request, service.run(lambda: service.collection.article(uri)))
        return JSONResponse(plain(found))


def note(request: Request, question: str) -> None:
    """Remember the question for the log, which leaves it out unless told otherwise."""
    request.state.question = question


async def wait_for_answer(events: AsyncIterator[Event | None]) -> Answer:
    """Return the answer at the end of the events."""
    async for event in events:
        if isinstance(event, Finished):
            return event.answer
    raise AssertionError("the last event is always Finished")


async def event_stream(
    request: Request,
    events: AsyncGenerator[Event | None, None],
    shown: Callable[[Event | None], str],
    failed: Callable[[Exception], str],
) -> Response:
    """Return a response of events; what cannot be asked raises before it begins.

    Args:
        request: of the client that listens.
        events: of one question; closed with the response.
        shown: an event as it goes over the line.
        failed: what is said at the end of a stream that cannot go on.
    """
    first = await while_there(request, events.__anext__())

    async def body() -> AsyncGenerator[str, None]:
        try:
            yield shown(first)
            async for event in events:
                yield shown(event)
        except Exception as error:  # noqa: BLE001 - the stream has begun: its end has to say it
            yield failed(error)

    return _Stream(body(), events)


class _Stream(StreamingResponse):
    """Events whose source is closed at the end, also where the client has taken nothing."""

    def __init__(
        self, body: AsyncGenerator[str, None], events: AsyncGenerator[Event | None, None]
    ) -> None:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        super().__init__(body, media_type=EVENTS, headers=headers)
        self._sources = (body, events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            for source in self._sources:
                await source.aclose()


def write_event(event: Event | None) -> str:
    """Return an event as it goes over the line; None is a sign of life."""
    match event:
        case None:
            return ": still here\n\n"
        case Stage(name):
            return server_sent("stage", {"name": name})
        case Piece(text):
            return server_sent("piece", {"text": text})
        case Checked(sentence):
            return server_sent("checked", plain(sentence))
        case Finished(answer):
            return server_sent("finished", answer.to_dict())


def failure(error: Exception) -> str:
    """Return the event that ends a stream which cannot go on."""
    status, detail, _ = of_error(error)
    return server_sent("error", {"status": status, "detail": detail})


def server_sent(name: str, content: Any) -> str:
    r"""Return a server-sent event.

    >>> server_sent("stage", {"name": "searching"})
    'event: stage\ndata: {"name": "searching"}\n\n'
    """
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


def _begin(service: Service, body: AskRequest) -> Callable[[], Iterator[Event]]:
    return lambda: service.collection.ask_stream(
        body.question,
        [said.model_dump() for said in body.history],
        k=body.k,
        strictness=body.strictness,
        kind=body.kind,
        generator=None if body.language_model else False,
        strict=body.strict,
        **body.options(),
    )


def _matching(service: Service, query: ListQuery) -> Sequence[ArticleInfo]:
    filters = query.filters()
    return service.collection.articles(**filters) if filters else service.articles()
