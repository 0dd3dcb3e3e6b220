"""`article-qa serve`, `ui` and `user`: the collection over HTTP, and who may ask it."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.shared import err, open_chosen, say_if_empty

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from qa.collection import Collection
    from qa.server.options import Options

user = typer.Typer(name="user", help="Manage the users of `serve --auth`.", no_args_is_help=True)

UserName = Annotated[str, typer.Argument(help="The user's name.")]
File = Annotated[
    Path | None,
    typer.Option(help="The password file; by default users.json beside your settings."),
]


Host = Annotated[str, typer.Option(help="Address to listen on.")]
Editable = Annotated[
    bool | None,
    typer.Option(
        "--editable/--read-only",
        help="Whether the library page may add and remove articles; by default only if no other "
        "machine can reach it.",
    ),
]


def ui(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 7860,
    editable: Editable = None,
) -> None:
    """Serve the chat page, with library and inspector, until Ctrl+C.

    The same as `serve`, for one person or a trusted network: no password, any host name.
    """
    from qa.server.options import options_for

    options = replace(options_for(host, insecure=True, editable=editable), rate=0)
    if options.any_address:
        options = replace(options, hosts=None)
    _serve(host, port, options, "The chat is at {url} - press Ctrl+C to stop.")


def serve(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=0, max=65535)] = 7860,
    auth: Annotated[
        Path | None,
        typer.Option(help="Password file from `article-qa user`; only its users may ask."),
    ] = None,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Let everybody who can reach the address ask.")
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Host name under which it is reached; can be repeated."),
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option(
            help="Requests per minute and client, 0 for no limit; by default 300 if other machines "
            "can reach it.",
            min=0,
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Questions answered at the same time.", min=1, max=64)
    ] = 8,
    proxy: Annotated[
        str | None,
        typer.Option(help="Address of a reverse proxy to trust for clients' addresses."),
    ] = None,
    page: Annotated[bool, typer.Option(help="Serve the chat page too.")] = True,
    editable: Editable = None,
    log_requests: Annotated[
        bool, typer.Option("--log-requests", help="Log each request as a line of JSON.")
    ] = False,
    log_questions: Annotated[
        bool, typer.Option("--log-questions", help="The same, with the questions.")
    ] = False,
) -> None:
    """Serve the collection over HTTP: a JSON API, an OpenAI-compatible API and the chat.

    /openapi.json describes it. On 127.0.0.1 only this machine can reach it; any other address
    needs --auth or --insecure.
    """
    from qa.server.options import options_for

    options = options_for(
        host,
        auth=auth,
        insecure=insecure,
        allow_hosts=tuple(allow_host or ()),
        rate=rate,
        log_questions=log_questions,
        editable=editable,
    )
    if log_requests or log_questions:
        _log_requests()
    message = "Served at {url}, its API described at {url}/openapi.json - press Ctrl+C to stop."
    _serve(host, port, replace(options, workers=workers), message, page=page, proxy=proxy)


def _serve(
    host: str,
    port: int,
    options: "Options",
    message: str,
    *,
    page: bool = True,
    proxy: str | None = None,
) -> None:
    from qa.server import serve as serving

    with open_chosen(create=True) as collection:
        say_if_empty(collection)
        serving(
            collection,
            host,
            port,
            options,
            page=page,
            mounted=_assistants(collection),
            proxy=proxy,
            on_ready=lambda url: err.print(message.format(url=url), soft_wrap=True),
        )


@user.command(name="add")
def add_user(
    name: UserName,
    file: File = None,
    admin: Annotated[
        bool | None,
        typer.Option("--admin/--no-admin", help="Whether they may change the server's settings."),
    ] = None,
) -> None:
    """Add a user or change a password; it is asked for, or read from a pipe."""
    from qa.server.auth.users import add

    path = _path(file)
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    new = add(path, name, password, admin=admin)
    err.print(
        f"{'Added' if new else 'Changed the password of'} {name} in {path}.",
        markup=False,
        soft_wrap=True,
    )


@user.command(name="remove")
def remove_user(name: UserName, file: File = None) -> None:
    """Remove a user; sessions and tokens end at once."""
    from qa.server.auth.users import remove

    remove(_path(file), name)
    err.print(f"Removed {name}.", markup=False)


@user.command(name="token")
def token(
    name: UserName,
    file: File = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Revoke all of the user's tokens instead.")
    ] = False,
) -> None:
    """Print a new token for programs; it is shown only once."""
    from qa.server.auth.users import add_token, drop_tokens

    if drop:
        err.print(f"{drop_tokens(_path(file), name)} tokens are void.")
    else:
        sys.stdout.write(f"{add_token(_path(file), name)}\n")


@user.command(name="list")
def list_users(file: File = None) -> None:
    """List the users, the number of their tokens, and who may change settings."""
    from qa.server.auth.users import read

    for name, found in sorted(read(_path(file)).items()):
        rights = "\tadmin" if found.is_admin else ""
        sys.stdout.write(f"{name}\t{len(found.tokens)}{rights}\n")


def _path(file: Path | None) -> Path:
    from qa.settings import user_file

    return file.expanduser() if file is not None else user_file().with_name("users.json")


def _assistants(collection: "Collection") -> "dict[str, ASGIApp]":
    """Return the tools for assistants at /mcp, where the extra `mcp` is installed."""
    from corpus.errors import SettingsError

    try:
        from qa.mcp import streamable_http_app
    except SettingsError:
        return {}
    # The server's own gate knows which names it is reached by.
    return {"/mcp": streamable_http_app(collection, hosts=("*",))}


def _log_requests() -> None:
    """Write the server's lines to standard error as they are, whatever --verbose says."""
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("qa.server.requests")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
