"""What can go wrong between us and a PostgreSQL server, as errors of ours with the next step."""

import asyncio
from typing import Any

from corpus.catalog.sql.address import ServerAddress, password_of
from corpus.errors import (
    CollectionDamaged,
    CollectionError,
    CollectionLocked,
    CollectionNotFound,
    CollectionNotWritable,
    CollectionUnavailable,
    SettingsError,
)


class ConnectionLost(CollectionUnavailable):
    """The server is away, or has ended the connection; another attempt may find it again."""

    def __init__(self, address: ServerAddress, reason: object) -> None:
        """Name the server and what was said."""
        super().__init__(
            "The server of {address} cannot be reached ({reason}). See that it runs and that the "
            "host and the port are right; what was committed before is whole.",
            address=address,
            reason=reason,
        )


class ServerSilent(CollectionUnavailable):
    """The server has taken a question and does not answer; another attempt would wait as long."""

    def __init__(self, address: ServerAddress, limit_s: float) -> None:
        """Name the server, and how long was waited."""
        super().__init__(
            "The server of {address} has not answered within {seconds} seconds. It hangs, or has "
            "too much to do; what was committed before is whole. Try again later.",
            address=address,
            seconds=round(limit_s),
        )


class TooManyConnections(CollectionUnavailable):
    """The server takes no more connections."""


class Conflict(CollectionLocked):
    """Another writer was in the way; the transaction was rolled back, and may be done again."""


def missing_driver() -> SettingsError:
    """Return the error that names what has to be installed."""
    return SettingsError(
        "A collection in PostgreSQL needs the driver asyncpg, which is not installed: "
        "pip install 'article-qa[postgres]'"
    )


def translate_failure(
    exc: Exception, address: ServerAddress
) -> CollectionError | SettingsError | None:
    """Return what the driver has raised as an error of ours; None for a fault of the program's."""
    reason = _without_password(exc, address)
    if isinstance(exc, OSError | TimeoutError | asyncio.IncompleteReadError):
        return ConnectionLost(address, reason or type(exc).__name__)
    state = str(getattr(exc, "sqlstate", None) or "")
    names = {"address": address, "reason": reason, "schema": address.schema}
    for states, error, template in _MEANINGS:
        if state.startswith(states):
            found: CollectionError = error(template, **names)
            return found
    if state.startswith(_LOST):
        return ConnectionLost(address, reason)
    kinds = {kind.__name__ for kind in type(exc).__mro__}
    if kinds & {"ConnectionDoesNotExistError", "ConnectionFailureError"} or (
        "InterfaceError" in kinds and ("closed" in reason or "operation is in progress" in reason)
    ):
        return ConnectionLost(address, reason)
    if "ClientConfigurationError" in kinds or "TargetServerAttributeNotMatched" in kinds:
        return SettingsError(
            "The address {address} cannot be used ({reason}). It is written as "
            "postgresql://USER@HOST/DATABASE?schema=NAME.",
            **names,
        )
    return None


_LOST = ("08", "57P01", "57P02", "57P03", "57P05")
"""No connection; the server is being stopped, has crashed, or is starting."""
_MEANINGS: tuple[tuple[tuple[str, ...] | str, Any, str], ...] = (
    (
        "28",
        CollectionUnavailable,
        "The server of {address} refuses the user ({reason}). Give the right name in the address "
        "and the password in PGPASSWORD, in a password file (PGPASSFILE) or in a service file; "
        "pg_hba.conf on the server says who may come from where.",
    ),
    (
        "3D000",
        CollectionNotFound,
        "There is no such database ({reason}). Make it with `createdb`, or name another in the "
        "address: {address}",
    ),
    (
        "53300",
        TooManyConnections,
        "The server of {address} takes no more connections ({reason}). Try again later, or have "
        "max_connections raised.",
    ),
    (
        ("53100", "53200", "54", "58030"),
        CollectionNotWritable,
        "The server of {address} cannot write ({reason}). What was there before is whole. Make "
        "room on the server, and try again.",
    ),
    (
        "25006",
        CollectionNotWritable,
        "{address} is a read-only server ({reason}): a replica, or one set so. Asking works; to "
        "change the collection, name the server that is written to.",
    ),
    (
        "42501",
        CollectionNotWritable,
        "The user of {address} may not do this ({reason}). Have its owner say: GRANT USAGE ON "
        "SCHEMA, and the rights on its tables, or CREATE ON DATABASE for a new collection.",
    ),
    (
        ("40", "23", "55P03", "57014"),
        Conflict,
        "Another writer was in the way in {address} ({reason}). Nothing was changed. Try again.",
    ),
    (
        ("42P01", "42703", "3F000", "XX001", "XX002"),
        CollectionDamaged,
        "The schema {schema} of {address} is not as article-qa has made it ({reason}). Restore it "
        "from a backup of the server's.",
    ),
)
"""SQLSTATE, or how it begins -> the error, and what it says."""


def _without_password(exc: Exception, address: ServerAddress) -> str:
    reason = " ".join(str(exc).split())
    secret = password_of(address)
    return reason.replace(secret, "…") if secret else reason
