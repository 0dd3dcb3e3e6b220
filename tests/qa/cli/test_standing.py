"""Standing questions and the press review on the command line."""

import json
import time
from pathlib import Path

import pytest

from qa.cli.app import main
from tests.fakes import FakeEncoder, write

LOCK = "Neue Schleuse für Brakum\n\nDie Schleuse in Brakum wird für 12 Millionen Euro gebaut."


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "collection"
    run(folder, "add", str(write(tmp_path / "press", lock=LOCK)))
    return folder


def run(home: Path, *arguments: str) -> int:
    with pytest.raises(SystemExit) as stop:
        main(["--collection", str(home), *arguments], encoder=FakeEncoder())
    return int(stop.value.code or 0)


def test_questions_are_kept_listed_and_given_up(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "watch", "add", "Schleuse Brakum") == 0
    assert "1: Schleuse Brakum" in capsys.readouterr().err
    assert run(home, "watch", "list") == 0
    number, _, question = capsys.readouterr().out.strip().split("\t")
    assert (number, question) == ("1", "Schleuse Brakum")
    assert run(home, "watch", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out)["question"] == "Schleuse Brakum"
    assert run(home, "watch", "remove", "1") == 0
    assert run(home, "watch", "remove", "1") == 1
    assert "watch list" in capsys.readouterr().err


def test_a_review_is_written_once(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(home, "watch", "add", "Was ist mit der Schleuse in Brakum?")
    capsys.readouterr()
    assert run(home, "review", "--since", "2020-01-01") == 0
    said = capsys.readouterr()
    assert "Presseschau vom" in said.out
    assert "12 Millionen Euro" in said.out
    assert "News on 1 of 1 standing questions." in said.err
    file = tmp_path / "review.html"
    assert run(home, "review", "--since", "2020-01-01", "--out", str(file)) == 0
    assert "12 Millionen Euro" in file.read_text("utf-8")
    assert run(home, "review", "--since", "2020-01-01", "--json") == 0
    (news,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert news["standing"]["id"] == 1
    assert news["answer"]["citations"]


def test_other_files_are_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "review", "--out", "review.pdf") == 2
    assert ".docx" in capsys.readouterr().err
    assert run(home, "review", "--out", str(home / "nowhere" / "review.md")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_what_is_added_tells_the_news_at_once(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(home, "watch", "add", "Was ist mit der Schleuse in Brakum?")
    later = "Schleuse Brakum teurer\n\nDie Schleuse in Brakum kostet nun 19 Millionen Euro."
    bees = "Imker zählen\n\nDie Imker im Moorland zählen ihre Völker."
    # The catalog notes no fractions of a second: what came within the same one counts as later.
    time.sleep(1.1)
    assert run(home, "add", str(write(tmp_path / "later", lock=later, bees=bees))) == 0
    assert "News: Was ist mit der Schleuse in Brakum? (1 article)" in capsys.readouterr().err
    assert run(home, "add", str(tmp_path / "later")) == 0
    assert "News" not in capsys.readouterr().err, "nothing came"
