"""`article-qa evaluate`: streams, files and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.cli.app import main
from tests.fakes import FakeEncoder

PRICE = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, press: Path, capsys: pytest.CaptureFixture[str], encoder: FakeEncoder
) -> Run:
    """Return a function that runs the command line on a collection of three articles."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit, match=r"^\d+$") as stop:
            main(
                ["--collection", str(tmp_path / "collection"), *map(str, arguments)],
                encoder=encoder,
            )
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, " ".join(captured.err.split())

    assert run("add", press)[0] == 0
    return run


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    file = tmp_path / "questions.jsonl"
    rows = [
        {"question": PRICE, "quote": "vier Euro", "answers": ["vier Euro"]},
        {"question": "Wer tauchte 1974 im Synchronschwimmen?", "answers": []},
    ]
    lines = [json.dumps(row) for row in rows]
    file.write_text("\n".join([*lines, "broken"]), encoding="utf-8")
    return file


def test_a_table_and_the_lines_left_out(run: Run, questions: Path) -> None:
    code, out, err = run("evaluate", questions)
    assert code == 0
    assert "recall@1" in out
    assert "1.000" in out
    assert "0 wrong quotes" in out
    assert "Line 3 left out: no JSON object" in err


def test_json_to_a_file_and_to_the_pipe(run: Run, questions: Path, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    code, out, err = run("evaluate", questions, "--json", file)
    assert code == 0
    assert "recall@1" in out
    assert f"Written to {file}" in err
    written = json.loads(file.read_text(encoding="utf-8"))
    code, out, _ = run("evaluate", questions, "--json", "-", "--no-answers")
    printed = json.loads(out)
    assert printed["overall"]["retrieval"] == written["overall"]["retrieval"]
    assert printed["overall"]["answers"] is None
    assert written["overall"]["answers"]["confusion"]["unanswerable_refused"] == 1


def test_known_items(run: Run) -> None:
    code, out, _ = run("evaluate", "--known-items", "6")
    assert code == 0
    assert "without labels" in out
    assert "title" in out


def test_wrong_usage_and_files(run: Run, questions: Path, tmp_path: Path) -> None:
    assert run("evaluate")[0] == 2
    assert run("evaluate", questions, "--known-items", "3")[0] == 2
    code, _, err = run("evaluate", tmp_path / "gone.jsonl")
    assert code == 1
    assert "gone.jsonl cannot be read" in err
    code, _, err = run("evaluate", questions, "--json", tmp_path / "no" / "folder.json")
    assert code == 1
    assert "cannot be written" in err
    code, _, err = run("evaluate", questions, "--paragraphs", tmp_path / "gone.jsonl")
    assert code == 1
    assert "gone.jsonl cannot be read" in err


def test_a_failed_run_leaves_the_file_as_it_was(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("before", encoding="utf-8")
    assert run("evaluate", tmp_path / "gone.jsonl", "--json", file)[0] == 1
    assert file.read_text(encoding="utf-8") == "before"
