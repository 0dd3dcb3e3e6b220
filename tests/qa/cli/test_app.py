"""The command line: what goes to which stream, exit codes, and the same fields in JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.database import CATALOG_FILE
from corpus.catalog.lock import writer_lock
from qa.cli.app import main
from qa.results import AddReport, Answer, Passage, Status
from tests.fakes import FakeEncoder, write

QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], encoder: FakeEncoder) -> Run:
    """Return a function that runs the command line on a collection in `tmp_path`."""

    def run(*arguments: str | Path, collection: Path | None = None) -> Result:
        folder = collection or tmp_path / "collection"
        with pytest.raises(SystemExit, match=r"^\d+$") as stop:
            main(["--collection", str(folder), *map(str, arguments)], encoder=encoder)
        captured = capsys.readouterr()
        return Result(int(stop.value.code or 0), captured.out, " ".join(captured.err.split()))

    return run


@pytest.fixture
def filled(run: Run, press: Path) -> Run:
    assert run("add", press).code == 0
    return run


def names(kind: Any) -> list[str]:
    return [item.name for item in fields(kind)]


def test_adding_says_what_was_done(run: Run, press: Path) -> None:
    first = run("add", press)
    assert (first.code, first.out) == (0, "")
    assert "3 added, 0 updated, 0 unchanged, 0 duplicates, 0 skipped; 7 passages" in first.err
    again = run("add", press)
    assert again.code == 0
    assert "0 added, 0 updated, 3 unchanged" in again.err
    assert "nothing embedded" in again.err


def test_text_first_embedding_later(run: Run, press: Path, encoder: FakeEncoder) -> None:
    assert "nothing embedded" in run("add", press, "--no-embed").err
    assert encoder.documents == []
    found = run("search", "Fähre")
    assert "Fähre" in found.out
    assert "paragraphs are not embedded yet" in found.err
    assert run("status", "--json").json["missing"] > 0
    run("embed")
    assert run("status", "--json").json["missing"] == 0
    assert "not embedded" not in run("search", "Fähre").err


def test_adding_in_json(run: Run, press: Path) -> None:
    (press / "empty.txt").write_bytes(b"")
    result = run("add", press, "--json")
    assert list(result.json) == names(AddReport)
    assert result.json["added"] == 3
    assert result.json["skipped"] == [[str(press / "empty.txt"), "the file is empty"]]


def test_what_was_skipped_is_named_and_the_rest_is_added(run: Run, press: Path) -> None:
    (press / "empty.txt").write_bytes(b"")
    result = run("add", press)
    assert result.code == 0
    assert "3 added" in result.err
    # Long names are wrapped where the terminal ends.
    assert "Skipped" in result.err
    assert "empty.txt:thefileisempty" in result.err.replace(" ", "")


@pytest.mark.parametrize("made", ["nowhere", "empty folder", "binary"])
def test_an_input_of_no_use_is_a_failure(run: Run, press: Path, tmp_path: Path, made: str) -> None:
    path = tmp_path / "bad"
    if made == "empty folder":
        path.mkdir()
    elif made == "binary":
        path.write_bytes(b"\x7fELF" + bytes(100))
    result = run("add", press, path)
    assert result.code == 1
    assert "3 added" in result.err
    assert "1 skipped" in result.err


def test_a_large_file_is_refused_and_the_limit_can_be_raised(run: Run, tmp_path: Path) -> None:
    press = write(tmp_path / "press", large="Ein Titel\n\n" + "Ein Satz, der etwas sagt. " * 200)
    result = run("add", press, "--max-mb", "0.002")
    assert result.code == 1
    assert "--max-mb" in result.err
    assert run("add", press, "--max-mb", "0.1").code == 0


def test_a_table_with_other_columns(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"id": "a", "line": "Eins."}\n{"id": "a", "line": "Zwei."}\n')
    assert run("add", table).code == 1
    result = run("add", table, "--map", "text=line", "--group-by", "id", "--json")
    assert result.json["added"] == 1
    assert run("show", f"{table.as_uri()}#a", "--json").json["text"] == "Eins.\n\nZwei."


@pytest.mark.parametrize(
    "arguments",
    [
        ("add",),
        ("add", "x", "--map", "text"),
        ("add", "x", "--map", "=a"),
        ("search",),
        ("search", "Wann?", "-k", "0"),
        ("search", "Wann?", "-k", "1001"),
        ("ask", "Wann?", "--no-such-option"),
        ("ask", "Wann?", "--strictness", "mild"),
        ("ask", "Wann?", "--kind", "essay"),
        ("no-such-command",),
        ("ui", "--port", "70000"),
    ],
)
def test_wrong_usage_is_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert "Usage:" in result.err


def test_answers_in_json_hold_what_can_be_checked(filled: Run) -> None:
    found = filled("ask", QUESTION, "--json").json
    assert list(found) == names(Answer)
    assert found["answered"] is True
    citation = found["citations"][0]
    assert "vier Euro" in citation["quote"]
    uri = citation["passage"]["article"]["uri"]
    article = filled("show", uri, "--json").json
    assert article["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_answers_for_people(filled: Run) -> None:
    result = filled("ask", QUESTION)
    assert result.code == 0
    assert "[1] Neue Fähre für Osterholm, Abs. 4" in result.out
    refused = filled("ask", "Welche Hauptstadt hat Australien?")
    assert refused.code == 0
    assert "nichts gefunden" in refused.out


def test_a_pipe_gets_a_quote_an_address_and_an_error_on_a_line_each(
    filled: Run, press: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    long = (
        "Die Seilbahn in Bad Lauten steht still, weil ein Tragseil ersetzt wird, und zwar bis Mai."
    )
    write(press, cable=f"Seilbahn\n\n{long} Das Seil kommt aus Tirol.")
    filled("add", press)
    lines = filled("ask", "Warum steht die Seilbahn in Bad Lauten still?").out.splitlines()
    assert f"    {long} Das Seil kommt aus Tirol." in lines
    assert f"    {(press / 'cable.txt').as_uri()}" in lines
    with pytest.raises(SystemExit, match="1"):
        main(["--collection", str(tmp_path / ("n" * 100)), "list"])
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_searching(filled: Run) -> None:
    found = filled("search", QUESTION, "-k", "2", "--json").json
    assert [list(item) for item in found] == [names(Passage)] * 2
    assert [item["rank"] for item in found] == [1, 2]
    assert "1. Neue Fähre für Osterholm, Abs. 4" in filled("search", QUESTION).out
    explained = filled("search", QUESTION, "--explain", "-k", "1").out
    assert "Searched " in explained
    assert "matched: " in explained
    shown = filled("search", QUESTION, "--explain", "-k", "1", "--json").json
    assert shown["passages"][0]["passage"]["rank"] == 1
    dated = filled("search", f"{QUESTION} Seit März 2024?", "-k", "1").err
    assert 'since 1 March 2024 ("Seit März 2024"); add --since 2024-03-01 to filter' in dated
    nothing = filled("search", QUESTION, "--language", "fr")
    assert (nothing.code, nothing.out, nothing.err) == (
        0,
        "",
        "No article in fr. Available: de (2), en (1).",
    )
    assert filled("search", QUESTION, "--language", "fr", "--json").json == []
    both = filled("search", QUESTION, "--language", "de", "--language", "en", "--json")
    assert {item["language"] for item in both.json} == {"de", "en"}
    uri = found[0]["article"]["uri"]
    of_one = filled("search", QUESTION, "--uri", uri, "-k", "100", "--json").json
    assert {item["article"]["uri"] for item in of_one} == {uri}
    assert (
        "No paragraph has the role caption." in filled("search", QUESTION, "--role", "caption").err
    )
    assert filled("ask", QUESTION, "--uri", uri, "--json").json["answered"] is True


def test_listing_and_status(filled: Run, tmp_path: Path) -> None:
    listed = filled("list", "--json").json
    assert {item["title"] for item in listed} >= {"Neue Fähre für Osterholm"}
    assert "Uhrenmuseum" in filled("list").out
    status = filled("status", "--json").json
    assert list(status) == names(Status)
    assert (status["articles"], status["windows"], status["embedded"]) == (3, 7, 7)
    assert "7 of 7 windows" in filled("status").out


def test_removing(filled: Run, press: Path) -> None:
    undo = "To bring back within 30 days: article-qa restore --removed"
    assert filled("remove", press / "ferry.txt").err == f"Removed 1 article. {undo}"
    assert filled("remove", press).err == f"Removed 2 articles. {undo}"
    assert filled("list", "--json").json == []
    result = filled("remove", press)
    assert result.code == 1
    assert "Error: No article has the URI" in result.err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("ask", ""), "The question is empty"),
        (("ask", " \t "), "The question is empty"),
        (("ask", "x" * 100_000), "100,000 characters"),
        (("search", "Wann?", "--since", "gestern"), "is no date"),
        (("show", "x:nowhere"), "No article has the URI 'x:nowhere'"),
    ],
)
def test_what_cannot_be_done_is_code_1_and_says_why(
    filled: Run, arguments: tuple[str, ...], reason: str
) -> None:
    result = filled(*arguments)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Error:")
    assert reason in result.err


def test_a_missing_collection_is_said_with_the_way_out(run: Run, tmp_path: Path) -> None:
    for command in (("ask", "Wann?"), ("list",), ("status",), ("remove", "x")):
        result = run(*command, collection=tmp_path / "nowhere")
        assert result.code == 1
        assert "There is no collection at" in result.err
        assert "add FOLDER" in result.err
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_collection_answers_that_it_is_empty(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run("add", tmp_path / "empty")
    result = run("ask", "Wann fährt die Fähre?")
    assert result.code == 0
    assert "noch keine Artikel" in result.out


def test_a_newer_collection_is_code_1(filled: Run, tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "collection" / CATALOG_FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    result = filled("list")
    assert result.code == 1
    assert "pip install --upgrade article-qa" in result.err


def test_a_second_writer_is_code_1(filled: Run, press: Path, tmp_path: Path) -> None:
    with writer_lock(tmp_path / "collection"):
        result = filled("add", press)
        assert result.code == 1
        assert f"process {os.getpid()}" in result.err
        assert filled("ask", QUESTION).code == 0


def test_another_model_is_offered_the_way_to_embed(
    filled: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other, folder = FakeEncoder("other"), str(tmp_path / "collection")
    with pytest.raises(SystemExit, match="1"):
        main(["--collection", folder, "ask", QUESTION], encoder=other)
    assert "article-qa embed --model NAME" in " ".join(capsys.readouterr().err.split())
    with pytest.raises(SystemExit, match="0"):
        main(["--collection", folder, "--model", "other", "embed", "--json"], encoder=other)
    assert json.loads(capsys.readouterr().out) == {"embedded": 7}


ROOT = Path(__file__).parents[3]


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "qa.cli.app", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def test_help_and_version_as_processes() -> None:
    result = command("--help")
    assert result.returncode == 0
    for name in ("add", "remove", "list", "show", "search", "ask", "ui", "status"):
        assert name in result.stdout
    assert command("--version").stdout.startswith("article-qa ")


def test_errors_of_a_process_are_no_tracebacks(tmp_path: Path) -> None:
    result = command("list", ARTICLE_QA_COLLECTION=str(tmp_path / "nowhere"))
    assert (result.returncode, result.stdout) == (1, "")
    assert "There is no collection at" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_has_seen_enough_is_no_error(filled: Run, tmp_path: Path) -> None:
    collection = tmp_path / "collection"
    script = f"{sys.executable} -m qa.cli.app --collection {collection} list --json | head -c 1"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert result.stdout == "["
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("command", "place"), [("ui", "qa.server.serve"), ("serve", "qa.server.serve")]
)
def test_a_server_says_that_there_is_nothing_to_ask(
    filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, place: str
) -> None:
    monkeypatch.setattr(place, lambda *_, **__: None)
    assert "no articles" not in filled(command).err
    slip = tmp_path / "colection with a slip"
    assert filled(command, collection=slip).err == (
        f"{slip} holds no articles yet. To add some: article-qa --collection '{slip}' add ARTICLES"
    )
