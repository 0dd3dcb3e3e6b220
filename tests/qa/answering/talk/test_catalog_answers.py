"""What is asked of the collection itself is counted in its catalog."""

from pathlib import Path

import pytest

from qa.answering.question import read_question
from qa.answering.talk.catalog_answers import CatalogAnswers
from qa.collection import Collection
from qa.options import Choice
from qa.results import Answer, Refusal
from tests.fakes import write


def ask(archive: Collection, question: str, kind: str = "meta") -> Answer:
    return archive.ask(question, kind=kind)


def titles(answer: Answer) -> list[str]:
    return [info.title.split()[0] for info in answer.articles]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wie viele Artikel gibt es hier?", "Die Sammlung enthält 4 Artikel."),
        ("How many articles are there?", "The collection holds 4 articles."),
        ("Wie viele Absätze sind es?", "Die Sammlung enthält 4 Artikel und darin 5 Absätze."),
        (
            "Welche Zeitungen habt ihr?",
            "3 Quellen: Welliner Bote (2), Die Landpost (1), The Harbour Mail (1).",
        ),
        (
            "Von wann bis wann reichen die Berichte?",
            "Zeitraum: 2. November 2023 bis 20. Juni 2024. 1 Artikel hat kein Datum.",
        ),
        ("Which languages are the articles in?", "Languages: German (3), English (1)."),
        ("Wer sind die Autoren?", "Autorinnen und Autoren: Ada Quast (2), Till Ehlers (1)."),
    ],
)
def test_the_whole_collection_is_counted(archive: Collection, question: str, said: str) -> None:
    answer = ask(archive, question)
    assert answer.text == said
    assert (answer.answered, answer.confidence, answer.articles) == (True, 1.0, ())
    assert (answer.citations, answer.passages, answer.sentences) == ((), (), ())


@pytest.mark.parametrize(
    ("question", "first", "found"),
    [
        ("Was ist der neueste Artikel?", "Der neueste Artikel:", ["Neue"]),
        ("What is the oldest article?", "The oldest article:", ["Großbrand"]),
        ("Zeig mir die zwei neuesten Artikel", "Die 2 neuesten Artikel:", ["Neue", "Sturm"]),
        (
            "Welche Artikel hat Ada Quast geschrieben?",
            "Die Sammlung enthält 2 Artikel von Ada Quast.",
            ["Neue", "Sturm"],
        ),
        (
            "Was habt ihr von der Landpost?",
            "Die Sammlung enthält 1 Artikel (Quelle: Die Landpost).",
            ["Großbrand"],
        ),
        (
            "Welche Artikel sind aus dem März 2024?",
            "Die Sammlung enthält 1 Artikel vom 1. März 2024 bis zum 31. März 2024.",
            ["Sturm"],
        ),
        (
            "Habt ihr Artikel auf Englisch?",
            "Die Sammlung enthält 1 Artikel auf Englisch.",
            ["Otters"],
        ),
        (
            "Gibt es Artikel über den Brand?",
            "Die Sammlung enthält 1 Artikel zu „Brand“.",
            ["Großbrand"],
        ),
        (
            "How many articles are there about the Wellin ferry?",
            "The collection holds 2 articles on “Wellin ferry”.",
            ["Neue", "Sturm"],
        ),
        (
            "Habt ihr Artikel auf Französisch?",
            "Die Sammlung enthält keinen Artikel auf Französisch.",
            [],
        ),
    ],
)
def test_articles_are_listed_with_their_dates(
    archive: Collection, question: str, first: str, found: list[str]
) -> None:
    answer = ask(archive, question)
    head, *lines = answer.text.split("\n")
    assert (head, titles(answer)) == (first, found)
    assert [line.split()[1] for line in lines] == found
    assert answer.answered
    assert not answer.citations


def test_an_author_is_named_with_the_article(archive: Collection) -> None:
    answer = ask(archive, "Wer hat den Artikel über die Ziegelei geschrieben?")
    assert answer.text.split("\n") == [
        "Autorinnen und Autoren zu „Ziegelei“: Till Ehlers (1).",
        "- Großbrand in der Ziegelei Moorsen, Till Ehlers, Die Landpost, 2. November 2023",
    ]


def test_a_topic_without_articles_is_refused(archive: Collection) -> None:
    answer = ask(archive, "Gibt es Artikel über Vulkane?")
    assert answer.refusal is Refusal.NOTHING_NEAR
    assert answer.text == answer.reason == "Die Sammlung enthält keinen Artikel zu „Vulkane“."


def test_filters_count_too(archive: Collection) -> None:
    answer = archive.ask("Wie viele Artikel gibt es?", kind="meta", sources="Die Landpost")
    assert answer.text == "Die Sammlung enthält 1 Artikel."


def test_a_long_list_says_how_many_follow(collection: Collection, tmp_path: Path) -> None:
    texts = {f"a{n}": f"Nummer {n}\n\nAm Hafen steht Kran {n}, und er ist blau." for n in range(23)}
    collection.add(write(tmp_path / "many", **texts))
    answer = ask(collection, "Welche Artikel gibt es zum Hafen?")
    assert answer.text.startswith("Die Sammlung enthält 23 Artikel zu „Hafen“.")
    assert answer.text.endswith("- und 3 weitere")
    assert len(answer.articles) == 20


def test_what_is_counted_in_no_sentence_is_not_answered(archive: Collection) -> None:
    counted = archive.ask("Wie viele Menschen sahen zu?", kind="count")
    assert not counted.answered


def test_what_can_be_counted_of_a_topic_is_said(archive: Collection) -> None:
    question = read_question("Wie viele Ratten waren auf der Fähre von Wellin im Sturm?")
    found = archive._answerer.finder.find(question.text, 8, Choice.of({}))
    assert found is not None
    answers = CatalogAnswers(archive._database, archive._answerer.finder.find)
    said = answers.count_topic(question, found)
    assert said.startswith("Zählen lässt sich nur, was die Artikel nennen. Es gibt dazu ")
    assert said.endswith("Mit Namen zitiert: 1 Person, je mit der Zahl der Artikel: Ole Brook (1).")


def test_a_source_is_named_in_another_case(archive: Collection) -> None:
    answer = ask(archive, "Welche Artikel habt ihr vom Welliner Boten?")
    assert answer.text.startswith("Die Sammlung enthält 2 Artikel (Quelle: Welliner Bote)")
