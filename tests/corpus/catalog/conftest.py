"""The catalog's tests run on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.catalog.database import Database, open_database
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.postgres_database import open_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Yield the database of an empty collection, on each engine."""
    opened: Database
    if request.param == "sqlite":
        opened = open_database(tmp_path / "collection", create=True)
    else:
        opened = open_postgres(parse_address(request.getfixturevalue("postgres_url")), create=True)
    yield opened
    opened.close()
