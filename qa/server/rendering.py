"""The pages beside the chat as HTML: templates that escape what they show, in one frame.

Scripts and styles come from this server's files alone.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from qa.i18n import Words
from qa.results import ArticleInfo
from qa.server.chat.render import clip_end, strip_hidden
from qa.server.links import article_link, host_of, inspect_link, page_link, place_of, web_link

STATIC: Mapping[str, tuple[str, str]] = {
    "/ui/style.css": ("style.css", "text/css"),
    "/ui/script.js": ("script.js", "text/javascript"),
    "/ui/pages.js": ("pages.js", "text/javascript"),
    "/favicon.ico": ("icon.svg", "image/svg+xml"),
}
"""Path -> (file, media type)."""

PAGES = (
    ("/", "nav_chat"),
    ("/library", "nav_library"),
    ("/matches", "nav_matches"),
    ("/dossiers", "nav_dossiers"),
)
"""The pages' paths and the keys of their names, as the head line lists them."""

_TITLE = 200


def static_routes() -> list[Route]:
    """Return the routes of the files that the pages load."""
    return [_file_route(path, name, kind) for path, (name, kind) in STATIC.items()]


def _file_route(path: str, name: str, kind: str) -> Route:
    content = (files("qa.server") / "static" / name).read_text("utf-8")
    reply = Response(content, headers={"cache-control": "no-cache"}, media_type=kind)

    async def give(_: Request) -> Response:
        return reply

    return Route(path, give)


def render(template: str, words: Words, /, **values: Any) -> str:
    """Return a template as HTML; it knows `words`, the values, and as `m` the macros."""
    macros = _ENVIRONMENT.get_template("macros.html").make_module({"words": words})
    return _ENVIRONMENT.get_template(template).render(words=words, m=macros, **values)


def render_page(
    template: str,
    words: Words,
    /,
    *,
    here: str = "",
    title: str = "",
    query: str = "",
    status: int = 200,
    **values: Any,
) -> HTMLResponse:
    """Return a page as a response that nobody keeps.

    Args:
        template: the file of what stands in the frame.
        words: the interface's.
        here: the path among `PAGES` that it belongs to.
        title: its heading.
        query: the address's own query, which the other language keeps.
        status: of the response.
        values: what the template shows.
    """
    own = {"template": template, "here": here, "title": title, "query": query, "pages": PAGES}
    html = render("frame.html", words, **{**own, **values})
    return HTMLResponse(html, status, {"cache-control": "no-store"})


def title_of(info: ArticleInfo, words: Words) -> str:
    """Return an article's title as text, cut to what a line takes."""
    return clip_end(info.title.strip() or words["untitled"], _TITLE)


def _finalize(value: object) -> object:
    """Take from a text what would hide or turn it; None is nothing."""
    if value is None:
        return ""
    return (
        strip_hidden(value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )


def _percent(text: str) -> str:
    return quote(text.encode("utf-8", "replace"), safe="")


def _language(code: str, words: Words) -> str:
    return "?" if code == "und" else words.language_name(code)


def _line(parts: Sequence[str]) -> str:
    return " · ".join(filter(None, parts))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("qa.server"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "article_link": article_link,
        "host_of": host_of,
        "inspect_link": inspect_link,
        "page_link": page_link,
        "place_of": place_of,
        "language_name": _language,
        "title_of": title_of,
        "web_link": web_link,
    }
    environment.filters |= {"clip": clip_end, "line": _line, "percent_encode": _percent}
    environment.tests["known"] = lambda code: code != "und"
    return environment


_ENVIRONMENT = _environment()
