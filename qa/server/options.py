"""What a server is started with."""

from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and access of a server; the defaults are those of one on this machine alone."""

    auth: Path | None = None
    """The password file; without one everybody who reaches the server may ask."""
    hosts: tuple[str, ...] | None = LOOPBACK
    """Names that requests may be addressed to; addresses in numbers are always good where the
    server is open to other machines (`any_address`). None: any."""
    any_address: bool = False
    workers: int = 4
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
    keep_alive_s: float = field(default=15.0)
    """Seconds of silence in a stream before a comment says that it is alive."""
