"""What a server is started with."""

import socket
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SettingsError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OPEN_RATE = 300
"""Requests a minute and client, where the server is open to others and nothing else is said."""


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and access of a server; the defaults are those of one on this machine alone."""

    auth: Path | None = None
    """The password file; without one everybody who reaches the server may ask."""
    hosts: tuple[str, ...] | None = LOOPBACK
    """Names that requests may be addressed to; addresses in numbers are always good where the
    server is open to other machines (`any_address`). None: any."""
    any_address: bool = False
    workers: int = 8
    """Questions that are worked on at once."""
    waiting: int = 32
    """Questions that wait for a worker; one more is answered 503."""
    timeout_s: float = 120.0
    """For one question, its waiting included."""
    body_bytes: int = 1_000_000
    """The largest request of the API."""
    body_timeout_s: float = 20.0
    """For a request's body to arrive."""
    send_timeout_s: float = 30.0
    """For a client to take a piece of an answer; one that does not is given up."""
    rate: int = 0
    """Requests a minute and client; 0 for any number. The page's own files count a twentieth."""
    log_questions: bool = False
    """Write questions to the log, which holds no text otherwise."""
    drain_s: float = 30.0
    """How long a stop waits for the questions under way."""
    keep_alive_s: float = 15.0
    """Seconds of silence in a stream before a comment says that it is alive."""
    editable: bool | None = None
    """Whether the library adds and removes articles; None: where this machine alone reaches it."""

    @property
    def may_edit(self) -> bool:
        """Whether the library adds and removes articles."""
        return self.is_private if self.editable is None else self.editable

    @property
    def is_private(self) -> bool:
        """Whether nobody but this machine's user reaches the server."""
        return self.auth is None and not self.any_address and self.hosts is not None


def options_for(
    host: str,
    *,
    auth: Path | None = None,
    insecure: bool = False,
    allow_hosts: tuple[str, ...] = (),
    rate: int | None = None,
    log_questions: bool = False,
    editable: bool | None = None,
) -> Options:
    """Return the options that an address asks for.

    Raises:
        SettingsError: it is open to other machines, and nothing says who may ask.
    """
    loopback = host in LOOPBACK
    if not loopback and auth is None and not insecure:
        raise SettingsError(
            f"{host} is open to other machines. Say who may ask with --auth FILE (article-qa user "
            "add NAME makes the file), or --insecure if everybody who reaches it may."
        )
    own = {socket.gethostname().lower(), host.lower()} if not loopback else set()
    names = {*LOOPBACK, *own, *(name.lower() for name in allow_hosts)}
    return Options(
        auth=auth,
        hosts=tuple(sorted(names)),
        any_address=not loopback,
        rate=rate if rate is not None else 0 if loopback else OPEN_RATE,
        log_questions=log_questions,
        editable=editable,
    )
