"""How an administrator divides a large collection in PostgreSQL: SQL to read, and to run."""

from collections.abc import Sequence

from corpus.catalog.sql.postgres_database import PostgresDatabase

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


def plan_partitions(database: PostgresDatabase) -> str:
    """Return SQL that partitions what is searched by the articles' months."""
    rows = database.all(
        "SELECT DISTINCT substr(published, 1, 7) AS month FROM articles "
        "WHERE published IS NOT NULL ORDER BY month"
    )
    months = [str(row[0]) for row in rows]
    parts = [_INTRODUCTION.format(address=database.address)]
    parts.append(f"SET search_path = {database.address.quoted_schema}, public;\n")
    parts += [_partition(database, table, months) for table in TABLES]
    return "\n".join(parts)


def _partition(database: PostgresDatabase, table: str, months: Sequence[str]) -> str:
    whole = f"{table}_before"
    indexes = database.all(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema "
        "AND tablename = ? AND indexname NOT LIKE '%_pkey' ORDER BY 1",
        [table],
    )
    lines = [
        f"ALTER TABLE {table} RENAME TO {whole};",
        f"ALTER INDEX {table}_pkey RENAME TO {whole}_pkey;",
        *(f'DROP INDEX "{row["indexname"]}";' for row in indexes),
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
        *(f"{row['indexdef']};" for row in indexes),
        f"CREATE TRIGGER {_TRIGGERS[table]};",
        f"ANALYZE {table};",
    ]
    return "\n".join(lines) + "\n"
