"""How an administrator divides a large collection in PostgreSQL: SQL to read, and to run."""

from collections.abc import Iterable, Sequence
from importlib import resources

from corpus.catalog.sql.postgres_database import PostgresDatabase
from corpus.errors import SettingsError

TABLES = {"chunks": "window_id, published", "paragraph_terms": "paragraph_id, published"}
"""What grows with the paragraphs and is searched, and the key of each."""
_TRIGGERS = {
    "chunks": "chunks_summed AFTER INSERT OR DELETE ON chunks "
    "FOR EACH ROW EXECUTE FUNCTION note_vector()",
    "paragraph_terms": "paragraph_terms_uncounted AFTER DELETE ON paragraph_terms "
    "FOR EACH ROW EXECUTE FUNCTION uncount_terms()",
}
_OWNERS = {"chunks": "windows", "paragraph_terms": "paragraphs"}
_INTRODUCTION = """\
-- Partitions by month for the collection {address}.
--
-- Filters by date then look at the partitions of their months alone, an index is built and
-- kept for each, and old months can lie on slower disks (ALTER TABLE … SET TABLESPACE). It pays
-- from some million paragraphs on, where questions mostly have a date; without one, every
-- partition is searched.
--
-- Read it, and run it while nobody writes: psql --single-transaction -f FILE. It takes about as
-- long as building the indexes; the collection can be read until it commits. What has no date,
-- or one of a month that is not here, goes into the last partition: run it again once a year.
"""
_AT_ONCE = " WITH (fastupdate = off)"
"""New terms go into the index itself: nothing of ours empties a list beside it on the workers."""
_ON_CITUS = """\
-- Search divided among the servers of Citus, for the collection {address}.
--
-- NOT RUN ON CITUS SO FAR. Its statements were compared with the documentation and the source of
-- Citus; the functions and triggers are tested with postgres_fdw in its place. Try it on a copy
-- of the database first. Citus 14 is the first for PostgreSQL 18.
--
-- What goes where:
--   chunks, paragraph_terms: distributed by article_id and co-located, so that an article's rows
--     are on one server. They are what has to be in memory: the graph over vectors, the terms.
--   All other tables stay plain tables of the coordinator, which therefore needs the disk for them.
--     None is made a reference table: nothing is joined with them on the workers. Filters by
--     source or author are answered here, and the articles' numbers are sent along.
--
-- What a distributed table cannot have, and what is done about it:
--   Triggers (chunks_summed, paragraph_terms_uncounted): what they did, the triggers of the
--     coordinator's tables do. citus.enable_unsafe_triggers is not needed.
--   A primary key without the distribution column: article_id takes the place of published.
--   Foreign keys to tables of the coordinator (windows, paragraphs): triggers delete the rows.
--   Another value in the distribution column: an article's number never changes.
--
-- What else differs from one server:
--   Citus commits in two phases, but has no snapshot across servers: a question that is asked at
--     that moment may see an article on one and not yet on another.
--   SET for a transaction does not reach the workers; the settings for HNSW are the database's.
--   Up to 5,000 chunks that meet a question's filters come to the coordinator to be compared; more
--     where HNSW finds too few (citus.max_intermediate_result_size).
--   Partitions by month, if there are any, are given up.
--
-- Before: Citus and pgvector 0.8 or later installed on all servers; the workers added with
-- citus_add_node; a backup. Run it on the coordinator, as superuser, while nobody writes:
-- psql -v ON_ERROR_STOP=1 -f FILE. Afterwards article-qa connects to the coordinator alone, and no
-- other table may become a reference table: those have no triggers.
-- There is no way back but `article-qa migrate` to a new schema.

BEGIN;

SET LOCAL search_path = {schema}, public;

SET LOCAL citus.multi_shard_modify_mode = 'sequential';
"""
_AFTER_CITUS = """\
COMMIT;

-- As a question sets them on one server. Connections that are open keep theirs.
SELECT run_command_on_workers($$
    ALTER DATABASE {database} SET hnsw.iterative_scan = 'relaxed_order' $$);

SELECT run_command_on_workers($$
    ALTER DATABASE {database} SET hnsw.ef_search = 200 $$);

-- See that it is so: two distributed tables with one co-location number, and as many rows as
-- before. Then add an article, ask for it, and remove it.
-- SELECT * FROM citus_tables;
"""


def plan_citus(database: PostgresDatabase) -> str:
    """Return SQL that distributes what is searched among the servers of Citus, by article.

    Raises:
        SettingsError: it is divided among servers already.
    """
    _see_whole(database)
    schema = database.address.quoted_schema
    (name,) = database.one("SELECT quote_ident(current_database())")
    parts = [_ON_CITUS.format(address=database.address, schema=schema)]
    parts.append((resources.files("index.store") / "servers.sql").read_text("utf-8"))
    parts.append(_distribute(database))
    parts.append(_AFTER_CITUS.format(database=name))
    return "\n".join(parts)


