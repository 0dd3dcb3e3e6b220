"""The front page as it leaves the house: Gradio's page with our own head, language and nonces.

Gradio adds custom heads only once its scripts run, too late for a style sheet (the page
would first show without it) and for the choice of a language. So they are written into
the page here, and its own inline scripts are signed with the nonce that the content
security policy names; other inline scripts do not run.
"""

import re
import secrets
import time
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.i18n import choose_language
from qa.server.security import POLICY, page_policy

LANGUAGE_COOKIE = "article-qa-language"
BROWSER_COOKIE = "article-qa-browser"
"""A random name by which a browser's conversations are found again; scripts cannot read it."""

VISIT_COOKIE = "article-qa-visit"
"""When the page was last opened, in seconds since 1970."""
SINCE_COOKIE = "article-qa-since"
"""When the visit before this one ended; it lasts as long as a visit may."""

_COOKIE_DAYS = 400
_VISIT_S = 4 * 3600
_SECONDS = re.compile(r"[0-9]{1,11}")
_BROWSER = re.compile(r"[A-Za-z0-9_-]{32}")

HEAD = '<link rel="stylesheet" href="/ui/style.css"><script src="/ui/script.js"></script>'

_THEIR_META = re.compile(r'\s*<meta\s+(?:property|name)="(?:og|twitter):[^>]*>')


def page_language(headers: Headers) -> str:
    """Return the language that a request's page is in: the one chosen, else the browser's."""
    chosen = read_cookie(headers, LANGUAGE_COOKIE)
    return choose_language(chosen, headers.get("accept-language", ""))


def browser_of(headers: Headers) -> str:
    """Return the random name that the front page gave a browser, or ""."""
    name = read_cookie(headers, BROWSER_COOKIE)
    return name if _BROWSER.fullmatch(name) else ""


def last_visit(headers: Headers) -> datetime | None:
    """Return when a browser was here last, before this visit; None on its first one."""
    text = read_cookie(headers, SINCE_COOKIE)
    return datetime.fromtimestamp(int(text), UTC) if _SECONDS.fullmatch(text) else None


def visit_cookies(headers: Headers, now: float) -> list[str]:
    """Return the cookies that note a visit.

    >>> visit_cookies(Headers({"cookie": "article-qa-visit=1000"}), 9000.0)[1]
    'article-qa-since=1000; Path=/; Max-Age=14400; HttpOnly; SameSite=Strict'
    """
    ends = "HttpOnly; SameSite=Strict"
    age = _COOKIE_DAYS * 24 * 3600
    cookies = [f"{VISIT_COOKIE}={int(now)}; Path=/; Max-Age={age}; {ends}"]
    before = read_cookie(headers, VISIT_COOKIE)
    if _SECONDS.fullmatch(before) and not read_cookie(headers, SINCE_COOKIE):
        cookies.append(f"{SINCE_COOKIE}={before}; Path=/; Max-Age={_VISIT_S}; {ends}")
    return cookies


def read_cookie(headers: Headers, name: str) -> str:
    """Return a cookie of a request, or ""."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _browser_cookie(headers: Headers, scope: Scope) -> str:
    """Return the cookie that names a browser, for as long as browsers keep one."""
    name = browser_of(headers) or secrets.token_urlsafe(24)
    secure = "; Secure" if scope.get("scheme") == "https" else ""
    age = _COOKIE_DAYS * 24 * 3600
    return f"{BROWSER_COOKIE}={name}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"


def rewrite(page: str, nonce: str, language: str) -> str:
    """Return the page with our head first, its scripts signed and its language named.

    >>> page = rewrite('<html lang="en"><head><script>1</script></head>', "n", "de")
    >>> page.startswith('<html lang="de"><head><link'), page.partition("js")[2]
    (True, '"></script><script nonce="n">1</script></head>')
    """
    page = _THEIR_META.sub("", page)
    page = re.sub(r"<script(?=[\s>])", f'<script nonce="{nonce}"', page)
    page = page.replace('lang="en"', f'lang="{language}"', 1)
    return page.replace("<head>", "<head>" + HEAD, 1)


class FrontPage:
    """ASGI middleware that rewrites the answer to `GET /` and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        theirs = Headers(scope=scope)
        language, named = page_language(theirs), _browser_cookie(theirs, scope)
        # Compressed, the page could not be rewritten.
        kept = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        opening: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                opening.append(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            nonce = secrets.token_urlsafe(16)
            content = rewrite(body.decode(), nonce, language).encode()
            headers = MutableHeaders(raw=list(opening[0]["headers"]))
            headers["content-length"] = str(len(content))
            headers["cache-control"] = "no-store"
            headers.append("set-cookie", named)
            for cookie in visit_cookies(theirs, time.time()):
                headers.append("set-cookie", cookie)
            headers[POLICY] = page_policy(nonce)
            await send({**opening[0], "headers": headers.raw})
            await send({"type": "http.response.body", "body": content})

        await self._app({**scope, "headers": kept}, receive, collect)
