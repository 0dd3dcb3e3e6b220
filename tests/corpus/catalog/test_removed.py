"""Removed articles: all of them comes back, for a while; then nothing does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.corrections import Corrections
from corpus.catalog.database import Database
from corpus.catalog.removed import KEPT, RemovedArticles
from corpus.errors import ArticleNotFound, CollectionDamaged
from tests.fakes import article

URI = "https://bote.example/1"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def removed(database: Database) -> RemovedArticles:
    """Put an article with a version and a correction into the catalog."""
    catalog = Catalog(database)
    catalog.put(article(URI, "Erste „Fassung“.", title="Alt", authors=("A",)))
    second = article(URI, "Zweite\tFassung.", "Noch ein Absatz.", title="Alt", source="Bote")
    catalog.put(replace(second, published=date(2026, 2, 1), modified=date(2026, 2, 3)))
    Corrections(database).correct(URI, {"title": "Neu", "published": "2026-02-02"})
    return RemovedArticles(database)


def test_all_of_it_comes_back(database: Database, removed: RemovedArticles) -> None:
    rows = "SELECT uri, added_at, updated_at, content_hash, content_origin FROM articles"
    before = Catalog(database).article(URI), tuple(database.one(rows))
    corrections = Corrections(database).of(URI)
    removed.remove(URI, NOW)
    assert database.one("SELECT count(*) FROM articles")[0] == 0
    assert database.one("SELECT count(*) FROM versions")[0] == 0
    (found,) = removed.all()
    assert (found.uri, found.title, found.source) == (URI, "Neu", "Bote")
    assert (found.removed_at, found.until) == (NOW, datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert removed.restore(URI) == ([URI], [])
    assert (Catalog(database).article(URI), tuple(database.one(rows))) == before
    assert Corrections(database).of(URI) == corrections
    Corrections(database).undo(URI, ["title"])
    assert Catalog(database).article(URI).title == "Alt"
    assert removed.all() == []


def test_the_generation_rises(database: Database, removed: RemovedArticles) -> None:
    before = database.generation
    removed.remove(URI)
    between = database.generation
    removed.restore(URI)
    assert before < between < database.generation


def test_what_is_there_again_is_left_as_it_is(database: Database, removed: RemovedArticles) -> None:
    removed.remove(URI)
    Catalog(database).put(article(URI, "Dritte Fassung."))
    assert removed.restore(URI) == ([], [URI])
    assert Catalog(database).article(URI).text == "Dritte Fassung."
    # Of two that were removed under one URI the last comes back; the other stays.
    removed.remove(URI)
    assert removed.restore(URI) == ([URI], [])
    assert Catalog(database).article(URI).text == "Dritte Fassung."
    assert len(removed.all()) == 1


def test_a_folder_stands_for_all_below(database: Database, tmp_path: Path) -> None:
    removed, catalog = RemovedArticles(database), Catalog(database)
    uris = [(tmp_path / name).as_uri() for name in ("in/a.txt", "in/b/c.txt", "inn.txt")]
    for number, uri in enumerate(uris):
        catalog.put(article(uri, f"Text {number}."))
        removed.remove(uri)
    assert [item.uri for item in removed.all(tmp_path / "in")] == uris[1::-1]
    assert removed.restore(f"{tmp_path}/in") == (uris[1::-1], [])


def test_nothing_was_removed_under_a_name(removed: RemovedArticles) -> None:
    with pytest.raises(ArticleNotFound, match=r"last 30 days has the URI 'x:2'.*--removed"):
        removed.restore("x:2")
    assert removed.all("a\0b") == []


def test_after_thirty_days_nothing_is_left(database: Database, removed: RemovedArticles) -> None:
    removed.remove(URI, NOW)
    assert removed.purge(NOW + KEPT) == 0
    assert removed.purge(NOW + KEPT + timedelta(seconds=1)) == 1
    assert database.one("SELECT count(*) FROM removed")[0] == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_one_does_not_come_back(database: Database, removed: RemovedArticles) -> None:
    removed.remove(URI)
    with database.transaction():
        database.run("UPDATE removed SET kept = replace(kept, 'Zweite', 'Dritte')")
    with pytest.raises(CollectionDamaged, match=f"The removed article {URI} has changed"):
        removed.restore(URI)
    assert database.one("SELECT count(*) FROM articles")[0] == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_damaged_article_can_be_removed(database: Database, removed: RemovedArticles) -> None:
    with database.transaction():
        database.run("UPDATE articles SET text = 'Etwas anderes'")
    removed.remove(URI)
    assert database.one("SELECT count(*) FROM articles")[0] == 0
    assert removed.all() == []
