"""A collection whose search is divided among two servers finds, and follows, as in one."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from benchmarks.speed.shards import divide
from corpus.catalog.selection import EVERYTHING, Filters
from tests.index.rig import PostgresRig
from tests.index.test_postgres_store import check_writing
from tests.index.test_store import find, named, questions, write_articles
from tests.postgres_server import PostgresServer, start_server


@pytest.fixture
def shards() -> Iterator[list[PostgresServer]]:
    made = [start_server() for _ in range(2)]
    yield made
    for server in made:
        server.remove()


def test_shards_find_the_same_and_sort_by_themselves(
    postgres_server: PostgresServer,
    postgres_url: str,
    shards: list[PostgresServer],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.store.postgres_keeper.FEW", 20)
    with closing(PostgresRig(postgres_url)) as rig:
        for item in write_articles()[:12]:
            rig.catalog.put(item)
        rig.brought_up()
        asked = questions(4)
        choices = (EVERYTHING, Filters.of(sources="Kurier"))

        def find_all() -> list[list[tuple[str, int]]]:
            found = [find(rig, text, filters=one) for text in asked for one in choices]
            return [named(rig, hits) for hits in found]

        before = find_all()
        divide(rig.database, postgres_server, shards)
        for shard in shards:
            count = f"SELECT count(*) FROM {rig.database.address.schema}.chunks"
            assert int(shard.execute(count)) > 20
            shard.execute("ALTER SYSTEM SET log_statement = 'all'")
            shard.execute("SELECT pg_reload_conf()")
        assert find_all() == before
        # So far all vectors were few enough to be compared; now the graphs are asked.
        monkeypatch.setattr("index.store.postgres.FEW", 20)
        assert find_all() == before
        check_writing(rig)
    for shard in shards:
        # It sorts by itself, and is asked for the first ones of its own.
        said = (shard.folder / "log").read_text("utf-8")
        assert re.search(r"ORDER BY \(near::public.halfvec\(\d+\) OPERATOR\(public.<=>\)", said)
