"""Addresses of collections in PostgreSQL: what they mean, and what is never shown of them."""

import pytest

from corpus.catalog.sql.address import is_address, parse_address, password_of
from corpus.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "dsn", "schema"),
    [
        ("postgresql://host/db", "postgresql://host/db", "article_qa"),
        ("postgres://jule@host:5433/db?schema=press", "postgresql://jule@host:5433/db", "press"),
        ("postgresql:///?service=archiv&schema=M%C3%BCllers%20%22Bote%22",
         "postgresql:///?service=archiv", 'Müllers "Bote"'),
        ("postgresql://a,b/db?target_session_attrs=any&schema=x",
         "postgresql://a,b/db?target_session_attrs=any", "x"),
    ],
)  # fmt: skip
def test_an_address_names_a_database_and_a_schema(text: str, dsn: str, schema: str) -> None:
    address = parse_address(text)
    assert (address.dsn, address.schema) == (dsn, schema)
    # What is shown can be opened again.
    assert parse_address(str(address)).schema == schema


@pytest.mark.parametrize(
    ("replica", "dsn"),
    [
        ("two:5433", "postgresql://jule:geheim@two:5433/db?sslmode=require"),
        ("two,three:1", "postgresql://jule:geheim@two,three:1/db?sslmode=require"),
        ("/run/two", "postgresql://jule:geheim@/db?sslmode=require&host=/run/two"),
    ],
)
def test_a_replica_is_another_host_of_the_same_database(replica: str, dsn: str) -> None:
    text = "postgresql://jule:geheim@one:5432/db?host=one&sslmode=require"
    assert parse_address(text).replica == ""
    address = parse_address(f"{text}&replica={replica}")
    assert (address.dsn, address.replica) == (text, dsn)
    assert parse_address(str(address)).replica == dsn.replace(":geheim", "")
    assert "geheim" not in repr(address)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://jule:s%40lz%2F7@host/db?schema=press",
        "postgresql://jule@host/db?password=s%40lz%2F7&schema=press",
    ],
)
def test_a_password_is_given_on_and_not_shown(text: str) -> None:
    address = parse_address(text)
    assert password_of(address) == "s@lz/7"
    for shown in (str(address), repr(address), address.text):
        assert "s@lz/7" not in shown
        assert "s%40lz" not in shown
    assert "lz" in address.dsn


@pytest.mark.parametrize("schema", ["", "%00", "ä" * 32, "pg_toast", "information_schema"])
def test_what_can_be_no_name_is_said_so(schema: str) -> None:
    with pytest.raises(SettingsError, match="Choose another"):
        parse_address(f"postgresql://jule:geheim@host/db?schema={schema}")


def test_an_address_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        parse_address("postgresql://jule:geheim@[host/db")
    assert "geheim" not in str(caught.value)


def test_what_is_an_address() -> None:
    assert is_address("postgresql://host/db")
    assert is_address("Postgres://host")
    assert not is_address("press")
    assert not is_address("postgresql/press")
