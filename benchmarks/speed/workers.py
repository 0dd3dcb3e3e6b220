"""Encoding on Ray against encoding here: `python -m benchmarks.speed.workers`.

The same texts are encoded in this process, by one worker on Ray and by two, on this machine, in
one run. What starting them takes is told apart: it is paid once.
"""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from corpus.catalog.database import open_database
from corpus.catalog.embeddings import Stretches
from index.encoder import SentenceTransformerEncoder
from index.runtime.ray_workers import RayWorkers

BATCH = 64


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=512)
    options = parser.parse_args(arguments)
    batches = _read_batches(options.collection, options.texts)
    encoder = SentenceTransformerEncoder()
    encoder.encode(["?"], "document")
    started = perf_counter()
    expected = {tuple(texts): encoder.encode(texts, "document") for texts in batches}
    plain = perf_counter() - started
    report: dict[str, Any] = {"texts": sum(map(len, batches)), "seconds here": round(plain, 2)}
    for count in (1, 2):
        with _cluster(count):
            started = perf_counter()
            workers = RayWorkers("auto", SentenceTransformerEncoder)
            # Each has encoded something: all are there.
            list(workers.encode_batches([["?"]] * 4 * count, encoder.fingerprint))
            ready = perf_counter()
            done = list(workers.encode_batches(batches, encoder.fingerprint))
            took = perf_counter() - ready
            workers.close()
        for texts, vectors in done:
            cosines = (vectors * expected[tuple(texts)]).sum(axis=1)
            assert np.all(cosines > 0.999)
        report[f"{count} on Ray"] = {
            "seconds to start": round(ready - started, 2),
            "times as long": round(took / plain, 2),
        }
    print(json.dumps(report, indent=1))


@contextmanager
def _cluster(machines: int) -> Iterator[None]:
    """Start a cluster of so many machines of a core each, all on this one."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray: Any = import_module("ray")
    made: Any = import_module("ray.cluster_utils").Cluster(
        initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}
    )
    try:
        for _ in range(machines - 1):
            made.add_node(num_cpus=1)
        made.wait_for_nodes()
        ray.init(made.address, log_to_driver=False)
        yield
    finally:
        ray.shutdown()
        made.shutdown()


def _read_batches(folder: Path, count: int) -> list[list[str]]:
    with closing(open_database(folder, create=False)) as database:
        rows = database.all("SELECT id FROM windows ORDER BY id LIMIT ?", [count])
        texts = list(Stretches(database, "windows").texts([row["id"] for row in rows]).values())
    return [texts[at : at + BATCH] for at in range(0, len(texts), BATCH)]


if __name__ == "__main__":
    main()
