"""What an empty conversation shows, and the line that says how much there is."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

from qa.i18n import Words
from qa.server.chat.start import StartPage, status_line
from qa.standing import StandingQuestion
from tests.qa.server.chat.fake import FakeCollection, info

DE, EN = Words("de"), Words("en")
FAR = datetime(2150, 1, 2, 12, tzinfo=UTC)


def test_the_welcome_suggests_questions_or_says_how_to_add_articles() -> None:
    full = StartPage(FakeCollection()).welcome(EN)
    assert "What does membership of the library cost" in full
    assert 'id="do-suggested-0-0"' in full
    empty = StartPage(FakeCollection(held=())).welcome(EN)
    assert "add ARTICLES" in empty


def test_the_status_line_says_what_is_not_embedded() -> None:
    german = unescape(status_line(FakeCollection(unembedded=1204), DE))
    assert "1.204 Absätze lassen sich bisher nur nach Wörtern finden" in german
    english = status_line(FakeCollection(unembedded=1), EN)
    assert "1 paragraph can be found by its words only" in english
    assert "by its words" not in status_line(FakeCollection(), EN)


def test_the_status_line_counts_and_says_how_far_the_model_is() -> None:
    line = re.sub("<[^>]*>", "", status_line(FakeCollection(), EN, "loading"))
    assert line.replace("&#44;", ",") == (
        "3 articles from 3 sources, 25 October 2024 to 14 March 2025 Getting ready to search …"
    )
    failed = status_line(FakeCollection(), DE, "loading_failed", "<weg>")
    assert "&#60;weg&#62;" in failed


def test_the_start_says_what_came_since_the_last_visit() -> None:
    collection = FakeCollection()
    fresh = [info(each) for each in collection.held]
    fresh[2] = replace(fresh[2], corrected=date(2026, 2, 3))
    collection.changed_since = lambda _moment: fresh  # type: ignore[method-assign, assignment]
    since = datetime(2026, 2, 1, 12, tzinfo=UTC)
    shown = unescape(StartPage(collection).welcome(DE, (), since))
    assert (
        "letzten Besuch am 1. Februar 2026: 2 neue Artikel, 1 berichtigter oder ergänzter" in shown
    )
    assert shown.index("Berichtigt oder ergänzt, Lautenberger Bote") < shown.index(
        "Eastmere Courier"
    )
    assert "Zuletzt erschienen" not in shown
    collection.changed_since = lambda _moment: []  # type: ignore[method-assign, assignment]
    assert "Recently published" not in shown
    assert "last visit" not in StartPage(collection).welcome(EN, (), since)


def test_the_start_shows_the_newest_articles_and_what_is_new_on_standing_questions() -> None:
    kept = [
        StandingQuestion(1, "Fährt die Bahn?", FAR, FAR),
        StandingQuestion(2, "Was kostet sie?", FAR, datetime(2025, 1, 2, 12, tzinfo=UTC)),
    ]
    shown = unescape(StartPage(FakeCollection()).welcome(DE, kept))
    assert "/library/article?uri=file%3A%2F%2F%2Fpress%2Fseilbahn.html" in shown
    assert "Lautenberger Bote, 25. Oktober 2024" in shown
    assert shown.index("do-news-2") < shown.index("do-news-1")
    assert "3 Artikel neu oder geändert seit dem 2. Januar 2025" in shown
    assert "Nichts Neues seit dem 2. Januar 2150" in shown


def test_the_same_title_is_shown_once() -> None:
    first = FakeCollection().held[0]
    twice = FakeCollection(held=(first, replace(first, uri="file:///press/again.pdf")))
    assert StartPage(twice).welcome(EN).count('class="title"') == 1
