"""What was read is remembered; what changed, failed or lost an article is read again."""

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.inputs import InputLog
from tests.fakes import article

ORIGIN = "file:///press/a.txt"
SHA = b"\x01" * 32


@pytest.fixture
def log(database: Database) -> InputLog:
    log, catalog = InputLog(database), Catalog(database)
    log.begin(ORIGIN)
    catalog.put(article(ORIGIN, "Ein Satz."), ORIGIN)
    catalog.put(article("x:row", "Noch ein Satz."), ORIGIN)
    log.finish(ORIGIN, SHA, "[]")
    return log


def test_unchanged_inputs_say_how_many_articles_they_gave(log: InputLog) -> None:
    assert log.count_if_unchanged(ORIGIN, SHA, "[]") == 2


@pytest.mark.parametrize(
    ("origin", "sha256", "options"),
    [
        ("file:///press/b.txt", SHA, "[]"),
        (ORIGIN, b"\x02" * 32, "[]"),
        (ORIGIN, SHA, '["group"]'),
    ],
)
def test_other_inputs_bytes_and_options_are_read(
    log: InputLog, origin: str, sha256: bytes, options: str
) -> None:
    assert log.count_if_unchanged(origin, sha256, options) is None


def test_an_input_that_was_not_finished_is_read_again(log: InputLog) -> None:
    log.begin(ORIGIN)
    assert log.count_if_unchanged(ORIGIN, SHA, "[]") is None
    log.fail(ORIGIN)
    assert log.count_if_unchanged(ORIGIN, SHA, "[]") is None
    assert log.uris(ORIGIN) == [ORIGIN, "x:row"]


def test_an_input_whose_article_was_removed_is_read_again(
    log: InputLog, database: Database
) -> None:
    Catalog(database).remove("x:row")
    assert log.count_if_unchanged(ORIGIN, SHA, "[]") is None
    log.begin(ORIGIN)
    log.fail(ORIGIN)
    assert log.uris(ORIGIN) == [ORIGIN]


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (ORIGIN, [ORIGIN, "x:row"]),
        ("file:///press", [ORIGIN, "x:row"]),
        ("file:///press/", [ORIGIN, "x:row"]),
        ("file:///pre", []),
        ("file:///press/a", []),
        ("file:///press%", []),
    ],
)
def test_uris_of_a_file_or_of_a_folder(log: InputLog, origin: str, expected: list[str]) -> None:
    assert log.uris(origin) == expected
