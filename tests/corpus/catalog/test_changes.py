"""The log of changes: what it says, and when it says nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.catalog.changes import (
    LogPlace,
    changed_paragraphs,
    drop_changes,
    last_place,
    restart_log,
)
from corpus.catalog.database import Database
from tests.corpus.catalog.test_integrity import rot
from tests.fakes import article
from tests.index.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path / "collection")
    made.put("x:1", "Die Fähre fährt.", "Der Hafen wartet.")
    made.put("x:2", "Das Museum schließt.")
    made.brought_up()
    return made


def ids(rig: Rig, uri: str) -> list[int]:
    rows = rig.database.all(
        "SELECT paragraphs.id FROM paragraphs JOIN articles ON articles.id = article_id "
        "WHERE uri = ? ORDER BY number",
        (uri,),
    )
    return [row[0] for row in rows]


def test_what_was_added_changed_and_removed_is_named(rig: Rig) -> None:
    before = last_place(rig.database)
    assert changed_paragraphs(rig.database, before) == []
    gone = ids(rig, "x:1")
    rig.put("x:3", "Der Markt beginnt.")
    rig.catalog.remove("x:1")
    assert changed_paragraphs(rig.database, before) == [*gone, *ids(rig, "x:3")]
    after = last_place(rig.database)
    rig.brought_up()
    # Its window has been embedded.
    assert changed_paragraphs(rig.database, after) == ids(rig, "x:3")
    assert changed_paragraphs(rig.database, LogPlace()) == [
        *gone,
        *ids(rig, "x:2"),
        *ids(rig, "x:3"),
    ]


def test_another_date_may_make_another_paper_the_original(rig: Rig) -> None:
    before = last_place(rig.database)
    rig.catalog.correct(article("x:2", "Das Museum schließt.", source="Bote"))
    rig.catalog.correct(article("x:2", "Das Museum schließt.", section="Kultur"))
    named = changed_paragraphs(rig.database, before)
    assert named is not None
    assert set(ids(rig, "x:2")) <= set(named)


HARMS: dict[str, Callable[[Database], object]] = {
    "another paragraph": lambda base: rot(base, "UPDATE changes SET paragraph_id = 99"),
    "a row is gone": lambda base: rot(
        base, "DELETE FROM changes WHERE seq = (SELECT max(seq) - 1 FROM changes)"
    ),
    "the last row is gone": lambda base: rot(
        base, "DELETE FROM changes WHERE seq = (SELECT max(seq) FROM changes)"
    ),
    "another history": lambda base: rot(base, "UPDATE changes SET salt = salt + 1"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_log_that_is_not_whole_says_nothing_and_all_is_read(rig: Rig, harm: str) -> None:
    before = last_place(rig.database)
    rig.put("x:3", "Der Markt beginnt.", "Der Zirkus kommt.")
    HARMS[harm](rig.database)
    assert changed_paragraphs(rig.database, before) is None
    snapshot = rig.sync.snapshot()
    every = [row[0] for row in rig.database.all("SELECT id FROM paragraphs ORDER BY id")]
    assert snapshot.table.ids.tolist() == every
    assert sorted(snapshot.lexical.ids().tolist()) == every


def test_what_is_dropped_leaves_the_place_itself(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.catalog.changes._KEPT", 1)
    place = last_place(rig.database)
    drop_changes(rig.database, place)
    assert rig.database.one("SELECT count(*) FROM changes")[0] == 2
    assert changed_paragraphs(rig.database, LogPlace()) is None
    rig.put("x:3", "Der Markt beginnt.")
    assert changed_paragraphs(rig.database, place) == ids(rig, "x:3")


def test_too_many_changes_are_not_named(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.catalog.changes.MOST_CHANGES", 1)
    assert changed_paragraphs(rig.database, LogPlace()) is None


def test_a_log_that_begins_anew_is_at_a_place_of_its_own(rig: Rig) -> None:
    before = last_place(rig.database)
    with rig.database.transaction():
        restart_log(rig.database)
    assert changed_paragraphs(rig.database, before) is None
    assert last_place(rig.database) != before
    assert changed_paragraphs(rig.database, last_place(rig.database)) == []
