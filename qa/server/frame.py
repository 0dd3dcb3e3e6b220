"""The frame of the pages beside the chat: plain HTML from the server, with the chat's head line.

Elements are written by `el`, which escapes every attribute; contents are HTML already, made by
`qa.server.chat.render.escape`. Scripts come from this server's files alone.
"""

from collections.abc import Sequence

from starlette.responses import HTMLResponse

from qa.server.chat.render import escape, escape_attribute
from qa.server.page_words import PageWords

PAGES = (("/", "nav_chat"), ("/library", "nav_library"), ("/inspect", "nav_inspect"))
"""The pages' paths and the keys of their names, as the head line lists them."""

_VOID = frozenset({"input", "link", "meta", "br"})

HEADERS = {
    # A form's request names its origin only where the page may name itself.
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
}


def el(name: str, /, *content: str, **attributes: str | int | bool | None) -> str:
    """Return one element; contents are HTML already, attributes are escaped here.

    None and False leave an attribute out, True is one without a value; an underscore stands for
    a hyphen, and one at the end keeps Python's words free.

    >>> el("a", "x", href="/?a=1&b", aria_label='"', hidden=True)
    '<a href="/&#63;a&#61;1&#38;b" aria-label="&#34;" hidden>x</a>'
    >>> el("input", name="q", value="")
    '<input name="q" value="">'
    """
    written = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        written += f" {key.rstrip('_').replace('_', '-')}"
        if value is not True:
            written += f'="{escape_attribute(str(value))}"'
    if name in _VOID:
        return f"<{name}{written}>"
    return f"<{name}{written}>{''.join(content)}</{name}>"


def page(title: str, content: str, words: PageWords, here: str, *, query: str = "") -> str:
    """Return a whole page.

    Args:
        title: its heading, as text.
        content: HTML.
        words: the interface's.
        here: the path among `PAGES` that it belongs to.
        query: the address's own query, which the other language keeps.
    """
    head = (
        '<meta charset="utf-8">'
        + el("meta", name="viewport", content="width=device-width, initial-scale=1")
        + el("title", escape(f"{title} · article-qa"))
        + el("link", rel="icon", href="/favicon.ico")
        + el("link", rel="stylesheet", href="/ui/style.css")
        + el("link", rel="stylesheet", href="/ui/pages.css")
        + el("script", src="/ui/pages.js")
    )
    main = el("main", el("h1", escape(title)), content, id="main", tabindex="-1")
    skip = el("a", escape(words["skip"]), href="#main", class_="skip")
    body = el("body", skip, _top(words, here, query), main, class_="page")
    return f'<!doctype html><html lang="{words.language}"><head>{head}</head>{body}</html>'


def reply(html: str, status: int = 200) -> HTMLResponse:
    """Return a page as a response that nobody keeps."""
    return HTMLResponse(html, status_code=status, headers=HEADERS)


def notice(text: str, kind: str = "info") -> str:
    """Return a line that says what happened, or what is in the way."""
    role = "alert" if kind == "problem" else "status"
    return el("p", escape(text), class_=f"note {kind}", role=role)


def button(label: str, *, kind: str = "", **attributes: str | bool) -> str:
    """Return a button that sends its form."""
    return el("button", escape(label), class_=f"button {kind}".strip(), type="submit", **attributes)


def form(action: str, *content: str, post: bool = True, **attributes: str | bool) -> str:
    """Return a form."""
    method = "post" if post else "get"
    return el("form", *content, action=action, method=method, **attributes)


def field(label: str, control: str, name: str, *, hint: str = "") -> str:
    """Return a control under its label; the control's id is the name."""
    below = el("span", escape(hint), class_="hint", id=f"{name}-hint") if hint else ""
    return el("p", el("label", escape(label), for_=name), control, below, class_="field")


def select(name: str, choices: Sequence[tuple[str, str]], chosen: str) -> str:
    """Return a list to choose from: (value, label) pairs."""
    options = [
        el("option", escape(label), value=value, selected=value == chosen)
        for value, label in choices
    ]
    return el("select", *options, name=name, id=name)


def _top(words: PageWords, here: str, query: str) -> str:
    links = [
        el("a", escape(words[key]), href=path, aria_current="page" if path == here else None)
        for path, key in PAGES
    ]
    other, name = ("en", "English") if words.language == "de" else ("de", "Deutsch")
    address = f"?{query}&lang={other}" if query else f"?lang={other}"
    return el(
        "header",
        el("p", el("a", "article-qa", href="/"), id="name"),
        el("nav", el("p", *links), id="pages", aria_label=words["nav"]),
        el("p", el("a", name, href=address, lang=other, hreflang=other), id="switch"),
        id="top",
    )
