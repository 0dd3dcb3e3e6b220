"""The proofs of reliability in their short form, and that they would notice a loss."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.reliability import load, report, soak
from benchmarks.reliability.power import Call, Disk
from benchmarks.reliability.rig import find_fault, make_template, open_cheaply
from benchmarks.reliability.trials import Ledger, in_child
from corpus.catalog.database import CATALOG_FILE
from qa.collection import Collection


def outcomes(proof: str, trials: int, folder: Path, **environment: str) -> dict[str, str]:
    """Run the first trials of a proof in a process of their own.

    Trials fork, and the process of the tests has threads by now that a child would wait for.
    """
    command = [sys.executable, "-m", "benchmarks.reliability", proof, "--trials", str(trials)]
    subprocess.run(
        [*command, "--results", str(folder)],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **environment},
        check=True,
        timeout=300,
    )
    return Ledger(proof, folder).outcomes


def test_a_kill_loses_nothing(tmp_path: Path) -> None:
    # Every fifth one migrates a catalog of an earlier version.
    found = outcomes("kills", 5, tmp_path)
    assert [outcome.split(":")[0] for outcome in found.values()] == ["ok"] * 5


def test_a_damaged_file_is_refused_or_makes_no_difference(tmp_path: Path) -> None:
    # Five kinds of files, each with each of five harms.
    found = outcomes("damage", 25, tmp_path)
    assert {outcome.split(":")[0] for outcome in found.values()} == {"same", "refused"}
    assert len(found) == 25


def test_a_child_that_dies_or_fails_is_told() -> None:
    assert in_child(lambda say: os.kill(os.getpid(), signal.SIGTERM)).signal == signal.SIGTERM
    ended = in_child(lambda say: say(1 / 0))
    assert "ZeroDivisionError" in ended.said[0]["exception"]
    assert in_child(lambda say: say({"a": 1})).said == [{"a": 1}]


def test_a_child_leaves_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def work(say: Callable[[Any], None]) -> None:
        say(tempfile.mkdtemp())
        os.kill(os.getpid(), signal.SIGKILL)

    ended = in_child(work)
    assert Path(ended.said[0]).is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lost_row_would_be_noticed(tmp_path: Path) -> None:
    make_template(tmp_path, 3)
    assert find_fault(tmp_path / "collection") == ""
    with open_cheaply(tmp_path / "collection") as collection:
        # A window that the index still holds.
        database = collection._database
        with database.transaction():
            database.run("UPDATE windows SET start = start + 1 WHERE id = 1")
    assert find_fault(tmp_path / "collection").startswith("rows: ")
    (tmp_path / "collection" / CATALOG_FILE).write_bytes(b"x" * 9000)
    assert find_fault(tmp_path / "collection").startswith("integrity: ")


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
    found = outcomes(proof, 3, tmp_path)
    assert [outcome.split(":")[0] for outcome in found.values()] == ["ok"] * 3


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


def test_a_long_run_in_short(tmp_path: Path) -> None:
    found = outcomes("soak", 1, tmp_path, SOAK_RETRIEVALS="60", SOAK_ANSWERS="10")
    # So short a run is still warming up: that it ran is what is told here.
    assert re.fullmatch(r"(ok|grown): .* %, 60 retrievals, 10 answers, .*", found["0"])


def test_memory_that_grows_is_noticed() -> None:
    assert soak.verdict([100_000_000, 104_900_000, 104_000_000]).startswith("ok: 4.90 %")
    assert soak.verdict([100_000_000, 105_100_000, 100_000_000]).startswith("grown: 5.10 %")


def test_a_few_users_while_articles_are_added(samples: Collection, tmp_path: Path) -> None:
    short = {"LOAD_USERS": "4", "LOAD_SECONDS": "4", "LOAD_ADDED": "5",
             "LOAD_SAMPLES": str(samples.path)}  # fmt: skip
    found = outcomes("load", 1, tmp_path, **short)["0"]
    assert re.match(
        r"ok: 4 users, 4 s, [1-9]\d* answers, 5 articles added meanwhile, no err", found
    )
    assert " 0 wrong" in found


def test_what_users_must_not_see_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "ADDED", 5)
    idle, busy = load.Seen([1.0, 1.0]), load.Seen([2.0, 4.0], memory=[100, 140])
    assert load.verdict(idle, busy, 100, 5, 0).startswith("ok: ")
    assert "median 3.0 times" in load.verdict(idle, busy, 100, 5, 0)
    assert load.verdict(idle, busy, 100, 5, 1).startswith("wrong: ")
    assert load.verdict(idle, busy, 100, 4, 0).startswith("lost: ")
    assert load.verdict(idle, busy, 90, 5, 0).startswith("grown: ")
    busy.errors["500"] += 1
    assert load.verdict(idle, busy, 100, 5, 0).startswith("errors: ")


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
