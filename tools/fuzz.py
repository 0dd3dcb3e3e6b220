"""Damaged and made-up input at every border: `python -m tools.fuzz --seconds 300`.

Each target takes bytes that Hypothesis made of files that are in order: cut, spliced, with
bits turned and with words of the format strewn in. What comes back may be a result or the
error that the border promises; a crash, another exception, a limit that is reached, or a
question that costs seconds is a finding. `--seconds` counts for each target.
"""

import argparse
import logging
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from corpus.ingest.sandbox_child import close_all
from tools.fuzz_targets import Finding, Target, targets

_SECONDS = 20.0
_MEMORY = 1_000_000_000
"""Bytes by which one example may make this process larger, for a moment."""
_TOKENS = [
    b"<", b">", b"</p>", b"<p>", b"<table><tr><td>", b"<!--", b"<![CDATA[", b"&#x110000;",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b'{"text": "', b'"}', b"\n", b",", b'""', b"\x00",
    b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\u0301".encode(), b"\xed\xa0\x80",
    b"[1]", b"```", b"> ", b"# ", b"- ", b"](", b"endobj", b"<< /Length 9999999999 >>",
    b"/Kids [1 0 R]", b"PK\x03\x04", b"PAR1", b"<rss>", b"<script type='application/ld+json'>",
    b"3. Mai 2024", b"Von ", b"%" * 40, b"A" * 400, b"9" * 60, b"\\u0000", b"=?utf-8?Q?",
]  # fmt: skip


def mutations(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy for what becomes of some files."""
    step = st.tuples(
        st.integers(0, 5), st.floats(0, 1), st.integers(0, 300), st.sampled_from(_TOKENS)
    )

    def make_input(drawn: tuple[bytes, bytes, list[tuple[int, float, int, bytes]]]) -> bytes:
        data, other = bytearray(drawn[0]), drawn[1]
        for kind, where, length, token in drawn[2]:
            place = int(where * len(data))
            if kind == 0 and data:
                data[min(place, len(data) - 1)] ^= 1 << length % 8
            elif kind == 1:
                del data[place : place + length]
            elif kind == 2:
                data[place:place] = token * (1 + length % 7)
            elif kind == 3:
                data[place:place] = data[place : place + length] * 3
            elif kind == 4:
                del data[place:]
            else:
                start = int(where * len(other))
                data[place : place + length] = other[start : start + length]
        return bytes(data)

    one = st.sampled_from(seeds)
    return st.tuples(one, one, st.lists(step, min_size=1, max_size=12)).map(make_input) | st.binary(
        max_size=200
    )


@contextmanager
def bound(what: str) -> Iterator[None]:
    """Raise Finding where the block takes too long or makes this process much larger."""
    before = _peak_from_now()
    started = time.process_time()
    yield
    spent = time.process_time() - started
    if spent > _SECONDS:
        raise Finding(f"{what} took {spent:.1f} s")
    if before is not None and (grown := _peak() - before) > _MEMORY:
        raise Finding(f"{what} took {grown / 1e9:.1f} GB")


_PROCESS = Path("/proc/self")


def _peak_from_now() -> int | None:
    """Begin the peak of this process's memory anew; return it in bytes, None but on Linux."""
    try:
        (_PROCESS / "clear_refs").write_text("5")
    except OSError:
        return None
    return _peak()


def _peak() -> int:
    status = (_PROCESS / "status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def examples(target: Target, what: str, seeds: list[bytes], count: int, start: int) -> None:
    """Try a number of examples; raises what a target raises, with the example made small."""

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(seeds))
    def run(data: bytes) -> None:
        with bound(what):
            target(data)

    run()


def main() -> int:
    """Fuzz the targets named, or all; print runs and findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="for each target")
    parser.add_argument("--target", action="append", default=[])
    parser.add_argument("--start", type=int, help="the first seed; by default a new one")
    given_options = parser.parse_args()
    logging.disable(logging.WARNING)
    first = (
        random.SystemRandom().randrange(10**6)
        if given_options.start is None
        else given_options.start
    )
    bad = 0
    for name, (seeds, target) in targets(given_options.target).items():
        runs, found, at = 0, dict[str, str](), first
        end = time.monotonic() + given_options.seconds
        while time.monotonic() < end and len(found) < 10:
            try:
                examples(target, name, seeds, 100, at)
            except Exception as exc:  # noqa: BLE001 (that is what is looked for)
                found.setdefault(f"{type(exc).__name__}: {exc}"[:200], f"--start {at}")
            runs, at = runs + 100, at + 1
        sys.stdout.write(f"{name}: {runs:,} runs, {len(found)} findings (seed {first})\n")
        for what, where in found.items():
            sys.stdout.write(f"  {what} ({where})\n")
        sys.stdout.flush()
        bad += len(found)
    close_all()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
