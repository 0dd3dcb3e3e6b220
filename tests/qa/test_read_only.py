"""A collection in a folder that may not be written: asked, not changed, and said to be so."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa.collection import open_collection
from tests.conftest import FERRY
from tests.fakes import FakeEncoder, write

ROOT = Path(__file__).parents[2]
CODE = """
import sys
from qa.cli.app import main
from tests.fakes import FakeEncoder
main(sys.argv[1:], encoder=FakeEncoder())
"""


@dataclass(frozen=True)
class Run:
    """How a command ended; lines may have been folded."""

    returncode: int
    stdout: str
    stderr: str


_LESS = "-dac_override,-dac_read_search"

Ask = Callable[..., Run]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return a function that runs the command line as one who may write nothing in the folder."""
    folder = write(tmp_path / "press", ferry=FERRY)
    with open_collection(tmp_path / "col", create=True, encoder=FakeEncoder()) as collection:
        collection.add(folder)
    prefix = []
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may write everywhere")
        # Root without the right to pass over permissions.
        prefix = ["setpriv", f"--bounding-set={_LESS}", f"--inh-caps={_LESS}"]

    def run(*arguments: str) -> Run:
        ended = subprocess.run(
            [*prefix, sys.executable, "-c", CODE, "--collection", tmp_path / "col", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return Run(ended.returncode, " ".join(ended.stdout.split()), " ".join(ended.stderr.split()))

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
    for command in (["list"], ["status"], ["search", "Fahrschein"], ["ask", "Was ist neu?"]):
        result = ask(*command)
        assert (result.returncode, "Error:" in result.stderr) == (0, False), result.stderr
        assert result.stdout
    doctor = ask("doctor")
    assert doctor.returncode == 0
    assert "may not be written by this user" in doctor.stdout
    assert "estore" not in doctor.stdout
    refused = ask("add", str(tmp_path / "press"))
    assert refused.returncode == 1
    assert "cannot be written (Permission denied). Asking questions works" in refused.stderr
    repair = ask("doctor", "--repair")
    assert repair.returncode == 4
    assert "nothing can be repaired in a folder that may only be read" in repair.stdout


def test_what_may_not_even_be_read_is_not_called_broken(ask: Ask, marked: Path) -> None:
    (marked / "catalog.sqlite3").chmod(0)
    for command in ("list", "doctor"):
        result = ask(command)
        assert result.returncode == 1
        assert "may not be read by this user" in result.stderr
        assert "estore" not in result.stdout + result.stderr
    marked.chmod(0)
    try:
        for words in (["list"], ["doctor"], ["ask", "Was ist neu?"]):
            result = ask(*words)
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
