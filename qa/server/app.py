"""The application: routes, the layers before them, and the chat page, put together.

Journal      ids, log, headers, no traceback to anybody
Security     hosts, origins, shut doors, rate, size
Access       tokens and sessions, where there is a password file
routes       /api, /v1, /healthz, /readyz, /metrics, /login, then what is mounted, then the page
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Scope

from qa.chat_history import ConversationStore
from qa.collection import Collection
from qa.server.api.completions import openai_router
from qa.server.api.dossiers import dossiers_router
from qa.server.api.editing import editing_router
from qa.server.api.models import Alive, Ready
from qa.server.api.problems import add_handlers, problem
from qa.server.api.routes import PROBLEMS, api_router
from qa.server.api.standing import standing_router
from qa.server.auth.access import Access, LockOut, Sessions
from qa.server.auth.login import login_router
from qa.server.auth.users import Users
from qa.server.journal import Journal
from qa.server.metrics import MEDIA_TYPE
from qa.server.options import Options
from qa.server.protocol import Served
from qa.server.rendering import static_routes
from qa.server.security import Security, is_api
from qa.server.service import Service

_DESCRIPTION = (
    "Ask questions of a collection of articles and get answers with citations. "
    "Offsets are character offsets into the article's text: text[start:end] is the quote."
)
_OWN = frozenset({"/healthz", "/readyz", "/metrics", "/openapi.json", "/login", "/logout"})


def application(
    collection: Served,
    options: Options | None = None,
    *,
    page: bool = True,
    mounted: Mapping[str, ASGIApp] | None = None,
    store: ConversationStore | None = None,
) -> FastAPI:
    """Return the server as an ASGI application; its `state.service` has what the routes share.

    Args:
        collection: stays open as long as the application runs; the caller closes it.
        options: limits and access.
        page: serve the chat page too.
        mounted: more applications by the beginning of their paths, "/mcp" for instance; they
            see paths whole, their lifespans run, and the layers stand before them too.
        store: of the chat's conversations; by default beside the collection's catalog.

    Raises:
        SettingsError: the password file cannot be used.
    """
    options = options or Options()
    service = Service(collection, options)
    inner: dict[str, ASGIApp] = dict(mounted or {})
    if page:
        from qa.server.pages import pages

        inner[""] = pages(service, store)

    app = FastAPI(
        title="article-qa", version=_version(), description=_DESCRIPTION, lifespan=_lifespan(inner),
        docs_url=None, redoc_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.state.service = service
    add_handlers(app)
    app.include_router(api_router(service))
    if isinstance(collection, Collection):
        app.include_router(standing_router(service, collection))
        app.include_router(editing_router(service, collection))
        app.include_router(dossiers_router(service, collection))
    app.include_router(openai_router(service))
    app.include_router(_operation(service))
    app.router.routes.extend(static_routes())
    # The last one added is the first one met.
    if options.auth is not None:
        users = Users(options.auth)
        sessions = Sessions(users)
        app.include_router(login_router(users, sessions, LockOut()))
        app.add_middleware(Access, users=users, sessions=sessions)
    app.add_middleware(Security, options=options)
    app.add_middleware(Journal, service=service)
    for path, item in inner.items():
        app.router.routes.append(_Beside(path, item))
    return app


def _lifespan(
    inner: Mapping[str, ASGIApp],
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what runs the lifespans of the mounted applications around the server's own."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for item in inner.values():
                router: Any = getattr(item, "router", None)
                if router is not None:
                    await stack.enter_async_context(router.lifespan_context(item))
            yield

    return lifespan


class _Beside(Mount):
    """Another application below a path, which it sees whole; the page gets what is nobody's."""

    def __init__(self, prefix: str, app: ASGIApp) -> None:
        super().__init__("", app=app)
        self._prefix = prefix

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path = str(scope.get("path", ""))
        if self._prefix:
            own = path == self._prefix or path.startswith(f"{self._prefix}/")
        else:
            own = not is_api(path) and path not in _OWN
        return super().matches(scope) if own else (Match.NONE, {})


def _operation(service: Service) -> APIRouter:
    router = APIRouter(tags=["operation"], responses=PROBLEMS)

    @router.get("/healthz", response_model=Alive)
    async def alive() -> Alive:
        """Say that the server answers."""
        return Alive()

    @router.get("/readyz", response_model=Ready, responses={503: {"model": Ready}})
    async def ready() -> Response:
        """Say whether questions can be asked: 200, or 503 with the reason."""
        state = service.readiness.state()
        return JSONResponse(state.model_dump(), 200 if state.ready else 503)

    @router.get("/metrics", responses={200: {"content": {"text/plain": {}}}})
    async def metrics(request: Request) -> Response:
        """Give counts and times in Prometheus's format."""
        if service.readiness.draining:
            return problem(request.scope, 503, "The server is stopping.")
        return Response(service.metrics.render(), media_type=MEDIA_TYPE)

    return router


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("article-qa")
    except PackageNotFoundError:  # run from a copy that is not installed
        return "0"
