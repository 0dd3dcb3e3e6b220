"""The page served: mounted in FastAPI with its headers, files and routes, on one port.

gradio is imported inside functions, after the switches that keep it from calling home.
"""

import logging
import os
import socket
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import ArticleQAError, SettingsError
from qa.chat_history import FILE, ConversationStore
from qa.server.chat.dialogue import Dialogue
from qa.server.chat.front import FrontPage
from qa.server.chat.guard import Guard
from qa.server.chat.routes import add_routes
from qa.server.chat.warming import WarmUp
from qa.server.page_routes import Missing
from qa.server.protocol import Asked

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" '
    'rx="7" fill="#0f5f6b"/><path d="M8 9h16M8 15h16M8 21h9" stroke="#fff" stroke-width="2.4" '
    'stroke-linecap="round"/><circle cx="23" cy="22" r="3.4" fill="#f2c14e"/></svg>'
)


def application(
    collection: Asked,
    hosts: Sequence[str] = LOOPBACK,
    warm_up: WarmUp | None = None,
    store: ConversationStore | None = None,
    *,
    editable: bool = False,
) -> "FastAPI":
    """Return the pages as an ASGI application that answers to the given host names only.

    Without a `store`, conversations last as long as the application. Unless it is
    `editable`, the library only shows the articles.
    """
    _stay_home()
    import gradio as gr
    from fastapi import FastAPI, Response
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from qa.server.chat.page import ChatPage
    from qa.server.chat.parts import translations

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(FrontPage)
    app.add_middleware(Missing)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False)

    def static(path: str, content: str, media_type: str) -> None:
        headers = {"cache-control": "no-cache"}
        reply = Response(content, headers=headers, media_type=media_type)
        app.add_api_route(path, lambda: reply)

    here = files("qa.server") / "static"
    static("/ui/style.css", (here / "style.css").read_text("utf-8"), "text/css")
    static("/ui/script.js", (here / "script.js").read_text("utf-8"), "text/javascript")
    static("/ui/pages.css", (here / "pages.css").read_text("utf-8"), "text/css")
    static("/ui/pages.js", (here / "pages.js").read_text("utf-8"), "text/javascript")
    static("/favicon.ico", ICON, "image/svg+xml")
    static("/healthz", "ok", "text/plain")
    dialogue = Dialogue(collection, store or ConversationStore(None))
    add_routes(app, dialogue)
    _add_pages(app, collection, warm_up, editable=editable)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        ChatPage(dialogue, warm_up or WarmUp(collection)).build(),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size="1mb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        i18n=translations(),
        theme=gr.themes.Default(
            font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]
        ),
    )
    return mounted


def _add_pages(
    app: "FastAPI", collection: Asked, warm_up: WarmUp | None, *, editable: bool
) -> None:
    """Open the pages beside the chat, where the collection is one that has articles to show."""
    from qa.collection import Collection
    from qa.server.chat.inspecting import Inspect
    from qa.server.library.routes import Library

    if isinstance(collection, Collection):
        Library(collection, editable=editable).add_routes(app)
        Inspect(collection, warm_up).add_routes(app)


def serve(
    collection: Asked,
    host: str = "127.0.0.1",
    port: int = 7860,
    on_ready: Callable[[str], None] | None = None,
    store: ConversationStore | None = None,
    *,
    editable: bool | None = None,
) -> None:
    """Serve the pages until it is interrupted; `on_ready` gets its address once it is up.

    Port 0 takes any free one. Raises SettingsError where the address cannot be had.
    The model is loaded once the page is up, so that the page never waits for it.
    Conversations are kept beside the collection's catalog, or in the given store.
    Articles can be added and removed in the library where it is `editable`: by default on this
    machine's own address alone.
    """
    listener = _listen(host, port)
    warm_up = WarmUp(collection)
    loopback = host in LOOPBACK
    if not loopback:
        log.warning("%s is open to other machines, and whoever reaches it can ask", host)
    try:
        import uvicorn

        hosts = LOOPBACK if loopback else ("*",)
        kept = store or kept_beside(collection)
        may_edit = loopback if editable is None else editable
        app = application(collection, hosts, warm_up, kept, editable=may_edit)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        started = server.startup

        async def startup(sockets: list[socket.socket] | None = None) -> None:
            await started(sockets=sockets)
            if on_ready is not None and server.started:
                on_ready(_address(listener))
            warm_up.start()

        server.startup = startup  # type: ignore[method-assign]
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        log.info("Interrupted")
    finally:
        listener.close()


def kept_beside(collection: Asked) -> ConversationStore:
    """Return the conversations of a collection; where they cannot be kept, a log line says why."""
    try:
        return ConversationStore(Path(collection.status().path) / FILE)
    except ArticleQAError as error:
        log.warning("Conversations are lost when the server stops: %s", error)
        return ConversationStore(None)


def _listen(host: str, port: int) -> socket.socket:
    """Take the address first: whoever finds it taken should hear so before anything is loaded."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise SettingsError(
            f"{host}:{port} cannot be used ({error}); choose another with --port or --host"
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _stay_home() -> None:
    """Switch off gradio's and the hub's calls home; both are read when gradio is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
