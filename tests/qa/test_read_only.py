"""A collection in a folder that may not be written: asked, not changed, and said to be so."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.collection import open_collection
from tests.conftest import FERRY
from tests.fakes import FakeEncoder, write

ROOT = Path(__file__).parents[2]
CODE = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from qa.cli.app import main
from tests.fakes import FakeEncoder

ended = []
for arguments in json.loads(sys.argv[2]):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main(["--collection", sys.argv[1], *arguments], encoder=FakeEncoder())
        except SystemExit as stop:
            ended.append((stop.code or 0, out.getvalue(), err.getvalue()))
print(json.dumps(ended))
"""


@dataclass(frozen=True)
class Run:
    """How a command ended; lines may have been folded."""

    returncode: int
    stdout: str
    stderr: str


_LESS = "-dac_override,-dac_read_search"

Ask = Callable[..., list[Run]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return a function that runs commands, in one process that may write nothing in the folder."""
    folder = write(tmp_path / "press", ferry=FERRY)
    with open_collection(tmp_path / "col", create=True, encoder=FakeEncoder()) as collection:
        collection.add(folder)
    prefix = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere")
        # Root without the right to pass over permissions.
        prefix = ["setpriv", f"--bounding-set={_LESS}", f"--inh-caps={_LESS}"]

    def run(*commands: Sequence[str]) -> list[Run]:
        ended = subprocess.run(
            [*prefix, sys.executable, "-c", CODE, tmp_path / "col", json.dumps(commands)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = [
            Run(code, " ".join(out.split()), " ".join(err.split()))
            for code, out, err in json.loads(ended.stdout)
        ]
        assert len(found) == len(commands)
        return found

    return run


@pytest.fixture
def marked(tmp_path: Path, ask: Ask) -> Path:
    """Take the right to write from the collection's folder."""
    del ask
    folder = tmp_path / "col"
    for path in [*folder.rglob("*"), folder]:
        path.chmod(path.stat().st_mode & ~0o222)
    return folder


@pytest.mark.usefixtures("marked")
def test_it_is_asked_and_not_changed(ask: Ask, tmp_path: Path) -> None:
    *asked, doctor, refused, repair = ask(
        ["list"], ["status"], ["search", "Fahrschein"], ["ask", "Was ist neu?"],
        ["doctor"], ["add", str(tmp_path / "press")], ["doctor", "--repair"],
    )  # fmt: skip
    for result in asked:
        assert (result.returncode, "Error:" in result.stderr) == (0, False), result.stderr
        assert result.stdout
    assert doctor.returncode == 0
    assert "may not be written by this user" in doctor.stdout
    assert "estore" not in doctor.stdout
    assert refused.returncode == 1
    assert "cannot be written (Permission denied). Asking questions works" in refused.stderr
    assert repair.returncode == 4
    assert "nothing can be repaired in a folder that may only be read" in repair.stdout


def test_what_may_not_even_be_read_is_not_called_broken(ask: Ask, marked: Path) -> None:
    (marked / "catalog.sqlite3").chmod(0)
    for result in ask(["list"], ["doctor"]):
        assert result.returncode == 1
        assert "may not be read by this user" in result.stderr
        assert "estore" not in result.stdout + result.stderr
    marked.chmod(0)
    try:
        for result in ask(["list"], ["doctor"], ["ask", "Was ist neu?"]):
            assert result.returncode == 1
            assert "may not be read by this user" in result.stderr
            assert "estore" not in result.stdout + result.stderr
    finally:
        marked.chmod(0o700)


def test_what_others_write_meanwhile_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = write(tmp_path / "press", ferry=FERRY)
    with open_collection(tmp_path / "col", create=True, encoder=FakeEncoder()) as collection:
        collection.add(press)
    closed = [True]
    monkeypatch.setattr("corpus.catalog.sqlite_file.is_read_only", lambda _: closed[0])
    reading = open_collection(tmp_path / "col", encoder=FakeEncoder())
    before = reading.generation
    write(press, more="Sturm\n\nDer Sturm hat zwei Bäume auf die Gleise geworfen.")
    closed[0] = False
    with open_collection(tmp_path / "col", encoder=FakeEncoder()) as collection:
        collection.add(press)
        closed[0] = True
        # While it is open for writing, and after.
        assert reading.generation > before
    assert reading.generation > before
    assert len(reading.articles()) == 2
    reading.close()
