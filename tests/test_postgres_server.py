"""The server that the tests of PostgreSQL stand on."""

from tests.postgres_server import PostgresServer


def test_a_restarted_server_has_what_was_written(postgres_server: PostgresServer) -> None:
    with postgres_server.fresh_schema() as schema:
        postgres_server.execute(f"CREATE SCHEMA {schema}")
        postgres_server.execute(
            f"CREATE TABLE {schema}.near (id int, v vector(2)); "
            f"INSERT INTO {schema}.near VALUES (1, '[0,1]'), (2, '[1,0]')"
        )
        postgres_server.stop()
        postgres_server.start()
        nearest = f"SELECT id FROM {schema}.near ORDER BY v <-> '[.9,0]' LIMIT 1"
        assert postgres_server.execute(nearest) == "2"
