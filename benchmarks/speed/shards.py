"""What is searched of a collection in PostgreSQL, divided among several servers.

Tables of partitions by article, each on a server of its own that postgres_fdw reaches. Nearest
vectors and best terms are then found by those servers, each its own first ones in order, and
merged where they are asked for. The catalog's triggers write to them. For measuring and testing.
"""

from collections.abc import Sequence
from importlib import resources

from corpus.catalog.sql.postgres_database import PostgresDatabase
from tests.postgres_server import DATABASE, OWNER, PostgresServer

TABLES = ("chunks", "paragraph_terms")
_AS_WE_SEARCH = (
    "-c hnsw.iterative_scan=relaxed_order -c hnsw.ef_search=200 -c enable_sort=off -c jit=off"
)
"""Settings of the connections to a shard: what is set for a search is not sent along."""


def divide(
    database: PostgresDatabase, asked: PostgresServer, shards: Sequence[PostgresServer]
) -> None:
    """Move what is searched of a collection to other servers, by article.

    Args:
        database: the collection's.
        asked: its server.
        shards: servers without its schema.
    """
    schema = database.address.schema
    lines = ["CREATE EXTENSION IF NOT EXISTS postgres_fdw SCHEMA public;"]
    for number, shard in enumerate(shards):
        name = f"{schema}_shard{number}"
        lines.append(
            f"CREATE SERVER {name} FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host "
            f"'{shard.folder}', dbname '{DATABASE}', extensions 'vector', batch_size '500', "
            f"fetch_size '200', options '{_AS_WE_SEARCH}');"
            f"CREATE USER MAPPING FOR {OWNER} SERVER {name} "
            f"OPTIONS (user '{OWNER}', password_required 'false');"
        )
    lines += [_move(database, table, shards) for table in TABLES]
    lines.append((resources.files("index.store") / "servers.sql").read_text("utf-8"))
    asked.execute(f"SET search_path = {schema}, public; {' '.join(lines)}")


def _move(database: PostgresDatabase, table: str, shards: Sequence[PostgresServer]) -> str:
    """Make a table on all shards; return SQL that fills it, in the place of the whole one."""
    schema = database.address.schema
    columns = database.all(
        "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute "
        "WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
    indexes = database.all(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema AND tablename = ?",
        [table],
    )
    definition = ", ".join(f"{row['name']} {row['type']}" for row in columns)
    for shard in shards:
        shard.execute(
            f"CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path = {schema}, public; "
            f"CREATE TABLE {table} ({definition}); " + "; ".join(row["indexdef"] for row in indexes)
        )
    parts = " ".join(
        f"CREATE FOREIGN TABLE {table}_{number} PARTITION OF {table} "
        f"FOR VALUES WITH (MODULUS {len(shards)}, REMAINDER {number}) "
        f"SERVER {schema}_shard{number};"
        for number in range(len(shards))
    )
    renamed = " ".join(
        f"ALTER FOREIGN TABLE {table}_{number} OPTIONS (ADD table_name '{table}');"
        for number in range(len(shards))
    )
    return (
        f"ALTER TABLE {table} RENAME TO {table}_before; "
        f"CREATE TABLE {table} (LIKE {table}_before) PARTITION BY HASH (article_id); "
        f"{parts} {renamed} INSERT INTO {table} SELECT * FROM {table}_before; "
        f"DROP TABLE {table}_before; ANALYZE {table};"
    )
