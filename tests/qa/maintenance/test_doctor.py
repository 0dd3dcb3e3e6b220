"""The doctor: each kind of damage is found, said to be mendable or not, and mended."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from corpus.catalog.database import CATALOG_FILE, open_database
from corpus.catalog.lock import writer_lock
from corpus.errors import CollectionNewer, CollectionNotFound
from index.snapshots import SCRATCH_PREFIX
from qa.chat_history import ConversationStore
from qa.cli.app import main
from qa.collection import Collection, open_collection
from qa.conversation_file import FILE
from qa.maintenance.diagnosis import Diagnosis, State
from qa.maintenance.doctor import examine
from tests.corpus.catalog.test_integrity import rot
from tests.corpus.catalog.test_migrations import make
from tests.fakes import FakeEncoder

QUESTION = "Was kostet ein Fahrschein?"


@pytest.fixture
def folder(collection: Collection, press: Path) -> Path:
    """Return the folder of a closed collection with four articles."""
    two = "Der Hafen\n\nDer Hafen liegt im Süden. Dort legen zwölf Kutter an."
    (press / "harbour.txt").write_text(two, encoding="utf-8")
    collection.add(press)
    collection.edit((press / "ferry.txt").as_uri(), source="Inselbote")
    collection.close()
    return collection.path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for temporary files in which no other process leaves any."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def states(found: Diagnosis, check: str) -> list[State]:
    return [item.state for item in found.findings if item.check == check]


def damage(folder: Path, sql: str) -> None:
    database = open_database(folder, create=False)
    rot(database, sql)
    database.close()


def answers(folder: Path) -> list[tuple[str, str, float]]:
    with open_collection(folder, encoder=FakeEncoder()) as opened:
        return [
            (item.text, item.article.source, round(item.score, 3))
            for item in opened.retrieve(QUESTION)
        ]


def test_a_sound_collection(folder: Path) -> None:
    found = examine(folder, FakeEncoder(), deep=True)
    assert [item for item in found.findings if item.state is not State.SOUND] == []
    assert {item.check for item in found.findings} == {
        "disk", "lock", "leftovers", "catalog", "schema", "rows", "model", "device",
        "indexes", "conversations", "reader",
    }  # fmt: skip
    assert found.exit_code == 0


def test_nothing_is_loaded_for_the_quick_look(folder: Path) -> None:
    encoder = FakeEncoder()
    found = examine(folder, encoder)
    assert (states(found, "model"), states(found, "rows")) == ([State.NOTED], [])
    assert encoder.batches == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE articles SET text = replace(text, 'vier Euro', 'fünf Euro')",
        "UPDATE articles SET title = 'Andere Fähre' WHERE title LIKE '%Fähre%'",
        "UPDATE articles SET text = CAST(x'ff' || substr(text, 2) AS TEXT)",
        "UPDATE articles SET uri = 'file:///nowhere' WHERE title LIKE '%Fähre%'",
        "UPDATE paragraphs SET role = 'promo'",
        "UPDATE paragraphs SET number = 90 WHERE number = 3",
        "UPDATE windows SET start = 3",
        "UPDATE sentences SET start = 3",
        "UPDATE embeddings SET vector = zeroblob(2048)",
        "DELETE FROM embeddings",
        "DELETE FROM embeddings WHERE text_hash IN (SELECT text_hash FROM sentences)",
        "UPDATE counts SET number = number + 1",
        "UPDATE changes SET paragraph_id = 1",
    ],
)
def test_rotten_rows_are_found_and_mended(folder: Path, sql: str) -> None:
    before = answers(folder)
    damage(folder, sql)
    found = examine(folder, FakeEncoder(), deep=True)
    assert State.MENDABLE in states(found, "rows")
    assert found.exit_code == 3
    mended = examine(folder, FakeEncoder(), deep=True, repair=True)
    assert set(states(mended, "rows")) == {State.MENDED}
    assert mended.exit_code == 0
    assert set(states(examine(folder, FakeEncoder(), deep=True), "rows")) == {State.SOUND}
    assert answers(folder) == before


def test_what_has_no_source_stays_broken(folder: Path, press: Path) -> None:
    damage(folder, "UPDATE articles SET title = 'x' WHERE title LIKE '%Fähre%'")
    shutil.rmtree(press)
    found = examine(folder, FakeEncoder(), deep=True, repair=True)
    assert states(found, "rows") == [State.BROKEN]
    assert found.exit_code == 4
    (finding,) = [item for item in found.findings if item.check == "rows"]
    assert "ferry.txt has changed on the disk. Its file is not there any more" in finding.message


def emptied(path: Path) -> None:
    path.unlink()  # the lexical index maps its files: one cut in place would end this process
    path.touch()


@pytest.mark.parametrize(
    "harm",
    [
        lambda copy: (copy / "paragraphs.npz").write_bytes(b"x"),
        lambda copy: (copy / "manifest.json").unlink(),
        lambda copy: emptied(next((copy / "lexical").glob("*.idx"))),
    ],
    ids=["dense", "manifest", "lexical"],
)
def test_damaged_indexes_are_built_again(folder: Path, harm: Callable[[Path], None]) -> None:
    before = answers(folder)
    for copy in (folder / "copies").iterdir():
        harm(copy)
    found = examine(folder)
    assert states(found, "indexes") == [State.MENDABLE]
    encoder = FakeEncoder()
    assert states(examine(folder, encoder, repair=True), "indexes") == [State.MENDED]
    assert encoder.documents == []
    assert states(examine(folder), "indexes") == [State.SOUND]
    assert answers(folder) == before


def test_indexes_of_another_catalog(folder: Path) -> None:
    newest = max((folder / "copies").iterdir(), key=lambda item: int(item.name))
    # As if at the same place in the log there had been more.
    damage(folder, "DELETE FROM articles WHERE title LIKE '%Fähre%'")
    found = examine(folder)
    assert states(found, "indexes") == [State.MENDABLE]
    assert newest.is_dir()
    assert states(examine(folder, FakeEncoder(), repair=True), "indexes") == [State.MENDED]


def test_the_model_is_tried(folder: Path) -> None:
    class Drifted(FakeEncoder):
        def vector(self, text: str):  # type: ignore[no-untyped-def]
            return super().vector(text + " drift drift drift")

    found = examine(folder, Drifted(), deep=True)
    assert states(found, "model") == [State.BROKEN]
    assert "other vectors" in str(found.findings)
    other = examine(folder, FakeEncoder("another"), deep=True)
    assert states(other, "model") == [State.BROKEN]
    assert other.exit_code == 4


def test_a_file_that_sqlite_finds_damaged(folder: Path) -> None:
    path = folder / CATALOG_FILE
    data = bytearray(path.read_bytes())
    data[8192 : 8192 + 20_000] = os.urandom(20_000)
    path.write_bytes(data)
    found = examine(folder, FakeEncoder(), deep=True, repair=True)
    assert states(found, "catalog")[-1] is State.BROKEN
    assert found.exit_code == 4


def test_sqlites_own_indexes_are_built_again(folder: Path) -> None:
    with closing(sqlite3.connect(folder / CATALOG_FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        root = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'windows_paragraph'"
        ).fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = folder / CATALOG_FILE
    data = bytearray(path.read_bytes())
    # An empty leaf of an index in its place.
    empty = bytes([10, 0, 0, 0, 0]) + size.to_bytes(2, "big") + b"\0"
    data[(root - 1) * size : (root - 1) * size + 8] = empty
    path.write_bytes(data)
    assert states(examine(folder), "catalog") == [State.MENDABLE]
    assert states(examine(folder, FakeEncoder(), repair=True), "catalog") == [State.MENDED]
    assert states(examine(folder), "catalog") == [State.SOUND]


def test_leftovers_go_and_what_is_used_stays(folder: Path, temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    dead = temporary / f"{SCRATCH_PREFIX}{gone.pid}-abc"
    ours = temporary / f"{SCRATCH_PREFIX}{os.getpid()}-abc"
    old, new = folder / "copies" / ".new-old", folder / "copies" / ".new-young"
    for path in (dead, ours, old, new):
        path.mkdir()
        (path / "x").write_text("x")
    (folder / ".catalog.schema-4.sqlite3.77").write_text("half")
    os.utime(old, (0, 0))
    assert states(examine(folder), "leftovers") == [State.MENDABLE]
    assert states(examine(folder, FakeEncoder(), repair=True), "leftovers") == [State.MENDED]
    assert [path.exists() for path in (dead, ours, old, new)] == [False, True, False, True]
    assert not (folder / ".catalog.schema-4.sqlite3.77").exists()


def test_while_another_writes_nothing_is_repaired(folder: Path) -> None:
    damage(folder, "UPDATE sentences SET start = 3")
    with writer_lock(folder):
        found = examine(folder, FakeEncoder(), deep=True, repair=True)
    assert states(found, "lock") == [State.NOTED]
    assert states(found, "repair") == [State.BROKEN]
    assert states(found, "rows") == [State.MENDABLE]


def test_an_older_catalog_is_left_alone_without_repair(tmp_path: Path) -> None:
    path = make(tmp_path, 1)
    before = path.read_bytes()
    found = examine(tmp_path)
    assert states(found, "schema") == [State.MENDABLE]
    assert path.read_bytes() == before
    mended = examine(tmp_path, FakeEncoder(), repair=True)
    assert states(mended, "schema") == [State.MENDED, State.NOTED]


def test_no_collection_and_a_newer_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CollectionNotFound, match="article-qa restore FILE"):
        examine(tmp_path / "nowhere")
    with closing(sqlite3.connect(folder / CATALOG_FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionNewer, match="later version"):
        examine(folder)


def test_damaged_conversations(folder: Path) -> None:
    ConversationStore(folder / FILE).close()
    assert states(examine(folder), "conversations") == [State.SOUND]
    (folder / FILE).write_bytes(b"not a database at all" * 100)
    assert states(examine(folder), "conversations") == [State.BROKEN]


def test_the_command_and_its_exit_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            main(["--collection", str(folder), *arguments], encoder=FakeEncoder())
        code = stop.value.code
        assert isinstance(code, int)
        return code, capsys.readouterr().out

    assert run("doctor")[0] == 0
    damage(folder, "UPDATE sentences SET start = 3")
    code, text = run("doctor", "--deep", "--json")
    assert (code, json.loads(text)["state"]) == (3, "mendable")
    assert run("doctor", "--deep", "--repair")[0] == 0
    assert run("backup", str(folder.parent / "b"))[0] == 0
    assert run("backup", str(folder.parent / "b"))[0] == 1
    code, text = run("restore", str(folder.parent / "b"), "--force", "--json")
    assert (code, json.loads(text)["articles"]) == (0, 4)
    (folder / CATALOG_FILE).unlink()
    assert run("doctor")[0] == 1
