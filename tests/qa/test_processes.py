"""Several processes at one collection: readers follow, a killed writer is no obstacle."""

import signal
import subprocess
import sys
from pathlib import Path

from qa.collection import Collection
from tests.conftest import FERRY
from tests.fakes import write

WRITER = """
import sys
from pathlib import Path
from qa.collection import open_collection
from tests.fakes import FakeEncoder
with open_collection(sys.argv[1], encoder=FakeEncoder()) as collection:
    print("open", flush=True)
    for line in sys.stdin:
        collection.add(line.strip(), progress=lambda *_: print("working", flush=True))
        print("done", flush=True)
"""


def start(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def test_a_reader_follows_a_writer_in_another_process(
    collection: Collection, press: Path, tmp_path: Path
) -> None:
    collection.add(press)
    assert "Leuchtturm" not in collection.retrieve("Leuchtturm")[0].text
    new = write(tmp_path / "new", lamp="Der Leuchtturm\n\nDer Leuchtturm von Osterholm blinkt.")
    with start(collection.path) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(f"{new}\n")
        writer.stdin.flush()
        while writer.stdout.readline() not in ("done\n", ""):
            pass
        assert "Leuchtturm" in collection.retrieve("Leuchtturm")[0].text
        writer.communicate()


def test_a_killed_writer_leaves_its_lock_free_and_its_work_to_be_finished(
    collection: Collection, press: Path, tmp_path: Path
) -> None:
    collection.add(press)
    many = write(tmp_path / "many", **{f"a{n}": f"{FERRY} {n}" for n in range(40)})
    with start(collection.path) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(f"{many}\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "working\n"
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    report = collection.add(many)
    assert report.skipped == ()
    assert len(collection.articles()) == 3 + 40
    assert collection.missing() == 0
