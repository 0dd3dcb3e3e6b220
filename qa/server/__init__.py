"""The collection over HTTP: a JSON API, an OpenAI-compatible one, and the chat page.

`application` returns it all as one ASGI application, `serve` runs that until it is stopped.
fastapi, uvicorn and prometheus_client are imported nowhere before this package is.
"""

from qa.server.app import application
from qa.server.options import Options
from qa.server.serving import serve

__all__ = ["Options", "application", "serve"]
