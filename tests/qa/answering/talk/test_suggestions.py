"""Questions are suggested that the articles can answer."""

import pytest

from qa.answering.talk.suggestions import choose_questions, quoted_people, shared_topic
from qa.collection import Collection
from qa.i18n import Words
from tests.fakes import article

DE = Words("de")
ABOUT_THE_FIRE = "Worum geht es in dem Artikel „Großbrand in der Ziegelei Moorsen“?"


def test_a_story_a_person_and_a_title_are_asked_about(archive: Collection) -> None:
    assert archive.suggest() == (
        "Zeitlicher Verlauf: Fähre Wellin",
        "Was sagt Ole Brook?",
        "Worum geht es in dem Artikel „Neue Fähre für Wellin bestellt“?",
    )
    assert archive.suggest("en")[1] == "What does Ole Brook say?"


def test_after_an_answer_its_articles_come_first(archive: Collection) -> None:
    answer = archive.ask("Gibt es Artikel über den Brand?", kind="meta")
    assert answer.suggestions[0] == ABOUT_THE_FIRE
    assert archive.suggest("de", answer) == answer.suggestions


def test_after_an_answer_what_it_is_not_of_is_not_asked_about() -> None:
    cited = article("urn:1", "Es fährt.", title="Neue Fähre für Wellin")
    old = article("urn:2", "Es fuhr.", title="Alte Fähre von Wellin")
    other = article("urn:3", "Es brennt.", title="Großbrand in Moorsen")
    assert choose_questions([cited], [old, other], [cited], DE) == (
        "Zeitlicher Verlauf: Fähre Wellin",
        "Worum geht es in dem Artikel „Neue Fähre für Wellin“?",
        "Was gibt es Neues zum Thema Fähre Wellin?",
    )


def test_after_a_refusal_the_nearest_article_comes_first(archive: Collection) -> None:
    answer = archive.ask("Wie findest du den Brand der Ziegelei in Moorsen?", kind="opinion")
    assert answer.passages == ()
    assert answer.suggestions[0] == ABOUT_THE_FIRE


def test_what_was_asked_is_not_suggested_again(archive: Collection) -> None:
    asked = "Was sagt Ole Brook?"
    assert asked in archive.suggest("de")
    assert asked not in archive.ask(asked).suggestions


def test_after_a_timeline_it_is_not_the_same_timeline_that_is_suggested(
    archive: Collection,
) -> None:
    story = archive.suggest()[0]
    assert story == "Zeitlicher Verlauf: Fähre Wellin"
    asked = archive.ask("Wie ging es mit der Fähre in Wellin weiter?", kind="timeline")
    assert asked.answered
    assert story not in asked.suggestions
    latest = archive.ask("Was gibt es Neues zum Thema Fähre Wellin?", kind="latest")
    assert not any("Was gibt es Neues" in question for question in latest.suggestions)


def test_a_removed_article_is_not_asked_about(archive: Collection) -> None:
    assert any("Neue Fähre" in question for question in archive.suggest("de"))
    archive.remove("urn:a:2")
    assert not any("Neue Fähre" in question for question in archive.suggest("de"))


def test_an_empty_collection_suggests_nothing(collection: Collection) -> None:
    assert collection.suggest() == ()


def test_one_article_is_enough() -> None:
    one = article("urn:x", "Es regnet.", title="Regen")
    assert choose_questions([], [one], [one], DE) == (
        "Worum geht es in dem Artikel „Regen“?",
        "Welche Artikel sind die neuesten?",
    )
    untitled = article("urn:y", "Es regnet.")
    assert choose_questions([], [untitled], [untitled], DE) == (
        "Welche Artikel sind die neuesten?",
    )


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("„Ja“, sagte die Leiterin Jana Roth.", []),
        ("„Ja“, sagte Leiterin Jana Roth.", ["Jana Roth"]),
        ("“Yes”, said Ellis Grant and left. said Ellis Grant", ["Ellis Grant"]),
        ("sagte er am Montag in Wellin", []),
    ],
)
def test_people_are_named_in_full(text: str, people: list[str]) -> None:
    assert quoted_people(text) == people


def test_titles_share_a_topic_of_two_words() -> None:
    assert shared_topic("Stadtbahn Au: Kosten steigen", "Streit um Stadtbahn in Au", "de") == (
        "Stadtbahn Au"
    )
    assert shared_topic("", "", "de") == ""
