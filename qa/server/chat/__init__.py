"""The chat in the browser: Gradio inside FastAPI, on this machine alone.

`serve(collection)` opens the page and returns when it is stopped. gradio is
imported nowhere else, and only when the page is asked for.
"""

from qa.server.chat.app import application, serve

__all__ = ["application", "serve"]
