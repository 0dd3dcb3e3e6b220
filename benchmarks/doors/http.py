"""What HTTP adds to a call: `python -m benchmarks.doors.http [--out FILE]`.

The samples with the default model. Each question is asked twice over, directly of a
`Collection` in this process and of `article-qa serve` in another on the same machine, in
turns, so that a busy machine slows both; the connection is kept open, as clients do. The
figure is the ratio of the two medians. Both give the same answers, which is checked.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from corpus.samples import samples_folder
from corpus.serialise import plain
from qa.collection import open_collection

QUESTIONS = Path(__file__).parents[2] / "tests" / "data" / "sample_questions.jsonl"
RESULTS = Path(__file__).with_name("http.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = measure(Path(folder) / "collection", arguments.questions)
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


def measure(folder: Path, count: int) -> dict[str, Any]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = list(islice(cycle(json.loads(line)["question"] for line in lines), count))
    with open_collection(folder, create=True) as collection:
        collection.add(samples_folder() / "de", samples_folder() / "en")
        collection.warm_up()
        with serve(folder) as client:
            results = {
                "ask": compare(
                    questions,
                    lambda text: collection.ask(text).to_dict(),
                    lambda text: client.post("/api/ask", json={"question": text}).json(),
                ),
                "retrieve": compare(
                    questions,
                    lambda text: {"passages": plain(collection.retrieve(text))},
                    lambda text: client.post("/api/retrieve", json={"question": text}).json(),
                ),
            }
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "questions": len(questions),
        "articles": 26,
        "load_at_the_end": round(os.getloadavg()[0], 1),
        **results,
    }


def compare(
    questions: list[str], direct: Callable[[str], Any], over: Callable[[str], Any]
) -> dict[str, float]:
    """Return both medians in milliseconds, and how the second compares with the first."""
    for text in questions[:5]:
        direct(text), over(text)
    times: dict[str, list[float]] = {"direct": [], "http": []}
    for number, text in enumerate(questions):
        ways = [("direct", direct), ("http", over)]
        given = {}
        for name, way in ways if number % 2 else reversed(ways):
            began = time.perf_counter()
            given[name] = way(text)
            times[name].append(time.perf_counter() - began)
        assert json.loads(json.dumps(given["direct"])) == given["http"], text
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        **{f"{name}_median_ms": round(1000 * value, 2) for name, value in medians.items()},
        "ratio": round(medians["http"] / medians["direct"], 3),
    }


@contextmanager
def serve(folder: Path) -> Iterator[httpx.Client]:
    """Serve the collection from a process of its own, without the page, and wait until ready."""
    command = [sys.executable, "-m", "qa.cli.app", "--collection", str(folder), "serve"]
    with subprocess.Popen(
        [*command, "--no-page", "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        try:
            address = None
            while address is None:
                address = re.search(r"http://[\d.:]+", process.stderr.readline())
            with httpx.Client(base_url=address[0], timeout=60) as client:
                while client.get("/readyz").status_code != 200:
                    time.sleep(0.2)
                yield client
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
