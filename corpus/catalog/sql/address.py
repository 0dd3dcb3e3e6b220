"""The address of a collection in PostgreSQL: postgresql://user@host:5432/database?schema=press."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from corpus.errors import SettingsError

SCHEMA = "article_qa"
"""Where an address names no schema."""
_SCHEMES = ("postgresql://", "postgres://")
_LONGEST = 63
"""Bytes of a name; PostgreSQL would cut off the rest, and two names might become one."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a collection is; the password, if it holds one, is not shown."""

    dsn: str = field(repr=False)
    """For the driver, without the schema."""
    schema: str
    text: str
    """For people and commands: without the password."""
    replica: str = field(default="", repr=False)
    """For the driver: where to read, if not there."""

    def __str__(self) -> str:
        return self.text

    @property
    def quoted_schema(self) -> str:
        """The schema's name in SQL."""
        return quote_name(self.schema)


def is_address(text: object) -> bool:
    """Tell whether a text is meant as the address of a collection in PostgreSQL."""
    return str(text).lower().startswith(_SCHEMES)


def parse_address(text: str) -> ServerAddress:
    """Read the address of a collection.

    All that libpq takes may stand in it: several hosts, `sslmode`, `service`, `passfile`. Beside
    that `schema`, and `replica`: a host to read from, with a port or without, or several.

    Raises:
        SettingsError: it is none, or its schema can be no name.

    >>> parse_address("postgresql://jule:geheim@host/press?schema=Bote&sslmode=require")
    ServerAddress(schema='Bote', text='postgresql://jule@host/press?schema=Bote&sslmode=require')
    """
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query, keep_blank_values=True, errors="strict")
    except ValueError as exc:
        # The text is not repeated: it may hold a password.
        raise SettingsError(
            "The address of the collection cannot be read. Write "
            "postgresql://USER@HOST/DATABASE?schema=NAME, with a password in PGPASSWORD or "
            "a password file."
        ) from exc
    named = [value for name, value in query if name == "schema"]
    schema = named[-1] if named else SCHEMA
    _check_name(schema)
    rest = [(name, value) for name, value in query if name not in ("schema", "replica")]
    replica = "".join(value for name, value in query if name == "replica")
    user, at, host = parts.netloc.rpartition("@")
    shown = [(name, value) for name, value in query if name not in ("password", "sslpassword")]
    netloc = f"{user.partition(':')[0]}{at}{host}"
    return ServerAddress(
        f"postgresql://{parts.netloc}{parts.path}{_query(rest)}",
        schema,
        f"postgresql://{netloc}{parts.path}{_query(shown)}",
        _elsewhere(f"{user}{at}", replica, parts.path, rest) if replica else "",
    )


def password_of(address: ServerAddress) -> str:
    """Return the password that an address holds, or "": what must not be in a message."""
    parts = urlsplit(address.dsn)
    given = dict(parse_qsl(parts.query)).get("password", "")
    return given or unquote(parts.netloc.rpartition("@")[0].partition(":")[2])


def quote_name(name: str) -> str:
    """Return a name as SQL writes it.

    >>> print(quote_name('Der "Bote" am Fluss'))
    "Der ""Bote"" am Fluss"
    """
    return '"' + name.replace('"', '""') + '"'


def _check_name(schema: str) -> None:
    if not schema or "\0" in schema or len(schema.encode()) > _LONGEST:
        raise SettingsError(
            "schema={name!r} can be no name: it must have 1 to {most} bytes, and letters beyond "
            "English ones have two or more. Choose another.",
            name=schema,
            most=_LONGEST,
        )
    if schema.startswith("pg_") or schema == "information_schema":
        raise SettingsError(
            "schema={name!r} is a name that PostgreSQL keeps for itself. Choose another.",
            name=schema,
        )


def _elsewhere(user: str, host: str, path: str, query: list[tuple[str, str]]) -> str:
    """Return the address of the same database on another host, or at another socket."""
    rest = [(name, value) for name, value in query if name not in ("host", "hostaddr", "port")]
    if host.startswith("/"):
        return f"postgresql://{user}{path}{_query([*rest, ('host', host)])}"
    return f"postgresql://{user}{host}{path}{_query(rest)}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return f"?{urlencode(pairs, quote_via=quote, safe='/')}" if pairs else ""
