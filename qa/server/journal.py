"""Each request's id, its line in the log, its headers, and what becomes of a mistake of ours.

The outermost layer. A line is a JSON object on the logger `qa.server.requests`: id, client,
user, route (a template: paths hold URIs), status and milliseconds. Questions are in it only
where the server was told so; answers and articles never.
"""

import asyncio
import json
import logging
import re
import secrets
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.server.api.problems import problem_of
from qa.server.security import add_headers, client_of
from qa.server.service import Service

log = logging.getLogger("qa.server.requests")

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Journal:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("x-request-id", "")
        request_id = asked if _ID.fullmatch(asked) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        began = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(raw=list(message["headers"]))
                add_headers(headers)
                headers["x-request-id"] = request_id
                message = {**message, "headers": headers.raw}
            async with asyncio.timeout(self._service.options.send_timeout_s):
                await send(message)

        try:
            await self._app(scope, receive, sending)
        except TimeoutError:
            log.info("%s: the client takes nothing", request_id)
        except Exception as error:  # the outermost border: each request gets a response
            if status:
                log.exception("%s: the response broke off", request_id)
            else:
                await problem_of(scope, error)(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", None) or scope.get("place", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._service.metrics.request(route, method, status, seconds)
        state = scope["state"]
        line = {
            "id": state["request_id"],
            "client": client_of(scope),
            "user": state.get("user", ""),
            "method": method,
            "route": route,
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        if self._service.options.log_questions and "question" in state:
            line["question"] = state["question"]
        log.info("%s", json.dumps(line))
