"""A catalog in a schema of PostgreSQL: made, and brought up to date."""

import re
from importlib import resources

from corpus.catalog.database import SCHEMA_VERSION, Database
from corpus.catalog.sql.address import ServerAddress
from corpus.catalog.sql.postgres import PostgresSchema
from corpus.errors import CollectionNewer, CollectionNotFound, CollectionUnavailable

VERSION_SETTING = "schema"
OLDEST_SERVER = 180000
"""PostgreSQL 18: `casefold`, and checksums of its pages where nobody says otherwise."""
_LOCK = int.from_bytes(b"articleq", "big")
"""Held while a schema is made or changed."""


class PostgresDatabase(PostgresSchema, Database):
    """A schema of a PostgreSQL database with the catalog's tables."""

    def __init__(self, address: ServerAddress, *, create: bool = False) -> None:
        """Open the schema, or make it with `create`; see `open_postgres`."""
        super().__init__(address, lambda store: _prepare(store, create=create))

    @property
    def place(self) -> str:
        """The collection's address, without a password."""
        return str(self.address)


def open_postgres(address: ServerAddress, *, create: bool = False) -> PostgresDatabase:
    """Open the catalog at an address, or make it with `create`.

    Raises:
        CollectionNotFound: there is no such database or schema, and `create` is False.
        CollectionNewer: a later version of article-qa wrote it.
        CollectionUnavailable: the server is away, of an old version, or refuses the user.
        SettingsError: the driver is not installed.
    """
    return PostgresDatabase(address, create=create)


def _prepare(store: PostgresSchema, *, create: bool) -> None:
    address = store.address
    (number,) = store.one("SELECT CAST(current_setting('server_version_num') AS INTEGER)")
    if number < OLDEST_SERVER:
        raise CollectionUnavailable(
            "The server of {address} is PostgreSQL {version}; version {needed} or later is "
            "needed. Have it upgraded.",
            address=address,
            version=number // 10000,
            needed=OLDEST_SERVER // 10000,
        )
    version = _read_version(store)
    if version == 0 and not create:
        raise CollectionNotFound(
            "There is no collection in the schema {schema} of {address}. Make one with "
            "`article-qa --collection '{address}' add FOLDER`, or in Python with "
            "open_collection(address, create=True).",
            schema=address.schema,
            address=address,
        )
    if version > SCHEMA_VERSION:
        raise CollectionNewer(
            "{address} was written by a later version of article-qa (schema {version}; this one "
            "reads up to {own}). Install the later version: pip install --upgrade article-qa",
            address=address,
            version=version,
            own=SCHEMA_VERSION,
        )
    if version < SCHEMA_VERSION:
        _migrate(store)


def _read_version(store: PostgresSchema) -> int:
    """Return the number of the schema's tables, 0 where there are none."""
    table = f"{store.address.quoted_schema}.meta"
    if store.one("SELECT to_regclass(?)", (table,))[0] is None:
        return 0
    row = store.one(f"SELECT value FROM {table} WHERE key = ?", (VERSION_SETTING,))  # noqa: S608
    return int(row[0]) if row else 0


def _migrate(store: PostgresSchema) -> None:
    """Run the numbered scripts above the schema's version, all of them or none."""
    store.run_script("BEGIN")
    try:
        store.one("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
        # Read again: another process may have been faster.
        version = _read_version(store)
        if version == 0:
            store.run_script(f"CREATE SCHEMA IF NOT EXISTS {store.address.quoted_schema}")
        folder = resources.files("corpus.catalog.sql") / "postgres"
        for script in sorted(folder.iterdir(), key=lambda item: item.name):
            number = int(script.name[:4]) if re.fullmatch(r"\d{4}.*\.sql", script.name) else 0
            if number > version:
                store.run_script(script.read_text(encoding="utf-8"))
                store.run_script(
                    f"INSERT INTO meta VALUES ('{VERSION_SETTING}', '{number}') "  # noqa: S608
                    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
                )
        store.run_script("COMMIT")
    except BaseException:
        store.run_script("ROLLBACK")
        raise
