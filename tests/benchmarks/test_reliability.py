"""The proofs of reliability in their short form, and that they would notice a loss."""

from pathlib import Path

import pytest

from benchmarks.reliability import damage, kills
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
