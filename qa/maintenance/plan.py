"""What an administrator runs on a server that holds a collection."""

from contextlib import closing
from pathlib import Path

from corpus.catalog.sql.postgres_database import PostgresDatabase
from corpus.errors import SettingsError
from qa.places import find_place, open_catalog


def plan_tables(place: str | Path | None, *, citus: bool = False) -> str:
    """Return SQL that divides a collection's tables for search; nothing is changed.

    Args:
        place: the collection's address.
        citus: divide them among the servers of Citus, by article; else by month.

    Raises:
        SettingsError: the collection is not in PostgreSQL, or divided among servers already.
        CollectionError: it cannot be opened.
    """
    found = find_place(place)
    if isinstance(found, Path):
        raise SettingsError(
            "{folder} is a folder. There is nothing to plan but for a collection in PostgreSQL: "
            "article-qa --collection postgresql://HOST/DATABASE admin plan",
            folder=found,
        )
    database, _ = open_catalog(found, create=False)
    with closing(database):
        assert isinstance(database, PostgresDatabase)
        from index.store.postgres_keeper import prepare_search
        from index.store.postgres_plan import plan_citus, plan_partitions

        prepare_search(database)
        return plan_citus(database) if citus else plan_partitions(database)
