"""What an administrator runs on a server that holds a collection."""

from contextlib import closing
from pathlib import Path

from corpus.catalog.sql.postgres_database import PostgresDatabase
from corpus.errors import SettingsError
from qa.places import find_place, open_catalog


def plan_tables(place: str | Path | None) -> str:
    """Return SQL that partitions a collection's tables for search; nothing is changed.

    Raises:
        SettingsError: the collection is not in PostgreSQL.
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
        from index.store.postgres_plan import plan_partitions

        prepare_search(database)
        return plan_partitions(database)
