"""Trials in child processes, and a ledger of their outcomes that a later run goes on with."""

import json
import logging
import os
import select
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_HANGS_S = 600.0


@dataclass
class Ledger:
    """The outcomes of one proof, by trial number, kept in a JSON file."""

    name: str
    folder: Path = RESULTS
    outcomes: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.is_file():
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            self.outcomes, self.facts = kept["outcomes"], kept.get("facts", {})

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.json"

    def run(self, trial: Callable[[int], str], count: int) -> Counter[str]:
        """Make the trials up to `count` that were not made yet; return the kinds of outcomes."""
        for number in range(count):
            if str(number) not in self.outcomes:
                self.outcomes[str(number)] = trial(number)
                self.save()
        return self.counts()

    def counts(self) -> Counter[str]:
        """Return how often each kind of outcome came; a kind is what stands before a colon."""
        return Counter(outcome.split(":")[0] for outcome in self.outcomes.values())

    def save(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        part.write_text(
            json.dumps(
                {
                    "name": self.name,
                    "date": datetime.now(UTC).date().isoformat(),
                    "trials": len(self.outcomes),
                    "counts": dict(sorted(self.counts().items())),
                    "facts": self.facts,
                    "outcomes": self.outcomes,
                },
                indent=1,
                ensure_ascii=False,
            ),
            encoding="utf-8",
        )
        part.replace(self.path)


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    said: list[Any]
    """What it reported, in order."""
    signal: int
    """That ended it, or 0."""
    hung: bool = False


def in_child(
    work: Callable[[Callable[[Any], None]], None],
    *,
    kill_after_s: float | None = None,
    hangs_after_s: float = _HANGS_S,
) -> Ended:
    """Run `work(say)` in a forked child; what it says is JSON. SIGKILL it after a time, if given.

    An exception in the child is said as {"exception": traceback}. It has temporary files of its
    own, which go with it: however it ends, it does not clean up behind itself.
    """
    with tempfile.TemporaryDirectory(prefix="article-qa-trial-") as temporary:
        return _in_child(work, temporary, kill_after_s, hangs_after_s)


def _in_child(
    work: Callable[[Callable[[Any], None]], None],
    temporary: str,
    kill_after_s: float | None,
    hangs_after_s: float,
) -> Ended:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        tempfile.tempdir = temporary
        _work(work, writing)
    os.close(writing)
    started, data, hung = time.monotonic(), b"", False
    while True:
        limit = hangs_after_s if kill_after_s is None else kill_after_s
        left = limit - (time.monotonic() - started)
        ready = select.select([reading], [], [], max(0.0, left))[0]
        if not ready:
            hung = kill_after_s is None
            os.kill(child, signal.SIGKILL)
            break
        piece = os.read(reading, 1 << 16)
        if not piece:
            break
        data += piece
    while piece := os.read(reading, 1 << 16):
        data += piece
    os.close(reading)
    status = os.waitpid(child, 0)[1]
    # The last line may have been cut off.
    lines = data.split(b"\n")[:-1]
    ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    return Ended([json.loads(line) for line in lines], ended, hung)


def _work(work: Callable[[Callable[[Any], None]], None], writing: int) -> None:
    """Do the child's work and leave, whatever happens."""

    def say(what: Any) -> None:
        os.write(writing, json.dumps(what).encode() + b"\n")

    logging.disable(logging.CRITICAL)
    try:
        work(say)
    except BaseException:  # noqa: BLE001 - the parent is told
        say({"exception": traceback.format_exc()})
    finally:
        os._exit(0)
