"""What a request passes before the routes: host, origin, shut doors, rate, size; and headers.

Gradio opens routes that the page does not use, and some of them fetch an address that a
visitor names or store what a visitor sends. They are refused here, before Gradio sees them.
Plain ASGI, so that streams pass through unbuffered.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from threading import Lock
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.server.api.problems import problem
from qa.server.options import Options

PAGE_COST = 0.05
"""What a request of the page counts against the rate: it comes with some sixty files."""
PAGE_BYTES = 8_000_000
"""A question of a million characters still gets its answer in words; more is not a question."""
UPLOAD_BYTES = 500_000_000
"""The files that are added together."""
UPLOAD_PATH = "/library/add"
PREFIXES = ("/api", "/v1", "/mcp")
"""Where programs ask, not the page."""
POLICY = "content-security-policy"
HEADERS: Mapping[str, str] = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # With "no-referrer" a form's request would not name its origin here either.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Where a route brings none of its own."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
_KEPT = ("text/css", "text/javascript", "application/javascript", "font/", "image/")
"""Kinds of files that a browser may keep."""
# file= and proxy= fetch addresses that a visitor names, upload stores without an account, a deep
# link writes the conversation to disk; the rest is for features that the page does not have.
_SHUT = re.compile(
    r"/(?:gradio_api/)?(?:file[=/]|proxy=|upload|deep_link|stream/|component_server|"
    r"process_recording|run-history|runs|vibe|dev/|custom_component/)|^/monitoring",
    re.IGNORECASE,
)


def page_policy(nonce: str = "") -> str:
    """Return a page's policy: this server's own files, and inline only scripts with the nonce."""
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'" if nonce else "script-src 'self'",
            "style-src 'self' 'unsafe-inline'",  # Gradio's components carry style attributes
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "object-src 'none'",
        )
    )


def add_headers(headers: MutableHeaders) -> None:
    """Add what keeps a response to its use, unless its route has said it."""
    kind = headers.get("content-type", "")
    policy = page_policy() if kind.startswith("text/html") else _DATA_POLICY
    for name, value in {POLICY: policy, **HEADERS}.items():
        headers.setdefault(name, value)
    if not kind.startswith(_KEPT):
        headers.setdefault("cache-control", "no-store")


def is_api(path: str) -> bool:
    """Say whether a path is one that programs ask.

    >>> is_api("/api/ask"), is_api("/apiary"), is_api("/")
    (True, False, False)
    """
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in PREFIXES)


def is_shut(path: str) -> bool:
    """Say whether a path, as it came or percent-encoded once more, leads to a shut door.

    >>> is_shut("/gradio_api/file=http://x.example"), is_shut("/gradio_api/queue/join")
    (True, False)
    """
    return bool(_SHUT.search(path) or _SHUT.search(unquote(path)))


class Security:
    """ASGI middleware; see the module. `add_headers` is called where responses are logged."""

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
        refusal = self._refuse(scope, headers)
        if refusal is None and is_api(scope["path"]):
            read = await self._read(scope, receive)
            if isinstance(read, Response):
                refusal = read
            elif read is None:
                return
            else:
                receive = _repeat(read, receive)
        await (refusal or self._app)(scope, receive, send)

    def _refuse(self, scope: Scope, headers: Headers) -> Response | None:
        path, method = scope["path"], scope["method"]
        wait_s = 0.0
        if self._rate is not None:
            counts = is_api(path) or method not in _SAFE
            wait_s = self._rate.take(client_of(scope), 1.0 if counts else PAGE_COST)
        if not self._knows(headers.get("host", "")):
            return problem(scope, 400, "This server has another name; see --allow-host.")
        if is_foreign(headers, method):
            return problem(scope, 403, "A page of another site may not ask here.")
        if wait_s:
            later = {"retry-after": str(int(wait_s) + 1)}
            return problem(scope, 429, "Too many requests from your address.", headers=later)
        # What programs ask for may name any address of an article, and never reaches Gradio.
        if not is_api(path) and is_shut(path):
            return problem(scope, 403, "This address is closed here.")
        limit = UPLOAD_BYTES if path == UPLOAD_PATH else PAGE_BYTES
        if is_api(path):
            limit = self._options.body_bytes
        # Without its length a page's body could be endless, and no browser sends one here.
        endless = "transfer-encoding" in headers and not is_api(path)
        length = headers.get("content-length", "0")
        if endless or not length.isdigit() or int(length[:20]) > limit:
            return _too_large(scope, limit)
        return None

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

    async def _read(self, scope: Scope, receive: Receive) -> bytes | Response | None:
        """Return a request's body; a refusal where it is too large or slow, None where it ends."""
        limit = self._options.body_bytes
        body = bytearray()
        try:
            async with asyncio.timeout(self._options.body_timeout_s):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return None
                    body += message.get("body", b"")
                    if len(body) > limit:
                        return _too_large(scope, limit)
                    if not message.get("more_body", False):
                        return bytes(body)
        except TimeoutError:
            refusal = problem(scope, 408, "The request did not arrive in time.")
            refusal.headers["connection"] = "close"
            return refusal


def _too_large(scope: Scope, limit: int) -> Response:
    refusal = problem(scope, 413, f"At most {limit:,} bytes are read, and their number is named.")
    refusal.headers["connection"] = "close"
    return refusal


def _repeat(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that has been read, and then goes on."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


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


def is_foreign(headers: Mapping[str, str], method: str = "POST") -> bool:
    """Say whether a page of another site asks in its reader's name; programs name no origin.

    >>> is_foreign({"origin": "http://a.example", "host": "a.example"})
    False
    >>> is_foreign({"origin": "null", "host": "a"}), is_foreign({"sec-fetch-site": "cross-site"})
    (True, True)
    """
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() != headers.get("host", "").lower()
    # A link on another site may lead here.
    fetched = headers.get("sec-fetch-site", "none")
    return method not in _SAFE and fetched not in ("none", "same-origin")
