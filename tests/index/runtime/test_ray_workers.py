"""Batches encoded by the workers of a Ray cluster; `make test-ray` runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import ModelError, ModelMismatch
from index.runtime.ray_workers import RayWorkers
from qa.testing import FakeEncoder
from tests.fakes import article
from tests.index.rig import Rig

pytestmark = [
    # A cluster takes its time, and the package is large.
    pytest.mark.skipif(
        find_spec("ray") is None or not os.environ.get("TEST_RAY"),
        reason="a cluster of Ray is started by: make test-ray",
    ),
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.timeout(180),
]
BATCHES = [[f"Absatz {at} von Bad Lauten.", f"Noch einer, {at}."] for at in range(40)]
MODEL = FakeEncoder().fingerprint


class Deadly(FakeEncoder):
    """Kills its process at a text, once, or always without a file to note it in."""

    def __init__(self, at: str, note: Path | None) -> None:
        super().__init__()
        self.at, self.note = at, note

    def encode(self, texts: Any, kind: Any) -> Any:
        if self.at in texts and not (self.note and self.note.exists()):
            if self.note:
                self.note.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts, kind)


class Noting(FakeEncoder):
    """Writes down what it encodes, and takes its time."""

    def __init__(self, notes: Path) -> None:
        super().__init__()
        self.notes = notes

    def encode(self, texts: Any, kind: Any) -> Any:
        time.sleep(0.2)
        with self.notes.open("a", encoding="utf-8") as stream:
            stream.writelines(f"{text}\n" for text in texts)
        return super().encode(texts, kind)


DRIVER = """
import sys
from functools import partial
from pathlib import Path
import ray
from index.runtime.ray_workers import RayWorkers
from tests.index.rig import Rig
from tests.index.runtime.test_ray_workers import Noting
ray.init(sys.argv[1], log_to_driver=False)
rig = Rig(Path(sys.argv[2]))
workers = RayWorkers("auto", partial(Noting, Path(sys.argv[3])))
rig.sync.embed(lambda done, total: print(done, flush=True), workers)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    made: Any = import_module("ray.cluster_utils").Cluster(
        True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    made.add_node(num_cpus=1)
    made.wait_for_nodes()
    yield made
    made.shutdown()


@pytest.fixture
def connected(cluster: Any) -> Iterator[Any]:
    import ray

    ray.init(cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()


def encode(make: Any, batches: Any = BATCHES, model: str = MODEL) -> dict[str, Any]:
    workers = RayWorkers("auto", make)
    try:
        assert len(workers) == 2
        done = list(workers.encode_batches(batches, model))
    finally:
        workers.close()
    assert sorted(texts for texts, _ in done) == sorted(batches)  # each once
    return {
        text: vector for texts, vectors in done for text, vector in zip(texts, vectors, strict=True)
    }


def test_every_batch_comes_back_once_with_its_vectors(connected: Any) -> None:
    found = encode(FakeEncoder)
    for text, vector in found.items():
        np.testing.assert_array_equal(vector, FakeEncoder().vector(text))
    assert encode(FakeEncoder, []) == {}


def test_what_a_killed_worker_had_is_encoded_by_another(connected: Any, tmp_path: Path) -> None:
    note = tmp_path / "died"
    assert len(encode(partial(Deadly, BATCHES[7][0], note))) == 80
    assert note.exists()


def test_a_text_that_kills_every_worker_ends_it(connected: Any) -> None:
    with pytest.raises(ModelError, match="cannot go on"):
        encode(partial(Deadly, BATCHES[7][0], None))


def test_a_worker_with_another_model_is_refused(connected: Any) -> None:
    with pytest.raises(ModelMismatch, match="another model"):
        encode(FakeEncoder, model="other")


def test_the_work_of_a_lost_machine_goes_to_the_others(connected: Any) -> None:
    node = connected.add_node(num_cpus=1)
    connected.wait_for_nodes()
    workers = RayWorkers("auto", FakeEncoder)
    assert len(workers) == 3
    done = []
    for encoded in workers.encode_batches(BATCHES, MODEL):
        done.append(encoded)
        if len(done) == 5:
            connected.remove_node(node)
    workers.close()
    assert sorted(texts for texts, _ in done) == sorted(BATCHES)


def test_a_killed_driver_loses_nothing_and_nothing_is_embedded_twice(
    connected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.keeper._WINDOWS_AT_ONCE", 8)
    rig = Rig(tmp_path / "press")
    texts = [f"Absatz {at} von Bad Lauten." for at in range(2000)]
    for at in range(0, 2000, 100):
        rig.put(f"x:{at}", *texts[at : at + 100])
    rig.sync._window()
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, connected.address, rig.folder, tmp_path / "first"],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert driver.stdout is not None
    while int(driver.stdout.readline() or 10**9) < 500:
        pass
    driver.kill()
    driver.wait()
    driver.stdout.close()
    model = FakeEncoder().fingerprint
    kept = len(rig.sync._store.look_up(model, texts))
    assert 500 <= kept < 2000
    workers = RayWorkers("auto", partial(Noting, tmp_path / "second"))
    assert rig.sync.embed(workers=workers) == 2000 - kept
    workers.close()
    again = (tmp_path / "second").read_text("utf-8").splitlines()
    assert sorted(again) == sorted(set(again))
    assert len(again) == 2000 - kept
    assert len(rig.sync._store.look_up(model, texts)) == 2000
    rig.close()


def test_a_collection_embedded_there_is_the_same(connected: Any, tmp_path: Path) -> None:
    here, there = Rig(tmp_path / "here"), Rig(tmp_path / "there")
    for rig in (here, there):
        rig.put("x:1", "Die Fähre fährt wieder. Sie war lange fort.", "Der Rat berät.")
        rig.catalog.put(article("x:2", "The ferry runs again.", language="en"))
    here.sync.embed()
    workers = RayWorkers("auto", FakeEncoder)
    assert there.sync.embed(workers=workers) == 3
    assert there.sync.embed(workers=workers) == 0
    workers.close()
    one, other = (
        dict(zip(*rig.sync.snapshot().dense.codes(), strict=True)) for rig in (here, there)
    )
    assert {key: value.tobytes() for key, value in one.items()} == {
        key: value.tobytes() for key, value in other.items()
    }


def test_local_is_a_cluster_of_its_own() -> None:
    with closing(RayWorkers("local", FakeEncoder)) as workers:
        assert len(list(workers.encode_batches(BATCHES[:4], MODEL))) == 4
