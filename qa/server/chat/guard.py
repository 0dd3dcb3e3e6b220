"""What stands between the network and Gradio: headers, hosts, and the doors that stay shut.

Gradio opens routes that this page does not use, and some of them fetch an address
that a visitor names or store what a visitor sends. They are refused here, before
Gradio sees them. Plain ASGI, so that streamed answers pass through unbuffered.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY_HEADER = "content-security-policy"


def content_security_policy(nonce: str = "") -> str:
    """Return the policy: this server's own files, and inline only scripts with the nonce."""
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


HEADERS: Mapping[str, str] = {
    POLICY_HEADER: content_security_policy(),
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    # Nothing for others; with "no-referrer" a form's request would not name its origin here either.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

REQUEST_BYTES = 8_000_000
"""A question of a million characters still gets its answer in words; more is not a question."""

LARGEST_UPLOAD = 500_000_000
"""Bytes of the files that are added together."""
UPLOAD_PATH = "/library/add"

# file= and proxy= fetch addresses that a visitor names, upload stores without an account, a deep
# link writes the conversation to disk; the rest is for features that the page does not have.
_SHUT = re.compile(
    r"/(?:gradio_api/)?(?:file[=/]|proxy=|upload|deep_link|stream/|component_server|"
    r"process_recording|run-history|runs|vibe|dev/|custom_component/)|^/monitoring",
    re.IGNORECASE,
)


def shut(path: str) -> bool:
    """Say whether a path, as it came or percent-encoded once more, leads to a shut door.

    >>> shut("/gradio_api/file=http://x.example"), shut("/gradio_api/queue/join")
    (True, False)
    """
    return bool(_SHUT.search(path) or _SHUT.search(unquote(path)))


class Guard:
    """ASGI middleware: refuses shut doors and oversized requests, sets the headers."""

    def __init__(self, app: ASGIApp, limit_bytes: int = REQUEST_BYTES) -> None:
        self._app = app
        self._limit = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sender = _with_headers(send)
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        limit = LARGEST_UPLOAD if scope["path"] == UPLOAD_PATH else self._limit
        if shut(scope["path"]):
            await PlainTextResponse("Not here", status_code=403)(scope, receive, sender)
        elif not length.isdigit() or int(length) > limit or _unsized(headers):
            await PlainTextResponse("Too large", status_code=413)(scope, receive, sender)
        elif not _own_origin(headers):
            await PlainTextResponse("Foreign origin", status_code=403)(scope, receive, sender)
        else:
            await self._app(scope, receive, sender)


def _unsized(headers: Mapping[bytes, bytes]) -> bool:
    """Say whether a body hides its length: it could be endless, and no browser sends one here."""
    return b"transfer-encoding" in headers


def _own_origin(headers: Mapping[bytes, bytes]) -> bool:
    """Say whether no page of another site is asking in the reader's name."""
    origin = headers.get(b"origin")
    return origin is None or origin.partition(b"://")[2] == headers.get(b"host", b"")


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)  # the front page brings a policy of its own
            message = {**message, "headers": headers.raw}
        await send(message)

    return sender
