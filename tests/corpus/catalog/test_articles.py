"""Articles into the catalog and out again, versions, duplicates, removal, the query of filters."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.article import Article, Paragraph, Role
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import Database
from corpus.catalog.integrity import text_hash
from corpus.errors import ArticleNotFound
from corpus.text.normalize import clean
from tests.fakes import article

TEXT = st.text(min_size=1, max_size=60).map(clean).filter(bool)


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


def only_id(catalog: Catalog, uri: str) -> int:
    return next(key for key, item in catalog.articles().items() if item.uri == uri)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    texts = draw(st.lists(TEXT, min_size=1, max_size=5))
    made = article(
        draw(TEXT),
        *texts,
        title=draw(TEXT | st.just("")),
        authors=tuple(draw(st.lists(TEXT, max_size=3))),
        published=draw(st.none() | st.dates()),
        modified=draw(st.none() | st.dates()),
        source=draw(TEXT | st.just("")),
        section=draw(TEXT | st.just("")),
        language=draw(st.sampled_from(["de", "en", "und"])),
        url=draw(st.sampled_from(["", "https://example.org/ä?b=1"])),
    )
    paragraphs = tuple(
        Paragraph(
            item.number,
            item.start,
            item.end,
            draw(st.sampled_from(Role)),
            draw(st.sampled_from(["de", "en", "und"])),
            draw(TEXT | st.just("")),
            draw(st.none() | st.integers(1, 900)),
        )
        for item in made.paragraphs
    )
    return Article(
        made.uri,
        made.title,
        made.text,
        paragraphs,
        made.authors,
        made.published,
        made.modified,
        made.source,
        made.section,
        made.language,
        made.url,
    )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(articles())
def test_an_article_comes_out_as_it_went_in(catalog: Catalog, given_article: Article) -> None:
    for uri in [item.uri for item in catalog.articles().values()]:
        catalog.remove(uri)
    assert catalog.put(given_article) is Outcome.ADDED
    assert catalog.article(given_article.uri) == given_article
    rows = list(catalog.paragraphs(catalog.paragraph_table().ids.tolist()))
    texts = {row.paragraph.number: row.text for row in rows}
    assert texts == {
        item.number: given_article.paragraph_text(item) for item in given_article.paragraphs
    }
    assert catalog.put(given_article) is Outcome.UNCHANGED


def test_texts_are_cut_by_characters_not_bytes(catalog: Catalog) -> None:
    catalog.put(article("x:1", "Überfluß 😀 war’s", "𝔊roß und klein"))
    rows = catalog.paragraphs(catalog.paragraph_table().ids.tolist())
    assert sorted(row.text for row in rows) == ["Überfluß 😀 war’s", "𝔊roß und klein"]


def test_an_update_keeps_what_the_article_said_before(catalog: Catalog) -> None:
    catalog.put(article("x:1", "Zwölf Stellen fallen weg.", modified=date(2024, 5, 1)))
    changed = article("x:1", "Zwanzig Stellen fallen weg.", modified=date(2024, 5, 2))
    assert catalog.put(changed) is Outcome.UPDATED
    catalog.put(article("x:1", "Zwanzig Stellen fallen weg.", title="Neu"))
    found = catalog.article("x:1")
    assert found.text == "Zwanzig Stellen fallen weg."
    assert [(item.number, item.text, item.title) for item in found.versions] == [
        (1, "Zwölf Stellen fallen weg.", ""),
        (2, "Zwanzig Stellen fallen weg.", ""),
    ]
    assert found.versions[0].modified == date(2024, 5, 1)


def test_new_metadata_alone_is_an_update_without_a_version(
    catalog: Catalog, database: Database
) -> None:
    catalog.put(article("x:1", "Ein Satz.", source="Bote"))
    before = database.generation
    assert catalog.put(article("x:1", "Ein Satz.", source="Kurier")) is Outcome.UPDATED
    assert catalog.article("x:1").source == "Kurier"
    assert catalog.article("x:1").versions == ()
    assert database.generation > before


def test_unchanged_articles_leave_generation_and_ids_alone(
    catalog: Catalog, database: Database
) -> None:
    catalog.put(article("x:1", "Ein Satz.", "Noch einer."))
    before = database.generation, catalog.paragraph_table().ids.tolist()
    catalog.put(article("x:1", "Ein Satz.", "Noch einer."))
    assert (database.generation, catalog.paragraph_table().ids.tolist()) == before


def test_ids_of_paragraphs_are_never_used_twice(catalog: Catalog) -> None:
    catalog.put(article("x:1", "Eins.", "Zwei."))
    first = set(catalog.paragraph_table().ids.tolist())
    catalog.remove("x:1")
    catalog.put(article("x:2", "Drei.", "Vier."))
    assert first.isdisjoint(catalog.paragraph_table().ids.tolist())


def test_the_same_article_under_another_uri_is_a_duplicate(catalog: Catalog) -> None:
    catalog.put(article("x:1", "Ein Satz.", title="T", source="Bote"))
    assert catalog.put(article("x:2", "Ein Satz.", title="T", source="Bote")) is Outcome.DUPLICATE
    assert [item.uri for item in catalog.articles().values()] == ["x:1"]


@pytest.mark.parametrize("other", [{"title": "T", "source": "Kurier"}, {"title": "U"}])
def test_a_wire_text_in_two_papers_is_two_articles(catalog: Catalog, other: dict[str, Any]) -> None:
    catalog.put(article("x:1", "Ein Satz.", title="T", source="Bote"))
    assert catalog.put(article("x:2", "Ein Satz.", **other)) is Outcome.ADDED
    assert len(catalog.articles()) == 2


def test_removal_takes_everything_but_the_others(catalog: Catalog, database: Database) -> None:
    catalog.put(article("x:1", "Ein Satz."))
    catalog.put(article("x:1", "Ein anderer Satz."))
    catalog.put(article("x:2", "Bleibt."))
    before = database.generation
    catalog.remove("x:1")
    assert database.generation == before + 1
    assert len(catalog.articles()) == len(catalog.paragraph_table().ids) == 1
    assert database.one("SELECT count(*) FROM versions")[0] == 0
    assert catalog.article("x:2").text == "Bleibt."


@pytest.mark.parametrize("method", ["article", "remove"])
def test_an_unknown_uri_is_named(catalog: Catalog, method: str) -> None:
    with pytest.raises(ArticleNotFound, match=r"URI 'x:\?'.*article-qa list"):
        getattr(catalog, method)("x:?")


def test_articles_are_listed_newest_first_and_undated_last(catalog: Catalog) -> None:
    for name, day in [("a", date(2024, 1, 2)), ("b", None), ("c", date(2025, 1, 1))]:
        catalog.put(article(name, f"Text {name}.", published=day))
    catalog.put(article("d", "Text d.", published=date(2024, 1, 2)))
    assert [item.uri for item in catalog.articles().values()] == ["c", "d", "a", "b"]


def test_the_paragraph_table_holds_what_filters_need(catalog: Catalog) -> None:
    empty = catalog.paragraph_table()
    assert [len(empty.ids), len(empty.roles), len(empty.text_hashes)] == [0, 0, 0]
    catalog.put(article("x:1", ("Titel", Role.HEADLINE), "Satz.", language="en"))
    table = catalog.paragraph_table()
    assert table.roles.tolist() == ["headline", "body"]
    assert table.languages.tolist() == ["en", "en"]
    assert set(table.articles.tolist()) == {only_id(catalog, "x:1")}
    assert [bytes(item) for item in table.text_hashes] == [text_hash("Titel"), text_hash("Satz.")]
