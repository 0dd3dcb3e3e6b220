"""Where a collection is: a folder, or a schema of a PostgreSQL database."""

import os
from pathlib import Path

from corpus.catalog.database import CATALOG_FILE, Database, open_database
from corpus.catalog.sql.address import ServerAddress, is_address, parse_address
from corpus.catalog.sqlite_file import see_readable
from corpus.disk import make_folder
from corpus.errors import CollectionLocked, CollectionNotWritable, SettingsError

ENVIRONMENT = "ARTICLE_QA_COLLECTION"
MIGRATING_SETTING = "migrating"
"""Set while a collection is being filled from another one."""
CollectionPlace = Path | ServerAddress


def default_folder() -> Path:
    """Return ARTICLE_QA_COLLECTION, or the collection in the user's data folder."""
    from platformdirs import user_data_path

    configured = os.environ.get(ENVIRONMENT)
    if configured:
        return Path(configured).expanduser()
    return user_data_path("article-qa") / "collection"


def find_place(given: str | Path | None) -> CollectionPlace:
    """Return the place that is named; without a name, that of ARTICLE_QA_COLLECTION or the user's.

    Raises:
        SettingsError: it is an address that cannot be used.
        CollectionNotWritable: it is a folder that this user may not read.
    """
    named = os.environ.get(ENVIRONMENT, "") if given is None else str(given)
    if is_address(named):
        return parse_address(named)
    folder = default_folder() if given is None else Path(given).expanduser()
    # Before its settings are read: a folder that is closed to the user is no wrong setting.
    see_readable(folder / CATALOG_FILE)
    return folder


def need_folder(place: CollectionPlace, instead: str) -> Path:
    """Return a place that has to be a folder.

    Args:
        place: where the collection is.
        instead: what to do with one in PostgreSQL.

    Raises:
        SettingsError: it is in PostgreSQL.
    """
    if isinstance(place, ServerAddress):
        raise SettingsError(
            "{address} is in PostgreSQL, where this is done by the server's own means: {instead}",
            address=place,
            instead=instead.format(schema=place.schema),
        )
    return place


def open_catalog(
    place: CollectionPlace, *, create: bool, unfinished: bool = False
) -> tuple[Database, Path]:
    """Open the catalog at a place; return it with the folder for what is built from it.

    Args:
        place: where it is.
        create: make it where there is none.
        unfinished: also where it is being filled from another collection.

    Raises:
        CollectionLocked: it is being filled from another collection, or that was cut short.
        CollectionError: it cannot be opened; see `open_database` and `open_postgres`.
    """
    database = _open(place, create=create)
    try:
        if not unfinished:
            _see_finished(database)
        local = place if isinstance(place, Path) else _make_local_folder(database.identity)
    except BaseException:  # Ctrl+C too: nobody else would close it
        database.close()
        raise
    return database, local


def _see_finished(database: Database) -> None:
    if database.setting(MIGRATING_SETTING) is not None:
        raise CollectionLocked(
            "{place} is being filled from another collection, or that was cut short. Wait, or "
            "run the same `article-qa migrate` again: it goes on where it was.",
            place=database.place,
        )


def _open(place: CollectionPlace, *, create: bool) -> Database:
    if isinstance(place, Path):
        return open_database(place, create=create)
    from corpus.catalog.sql.postgres_database import open_postgres

    return open_postgres(place, create=create)


def _make_local_folder(identity: str) -> Path:
    """Return this machine's folder for a collection that lies on a server."""
    from platformdirs import user_cache_path

    folder = user_cache_path("article-qa") / "collections" / identity
    try:
        make_folder(folder)
    except OSError as exc:
        raise CollectionNotWritable(
            "{folder}, where this machine keeps what it builds from a collection in PostgreSQL, "
            "cannot be made ({reason}). Make it writable, or name another place in "
            "XDG_CACHE_HOME.",
            folder=folder,
            reason=exc,
        ) from exc
    return folder
