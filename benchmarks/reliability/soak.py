"""A long run: resident memory while questions are asked and answered, after warming up."""

import gc
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.reliability.rig import QUESTIONS, Bench, open_cheaply
from benchmarks.reliability.trials import in_child

RETRIEVALS = int(os.environ.get("SOAK_RETRIEVALS", "20000"))
ANSWERS = int(os.environ.get("SOAK_ANSWERS", "1000"))
WARM_UP = 0.1
MOST_GROWTH = 0.05


def trial(_number: int) -> str:
    """Ask and answer; return "ok: …" where memory grew by less than 5 %."""
    work = _bench().fresh()
    ended = in_child(lambda say: _soak(work, say), hangs_after_s=6 * 3600)
    if ended.signal or not ended.said or "exception" in ended.said[-1]:
        return f"exception: {ended.said[-1:]}"
    return verdict([item["rss"] for item in ended.said])


def verdict(resident: list[int]) -> str:
    """Return "ok: …" or "grown: …" for readings of resident memory, the first one when warm."""
    warm, most = resident[0], max(resident)
    grown = most / warm - 1
    text = f"{RETRIEVALS} retrievals, {ANSWERS} answers, {warm / 1e6:.1f} MB, most {most / 1e6:.1f}"
    return f"{'ok' if grown < MOST_GROWTH else 'grown'}: {100 * grown:.2f} %, {text}"


def _soak(work: Path, say: Callable[[Any], None]) -> None:
    with open_cheaply(work / "collection") as collection:
        for count, ask in ((ANSWERS, collection.ask), (RETRIEVALS, collection.retrieve)):
            for number in range(int(count * WARM_UP)):
                ask(f"{QUESTIONS[number % len(QUESTIONS)]} {number % 97}")
        say({"rss": _resident()})
        for count, ask in ((ANSWERS, collection.ask), (RETRIEVALS, collection.retrieve)):
            for number in range(count):
                ask(f"{QUESTIONS[number % len(QUESTIONS)]} {number}")
                if number % max(1, count // 10) == 0:
                    say({"rss": _resident()})
        say({"rss": _resident()})


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@cache
def _bench() -> Bench:
    return Bench()
