"""The proofs of reliability in their short form, and that they would notice a loss."""

import itertools
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.reliability import damage, kills, report, soak
from benchmarks.reliability.power import Call, Disk
from benchmarks.reliability.rig import make_template, opened, unsound
from benchmarks.reliability.trials import Ledger, in_child
from corpus.database import CATALOG_FILE


@pytest.mark.parametrize("number", [0, 1, 4])
def test_a_kill_loses_nothing(number: int) -> None:
    assert kills.trial(number).startswith("ok: ")


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 10, 11, 20, 21])
def test_a_damaged_file_is_refused_or_makes_no_difference(number: int) -> None:
    assert damage.trial(number).split(":")[0] in ("same", "refused")


def test_a_child_that_dies_or_fails_is_told() -> None:
    import os
    import signal

    assert in_child(lambda say: os.kill(os.getpid(), signal.SIGSEGV)).signal == signal.SIGSEGV
    ended = in_child(lambda say: say(1 / 0))
    assert "ZeroDivisionError" in ended.said[0]["exception"]
    assert in_child(lambda say: say({"a": 1})).said == [{"a": 1}]


def test_a_lost_row_would_be_noticed(tmp_path: Path) -> None:
    make_template(tmp_path, 3)
    assert unsound(tmp_path / "collection") == ""
    with opened(tmp_path / "collection") as collection:
        # A window that the index still holds.
        database = collection._database
        database.run_alone("UPDATE windows SET start = start + 1 WHERE id = 1")
    assert unsound(tmp_path / "collection").startswith("rows: ")
    (tmp_path / "collection" / CATALOG_FILE).write_bytes(b"x" * 9000)
    assert unsound(tmp_path / "collection").startswith("integrity: ")


def test_a_ledger_goes_on_where_it_was(tmp_path: Path) -> None:
    made: list[int] = []

    def trial(number: int) -> str:
        made.append(number)
        return f"ok: {number}"

    assert Ledger("x", tmp_path).run(trial, 2) == {"ok": 2}
    assert Ledger("x", tmp_path).run(trial, 4) == {"ok": 4}
    assert made == [0, 1, 2, 3]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the layer below libc needs gcc")
@pytest.mark.parametrize("proof", ["power", "failing"])
def test_over_the_layer_below_libc(proof: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.reliability", proof]
    root = Path(__file__).parents[2]
    subprocess.run(
        [*command, "--trials", "3", "--results", str(tmp_path)], cwd=root, check=True, timeout=300
    )
    assert Ledger(proof, tmp_path).counts() == {"ok": 3}


def call(kind: str, one: int = 0, two: int = 0, a: str = "", b: str = "") -> Call:
    return Call(kind, one, two, a.encode(), b.encode())


def survivors(calls: list[Call], tmp_path: Path) -> set[tuple[tuple[str, bytes], ...]]:
    """Return the states of the disk that many power failures leave."""
    found = set()
    tmp_path.mkdir(exist_ok=True)
    for number in range(60):
        disk = Disk(Path("/d"))
        for item in calls:
            disk.apply(item)
        target = tmp_path / str(number)
        disk.crash(target, random.Random(number))
        files = sorted(path for path in target.rglob("*") if path.is_file())
        found.add(tuple((str(p.relative_to(target)), p.read_bytes()) for p in files))
    return found


def test_what_was_not_synced_may_be_lost_and_what_was_is_not(tmp_path: Path) -> None:
    made = [call("c", 1, a="/d/x"), call("w", 1, 0, a="abc")]
    assert survivors(made, tmp_path / "1") == {(), (("x", b""),), (("x", b"abc"),)}
    named = [*made, call("s", 1, a="/d/x")]
    assert survivors(named, tmp_path / "2") == {(), (("x", b"abc"),)}
    whole = [*named, call("s", 9, a="/d")]
    assert survivors(whole, tmp_path / "3") == {(("x", b"abc"),)}
    moved = [*whole, call("m", a="/d/y"), call("r", a="/d/x", b="/d/y/z"), call("s", 9, a="/d/y")]
    assert survivors(moved, tmp_path / "4") == {(("x", b"abc"),), (("y/z", b"abc"),),
                                                (("x", b"abc"), ("y/z", b"abc"))}  # fmt: skip


def test_later_writes_may_overtake_earlier_ones(tmp_path: Path) -> None:
    calls = [call("c", 1, a="/d/x"), call("s", 9, a="/d"), call("w", 1, 0, a="a"),
             call("w", 1, 1, a="b")]  # fmt: skip
    states = {dict(state)["x"] for state in survivors(calls, tmp_path)}
    assert {b"", b"a", b"\0b", b"ab"} <= states


def test_memory_that_grows_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "RETRIEVALS", 40)
    monkeypatch.setattr(soak, "ANSWERS", 10)
    sizes = itertools.count(100_000_000, 1_000_000)
    monkeypatch.setattr(soak, "_resident", lambda: next(sizes))
    assert soak.trial(0).startswith("grown: ")
    monkeypatch.setattr(soak, "_resident", lambda: 100_000_000)
    assert soak.trial(0).startswith("ok: 0.00 %, 40 retrievals, 10 answers")


def test_the_table_says_what_was_not_run(tmp_path: Path) -> None:
    Ledger("kills", tmp_path).run(lambda number: "lost: x" if number else "ok: 1", 2)
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- figures -->\nold\n<!-- end of figures -->\nb\n")
    report.write(tmp_path, page)
    text = page.read_text()
    assert re.search(r"\| SIGKILL .* \| 2 \| 1 lost, 1 ok \| 1 \|", text)
    assert "| damaged files | | 0 | not run | |" in text
    assert "old" not in text
    assert text.endswith("<!-- end of figures -->\nb\n")
