"""What a request passes before the routes: name of the host, origin, rate, size.

Plain ASGI, so that streams pass through unbuffered.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from threading import Lock

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.server.api.problems import problem
from qa.server.options import Options

PAGE_COST = 0.05
"""What a request of the page counts against the rate: it comes with some sixty files."""
_SAFE = ("GET", "HEAD", "OPTIONS")
PREFIXES = ("/api", "/v1", "/mcp")
"""Where programs ask, not the page."""


def is_api(path: str) -> bool:
    """Say whether a path is one that programs ask.

    >>> is_api("/api/ask"), is_api("/apiary"), is_api("/")
    (True, False, False)
    """
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)


class Gate:
    """ASGI middleware that refuses foreign hosts and origins, and too many requests."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app = app
        self._options = options
        self._rate = Rate(options.rate) if options.rate else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket":
            # No route has one.
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        wait_s = 0.0
        if self._rate is not None:
            wait_s = self._rate.take(client_of(scope), 1.0 if _counts(scope) else PAGE_COST)
        if not self._knows(headers.get("host", "")):
            refusal = problem(scope, 400, "This server has another name; see --allow-host.")
        elif scope["method"] not in _SAFE and is_foreign(headers):
            refusal = problem(scope, 403, "A page of another site may not ask here.")
        elif wait_s:
            later = {"retry-after": str(int(wait_s) + 1)}
            refusal = problem(scope, 429, "Too many requests from your address.", headers=later)
        elif is_api(scope["path"]):
            await self._sized(scope, receive, send, headers)
            return
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)

    def _knows(self, host: str) -> bool:
        name = host_name(host)
        if self._options.hosts is None or name in self._options.hosts:
            return True
        try:
            # A name can be made to point here by its owner; a number cannot.
            ip_address(name)
        except ValueError:
            return False
        return self._options.any_address

    async def _sized(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Read the body, within its limits, and then let the request through."""
        limit = self._options.body_bytes
        length = headers.get("content-length", "0")
        refusal = None
        body = b""
        if not length.isdigit() or int(length[:20]) > limit:
            refusal = problem(scope, 413, f"At most {limit:,} bytes are read.")
        else:
            try:
                async with asyncio.timeout(self._options.body_timeout_s):
                    body = await _read(receive, limit)
            except TimeoutError:
                refusal = problem(scope, 408, "The request did not arrive in time.")
            except ConnectionError:
                return
            except ValueError:
                refusal = problem(scope, 413, f"At most {limit:,} bytes are read.")
        if refusal is not None:
            refusal.headers["connection"] = "close"
            await refusal(scope, receive, send)
            return
        given = False

        async def again() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


class Rate:
    """A bucket of requests for each client, refilled evenly; safe from several threads."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow so many a minute, all of them at once where none came before."""
        self._most = float(a_minute)
        self._per_s = a_minute / 60
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str, cost: float) -> float:
        """Take a request's cost; return 0, or in how many seconds there is enough for it.

        >>> rate = Rate(1, clock=lambda: 0.0)
        >>> rate.take("a", 1), rate.take("a", 1), rate.take("b", 1)
        (0.0, 60.0, 0.0)
        """
        with self._lock:
            now = self._clock()
            left, since = self._buckets.pop(client, (self._most, now))
            left = min(self._most, left + (now - since) * self._per_s)
            enough = left >= cost
            self._buckets[client] = (left - cost if enough else left, now)
            while len(self._buckets) > 10_000:
                self._buckets.popitem(last=False)
            return 0.0 if enough else (cost - left) / self._per_s


def client_of(scope: Scope) -> str:
    """Return the client's address; of IPv6 its network, which one person has whole."""
    host = str((scope.get("client") or ("unknown", 0))[0])
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return address.exploded[:19] if not address.is_loopback else host
    return host


def host_name(host: str) -> str:
    """Return a Host header's name, without its port and brackets.

    >>> host_name("Localhost:80"), host_name("[::1]:80"), host_name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Say whether a page of another site asks in its reader's name; programs name no origin.

    >>> is_foreign({"origin": "http://a.example", "host": "a.example"})
    False
    >>> is_foreign({"origin": "null", "host": "a"}), is_foreign({"sec-fetch-site": "cross-site"})
    (True, True)
    """
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() != headers.get("host", "").lower()
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _counts(scope: Scope) -> bool:
    return is_api(scope["path"]) or scope["method"] not in _SAFE


async def _read(receive: Receive, limit: int) -> bytes:
    """Return a request's body.

    Raises:
        ValueError: it is longer than the limit.
        ConnectionError: the client has gone.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError
        body += message.get("body", b"")
        if len(body) > limit:
            raise ValueError
        if not message.get("more_body", False):
            return bytes(body)
