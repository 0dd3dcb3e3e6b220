"""Who may pass where the server has a password file: sessions, tokens, and the lock-out.

Programs send `Authorization: Bearer TOKEN`, browsers a session cookie that /login gives.
Everything else is refused before any route sees it, but for what `OPEN` names.
"""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.server.api.problems import problem
from qa.server.auth.users import Users, digest
from qa.server.chat.front import read_cookie
from qa.server.security import is_api

OPEN = frozenset({"/healthz", "/readyz", "/login", "/favicon.ico", "/ui/style.css", "/ui/pages.js"})
"""Paths that anybody may ask for, to the letter."""
COOKIE = "article-qa-session"
IDLE_S = 12 * 3600.0
LONGEST_S = 7 * 24 * 3600.0
_MOST = 10_000

Clock = Callable[[], float]


class Sessions:
    """Who is logged in; kept in memory as hashes, so that a restart ends all sessions."""

    def __init__(self, users: Users, clock: Clock = time.monotonic) -> None:
        """`users` ends sessions too: a session lasts no longer than its password."""
        self._users = users
        self._clock = clock
        self._held: OrderedDict[str, tuple[str, str, float, float]] = OrderedDict()
        self._lock = Lock()

    def begin(self, name: str) -> str:
        """Return a new session's secret."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._held[digest(secret)] = (name, self._users.fingerprint(name), now, now)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return secret

    def owner(self, secret: str) -> str | None:
        """Return whose session it is; None where it is over."""
        key = digest(secret)
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            name, password, began, used = found
            now = self._clock()
            over = now - used > IDLE_S or now - began > LONGEST_S
            if over or self._users.fingerprint(name) != password:
                del self._held[key]
                return None
            self._held[key] = (name, password, began, now)
            return name

    def end(self, secret: str) -> None:
        """End a session."""
        with self._lock:
            self._held.pop(digest(secret), None)


class LockOut:
    """Counts failures by name and by client; from the fifth on each doubles the wait."""

    def __init__(
        self,
        free: int = 5,
        first_s: float = 30.0,
        longest_s: float = 900.0,
        clock: Clock = time.monotonic,
    ) -> None:
        """After `free` failures wait `first_s`, and twice as long after each more."""
        self._free, self._first_s, self._longest_s = free, first_s, longest_s
        self._clock = clock
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, *keys: str) -> float:
        """Return the seconds until one of these may try again; 0 for now.

        >>> lock = LockOut(free=2, first_s=30, clock=lambda: 0.0)
        >>> lock.add_failure("anna"), lock.wait_s("anna")
        (None, 0.0)
        >>> lock.add_failure("anna"), lock.wait_s("anna")
        (None, 30.0)
        """
        with self._lock:
            now = self._clock()
            ends = [self._failures.get(key, (0, 0.0))[1] for key in keys]
            return max(0.0, *(end - now for end in ends))

    def add_failure(self, *keys: str) -> None:
        """Count a failure of these."""
        with self._lock:
            now = self._clock()
            for key in keys:
                count, until = self._failures.pop(key, (0, 0.0))
                if count and now - until > self._longest_s:
                    count = 0  # long ago
                count += 1
                more = count - self._free
                wait = min(self._longest_s, self._first_s * 2.0 ** min(more, 20))
                self._failures[key] = (count, now + (wait if more >= 0 else 0.0))
            while len(self._failures) > _MOST:
                self._failures.popitem(last=False)

    def clear(self, *keys: str) -> None:
        """Forget the failures of these."""
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)


class Access:
    """ASGI middleware that lets nobody pass who has not shown a token or a session."""

    def __init__(self, app: ASGIApp, users: Users, sessions: Sessions) -> None:
        self._app = app
        self._users = users
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = self._who(headers)
        if name is not None:
            state = {"user": name, "admin": self._users.is_admin(name)}
            scope.setdefault("state", {}).update(state)
        if name is not None or scope["path"] in OPEN:
            await self._app(scope, receive, send)
        else:
            await _refusal(scope, headers)(scope, receive, send)

    def _who(self, headers: Headers) -> str | None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._users.owner(token.strip())
        secret = read_cookie(headers, COOKIE)
        return self._sessions.owner(secret) if secret else None


def _refusal(scope: Scope, headers: Headers) -> Response:
    page = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    if page and not is_api(scope["path"]):
        return RedirectResponse("/login", 303)
    challenge = {"www-authenticate": 'Bearer realm="article-qa"'}
    detail = "Send a token (article-qa user token NAME) as Authorization: Bearer TOKEN."
    return problem(scope, 401, detail, headers=challenge)
