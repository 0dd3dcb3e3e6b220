"""Errors as clients see them: problem objects of RFC 9457, and OpenAI's shape below /v1.

No traceback, path or text of an article is in them. `400` is what no schema allows, `422` what
the schema allows and the collection cannot use.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Scope

from corpus.errors import (
    ArticleNotFound,
    ArticleQAError,
    CollectionLocked,
    InputError,
    QuestionError,
)
from qa.server.work import Busy, ClientGone, TooSlow

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
SCHEMAS = "#/components/schemas/"
RETRY_S = 2
_TITLES = {
    400: "The request is malformed", 401: "Who are you?", 403: "Not allowed", 404: "Not here",
    405: "Not with this method", 408: "The request took too long to arrive",
    413: "The request is too large", 415: "Not this kind of content",
    422: "The question cannot be used", 429: "Too many requests",
    500: "Something went wrong here", 503: "Not now", 504: "It took too long",
}  # fmt: skip


class Wrong(BaseModel):
    """One thing that is wrong in a request."""

    where: str
    """"body.filters.since", for instance."""
    message: str


class Problem(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[Wrong]


class RefusedBy(Exception):
    """A request that a layer before the routes refuses; `status` and `detail` say why."""

    def __init__(self, status: int, detail: str, **headers: str) -> None:
        """`headers` are those of the response, with underscores for hyphens."""
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(
    scope: Scope,
    status: int,
    detail: str,
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the response that says what is wrong, in the shape of the path asked for."""
    title = _TITLES.get(status, "The request failed")
    request_id = str(scope.get("state", {}).get("request_id", ""))
    if scope["path"].startswith("/v1/"):
        named = "; ".join(f"{item.where}: {item.message}" for item in errors)
        content: dict[str, Any] = {
            "error": {
                "message": f"{detail} {named}".strip(),
                "type": "invalid_request_error" if status < 500 else "server_error",
                "param": errors[0].where if errors else None,
                "code": str(status),
            }
        }
        kind = "application/json"
    else:
        content = Problem(
            type=f"urn:article-qa:problem:{status}",
            title=title,
            status=status,
            detail=detail,
            request_id=request_id,
            errors=list(errors),
        ).model_dump()
        kind = MEDIA_TYPE
    # ASCII: what a client sent is repeated in names of fields, lone surrogates included.
    return Response(json.dumps(content), status, dict(headers or {}), kind)


def of_error(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Return an error's status, what the client is told, and headers."""
    later = {"retry-after": str(RETRY_S)}
    if isinstance(error, (QuestionError, InputError)):
        return 422, str(error), {}
    if isinstance(error, ArticleNotFound):
        return 404, "No article has this URI. GET /api/articles lists those there are.", {}
    if isinstance(error, RefusedBy):
        return error.status, error.detail, error.headers
    if isinstance(error, Busy):
        return 503, "All workers are busy and enough questions wait. Ask again shortly.", later
    if isinstance(error, TooSlow):
        return 504, "The question took longer than the server allows. Ask again later.", {}
    if isinstance(error, CollectionLocked):
        return 503, "Another process is writing to the collection. Ask again shortly.", later
    if isinstance(error, ArticleQAError):
        # Its text names folders and models of this machine.
        log.error("A request failed: %s", error)
        return 503, "The collection cannot be asked as it stands; the server's log says why.", later
    log.error("A request failed", exc_info=error)
    return 500, "The server made a mistake; its log has it under the request's id.", {}


def problem_of(scope: Scope, error: Exception) -> Response:
    """Return the response for an error."""
    status, detail, headers = of_error(error)
    return problem(scope, status, detail, headers=headers)


def _allowed_methods(request: Request) -> str:
    """Return the methods that are described for a request's path: the router names one route's."""
    paths = request.app.openapi()["paths"]
    fitting = (item for path, item in paths.items() if _fits(path, request.url.path))
    return ", ".join(sorted({method.upper() for item in fitting for method in item}))


def _fits(described: str, path: str) -> bool:
    return compile_path(described)[0].match(path) is not None


def add_handlers(app: FastAPI) -> None:
    """Have the application answer its errors as problems, and describe them."""
    plainly = app.openapi

    def describe() -> dict[str, Any]:
        found = plainly()
        for model in (Problem, Wrong):
            schema = model.model_json_schema(ref_template=f"{SCHEMAS}{{model}}")
            schema.pop("$defs", None)
            found["components"]["schemas"][model.__name__] = schema
        return found

    app.openapi = describe  # type: ignore[method-assign]

    async def answer_expected(request: Request, error: Exception) -> Response:
        if isinstance(error, ClientGone):
            return Response(status_code=499)
        return problem_of(request.scope, error)

    async def answer_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = [
            Wrong(where=".".join(map(str, item["loc"])), message=str(item["msg"]))
            for item in error.errors()
        ]
        detail = "Correct what is named below."
        kind = request.headers.get("content-type", "")
        if request.method == "POST" and "json" not in kind.lower():
            detail = "Send JSON, with the header Content-Type: application/json."
        return problem(request.scope, 400, detail, wrong[:20])

    async def answer_refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        detail = "GET /openapi.json describes what there is."
        if error.status_code == 405:
            headers["Allow"] = _allowed_methods(request) or headers.get("Allow", "")
        if error.status_code == 400:
            detail = "The body cannot be read as JSON."
        return problem(request.scope, error.status_code, detail, headers=headers)

    for kind in (ArticleQAError, RefusedBy, Busy, TooSlow, ClientGone):
        app.add_exception_handler(kind, answer_expected)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_refused)
