"""What a choice is made of, and what is nearest where it is empty."""

from datetime import date
from typing import Any

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.selection import Filters
from index.facets import Gap, facets, gap
from qa.retrieval.filter_suggestions import describe_filters, hint
from tests.fakes import article


@pytest.fixture
def press(database: Database) -> Database:
    made = Catalog(database)
    rows: list[tuple[str, str, str, tuple[str, ...], date | None, str]] = [
        ("x:1", "taz", "Politik", ("Ada Wolf",), date(2021, 3, 4), "de"),
        ("x:2", "taz", "Sport", ("Ada Wolf", "Bo Lind"), date(2023, 7, 1), "de"),
        ("x:3", "The Ellery Post", "Local", (), date(2022, 5, 5), "en"),
        ("x:4", "Der Bote", "", (), None, "de"),
    ]
    for uri, source, section, authors, published, language in rows:
        made.put(
            article(
                uri, f"Ein Absatz von {uri}.", f"Noch einer von {uri}.", source=source,
                section=section, authors=authors, published=published, language=language,
            )
        )  # fmt: skip
    return database


def test_everything_is_counted(press: Database) -> None:
    found = facets(press, Filters())
    assert (found.articles, found.paragraphs, found.undated) == (4, 8, 1)
    assert dict(found.sources) == {"taz": 2, "Der Bote": 1, "The Ellery Post": 1}
    assert dict(found.languages) == {"de": 3, "en": 1}
    assert dict(found.sections) == {"Local": 1, "Politik": 1, "Sport": 1}
    assert list(found.authors.items()) == [("Ada Wolf", 2), ("Bo Lind", 1)]
    assert (found.first, found.last) == (date(2021, 3, 4), date(2023, 7, 1))


def test_only_what_meets_the_filters_is_counted(press: Database) -> None:
    found = facets(press, Filters.of(sources="TAZ", since="2022-01-01"))
    assert (found.articles, dict(found.sections)) == (1, {"Sport": 1})
    assert facets(press, Filters.of(sources="nobody")).articles == 0


@pytest.mark.parametrize(
    ("conditions", "expected", "text"),
    [
        (
            {"sources": "taz", "until": "2020-01-01"},
            Gap("dates", {}, None, date(2021, 3, 4)),
            "No article from taz until 2020-01-01. The first one after that is from 2021-03-04.",
        ),
        (
            {"sources": "taz", "since": "2021-06-01", "until": "2021-12-31"},
            Gap("dates", {}, date(2021, 3, 4), date(2023, 7, 1)),
            "No article from taz from 2021-06-01 to 2021-12-31. The last one before that is from "
            "2021-03-04. The first one after that is from 2023-07-01.",
        ),
        (
            {"sources": "der bote", "since": "2021-01-01"},
            Gap("dates", {}, undated=1),
            "No article from der bote since 2021-01-01. 1 without a date.",
        ),
        (
            {"sources": "taz", "without": "date"},
            Gap("dates", {}, undated=0),
            "No article from taz undated.",
        ),
        (
            {"sources": "tatz"},
            Gap("sources", {"taz": 2, "Der Bote": 1, "The Ellery Post": 1}),
            "No article from tatz. Available: taz (2), ",
        ),
        (
            {"sources": "taz", "sections": "Local"},
            Gap("sections", {"Politik": 1, "Sport": 1}),
            "No article from taz in the section Local. Available: ",
        ),
        ({"languages": "fr"}, Gap("languages", {"de": 3, "en": 1}), "No article in fr. Available"),
        (
            {"roles": "caption"},
            Gap("roles", {"body": 8}),
            "No paragraph has the role caption. Available: body (8).",
        ),
        (
            {"uris": "x:9", "sources": "taz"},
            Gap("uris", {"x:1": 1, "x:2": 1}),
            "No article from taz with the URI x:9. Available: x:1, x:2.",
        ),
        (
            {"until": "0099-01-01"},
            Gap("dates", {}, None, date(2021, 3, 4), 1),
            "No article until 0099-01-01. The first one after that is from 2021-03-04. "
            "1 without a date.",
        ),
        (
            {"sources": "tatz", "languages": "fr", "since": "2030-01-01"},
            None,
            "No article in fr since 2030-01-01 from tatz. Available: taz (2)",
        ),
        (
            {"authors": "Bo Lind", "sections": "Politik", "since": "2022-12-01", "uris": "x:3"},
            Gap("", {}),
            "No paragraph matches all filters at once. Leave one out.",
        ),
    ],
)
def test_the_nearest_alternatives_are_named(
    press: Database, conditions: dict[str, Any], expected: Gap | None, text: str
) -> None:
    filters = Filters.of(**conditions)
    found = gap(press, filters)
    assert found is not None
    if expected is not None:
        assert set(found.nearest) == set(expected.nearest)
        assert (found.name, found.earlier, found.later) == (
            expected.name, expected.earlier, expected.later,
        )  # fmt: skip
        assert hint(found, filters, "en").text.startswith(text)
    else:
        assert found.name == "sources"
    assert hint(found, filters, "de").text.startswith("Kein")
    assert hint(found, filters, "fr").text == hint(found, filters, "en").text


def test_of_a_large_collection_no_uris_are_compared(
    press: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.facets._MOST_URIS", 3)
    filters = Filters.of(uris="x:9")
    found = gap(press, filters)
    assert found == Gap("uris", {})
    assert found is not None
    assert hint(found, filters, "de").text == "Kein Artikel mit der URI x:9."


def test_what_matches_leaves_no_gap(press: Database) -> None:
    assert gap(press, Filters()) is None
    assert gap(press, Filters.of(languages="de-AT", sources=[" taz ", "nobody"])) is None


def test_filters_in_words() -> None:
    chosen = Filters.of(sources=["taz", "Der Bote"], since="2024-01-01", until="2024-02-01")
    assert (
        describe_filters(chosen, "de") == "aus taz oder Der Bote, vom 01.01.2024 bis zum 01.02.2024"
    )
    assert describe_filters(Filters()) == ""
