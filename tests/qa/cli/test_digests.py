"""Digests in the terminal: a table of days for a timeline, parts for the others."""

import json
from pathlib import Path

import pytest

from qa.cli.app import main
from tests.fakes import FakeEncoder
from tests.qa.answering.digest.stories import OTHER, STORY, write_table


def run(folder: Path, *arguments: str) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--collection", str(folder), *arguments], encoder=FakeEncoder())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from qa import open_collection

    folder: Path = tmp_path_factory.mktemp("digests")
    with open_collection(folder / "c", create=True, encoder=FakeEncoder()) as made:
        made.add(write_table(folder, STORY + OTHER), group_by="article")
    return folder / "c"


def test_a_timeline_is_a_table_of_days(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "timeline", "Chronik der Hängebrücke in Tannried")
    rows = capsys.readouterr().out.splitlines()
    (fall,) = [row for row in rows if "Felssturz gesperrt worden" in row and "[" in row]
    assert fall.split()[0] == "05.03.2024"
    assert any(row.startswith("gemeldet 12.04.2024") for row in rows)


def test_a_comparison_names_its_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "compare", "Schaden an der Hängebrücke in Tannried")
    shown = capsys.readouterr().out
    places = [shown.index(f"{source}\n") for source in ("Oberländer Rundschau", "Lohrtal-Kurier")]
    assert places == sorted(places)


def test_json_has_the_digest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(folder, "timeline", "--json", "Chronik der Hängebrücke in Tannried")
    found = json.loads(capsys.readouterr().out)
    assert found["digest"]["kind"] == "timeline"
    entries = found["digest"]["parts"][0]["entries"]
    fall = next(item for item in entries if item["when"] == "Dienstag")
    assert (fall["since"], fall["certain"]) == ("2024-03-05", True)


def test_a_topic_that_no_article_has_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(folder, "summary", "Tunnel in Oberhausen")
    assert "nichts gefunden" in capsys.readouterr().out
