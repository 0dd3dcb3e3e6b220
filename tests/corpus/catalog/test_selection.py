"""Filters as people write them, and the articles that meet them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from corpus.article import Role
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.selection import Filters, parse_day, parse_names
from corpus.errors import QuestionError
from tests.fakes import article


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


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
    assert parse_day(value, "since") == expected


@pytest.mark.parametrize("value", ["", "gestern", "25.10.2024", "2024-13-01", "2024-02-30", 2024])
def test_what_is_no_day_is_said_so(value: Any) -> None:
    with pytest.raises(QuestionError, match=r"until=.* is no date\..*2024-10-25"):
        Filters.of(until=value)


def test_an_empty_range_of_days_is_said_so() -> None:
    with pytest.raises(QuestionError, match=r"since=2024-02-02 and until=2024-02-01\. Swap"):
        Filters.of(since="2024-02-02", until="2024-02-01")
    assert Filters.of(since="2024-02-02", until="2024-02-02").until == date(2024, 2, 2)


def test_one_name_or_several() -> None:
    assert parse_names(None) == ()
    assert parse_names("Der Bote") == ("Der Bote",)
    assert parse_names(["a", "b"]) == ("a", "b")
    assert set(parse_names({"a", "b"})) == {"a", "b"}
    assert parse_names([" Der Bote\n"]) == ("Der Bote",)


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


def test_what_no_article_is_without_is_said_so() -> None:
    with pytest.raises(QuestionError, match=r"without='title'.*date, source"):
        Filters.of(without="title")


PAPERS: dict[str, dict[str, Any]] = {
    "a": {"source": "Der Bote", "authors": ("Jule Brandt", "Ö. Ziegler"), "section": "Politik"},
    "b": {"source": "Kurier", "authors": ("Jule Brandt",), "published": date(2024, 3, 1)},
    "c": {"source": "Kurier", "section": "Äußeres", "published": date(2024, 3, 2)},
    "d": {"source": "KURIER\x00", "language": "en", "section": "It's"},
    "e": {"published": date(2024, 3, 2)},
}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, "abcde"),
        ({"sources": "kurier"}, "bc"),
        ({"sources": ["der bote", "KURIER"]}, "abc"),
        ({"authors": "ö. ziegler"}, "a"),
        ({"authors": "Jule Brandt", "sources": "Kurier"}, "b"),
        ({"authors": "Jule"}, ""),
        ({"sections": "ÄUSSERES"}, "c"),
        ({"sections": "it's"}, "d"),
        ({"sections": "' OR TRUE --"}, ""),
        ({"languages": "de-AT"}, "abce"),
        ({"languages": ["en", "fr"]}, "d"),
        ({"uris": ["a", "c", "nowhere"]}, "ac"),
        ({"uris": [str(number) for number in range(50_000)]}, ""),
        ({"since": "2024-03-02"}, "ce"),
        ({"until": "2024-03-01"}, "b"),
        ({"since": "2024-03-01", "until": date(2024, 3, 2)}, "bce"),
        ({"until": "1990-01-01"}, ""),
        ({"roles": "caption"}, "abcde"),
        ({"sources": "\ud800"}, ""),
        ({"without": "date"}, "ad"),
        ({"without": "Source"}, "e"),
        ({"without": "date", "since": "2024-03-02"}, "acde"),
        ({"without": "source", "sources": "kurier"}, "bce"),
        ({"without": ["source", "date"], "until": "1990-01-01"}, ""),
        ({"without": ["source", "date"], "sources": "kurier", "since": "2024-03-02"}, "ce"),
    ],
)
def test_articles_meet_every_condition(
    catalog: Catalog, conditions: dict[str, Any], expected: str
) -> None:
    for uri, metadata in PAPERS.items():
        catalog.put(article(uri, f"Text {uri}.", **metadata))
    found = catalog.articles(filters=Filters.of(**conditions))
    assert "".join(sorted(item.uri for item in found.values())) == expected
