"""The application served: on loopback, or elsewhere for those with a password."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from corpus.errors import SettingsError
from qa.chat_history import ConversationStore
from qa.server.app import application
from qa.server.options import Options, options_for
from qa.server.protocol import Served
from qa.server.service import Service

if TYPE_CHECKING:
    from uvicorn import Server

log = logging.getLogger(__name__)

CONNECTIONS = 2000


def serve(
    collection: Served,
    host: str = "127.0.0.1",
    port: int = 7860,
    options: Options | None = None,
    *,
    page: bool = True,
    mounted: Mapping[str, ASGIApp] | None = None,
    store: ConversationStore | None = None,
    proxy: str | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until it is interrupted; a stop waits for the questions under way.

    Args:
        collection: stays open; the caller closes it.
        host: the address to listen at.
        port: 0 takes any free one.
        options: by default those of `options_for(host)`.
        page: serve the chat page too.
        mounted: as for `application`.
        store: as for `application`.
        proxy: the address of a reverse proxy whose word for the client's address and for
            https counts.
        on_ready: called with the server's address once it is up. The model is loaded after.

    Raises:
        SettingsError: the address cannot be had, or the password file not be used.
    """
    import uvicorn

    chosen = options or options_for(host)
    if chosen.any_address and chosen.auth is None:
        log.warning("%s is open to other machines, and whoever reaches it can ask", host)
    listener = listen(host, port)
    try:
        app = application(collection, chosen, page=page, mounted=mounted, store=store)
        service: Service = app.state.service
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=proxy is not None,
            forwarded_allow_ips=proxy,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        _extend(server, service, listener, on_ready)
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        log.info("Interrupted")
    finally:
        listener.close()


def _extend(
    server: "Server",
    service: Service,
    listener: socket.socket,
    on_ready: Callable[[str], None] | None,
) -> None:
    """Have the server load the model once it is up, and wait for questions before it stops."""
    started, stopped = server.startup, server.shutdown

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        await started(sockets=sockets)
        service.readiness.start()
        if on_ready is not None and server.started:
            on_ready(address_of(listener))

    async def shutdown(sockets: list[socket.socket] | None = None) -> None:
        # /readyz says so, and new questions are refused, while those under way are answered.
        service.readiness.draining = True
        service.workers.close()
        drained = await asyncio.to_thread(service.workers.wait_until_idle, service.options.drain_s)
        if not drained:
            log.warning("%s questions are given up", service.workers.taken)
        await stopped(sockets=sockets)

    server.startup = startup  # type: ignore[method-assign]
    server.shutdown = shutdown  # type: ignore[method-assign]


def listen(host: str, port: int) -> socket.socket:
    """Take the address first: whoever finds it taken hears so before anything is loaded.

    Raises:
        SettingsError: it cannot be had.
    """
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


def address_of(listener: socket.socket) -> str:
    """Return where a browser finds what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
