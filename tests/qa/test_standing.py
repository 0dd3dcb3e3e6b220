"""Standing questions are asked again of what came since."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from corpus.errors import QuestionError
from qa.collection import Collection
from qa.conversation_file import FILE
from qa.server.exports.document import FORMATS
from qa.server.exports.review import write_review
from qa.standing import StandingQuestions, find_all_news, find_news

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
QUESTION = "Was gibt es Neues zur Schleuse Brakum?"
OLD = {
    "uri": "urn:s:1",
    "title": "Schleuse Brakum wird gebaut",
    "source": "Brakumer Zeitung",
    "published": "2025-01-10",
    "language": "de",
    "text": "Die Schleuse in Brakum wird für 12 Millionen Euro neu gebaut.",
}
NEW = {
    "uri": "urn:s:2",
    "title": "Schleuse Brakum wird teurer",
    "source": "Küstenpost",
    "published": "2026-02-20",
    "language": "de",
    "text": "Die Schleuse in Brakum kostet nun 19 Millionen Euro.",
}
OTHER = {
    "uri": "urn:s:3",
    "title": "Imker zählen Völker",
    "source": "Küstenpost",
    "published": "2026-02-21",
    "language": "de",
    "text": "Die Imker im Moorland zählen mehr Völker als im Vorjahr.",
}


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[StandingQuestions]:
    opened = StandingQuestions(tmp_path / FILE, now=lambda: NOW)
    yield opened
    opened.close()


def add(collection: Collection, folder: Path, *rows: dict[str, str]) -> None:
    table = folder / "rows.jsonl"
    table.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    collection.add(table)


def test_a_question_is_kept_once_and_given_up(standing: StandingQuestions) -> None:
    kept = standing.add(f"  {QUESTION} ")
    assert (kept.question, kept.created, kept.reviewed) == (QUESTION, NOW, NOW)
    assert standing.add(QUESTION) == kept
    standing.add("Imker")
    assert [item.question for item in standing.all()] == [QUESTION, "Imker"]
    standing.remove(kept.id)
    assert [item.question for item in standing.all()] == ["Imker"]
    with pytest.raises(QuestionError, match="no standing question 1"):
        standing.remove(kept.id)
    with pytest.raises(QuestionError, match="empty"):
        standing.add(" ")


def test_what_was_reviewed_is_no_news(standing: StandingQuestions) -> None:
    kept = standing.add(QUESTION)
    later = NOW + timedelta(days=1)
    standing.mark_reviewed([kept.id], later)
    assert standing.all()[0].reviewed == later


def test_questions_outlast_the_process(tmp_path: Path, standing: StandingQuestions) -> None:
    standing.add(QUESTION)
    again = StandingQuestions(tmp_path / FILE)
    assert [item.question for item in again.all()] == [QUESTION]
    again.close()


def test_news_are_of_new_articles_on_the_topic(
    collection: Collection, standing: StandingQuestions, tmp_path: Path
) -> None:
    add(collection, tmp_path, OLD)
    kept = standing.add(QUESTION)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert find_news(collection, kept, tomorrow) is None
    news = find_news(collection, kept, NOW - timedelta(days=365))
    assert news is not None
    assert {item.passage.article.uri for item in news.answer.citations} == {"urn:s:1"}
    assert news.answer.note.startswith("1 Artikel, seit dem 1. März 2025 hinzugekommen")
    imker = standing.add("Was gibt es Neues vom Leuchtturm Quendel?")
    assert find_news(collection, imker, NOW - timedelta(days=365)) is None


def test_only_what_changed_since_is_asked(
    collection: Collection, standing: StandingQuestions, tmp_path: Path
) -> None:
    add(collection, tmp_path, OLD, OTHER)
    with collection._database.transaction():
        collection._database.run("UPDATE articles SET updated_at = '2025-01-10T08:00:00+00:00'")
    (tmp_path / "later").mkdir()
    add(collection, tmp_path / "later", NEW)
    assert [info.uri for info in collection.changed_since(NOW - timedelta(days=365))] == ["urn:s:2"]
    news = find_news(collection, standing.add(QUESTION), NOW - timedelta(days=365))
    assert news is not None
    assert {item.passage.article.uri for item in news.answer.citations} == {"urn:s:2"}


def test_what_is_new_of_something_else_is_no_news(
    collection: Collection, standing: StandingQuestions, tmp_path: Path
) -> None:
    elsewhere = {
        **OTHER,
        "text": "Die Imker in Brakum zählen im Moorland mehr Völker als im Vorjahr.",
    }
    add(collection, tmp_path, OLD)
    with collection._database.transaction():
        collection._database.run("UPDATE articles SET updated_at = '2025-01-10T08:00:00+00:00'")
    (tmp_path / "later").mkdir()
    add(collection, tmp_path / "later", elsewhere)
    assert collection.ask(QUESTION, kind="overview", uris=["urn:s:3"]).answered
    assert find_news(collection, standing.add(QUESTION), NOW - timedelta(days=365)) is None


def test_news_of_several_stories_have_a_part_for_each_and_are_told_once(
    collection: Collection, standing: StandingQuestions, tmp_path: Path
) -> None:
    copy = {**NEW, "uri": "urn:s:4", "source": "Moorbote", "published": "2026-02-21"}
    feast = {
        **OTHER,
        "uri": "urn:s:5",
        "title": "Lichterfest am Kanal",
        "text": "An der Schleuse Brakum feiern 900 Menschen mit Laternen und Akkordeon.",
    }
    add(collection, tmp_path, NEW, copy, feast, OTHER)
    since = NOW - timedelta(days=365)
    kept = [standing.add(QUESTION), standing.add("Was wird zur Schleuse Brakum berichtet?")]
    (news,) = find_all_news(collection, kept, since)
    assert news.answer.digest is not None
    parts = [part.title for part in news.answer.digest.parts]
    assert sorted(parts) == ["Lichterfest am Kanal", "Schleuse Brakum wird teurer"]
    quotes = [sentence.text for sentence in news.answer.sentences]
    assert len(quotes) == len(set(quotes)), "a wire copy is quoted once"
    assert not any("Imker" in quote for quote in quotes)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_review_quotes_and_cites(
    collection: Collection, standing: StandingQuestions, tmp_path: Path, suffix: str
) -> None:
    add(collection, tmp_path, OLD)
    news = find_news(collection, standing.add(QUESTION), NOW - timedelta(days=365))
    assert news is not None
    data = write_review([news], date(2026, 3, 1), suffix)
    if suffix != "docx":
        text = data.decode()
        assert "Presseschau vom 1" in text
        assert "wird für 12 Millionen Euro neu gebaut" in text
        assert "Brakumer Zeitung" in text
    assert write_review([], date(2026, 3, 1), suffix)
