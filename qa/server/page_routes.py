"""What the routes of the pages beside the chat share: words, errors as pages, the language."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.errors import ArticleNotFound, ArticleQAError
from qa.i18n import LANGUAGES, Words
from qa.server.chat.front import LANGUAGE_COOKIE, page_language
from qa.server.rendering import render_page

log = logging.getLogger(__name__)

Handler = Callable[[Request, Words], Awaitable[Response]]


def route(app: FastAPI, path: str, handler: Handler, methods: Sequence[str] = ("GET",)) -> None:
    """Open a page: its handler gets the page's words, and what goes wrong becomes a page."""

    async def handle(request: Request) -> Response:
        asked = request.query_params.get("lang", "")
        words = Words(asked if asked in LANGUAGES else page_language(request.headers))
        try:
            response = await handler(request, words)
        except ArticleNotFound:
            response = problem(words, words["not_found"], 404)
        except ArticleQAError as error:
            response = problem(words, words.fill("failed", reason=words.reason(error.text)), 500)
        except HTTPException as error:  # a form that cannot be read
            reason = words.fill("not_read_form", reason=error.detail)
            response = problem(words, reason, error.status_code)
        except Exception:  # whatever it was, the page says that something went wrong
            log.exception("%s failed", request.url.path)
            response = problem(words, words["problem"], 500)
        if asked in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE, asked, max_age=31_536_000, path="/", samesite="strict"
            )
        return response

    add_route: Any = app.add_route
    add_route(path, handle, methods=list(methods))


def guard(deed: Handler, editable: bool, refusal: str) -> Handler:
    """Have a deed done only where things may be changed, and for a page of this server.

    Args:
        deed: what a form asks for.
        editable: whether anything may be changed here.
        refusal: the key of what is said where it may not.
    """

    async def handle(request: Request, words: Words) -> Response:
        if not editable:
            return problem(words, words[refusal], 403)
        if not is_from_here(request):
            return problem(words, words["foreign"], 403)
        return await deed(request, words)

    return handle


def problem(words: Words, text: str, status: int) -> Response:
    """Return a page that says what went wrong."""
    ways = [("/library", "to_library", "")]
    return render_page(
        "problem.html", words, here="/library", title=words["library"], status=status,
        text=text, ways=ways,
    )  # fmt: skip


def missing(words: Words) -> Response:
    """Return the page for an address that has none."""
    ways = [("/", "nav_chat", "strong"), ("/library", "to_library", "")]
    return render_page(
        "problem.html", words, title=words["no_page"], status=404, text="", ways=ways
    )


class Missing:
    """ASGI middleware: people get a page where there is none, programs get the bare error."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if scope.get("method") != "GET" or "text/html" not in headers.get("accept", ""):
            await self._app(scope, receive, send)
            return
        swallowed = False

        async def sender(message: Message) -> None:
            nonlocal swallowed
            if message["type"] == "http.response.start":
                kind = Headers(raw=message["headers"]).get("content-type", "")
                swallowed = message["status"] == 404 and not kind.startswith("text/html")
            if not swallowed:
                await send(message)

        await self._app(scope, receive, sender)
        if swallowed:
            await missing(Words(page_language(headers)))(scope, receive, send)


def whole_number(text: str, otherwise: int = 0) -> int:
    """Return the number that a query or a form names, whatever is in it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else otherwise


def query_of(request: Request) -> str:
    """Return the address's query without the language."""
    return urlencode([item for item in request.query_params.multi_items() if item[0] != "lang"])


def is_from_here(request: Request) -> bool:
    """Tell whether a page of this server sends the request.

    A foreign origin is refused before (`qa.server.security`); one that says nothing of where it
    comes from is refused here. All browsers of the last years say so.
    """
    fetched = request.headers.get("sec-fetch-site", "")
    return "origin" in request.headers or fetched in ("same-origin", "none")
