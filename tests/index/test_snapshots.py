"""Copies on disk: found when whole and ours, never when anything about them is wrong."""

import json
import logging
import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from index.analysis import VERSION
from index.snapshots import (
    FORMAT,
    MANIFEST,
    CopyStore,
    Manifest,
    checksum,
    checksums,
    clone,
    files_in,
)


@pytest.fixture
def store(tmp_path: Path) -> CopyStore:
    return CopyStore(tmp_path / "copies", "ours")


def publish(store: CopyStore, generation: int, model: str = "m", text: str = "data") -> Path:
    with store.scratch() as folder:
        (folder / "paragraphs.npz").write_text(text)
        (folder / "lexical").mkdir()
        (folder / "lexical" / "meta.json").write_text(f"{text} of {generation}")
        (folder / "lexical" / ".tantivy-writer.lock").write_text("")
        manifest = Manifest(
            "ours", generation, model, 2, (9, 5), (7, 3), checksums(folder, {}), analysis=VERSION
        )
        return store.publish(folder, manifest)


def names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "copies").iterdir())


def newest(store: CopyStore, up_to: int = 99, model: str = "m") -> int | None:
    found = store.newest(up_to, model)
    return None if found is None else found[1].generation


def test_a_published_copy_is_found_with_its_manifest(store: CopyStore, tmp_path: Path) -> None:
    assert not store
    assert newest(store) is None
    folder = publish(store, 7)
    assert folder == tmp_path / "copies" / "7"
    found = store.newest(7, "m")
    assert found is not None
    assert found[0] == folder
    assert found[1].files == {
        "paragraphs.npz": checksum(folder / "paragraphs.npz"),
        "lexical/meta.json": checksum(folder / "lexical" / "meta.json"),
    }
    assert (tuple(found[1].place), tuple(found[1].base)) == ((9, 5), (7, 3))
    assert (found[1].paragraphs, found[1].format) == (2, FORMAT)
    assert store


@pytest.mark.parametrize("version", [None, VERSION - 1, VERSION + 1])
def test_a_copy_whose_texts_were_analysed_otherwise_is_built_again(
    store: CopyStore, version: int | None
) -> None:
    file = publish(store, 7) / MANIFEST
    manifest = json.loads(file.read_text())
    del manifest["analysis"]  # as it was before analyses had versions
    file.write_text(json.dumps(manifest if version is None else manifest | {"analysis": version}))
    assert newest(store) is None
    publish(store, 7)
    assert newest(store) == 7


def test_the_newest_of_this_model_and_not_of_the_future(store: CopyStore) -> None:
    publish(store, 9)
    publish(store, 10, model="other")
    assert newest(store) == 9
    assert newest(store, model="other") == 10
    assert newest(store, up_to=8) is None


def test_generations_are_numbers_not_words(store: CopyStore) -> None:
    publish(store, 9)
    publish(store, 10)
    assert newest(store) == 10


def test_only_the_newest_two_are_kept_and_the_one_just_published(
    store: CopyStore, tmp_path: Path
) -> None:
    for generation in (3, 4, 5):
        publish(store, generation)
    assert names(tmp_path) == ["4", "5"]
    # A reader that fell behind is about to open what it wrote.
    publish(store, 2)
    assert names(tmp_path) == ["2", "4", "5"]
    publish(store, 6)
    assert names(tmp_path) == ["5", "6"]


DAMAGES = {
    "truncated": lambda folder: (folder / "paragraphs.npz").write_text("dat"),
    "changed": lambda folder: (folder / "lexical" / "meta.json").write_text("data of 8"),
    "missing file": lambda folder: (folder / "paragraphs.npz").unlink(),
    "missing manifest": lambda folder: (folder / MANIFEST).unlink(),
    "manifest no JSON": lambda folder: (folder / MANIFEST).write_text("{"),
    "manifest of a list": lambda folder: (folder / MANIFEST).write_text("[]"),
    "unknown field": lambda folder: (folder / MANIFEST).write_text('{"new": 1}'),
    "files no mapping": lambda folder: (folder / MANIFEST).write_text(
        json.dumps(json.loads((folder / MANIFEST).read_text()) | {"files": 5})
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_not_found_and_that_is_said_once(
    store: CopyStore, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    publish(store, 6)
    DAMAGES[damage](publish(store, 7))
    assert newest(store) == 6
    said = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert "7" in said[0].getMessage()
    assert "built again" in said[0].getMessage()
    publish(store, 7, text="whole")
    assert newest(store) == 7
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1


@pytest.mark.parametrize("other", [{"collection": "theirs"}, {"format": FORMAT + 1}])
def test_copies_of_another_collection_or_format_are_passed_over(
    store: CopyStore, other: dict[str, str | int], caplog: pytest.LogCaptureFixture
) -> None:
    folder = publish(store, 7)
    manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    (folder / MANIFEST).write_text(json.dumps(asdict(replace(manifest, **other))))  # type: ignore[arg-type]
    assert newest(store) is None
    assert caplog.records == []


def test_whoever_publishes_second_leaves_the_first_alone(store: CopyStore, tmp_path: Path) -> None:
    publish(store, 7, text="first")
    assert publish(store, 7, text="second") == tmp_path / "copies" / "7"
    assert (tmp_path / "copies" / "7" / "paragraphs.npz").read_text() == "first"
    assert names(tmp_path) == ["7"]


def test_nothing_is_left_of_a_copy_that_was_not_finished(store: CopyStore, tmp_path: Path) -> None:
    def fail() -> None:
        with store.scratch() as folder:
            (folder / "half").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        fail()
    assert names(tmp_path) == []


def test_what_a_killed_process_left_is_swept_up_later(store: CopyStore, tmp_path: Path) -> None:
    publish(store, 1)
    for name, age_s in (("old", 7200), ("young", 60)):
        folder = tmp_path / "copies" / f".new-{name}"
        folder.mkdir()
        os.utime(folder, (time.time() - age_s,) * 2)
    publish(store, 2)
    assert names(tmp_path) == [".new-young", "1", "2"]


def test_where_nothing_can_be_written_the_copy_lives_elsewhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    store = CopyStore(tmp_path / "file" / "copies", "ours")
    folder = publish(store, 7)
    assert (folder / "paragraphs.npz").read_text() == "data"
    assert tmp_path not in folder.parents or folder.parent != tmp_path / "file" / "copies"
    assert "cannot be kept" in caplog.text


def test_clones_do_not_change_with_the_original(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "inner").mkdir(parents=True)
    (source / "meta.json").write_text("{}")
    (source / "inner" / "segment").write_text("abc")
    (source / "a.lock").write_text("")
    clone(source, tmp_path / "copy")
    (source / "meta.json").write_text('{"changed": 1}')
    (source / "inner" / "segment").unlink()
    found = [path.relative_to(tmp_path / "copy").as_posix() for path in files_in(tmp_path / "copy")]
    assert found == ["inner/segment", "meta.json"]
    assert (tmp_path / "copy" / "meta.json").read_text() == "{}"
    assert (tmp_path / "copy" / "inner" / "segment").read_text() == "abc"
