"""Questions about the collection are told from those about what stands in it."""

from dataclasses import replace
from datetime import date

import pytest

from corpus.catalog.statistics import ArticleCounts
from qa.answering.question import read_question
from qa.answering.talk.catalog_question import CatalogQuestion, read_catalog_question

COUNTS = ArticleCounts(
    articles=9,
    sources={"Der Alpenbote": 5, "Norddeutsche Landpost": 4},
    languages={"de": 9},
    sections={},
    authors={"Ada Quast": 3},
    first=None,
    last=None,
    undated=9,
)


def read(text: str, kind: str = "meta", *, loosely: bool = False) -> CatalogQuestion | None:
    question = replace(read_question(text, date(2025, 6, 1)), kind=kind)
    return read_catalog_question(question, COUNTS, loosely=loosely)


@pytest.mark.parametrize(
    ("text", "wants", "topic"),
    [
        ("Wie viele Artikel sind gespeichert?", "number", ""),
        ("how many reports on the harbour do you have", "number", "harbour"),
        ("Wie viele Beiträge gibt's zum Thema Hebammen?", "number", "Hebammen"),
        ("welche zeitungen haben über die mühle berichtet", "sources", "mühle"),
        ("how far back does this collection go", "period", ""),
        ("Der älteste Bericht zum Moorbrand?", "oldest", "Moorbrand"),
        ("Welcher Artikel kam zuletzt dazu?", "newest", ""),
        ("who wrote the article about the mill", "authors", "mill"),
        ("Wann ist der Artikel über die Mühle erschienen?", "dates", "Mühle"),
        ("In welchen Sprachen sind die Texte?", "languages", ""),
        ("Welche Themen gibt es?", "topics", ""),
        ("gibts was zu bibern", "articles", "bibern"),
        ("Zeig mir alle Artikel von Journalistin Ada Quast", "articles", ""),
        ("Was habt ihr aus dem Alpenboten?", "articles", ""),
        ("Wie viele Artikel sind von der Norddeutschen Landpost?", "number", ""),
    ],
)
def test_what_is_asked_and_about_what(text: str, wants: str, topic: str) -> None:
    found = read(text)
    assert found is not None
    assert (found.wants, found.topic) == (wants, topic)


def test_names_and_times_become_filters() -> None:
    found = read("Artikel von Ada Quast im Alpenboten seit März 2024 auf Englisch")
    assert found is not None
    assert found.filters.authors == ("Ada Quast",)
    assert found.filters.sources == ("Der Alpenbote",)
    assert found.filters.since == date(2024, 3, 1)
    assert found.filters.until is None
    assert found.filters.languages == ("en",)
    assert found.topic == ""


@pytest.mark.parametrize(
    "text",
    [
        "Wer hielt die Schrift für ein Werk aus der Zeit um 1080?",
        "Warum steht die Mühle still?",
        "Im Artikel über das Nein zum Stadion ist von verlorenem Geld die Rede: Auf welchen "
        "Betrag belaufen sich die Kosten der Planung des Stadions?",
    ],
)
def test_other_questions_are_left_to_the_articles(text: str) -> None:
    assert read(text) is None


def test_of_another_kind_only_what_is_beyond_doubt_is_read() -> None:
    assert read("Wie viele Artikel gibt es zur Mühle?", "count") is not None
    assert read("welche zeitungen haben über die mühle berichtet", "list") is not None
    assert read("habt ihr auch was aus 2022 und wenn ja was?", "several") is not None
    assert read("Wie viele Quellen zitiert der Minister?", "count") is None
    assert read("Welche Berichte legte die Kommission vor?", "list") is None
    assert read("Was gibt es zur Mühle?", "overview") is None


def test_anything_is_about_its_topic_where_that_is_wanted() -> None:
    found = read("Erscheint der Name Sorokin hier irgendwo?", loosely=True)
    assert found is not None
    assert found.wants == "articles"
    assert "Sorokin" in found.topic
