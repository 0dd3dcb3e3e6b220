"""Ratings to labelled questions, read by the evaluation as they are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.chat_history import ConversationStore, TurnState
from qa.cli.app import main
from qa.conversation_file import FILE
from qa.evaluation.questions import read_questions
from qa.results import Answer
from tests.qa.server.chat.fake import QUOTE, FakeCollection

COLLECTION = FakeCollection()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = ConversationStore(tmp_path / FILE)
    name = store.start("me", "x")
    completed = replace(COLLECTION.ask("Wann fährt die Seilbahn?"), asked="Und wann?")
    refused = COLLECTION.ask("Wie wird das Wetter?")
    for question, answer, helpful in (
        ("Und wann?", completed, True),
        ("Wie wird das Wetter?", refused, True),
        ("Wer fährt?", completed, False),
        ("Danke!", replace(refused, kind="smalltalk", answered=True), True),
        ("Ungefragt?", completed, None),
    ):
        rate(store, name, question, answer, helpful=helpful)
    store.close()
    return tmp_path


def rate(
    store: ConversationStore, name: str, question: str, answer: Answer, *, helpful: bool | None
) -> None:
    turn = store.ask("me", name, question)
    assert turn is not None
    store.settle(turn.key, TurnState.ANSWERED, answer=answer)
    store.rate("me", name, turn.number, helpful, "Das Jahr fehlt" if helpful is False else "")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0)


def test_rated_answers_become_labelled_questions(folder: Path) -> None:
    target = folder / "questions.jsonl"
    assert run("--collection", str(folder), "feedback", "export", "-o", str(target)) == 0
    questions, problems = read_questions(target)
    first, second = questions
    assert (first.question, first.language) == ("Wann fährt die Seilbahn?", "de")
    assert (first.uri, first.paragraph, first.quote) == ("file:///press/seilbahn.html", 4, QUOTE)
    assert first.answers == ("Am 12. April 2025",)
    assert (second.question, second.answers) == ("Wie wird das Wetter?", ())
    (problem,) = problems
    assert problem.line == 3
    rows = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert (rows[2]["helpful"], rows[2]["note"]) == (False, "Das Jahr fehlt")
    assert not {"uri", "quote", "answers"} & set(rows[2])


def test_only_labelled_rows_where_that_is_wanted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--collection", str(folder), "feedback", "export", "--helpful") == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "2 rated answers" in said.err


def test_no_ratings_and_no_place_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--collection", str(tmp_path), "feedback", "export") == 0
    assert capsys.readouterr().out == ""
    assert not (tmp_path / FILE).exists()
    target = tmp_path / "missing" / "questions.jsonl"
    assert run("--collection", str(tmp_path), "feedback", "export", "-o", str(target)) == 1
    assert "Name another file" in capsys.readouterr().err.replace("\n", " ")
