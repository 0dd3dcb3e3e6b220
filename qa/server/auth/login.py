"""The page where people log in, and how they leave again."""

import asyncio
import html
import secrets
from collections.abc import Mapping
from functools import partial
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qa.server.auth.access import COOKIE, LONGEST_S, LockOut, Sessions, session_of
from qa.server.auth.users import Users
from qa.server.gate import client_of

_FORM_BYTES = 10_000
_FORM_S = 10.0
_AT_ONCE = 2
"""Passwords that are checked at once: each takes 64 MiB."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "de": {
        "title": "Anmelden", "name": "Name", "password": "Passwort", "go": "Anmelden",
        "wrong": "Name oder Passwort stimmen nicht.", "leave": "Abmelden",
        "locked": "Zu viele Fehlversuche. Versuchen Sie es in {wait} Sekunden wieder.",
    },
    "en": {
        "title": "Log in", "name": "Name", "password": "Password", "go": "Log in",
        "wrong": "The name or the password is wrong.", "leave": "Log out",
        "locked": "Too many failures. Try again in {wait} seconds.",
    },
}  # fmt: skip
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>article-qa: {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 20rem; margin: 15vh auto; padding: 0 1rem }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit }}
input, button {{ padding: .5rem; margin: .25rem 0 1rem }}
</style></head><body><main><h1>{title}</h1>{message}{form}</main></body></html>"""
_FORM = """<form method="post" action="/login">
<label for="name">{name}</label>
<input id="name" name="name" autocomplete="username" required autofocus maxlength="64">
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="1000"><button>{go}</button></form>"""
_LEAVE = '<form method="post" action="/logout"><button>{leave}</button></form>'


def login_router(users: Users, sessions: Sessions, lock_out: LockOut) -> APIRouter:
    """Return the routes /login and /logout."""
    router = APIRouter(include_in_schema=False)
    checking = asyncio.Semaphore(_AT_ONCE)

    @router.get("/login")
    async def form(request: Request) -> Response:
        return _page(request, _FORM)

    @router.post("/login")
    async def login(request: Request) -> Response:
        name, password = await _given(request)
        keys = (f"name {name}", f"client {client_of(request.scope)}")
        async with checking:
            # Asked for here, when those before have been counted: many at once gain nothing.
            wait = lock_out.wait_s(*keys)
            if wait:
                reply = _page(request, _FORM, "locked", 429, wait=str(int(wait) + 1))
                reply.headers["retry-after"] = str(int(wait) + 1)
                return reply
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(None, partial(users.verify, name, password))
            if not right:
                lock_out.failed(*keys)
                return _page(request, _FORM, "wrong", 401)
        lock_out.cleared(*keys)
        sessions.end(session_of(request.headers))
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
        return _page(request, _LEAVE, title="leave")

    @router.post("/logout")
    async def logout(request: Request) -> Response:
        sessions.end(session_of(request.headers))
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(COOKIE)
        return reply

    return router


async def _given(request: Request) -> tuple[str, str]:
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
    request: Request,
    form: str,
    message: str = "",
    status: int = 200,
    title: str = "title",
    **values: str,
) -> Response:
    accepted = request.headers.get("accept-language", "").lower()
    language = "de" if accepted.startswith("de") else "en"
    words = _WORDS[language]
    nonce = secrets.token_urlsafe(16)
    said = html.escape(words[message].format(**values)) if message else ""
    page = _PAGE.format(
        language=language,
        title=words[title],
        nonce=nonce,
        message=f'<p role="alert">{said}</p>' if said else "",
        form=form.format(**words),
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(page, status, {"content-security-policy": policy})
