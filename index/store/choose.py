"""Which index a collection has: that of its catalog's engine."""

from pathlib import Path

from corpus.catalog.database import Database
from corpus.catalog.sql.postgres_database import PostgresDatabase
from index.encoder import Encoder
from index.store.keeper import IndexKeeper
from index.sync import Synchroniser


def keep_index(database: Database, folder: Path, encoder: Encoder) -> IndexKeeper:
    """Return what keeps a collection's index: in files below a folder, or in PostgreSQL.

    Raises:
        CollectionUnavailable: the database has no pgvector.
    """
    if isinstance(database, PostgresDatabase):
        # What a collection in files need not load.
        from index.store.postgres_keeper import PostgresKeeper, prepare_search

        try:
            is_new = prepare_search(database)
            keeper = PostgresKeeper(database, encoder)
            if is_new:
                keeper.tidy()
        except BaseException:  # Ctrl+C too: nobody else would close it
            database.close()
            raise
        return keeper
    return Synchroniser(database, folder, encoder)
