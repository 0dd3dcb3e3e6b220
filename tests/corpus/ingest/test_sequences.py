"""Random histories of two folders, against a model: no text that is there is ever lost, and none
that is gone stays.

`SEQUENCE_EXAMPLES=300` runs so many of them, longer and anew each time.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from corpus.catalog.database import Database, open_database
from corpus.ingest.pipeline import ingest

SEQUENCES = int(os.environ.get("SEQUENCE_EXAMPLES", "0"))
NUMBERS = st.integers(1, 6)
"""Reports that there can be; few, so that many files say the same."""
PLACES = st.tuples(
    st.sampled_from(("one", "two")),
    st.sampled_from(("", "in/", "out/")),
    st.sampled_from(("a", "b", "c", "d")),
).map(lambda part: f"{part[0]}/{part[1]}{part[2]}.txt")
ROOTS = st.sampled_from((("one",), ("two",), ("one", "two")))


class Killed(BaseException):
    """The process ends here."""


def text_of(number: int) -> str:
    return f"Meldung {number} vom Hafen\n\nDer Bericht Nummer {number} erzählt von Booten.\n"


def row_of(place: int, number: int) -> str:
    row = {"uri": f"x:{place}", "title": f"Meldung {number}", "text": f"Bericht Nummer {number}."}
    return json.dumps(row) + "\n"


def numbers_in(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"Nummer (\d+)", text)}


class Folders(RuleBasedStateMachine):
    """Two folders of reports and a table in each, and a catalog of them."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="article-qa-sequences-"))
        for root in ("one", "two"):
            (self.base / root).mkdir()
        self.database = self.opened()
        self.read: dict[str, set[int]] = {}
        """File -> what it said when it was last read by a run that went through."""
        self.may: dict[str, set[int]] = {}
        """File -> what the catalog may hold of it."""

    def teardown(self) -> None:
        self.database.close()
        shutil.rmtree(self.base)

    def opened(self) -> Database:
        return open_database(self.base / "collection", create=True)

    # What people do with files

    @rule(place=PLACES, number=NUMBERS)
    def write(self, place: str, number: int) -> None:
        path = self.base / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text_of(number), encoding="utf-8")

    @rule(place=PLACES, other=PLACES)
    def rename(self, place: str, other: str) -> None:
        if (self.base / place).is_file():
            (self.base / other).parent.mkdir(exist_ok=True)
            (self.base / place).replace(self.base / other)

    @rule(place=PLACES, other=PLACES)
    def copy(self, place: str, other: str) -> None:
        if (self.base / place).is_file() and place != other:
            (self.base / other).parent.mkdir(exist_ok=True)
            shutil.copyfile(self.base / place, self.base / other)

    @rule(place=PLACES)
    def delete(self, place: str) -> None:
        (self.base / place).unlink(missing_ok=True)

    @rule(root=st.sampled_from(("one", "two")), other=st.sampled_from(("one", "two")))
    def move_folder(self, root: str, other: str) -> None:
        old, new = self.base / root / "in", self.base / other / "out"
        if old.is_dir() and not new.exists():
            old.rename(new)

    @rule(
        root=st.sampled_from(("one", "two")),
        rows=st.dictionaries(st.integers(1, 4), NUMBERS, min_size=1, max_size=4),
    )
    def write_table(self, root: str, rows: dict[int, int]) -> None:
        # Each table has addresses of its own.
        offset = 0 if root == "one" else 10
        lines = [row_of(place + offset, number) for place, number in rows.items()]
        (self.base / root / "table.jsonl").write_text("".join(lines), encoding="utf-8")

    # What they do with the collection

    @rule(roots=ROOTS)
    def add(self, roots: tuple[str, ...]) -> None:
        self.run(roots, sync=False)

    @rule(roots=ROOTS)
    def sync(self, roots: tuple[str, ...]) -> None:
        self.run(roots, sync=True)

    @precondition(lambda self: any(self.files()))
    @rule(roots=ROOTS, sync=st.booleans(), steps=st.integers(0, 400))
    def kill(self, roots: tuple[str, ...], sync: bool, steps: int) -> None:
        """Kill a run after so many statements; nothing is written from then on."""
        left = steps

        def beating(method: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                nonlocal left
                if left <= 0:
                    raise Killed
                left -= 1
                return method(*arguments)

            return call

        for name in ("one", "all", "run", "run_many"):
            setattr(self.database, name, beating(getattr(self.database, name)))
        try:
            self.ingest(roots, sync=sync)
        except Killed:
            for name, found in self.files(roots):
                self.may.setdefault(name, set()).update(found)
        else:
            self.note(roots, sync=sync)
        self.database.close()
        self.database = self.opened()

    def run(self, roots: tuple[str, ...], *, sync: bool) -> None:
        self.ingest(roots, sync=sync)
        self.note(roots, sync=sync)
        there = {number for _, found in self.files(roots) for number in found}
        assert there <= self.held(), "what was read is lost"

    def ingest(self, roots: tuple[str, ...], *, sync: bool) -> None:
        ingest(
            self.database,
            [self.base / root for root in roots],
            sync=sync,
            confirm=lambda _uris, _total: True,
        )

    # The model

    def files(self, roots: Iterable[str] = ("one", "two")) -> list[tuple[str, set[int]]]:
        """Return the files with what they say."""
        return [
            (path.relative_to(self.base).as_posix(), numbers_in(path.read_text(encoding="utf-8")))
            for root in roots
            for path in sorted((self.base / root).rglob("*.*"))
            if path.is_file()
        ]

    def note(self, roots: tuple[str, ...], *, sync: bool) -> None:
        """Note what a run that went through has read, and what it has dropped."""
        for root in roots:
            there = dict(self.files([root]))
            for name, found in there.items():
                self.read[name] = found
                rows = name.endswith(".jsonl") and not sync
                self.may[name] = found | (self.may.get(name, set()) if rows else set())
            if sync and there:  # a folder that is empty takes nothing with it
                gone = [name for name in self.may if name.split("/")[0] == root]
                for name in gone:
                    if name not in there:
                        del self.may[name]
                        self.read.pop(name, None)

    def held(self) -> set[int]:
        """Return what the catalog holds."""
        rows = self.database.all("SELECT text FROM articles")
        return {number for row in rows for number in numbers_in(row["text"])}

    @invariant()
    def nothing_is_lost(self) -> None:
        there = {
            number for name, found in self.files() for number in found & self.read.get(name, set())
        }
        assert there <= self.held(), "what was read, and is still there, is lost"

    @invariant()
    def nothing_stays(self) -> None:
        allowed = {number for found in self.may.values() for number in found}
        assert self.held() <= allowed, "what is gone has stayed"


def test_no_history_of_folders_loses_a_text_or_keeps_one_that_is_gone() -> None:
    run_state_machine_as_test(
        Folders,
        settings=settings(
            max_examples=SEQUENCES or 8,
            stateful_step_count=40 if SEQUENCES else 20,
            derandomize=not SEQUENCES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
