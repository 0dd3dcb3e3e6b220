"""Counts that are kept up to date, against the rows."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database, open_database
from corpus.catalog.selection import Filters
from corpus.catalog.statistics import count_articles, count_rows, recount, wrong_counts
from tests.fakes import article

STEP = st.tuples(
    st.sampled_from(["put", "correct", "remove"]),
    st.integers(1, 3),
    st.sampled_from(["Der Bote", "Kurier"]),
    st.lists(st.sampled_from(["Jule Brandt", "Ole Hansen"]), unique=True),
    st.sampled_from([None, date(2024, 5, 3), date(2025, 1, 2)]),
)


@settings(max_examples=20)
@given(steps=st.lists(STEP, max_size=8))
def test_counts_follow_whatever_is_written(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, str, list[str], date | None]],
) -> None:
    database = open_database(tmp_path_factory.mktemp("counts"), create=True)
    catalog = Catalog(database)
    for action, number, source, authors, day in steps:
        uri = f"x:{number}"
        made = article(
            uri,
            f"Text von {number} im {source}.",
            source=source,
            authors=tuple(authors),
            published=day,
            language="de" if number < 3 else "en",
        )
        if action == "put":
            catalog.put(made)
        elif catalog.has(uri):
            catalog.correct(made) if action == "correct" else catalog.remove(uri)
        assert wrong_counts(database) == 0
    # Kept up to date and counted among the rows, they are the same.
    kept, counted = count_articles(database), count_articles(database, Filters())
    assert kept == counted
    database.close()


def test_a_wrong_count_is_found_and_counted_anew(database: Database, tmp_path: Path) -> None:
    Catalog(database).put(article("x:1", "Die Fähre fährt.", "Der Hafen wartet.", source="Bote"))
    with database.transaction():
        database.run("UPDATE counts SET number = 9 WHERE facet = 'sources'")
        database.run("DELETE FROM counts WHERE facet = 'paragraphs'")
    assert wrong_counts(database) == 2
    with database.transaction():
        recount(database)
    assert wrong_counts(database) == 0
    assert count_articles(database).sources == {"Bote": 1}
    assert count_rows(database) == {"paragraphs": 2, "windows": 0}
