"""Tests of reading what was written for training."""

from collections.abc import Callable
from pathlib import Path

import pytest

from training.reader import written
from training.reader.data import parts
from training.reader.talks import read_talks
from training.reader.written import FOLDER, MISSES, read_written, read_written_set

ARTICLE = """\
# a01-1 | Dach am Rathaus wird teurer | Tagesbote | 2025-03-14 | de
Der Rat zahlt 3 Millionen Euro für das Dach. Bürgermeister Karl Otto ist zufrieden.
Gebaut wird ab Mai.

?1 Was kostet das Dach? | 3 Millionen Euro
!1 number | Was kostet der Keller?
@
?1 Wer ist in Auen Bürgermeister? | Karl Otto
>2 Und wann baut er? | Wann wird das Dach in Auen gebaut? | ab Mai
>- Seit wann ist er das? | Seit wann ist Karl Otto Bürgermeister?
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "news-a.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_articles_questions_and_conversations_are_read(file: Callable[[str], Path]) -> None:
    (article,), mistakes = read_written(file(ARTICLE))

    assert not mistakes
    assert [row["id"] for row in article.paragraphs] == ["a01-1-p1", "a01-1-p2"]
    assert article.paragraphs[0]["published"] == "2025-03-14"
    assert article.story == "a01"
    assert [
        (row["question"], row["paragraph_id"], row["answers"], row.get("kind"))
        for row in article.questions
    ] == [
        ("Was kostet das Dach?", "a01-1-p1", [{"text": "3 Millionen Euro", "start": 14}], None),
        ("Was kostet der Keller?", "a01-1-p1", [], "number"),
        ("Wer ist in Auen Bürgermeister?", "a01-1-p1", [{"text": "Karl Otto", "start": 59}], None),
        ("Wann wird das Dach in Auen gebaut?", "a01-1-p2", [{"text": "ab Mai", "start": 12}], None),
    ]
    ((_, second, third),) = article.conversations
    assert second.typed == "Und wann baut er?"
    assert second.paragraph == "a01-1-p2"
    assert third.paragraph is None
    assert third.answer == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("?1 Was kostet das Dach? | 4 Millionen", "do not stand in the paragraph"),
        ("?3 Was kostet das Dach? | 3 Millionen", "no paragraph 3"),
        ("?1 Was kostet das Dach?", "2 parts"),
        ("!1 colour | Welche Farbe hat das Dach?", "colour is none of"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    file: Callable[[str], Path], line: str, said: str
) -> None:
    (article,), (mistake,) = read_written(file(f"{ARTICLE}{line}\n"))

    assert said in mistake
    assert mistake.startswith("news-a.txt:11:")
    assert len(article.questions) == 4


def test_questions_about_wikipedia_find_their_paragraphs(file: Callable[[str], Path]) -> None:
    row = {"id": "w-Au#007", "article": "w-Au", "title": "Au", "text": "Au liegt am Inn."}
    path = file("# w-Au\n?007 An welchem Fluss liegt Au? | Inn\n?008 Wo? | Inn\n")

    (article,), (mistake,) = read_written(path, {"w-Au": [row]})

    assert article.questions[0]["paragraph_id"] == "w-Au#007"
    assert "no paragraph 008" in mistake


def test_a_follow_up_is_read_with_what_was_asked_before(
    file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(ARTICLE)
    monkeypatch.setattr(written, "FOLDER", tmp_path)
    for name in ("train-news-de/paragraphs", "train-news-de/questions", "train-talk-de/turns"):
        path = tmp_path / f"{name}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.touch()

    talks = read_talks("talk-de", tmp_path)

    first = "Wer ist in Auen Bürgermeister?"
    assert [(row["question"], row["paragraph_id"]) for row in talks.questions] == [
        (f"Und wann baut er? ({first})", "a01-1-p2"),
        (f"Seit wann ist er das? ({first} Und wann baut er?)", "a01-1-p2"),
    ]
    assert [bool(row["answers"]) for row in talks.questions] == [True, False]


def test_what_was_written_for_news_has_no_mistakes() -> None:
    for path in sorted(FOLDER.glob("news-*.txt")):
        articles, mistakes = read_written(path)
        assert not mistakes
        questions = [row for article in articles for row in article.questions]
        missing = [row for row in questions if not row["answers"]]
        assert 0.2 < len(missing) / len(questions) < 0.6
        assert {row["kind"] for row in missing if row["paragraph_id"]} <= set(MISSES)


def test_the_tellings_of_a_story_are_held_out_together() -> None:
    late = parts(read_written_set("written-news-de", Path()))[1]

    assert late.questions
    held = {row["story"] for row in late.paragraphs.values()}
    early = parts(read_written_set("written-news-de", Path()))[0]
    assert not held & {row["story"] for row in early.paragraphs.values()}
