"""Backups: one state, checked when written, refused when damaged; restoring loses nothing."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from corpus.catalog.database import CATALOG_FILE
from corpus.catalog.lock import writer_lock
from corpus.errors import (
    CollectionDamaged,
    CollectionLocked,
    CollectionNewer,
    CollectionNotFound,
    CollectionNotWritable,
)
from qa.chat_history import ConversationStore
from qa.collection import Collection, open_collection
from qa.conversation_file import FILE
from qa.maintenance.backup import MANIFEST, backup, restore
from tests.fakes import FakeEncoder


@pytest.fixture
def made(collection: Collection, press: Path, tmp_path: Path) -> Path:
    """Return a backup of three articles and a conversation."""
    collection.add(press)
    store = ConversationStore(collection.path / FILE)
    store.ask("me", store.start("me", "Fähre"), "Wann fährt die Fähre?")
    store.close()
    found = backup(collection.path, tmp_path / "press.backup")
    assert (found.articles, found.conversations, found.rotten) == (3, 1, 0)
    assert found.size == (tmp_path / "press.backup").stat().st_size
    return tmp_path / "press.backup"


def test_what_was_backed_up_comes_back(made: Path, collection: Collection, tmp_path: Path) -> None:
    before = [item.text for item in collection.retrieve("Was kostet ein Fahrschein?")]
    restore(made, tmp_path / "new" / "place")
    encoder = FakeEncoder()
    with open_collection(tmp_path / "new" / "place", encoder=encoder) as restored:
        assert [item.text for item in restored.retrieve("Was kostet ein Fahrschein?")] == before
        assert encoder.documents == []
    store = ConversationStore(tmp_path / "new" / "place" / FILE)
    (conversation,) = store.list_conversations("me")
    assert store.turns("me", conversation.id)[0].question == "Wann fährt die Fähre?"
    store.close()
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_a_backup_is_made_while_another_writes(made: Path, collection: Collection) -> None:
    with collection._database.transaction():
        collection._database.run("DELETE FROM articles")
        assert backup(collection.path, made, force=True).articles == 3
    assert backup(collection.path, made, force=True).articles == 0


def test_nothing_is_written_over(made: Path, collection: Collection, tmp_path: Path) -> None:
    old = made.read_bytes()
    with pytest.raises(CollectionNotWritable, match="--force"):
        backup(collection.path, made)
    assert made.read_bytes() == old
    collection.remove(collection.articles()[0].uri)
    (collection.path / "settings.toml").write_text("")
    with pytest.raises(CollectionNotWritable, match=r"is there already.* --force puts it aside"):
        restore(made, collection.path)
    assert len(collection.articles()) == 2
    found = restore(made, collection.path, force=True)
    with open_collection(collection.path, encoder=FakeEncoder()) as restored:
        assert len(restored.articles()) == 3
    assert (collection.path / "settings.toml").is_file()
    with open_collection(found.replaced, encoder=FakeEncoder()) as aside:
        assert len(aside.articles()) == 2


def test_a_collection_being_written_is_not_put_aside(made: Path, collection: Collection) -> None:
    with writer_lock(collection.path), pytest.raises(CollectionLocked, match="is being written"):
        restore(made, collection.path, force=True)
    assert len(collection.articles()) == 3


def test_nothing_to_back_up_or_restore(tmp_path: Path) -> None:
    with pytest.raises(CollectionNotFound, match="no collection at"):
        backup(tmp_path, tmp_path / "x")
    with pytest.raises(CollectionNotFound, match="no backup at"):
        restore(tmp_path / "x", tmp_path / "y")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", range(1, 12))
def test_a_damaged_backup_is_refused_whole(made: Path, tmp_path: Path, place: int) -> None:
    data = bytearray(made.read_bytes())
    data[place * len(data) // 12 + 7] ^= 0x55
    (tmp_path / "damaged").write_bytes(data)
    target = tmp_path / "target"
    said = ""
    try:
        restore(tmp_path / "damaged", target)
    except CollectionDamaged as exc:
        said = str(exc)
    if said:
        assert "is no backup that can be restored" in said
        assert not target.exists()
    else:
        # A bit that means nothing: the files' checksums were right.
        with open_collection(target, encoder=FakeEncoder()) as restored:
            assert len(restored.articles()) == 3
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def rewritten(made: Path, target: Path, **changes: object) -> Path:
    """Write the archive again with another manifest."""
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        new.writestr(MANIFEST, json.dumps({**manifest, **changes}))
        for name in old.namelist():
            if name != MANIFEST:
                new.writestr(name, old.read(name))
        new.writestr("../escaped", "x")
    return target


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"schema": 99}, CollectionNewer),
        ({"format": 2}, CollectionNewer),
        ({"files": {}}, CollectionDamaged),
        ({"files": {CATALOG_FILE: "0"}}, CollectionDamaged),
        ({"files": {CATALOG_FILE: "0", "../escaped": "0"}}, CollectionDamaged),
        ({"files": 3}, CollectionDamaged),
        ({"files": {FILE: "0"}}, CollectionDamaged),
    ],
)
def test_strange_backups_are_refused(
    made: Path, tmp_path: Path, changes: dict[str, object], error: type[Exception]
) -> None:
    strange = rewritten(made, tmp_path / "strange", **changes)
    with pytest.raises(error, match=r"backup|later version"):
        restore(strange, tmp_path / "a" / "target")
    assert not (tmp_path / "a" / "target").exists()
    assert not (tmp_path / "a" / "escaped").exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive" * 100])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(CollectionDamaged, match="no backup"):
        restore(tmp_path / "x", tmp_path / "y")


def test_a_disk_that_takes_nothing(
    collection: Collection, press: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.add(press)

    def full(path: Path) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("qa.maintenance.backup.sync", full)
    with pytest.raises(CollectionNotWritable, match=r"No space left.*What was there is as it was"):
        backup(collection.path, tmp_path / "out" / "x.backup")
    assert list((tmp_path / "out").iterdir()) == []
