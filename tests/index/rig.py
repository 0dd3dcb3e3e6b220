"""A catalog with its synchroniser, for the tests of indexes and search."""

from pathlib import Path

from corpus.catalog.articles import Catalog
from corpus.catalog.database import open_database
from index.store.local import Snapshot
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

    def brought_up(self) -> Snapshot:
        """Embed what is not, and return the indexes."""
        self.sync.embed()
        return self.sync.snapshot()
