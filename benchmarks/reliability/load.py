"""Many users at once while articles are added: errors, citations, memory and latency.

`article-qa serve` and `article-qa add` run in processes of their own, with the default
model, over the sample articles. Every user asks, reads the answer, thinks and asks again.
Each citation is compared with its article afterwards.
"""

import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.reliability.rig import scratch, text_of
from corpus.catalog.backup import copy_database
from corpus.catalog.database import CATALOG_FILE
from corpus.samples import samples_folder
from qa.collection import open_collection

USERS = int(os.environ.get("LOAD_USERS", "50"))
SECONDS = float(os.environ.get("LOAD_SECONDS", "300"))
ADDED = int(os.environ.get("LOAD_ADDED", "500"))
SAMPLES = os.environ.get("LOAD_SAMPLES", "")
"""A collection of the samples that is embedded already."""
THINKING_S = (5.0, 15.0)
MOST_GROWTH = 1.5
"""Times the server's memory when it is warm and idle."""
_QUESTIONS = Path(__file__).parents[2] / "tests" / "data" / "sample_questions.jsonl"


@dataclass
class Seen:
    """What the users saw; several threads write to it."""

    times: list[float] = field(default_factory=list)
    """Seconds to each answer."""
    errors: Counter[str] = field(default_factory=Counter)
    waits: int = 0
    """Requests that were told to come again later."""
    citations: set[tuple[str, int, int, str]] = field(default_factory=set)
    """Address, start, end and quote."""
    memory: list[int] = field(default_factory=list)
    """Bytes of the server that were resident, every second."""


def trial(_number: int) -> str:
    """Put a server under load; return "ok: …" or what went wrong."""
    with scratch() as folder:
        collection, press = folder / "collection", folder / "press"
        if SAMPLES:
            collection.mkdir()
            copy_database(Path(SAMPLES) / CATALOG_FILE, collection / CATALOG_FILE)
        else:
            with open_collection(collection, create=True) as opened:
                opened.add(samples_folder())
        _write_articles(press, ADDED)
        with _serve(collection) as (client, process):
            idle, busy = Seen(), Seen()
            _user(client, idle, 0, time.monotonic() + min(30.0, SECONDS), thinking=(0.0, 0.0))
            warm = _resident(process)
            command = [sys.executable, "-m", "qa.cli.app", "--collection", str(collection), "add"]
            with subprocess.Popen(
                [*command, "--json", str(press)], stdout=subprocess.PIPE
            ) as adding:
                _crowd(client, busy, process)
                report = json.loads(adding.communicate()[0])
        return verdict(idle, busy, warm, int(report["added"]), _wrong(collection, idle, busy))


def verdict(idle: Seen, busy: Seen, warm: int, added: int, wrong: int) -> str:
    """Return "ok: …" or the first thing that went wrong, with the figures behind it."""
    grown = max(busy.memory, default=warm) / warm
    usual, under_load = statistics.median(idle.times), statistics.median(busy.times)
    slow = sorted(busy.times)[int(0.95 * (len(busy.times) - 1))]
    errors = idle.errors + busy.errors
    kind = "ok"
    if errors:
        kind = "errors"
    elif wrong:
        kind = "wrong"
    elif added != ADDED:
        kind = "lost"
    elif grown > MOST_GROWTH:
        kind = "grown"
    return (
        f"{kind}: {USERS} users, {SECONDS:.0f} s, {len(busy.times)} answers, {added} articles "
        f"added meanwhile, {dict(errors) or 'no'} errors, {busy.waits} told to wait, "
        f"{len(busy.citations)} citations compared, {wrong} wrong, memory {grown:.2f} times the "
        f"idle server's {warm / 1e6:.0f} MB, median {under_load / usual:.1f} times the idle "
        f"server's {1000 * usual:.0f} ms, 95th percentile {slow / usual:.1f} times"
    )


def _write_articles(folder: Path, count: int) -> None:
    folder.mkdir()
    rng = random.Random(11)
    for number in range(count):
        (folder / f"new{number}.txt").write_text(text_of(f"new{number}", rng), encoding="utf-8")


@contextmanager
def _serve(folder: Path) -> Iterator[tuple[httpx.Client, int]]:
    """Serve a collection; yield a client and the server's process once it is ready."""
    command = [sys.executable, "-m", "qa.cli.app", "--collection", str(folder), "serve"]
    with subprocess.Popen([*command, "--port", "0"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = None
            while address is None:
                address = re.search(r"http://[\d.:]+", process.stderr.readline())
            # What it logs must not fill the pipe.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            limits = httpx.Limits(max_connections=USERS + 10)
            with httpx.Client(base_url=address[0], timeout=180, limits=limits) as client:
                while client.get("/readyz").status_code != 200:
                    time.sleep(0.2)
                yield client, process.pid
        finally:
            process.terminate()


def _crowd(client: httpx.Client, seen: Seen, process: int) -> None:
    end = time.monotonic() + SECONDS
    users = [
        threading.Thread(target=_user, args=(client, seen, number, end)) for number in range(USERS)
    ]
    for user in users:
        user.start()
    while any(user.is_alive() for user in users):
        seen.memory.append(_resident(process))
        time.sleep(1.0)


def _user(
    client: httpx.Client,
    seen: Seen,
    number: int,
    end: float,
    thinking: tuple[float, float] = THINKING_S,
) -> None:
    """Ask until the time is over."""
    rng = random.Random(number)
    questions = [
        json.loads(line)["question"] for line in _QUESTIONS.read_text(encoding="utf-8").splitlines()
    ]
    while True:
        time.sleep(rng.uniform(*thinking) if seen.times else rng.uniform(0, thinking[1]))
        if time.monotonic() >= end:
            return
        began = time.monotonic()
        try:
            response = client.post("/api/ask", json={"question": rng.choice(questions)})
        except httpx.HTTPError as exc:
            seen.errors[type(exc).__name__] += 1
            continue
        if response.status_code == 503 and "retry-after" in response.headers:
            seen.waits += 1
            time.sleep(float(response.headers["retry-after"]))
        elif response.status_code != 200:
            seen.errors[str(response.status_code)] += 1
        else:
            seen.times.append(time.monotonic() - began)
            seen.citations.update(_citations(response.json()))


def _citations(answer: dict[str, Any]) -> Iterator[tuple[str, int, int, str]]:
    for item in answer["citations"]:
        yield item["passage"]["article"]["uri"], item["start"], item["end"], item["quote"]


def _wrong(folder: Path, *seen: Seen) -> int:
    """Return how many citations are not what their article says at their place."""
    with open_collection(folder) as collection:
        texts = {info.uri: collection.article(info.uri).text for info in collection.articles()}
    cited = set().union(*(item.citations for item in seen))
    return sum(texts.get(uri, "")[start:end] != quote for uri, start, end, quote in cited)


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
