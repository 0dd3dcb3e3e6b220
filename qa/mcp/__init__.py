"""The collection for AI assistants: four read-only tools of the Model Context Protocol.

`article-qa mcp` serves them on standard input and output; a web server mounts
`streamable_http_app`. The protocol is the official SDK's (extra `mcp`).
"""

from qa.mcp.service import make_server, serve_stdio, streamable_http_app

__all__ = ["make_server", "serve_stdio", "streamable_http_app"]
