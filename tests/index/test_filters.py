"""The paragraphs that meet filters."""

from datetime import date
from typing import Any

import pytest

from corpus.article import Role
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.selection import Filters
from index.filters import allowed_paragraphs
from tests.fakes import article


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
        ({"sources": "der bote", "languages": "de-AT"}, ["Deutsch.", "Vorspann."]),
        ({"languages": "fr", "uris": "x:de", "roles": "body"}, []),
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
    allowed = allowed_paragraphs(Filters.of(**conditions), database, catalog.paragraph_table())
    ids = allowed.listed.tolist()
    assert ids == sorted(ids)
    assert len(allowed) == len(ids)
    assert sorted(row.text for row in catalog.paragraphs(ids)) == expected
