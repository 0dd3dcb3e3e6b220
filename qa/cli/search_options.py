"""The options of a question, named once for all commands that ask one."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

_Names = list[str] | None


def _option(kind: Any, default: Any, text: str, *names: str, **limits: Any) -> tuple[Any, Any]:
    return Annotated[kind, typer.Option(*names, help=text, **limits)], default


_OPTIONS = {
    "since": _option(str | None, None, "Only articles since this day: 2024-10-25."),
    "until": _option(str | None, None, "Only articles until this day."),
    "sources": _option(_Names, None, "Only this source; can be repeated.", "--source"),
    "languages": _option(
        _Names, None, "Only this language (de, en, …); can be repeated.", "--language"
    ),
    "authors": _option(_Names, None, "Only this author; can be repeated.", "--author"),
    "sections": _option(_Names, None, "Only this section; can be repeated.", "--section"),
    "uris": _option(_Names, None, "Only this article; can be repeated.", "--uri"),
    "without": _option(
        _Names,
        None,
        "Articles without a date or a source too (date, source), or alone where none is given; "
        "can be repeated.",
        "--without",
    ),
    "roles": _option(
        _Names,
        None,
        "Paragraphs of this role (caption, heading, …) instead of lead and body; can be repeated.",
        "--role",
    ),
    "per_article": _option(
        int | None, None, "The most passages to take from one article.", min=1, max=1000
    ),
    "recency": _option(
        str | None, None, "Prefer newer articles, with this half-life: 30d, 2w, 6m, 1y."
    ),
    "diversity": _option(float, 0.0, "From 0, the closest, to 1, the most varied.", min=0, max=1),
    "boost_dates": _option(
        bool, False, "Prefer articles from the time that the question names.", "--boost-dates"
    ),
}
"""`qa.options.SearchOptions` -> the option's type, with its help, and its default."""


def takes_search_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options above; it takes them as its parameter `options`."""
    own = inspect.signature(command)
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        command(options={name: given.pop(name) for name in _OPTIONS}, **given)

    others = [item for item in own.parameters.values() if item.name != "options"]
    parameters = [
        item.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for item in (*others[:2], *options, *others[2:])
    ]
    run.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {item.name: item.annotation for item in parameters}
    return run
