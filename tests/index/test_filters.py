"""Filters as people write them, and the paragraphs that meet them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from corpus.article import Role
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.errors import QuestionError
from index.filters import Filters, day, names
from tests.fakes import article


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("2024-10-25", date(2024, 10, 25)),
        (date(2024, 10, 25), date(2024, 10, 25)),
        (datetime(2024, 10, 25, 23, 59, tzinfo=UTC), date(2024, 10, 25)),
    ],
)
def test_days(value: Any, expected: date | None) -> None:
    assert day(value, "since") == expected


@pytest.mark.parametrize("value", ["", "gestern", "25.10.2024", "2024-13-01", "2024-02-30", 2024])
def test_what_is_no_day_is_said_so(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"until=.* is no date\..*2024-10-25"):
        Filters.of(until=value)


def test_an_empty_range_of_days_is_said_so() -> None:
    with pytest.raises(QuestionError, match=r"since=2024-02-02 and until=2024-02-01\. Swap"):
        Filters.of(since="2024-02-02", until="2024-02-01")
    assert Filters.of(since="2024-02-02", until="2024-02-02").until == date(2024, 2, 2)


def test_one_name_or_several() -> None:
    assert names(None) == ()
    assert names("Der Bote") == ("Der Bote",)
    assert names(["a", "b"]) == ("a", "b")
    assert set(names({"a", "b"})) == {"a", "b"}
    assert names([" Der Bote\n"]) == ("Der Bote",)


@pytest.mark.parametrize("value", ["", ["taz", " \t"]])
def test_an_empty_name_is_no_filter_for_everything(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"is no name\. Leave the filter out"):
        Filters.of(sources=value)


def test_languages_are_meant_without_their_region() -> None:
    assert Filters.of(languages=["de-AT", "EN_us", "fr"]).languages == ("de", "en", "fr")


@pytest.mark.parametrize("value", [5, ["a", 5], [None], True])
def test_what_is_no_name_is_said_so(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"is no name\. Give"):
        Filters.of(sources=value)


def test_unknown_roles_are_listed() -> None:
    with pytest.raises(QuestionError, match=r"'title'.*headline, lead, heading, body"):
        Filters.of(roles="title")
    assert Filters.of(roles=["Caption", Role.PROMO]).roles == (Role.CAPTION, Role.PROMO)
    assert set(Filters.of().roles) == {Role.LEAD, Role.BODY}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, ["Deutsch.", "English.", "Vorspann."]),
        ({"languages": "en"}, ["English."]),
        ({"languages": ["fr"]}, []),
        ({"roles": "caption"}, ["Bild."]),
        ({"sources": "der bote"}, ["Deutsch.", "Vorspann."]),
        ({"sources": "der bote", "languages": "en"}, []),
        ({"since": "2024-01-01"}, ["English."]),
        ({"uris": "x:de", "roles": ["lead", "caption"]}, ["Bild.", "Vorspann."]),
        ({"authors": "niemand"}, []),
    ],
)
def test_allowed_paragraphs(
    database: Database, conditions: dict[str, Any], expected: list[str]
) -> None:
    catalog = Catalog(database)
    catalog.put(
        article(
            "x:de",
            ("Titel", Role.HEADLINE),
            ("Vorspann.", Role.LEAD),
            "Deutsch.",
            ("Bild.", Role.CAPTION),
            ("Newsletter!", Role.PROMO),
            source="Der Bote",
        )
    )
    catalog.put(article("x:en", "English.", language="en", published=date(2024, 1, 1)))
    allowed = Filters.of(**conditions).allowed(catalog, catalog.paragraph_table())
    assert allowed.tolist() == sorted(allowed.tolist())
    assert sorted(row.text for row in catalog.paragraphs(allowed.tolist())) == expected
