"""The page where people log in, and how they leave again."""

import asyncio
from functools import partial
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from qa.i18n import Words
from qa.server.auth.access import COOKIE, LONGEST_S, LockOut, Sessions
from qa.server.auth.users import Users
from qa.server.chat.front import page_language, read_cookie
from qa.server.rendering import render_page
from qa.server.security import client_of

_FORM_BYTES = 10_000
_FORM_S = 10.0
_AT_ONCE = 2
"""Passwords that are checked at once: each takes 64 MiB."""


def login_router(users: Users, sessions: Sessions, lock_out: LockOut) -> APIRouter:
    """Return the routes /login and /logout."""
    router = APIRouter(include_in_schema=False)
    checking = asyncio.Semaphore(_AT_ONCE)

    @router.get("/login")
    async def form(request: Request) -> Response:
        return _page(request)

    @router.post("/login")
    async def login(request: Request) -> Response:
        name, password = await _read_form(request)
        keys = (f"name {name}", f"client {client_of(request.scope)}")
        async with checking:
            # Asked for here, when those before have been counted: many at once gain nothing.
            wait = lock_out.wait_s(*keys)
            if wait:
                reply = _page(request, "log_in_locked", 429, wait=str(int(wait) + 1))
                reply.headers["retry-after"] = str(int(wait) + 1)
                return reply
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(None, partial(users.verify, name, password))
            if not right:
                lock_out.add_failure(*keys)
                return _page(request, "log_in_wrong", 401)
        lock_out.clear(*keys)
        sessions.end(read_cookie(request.headers, COOKIE))
        reply = RedirectResponse("/", 303)
        reply.set_cookie(
            COOKIE,
            sessions.begin(name),
            max_age=int(LONGEST_S),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return reply

    @router.get("/logout")
    async def leaving(request: Request) -> Response:
        return _page(request, leaving=True)

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        sessions.end(read_cookie(request.headers, COOKIE))
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(COOKIE)
        return reply

    return router


async def _read_form(request: Request) -> tuple[str, str]:
    """Return the form's name and password; empty ones where it is no such form."""
    body = bytearray()
    try:
        async with asyncio.timeout(_FORM_S):
            async for piece in request.stream():
                body += piece
                if len(body) > _FORM_BYTES:
                    return "", ""
        found = parse_qs(body.decode(), max_num_fields=5)
    except (TimeoutError, ValueError):
        return "", ""
    return found.get("name", [""])[0][:64], found.get("password", [""])[0]


def _page(
    request: Request, message: str = "", status: int = 200, *, leaving: bool = False, **values: str
) -> Response:
    words = Words(page_language(request.headers))
    return render_page(
        "login.html", words, title=words["leave" if leaving else "log_in"], status=status,
        pages=(), leaving=leaving, message=words.fill(message, **values) if message else "",
    )  # fmt: skip
