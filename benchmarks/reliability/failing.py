"""Failing writes: a full disk, an error of the disk, read-only media, at each call in turn.

Each call below the collection's folder fails in three ways: with ENOSPC from then on, with EIO
once, and with EROFS from then on. The calls come in a scattered order, so that a run of some
trials touches all parts of the work; three times as many trials as calls touch each. What was
acknowledged must be there, nothing half, and what is raised must be an error of ours.
"""

import errno
from collections.abc import Callable
from functools import cache
from math import gcd
from typing import Any

from benchmarks.reliability.kills import changes, check
from benchmarks.reliability.rig import Bench
from benchmarks.reliability.shim import calls, show_calls
from benchmarks.reliability.trials import in_child
from corpus.errors import ArticleQAError

KINDS = ((errno.ENOSPC, True), (errno.EIO, False), (errno.EROFS, True))
SCRIPT = 77
STEPS = 3


def trial(number: int) -> str:
    """Have one call fail; return "ok: …", "past: …" behind the last call, or what was lost."""
    error, forever = KINDS[number % 3]
    total = _calls()
    # A step that shares no factor with the number of calls meets each of them once.
    step = next(item for item in range(int(total * 0.618), total) if gcd(item, total) == 1)
    at = 1 + number // 3 * step % total
    work = _bench().fresh()

    def run(say: Callable[[Any], None]) -> None:
        show_calls(work / "collection", fail_at=at, error=error, forever=forever)
        try:
            changes(work, SCRIPT, say, steps=STEPS)
        except ArticleQAError as exc:
            say({"refused": f"{type(exc).__name__}: {exc}"})
        say({"calls": calls()})

    ended = in_child(run)
    label = f"{errno.errorcode[error]} at call {at}"
    if ended.signal or ended.hung:
        return f"crash: {label}, signal {ended.signal}"
    for item in ended.said:
        if "exception" in item:
            return f"exception: {label}, {item['exception'][-400:]}"
    if ended.said[-1]["calls"] < at:
        return f"past: {label}, there are {ended.said[-1]['calls']}"
    start = {
        (work / "press" / path.name).as_uri(): path.read_text()
        for path in (_bench().template / "press").glob("*.txt")
    }
    checked = in_child(lambda say: check(work, ended.said, dict(start), say))
    if checked.signal or checked.hung or not checked.said:
        return f"crash: {label}, afterwards"
    result = checked.said[-1]
    if "exception" in result:
        return f"exception: {label}, afterwards {result['exception'][-300:]}"
    refused = [item["refused"].split(":")[0] for item in ended.said if "refused" in item]
    said = f"{label}, {refused[0] if refused else 'not noticed'}"
    return f"{result['wrong']}, {said}" if result["wrong"] else f"ok: {said}"


@cache
def _calls() -> int:
    """Return how many calls the work makes when none fails."""
    work = _bench().fresh()

    def run(say: Callable[[Any], None]) -> None:
        show_calls(work / "collection")
        changes(work, SCRIPT, lambda _: None, steps=STEPS)
        say(calls())

    return int(in_child(run).said[-1])


@cache
def _bench() -> Bench:
    return Bench()
