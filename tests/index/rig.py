"""A catalog with what keeps its index, for the tests of indexes and search."""

from pathlib import Path

from corpus.catalog.articles import Catalog
from corpus.catalog.database import open_database
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.postgres_database import open_postgres
from corpus.errors import CollectionUnavailable
from index.store.local import Snapshot
from index.store.postgres import PostgresIndex
from index.store.postgres_keeper import PostgresKeeper, prepare_search
from index.sync import Synchroniser
from tests.fakes import FakeEncoder, article


class Rig:
    """A collection without its composition root."""

    def __init__(self, folder: Path, encoder: FakeEncoder | None = None) -> None:
        """Open the collection in `folder`, or make one."""
        self.folder = folder
        self.encoder = encoder or FakeEncoder()
        self.database = open_database(folder, create=True)
        self.catalog = Catalog(self.database)
        self.sync = Synchroniser(self.database, folder, self.encoder)

    def put(self, uri: str, *texts: str) -> None:
        """Add a German article, or its next version."""
        self.catalog.put(article(uri, *texts))

    def close(self) -> None:
        """Close the catalog."""
        self.database.close()

    def open_again(self, encoder: FakeEncoder) -> "Rig":
        """Open the same collection with another model."""
        return Rig(self.folder, encoder)

    def brought_up(self) -> Snapshot:
        """Embed what is not, and return the indexes."""
        self.sync.embed()
        return self.sync.snapshot()


class PostgresRig:
    """The same in a schema of PostgreSQL."""

    def __init__(self, url: str, encoder: FakeEncoder | None = None) -> None:
        """Open the collection at an address, or make one."""
        self.url = url
        self.encoder = encoder or FakeEncoder()
        self.database = open_postgres(parse_address(url), create=True)
        try:
            prepare_search(self.database)
        except CollectionUnavailable:
            self.close()
            raise
        self.catalog = Catalog(self.database)
        self.sync = PostgresKeeper(self.database, self.encoder)

    def close(self) -> None:
        """Close the connection."""
        self.database.close()

    def open_again(self, encoder: FakeEncoder) -> "PostgresRig":
        """Open the same collection with another model."""
        return PostgresRig(self.url, encoder)

    def brought_up(self) -> PostgresIndex:
        """Embed what is not, and return the index."""
        self.sync.embed()
        self.sync.tidy()
        return self.sync.snapshot()
