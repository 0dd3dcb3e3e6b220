"""A collection of articles whose catalog is asked about."""

import json
from pathlib import Path

import pytest

from qa.collection import Collection

ROWS = (
    {
        "uri": "urn:a:1",
        "title": "Sturm über Wellin: Fähre gesunken",
        "authors": "Ada Quast",
        "source": "Welliner Bote",
        "published": "2024-03-04",
        "language": "de",
        "text": "Die Fähre von Wellin ist im Sturm gesunken. Niemand war an Bord.\n\n"
        "„Das Schiff war alt“, sagte Hafenmeister Ole Brook am Montag in Wellin.",
    },
    {
        "uri": "urn:a:2",
        "title": "Neue Fähre für Wellin bestellt",
        "authors": "Ada Quast",
        "source": "Welliner Bote",
        "published": "2024-06-20",
        "language": "de",
        "text": "Der Kreis hat eine neue Fähre für Wellin bestellt. Sie kostet 4 Millionen Euro.",
    },
    {
        "uri": "urn:a:3",
        "title": "Großbrand in der Ziegelei Moorsen",
        "authors": "Till Ehlers",
        "source": "Die Landpost",
        "published": "2023-11-02",
        "language": "de",
        "text": "In der Ziegelei von Moorsen hat es gebrannt. Verletzt wurde niemand.",
    },
    {
        "uri": "urn:a:4",
        "title": "Otters return to the Wick",
        "source": "The Harbour Mail",
        "language": "en",
        "text": "Otters have returned to the river Wick after forty years, rangers say.",
    },
)


@pytest.fixture
def archive(collection: Collection, tmp_path: Path) -> Collection:
    """Return a collection of four articles, one of them undated and in English."""
    table = tmp_path / "archive.jsonl"
    table.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    collection.add(table)
    return collection