def plan_partitions(database: PostgresDatabase) -> str:
    """Return SQL that partitions what is searched by the articles' months.

    Raises:
        SettingsError: it is divided among servers.
    """
    _see_whole(database)
    rows = database.all(
        "SELECT DISTINCT substr(published, 1, 7) AS month FROM articles "
        "WHERE published IS NOT NULL ORDER BY month"
    )
    months = [str(row[0]) for row in rows]
    parts = [_INTRODUCTION.format(address=database.address)]
    parts.append(f"SET search_path = {database.address.quoted_schema}, public;\n")
    parts += [_partition(database, table, months) for table in TABLES]
    return "\n".join(parts)


def _see_whole(database: PostgresDatabase) -> None:
    if database.one("SELECT to_regproc('drop_chunks') IS NOT NULL")[0]:
        raise SettingsError(
            "What is searched of {address} is divided among several servers already.",
            address=database.address,
        )


def _partition(database: PostgresDatabase, table: str, months: Sequence[str]) -> str:
    whole = f"{table}_before"
    indexes = _indexes(database, table)
    lines = [
        *_put_aside(database, table, indexes),
        f"CREATE TABLE {table} (LIKE {whole} INCLUDING DEFAULTS) PARTITION BY RANGE (published);",
    ]
    for number, month in enumerate(months):
        after = months[number + 1] if number + 1 < len(months) else f"{month}-99"
        lines.append(
            f"CREATE TABLE {table}_{month.replace('-', '_')} PARTITION OF {table} "
            f"FOR VALUES FROM ('{month}') TO ('{after}');"
        )
    lines += [
        f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT;",
        f"INSERT INTO {table} SELECT * FROM {whole};",  # noqa: S608
        f"DROP TABLE {whole};",
        f"ALTER TABLE {table} ADD PRIMARY KEY ({TABLES[table]});",
        f"ALTER TABLE {table} ADD FOREIGN KEY ({TABLES[table].partition(',')[0]}) "
        f"REFERENCES {_OWNERS[table]} ON DELETE CASCADE;",
        *(f"{definition};" for definition in indexes.values()),
        f"CREATE TRIGGER {_TRIGGERS[table]};",
        f"ANALYZE {table};",
    ]
    return "\n".join(lines) + "\n"


def _distribute(database: PostgresDatabase) -> str:
    # Empty tables first: after a query on many shards Citus may refuse to distribute another.
    indexes = {table: _indexes(database, table) for table in TABLES}
    first = next(iter(TABLES))
    lines = []
    for table in TABLES:
        beside = "none" if table == first else first
        lines += [
            *_put_aside(database, table, indexes[table]),
            f"CREATE TABLE {table} (LIKE {table}_before INCLUDING DEFAULTS);",
            f"SELECT create_distributed_table('{table}', 'article_id', "
            f"colocate_with => '{beside}');",
        ]
    for table, key in TABLES.items():
        lines += [
            f"INSERT INTO {table} SELECT * FROM {table}_before;",  # noqa: S608
            f"DROP TABLE {table}_before;",
            f"ALTER TABLE {table} ADD PRIMARY KEY ({key.replace('published', 'article_id')});",
        ]
        for definition in indexes[table].values():
            option = _AT_ONCE if " USING gin " in definition else ""
            lines.append(f"{definition}{option};")
    return "\n".join(lines) + "\n"


def _indexes(database: PostgresDatabase, table: str) -> dict[str, str]:
    """Return the names of a table's indexes but that of its key, and what makes each."""
    rows = database.all(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema "
        "AND tablename = ? AND indexname NOT LIKE '%_pkey' ORDER BY 1",
        [table],
    )
    return {row["indexname"]: row["indexdef"].replace(" ON ONLY ", " ON ") for row in rows}


def _put_aside(database: PostgresDatabase, table: str, indexes: Iterable[str]) -> list[str]:
    whole = f"{table}_before"
    parts = database.all(
        "SELECT relname FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid "
        "WHERE inhparent = CAST(? AS regclass) ORDER BY relname",
        [table],
    )
    return [
        f"ALTER TABLE {table} RENAME TO {whole};",
        *(f'ALTER TABLE "{row[0]}" RENAME TO "{row[0]}_before";' for row in parts),
        f"ALTER INDEX {table}_pkey RENAME TO {whole}_pkey;",
        *(f'DROP INDEX "{name}";' for name in indexes),
    ]
