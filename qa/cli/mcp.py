"""`article-qa mcp`: the collection for AI assistants."""

import sys

from qa.cli.shared import err, open_chosen


def mcp() -> None:
    """Serve the collection to AI assistants over MCP, on standard input and output.

    The tools retrieve, ask, list_articles and read_article only read. An assistant starts this
    command by itself; see docs/mcp.md.
    """
    from qa.mcp import serve_stdio

    with open_chosen() as collection:
        if sys.stdin.isatty():
            err.print("Waiting for an MCP client on standard input; press Ctrl+D to stop.")
        serve_stdio(collection)
