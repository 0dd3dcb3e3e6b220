"""One writer at a time; whoever has to wait is told for whom."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from corpus.catalog.database import open_database
from corpus.catalog.lock import writer_lock
from corpus.errors import CollectionLocked, CollectionNotWritable

HOLD = """
import sys
from pathlib import Path
from corpus.catalog.lock import writer_lock
sys.argv[0] = "/usr/bin/nightly-import"
with writer_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> "subprocess.Popen[str]":
    """Start a process that holds the lock until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        expected = rf"written by process {process.pid} \(nightly-import, since 20.*asking questions"
        with pytest.raises(CollectionLocked, match=expected), writer_lock(tmp_path, 0.1):
            pass
        process.communicate("")
    with writer_lock(tmp_path):
        note = json.loads((tmp_path / "writer.json").read_text())
        assert note["pid"] == os.getpid()
    assert not (tmp_path / "writer.json").exists()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert (tmp_path / "writer.json").exists()
    with writer_lock(tmp_path):
        pass


def test_a_second_thread_waits_its_turn(tmp_path: Path) -> None:
    held, done = threading.Event(), threading.Event()

    def first() -> None:
        with writer_lock(tmp_path):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(10)
    with (
        pytest.raises(CollectionLocked, match=f"process {os.getpid()}"),
        writer_lock(tmp_path, 0.05),
    ):
        pass
    threading.Timer(0.2, done.set).start()
    with writer_lock(tmp_path, 10):
        assert done.is_set()
    thread.join()


@pytest.mark.parametrize("note", ["", "[]", '{"pid": 5}', "\x00"])
def test_a_strange_note_hides_only_the_holders_name(tmp_path: Path, note: str) -> None:
    with writer_lock(tmp_path):
        (tmp_path / "writer.json").write_text(note)
        with (
            pytest.raises(CollectionLocked, match="written by another process"),
            writer_lock(tmp_path),
        ):
            pass


def test_the_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with writer_lock(tmp_path):
            raise ValueError("while writing")

    with pytest.raises(ValueError, match="while writing"):
        fail()
    with writer_lock(tmp_path):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP])
def test_without_file_locks_the_message_names_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refuse)
    monkeypatch.setattr("fcntl.lockf", refuse)
    message = r"gives no file locks \(writer\.lock: .*mount the drive with locks"
    with pytest.raises(CollectionNotWritable, match=message), writer_lock(tmp_path):
        pass
    with pytest.raises(CollectionNotWritable, match=message):
        open_database(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] in ([], ["writer.lock"])
