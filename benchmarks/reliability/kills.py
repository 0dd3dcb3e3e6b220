"""SIGKILL at random moments of add, update, remove, sync and migrate.

After each: what was acknowledged is there, nothing is half there, searches are those
of a clean rebuild, and the same work done again ends as if nothing had happened.
"""

import random
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.reliability.rig import Bench, find_fault, open_cheaply, text_of, texts
from benchmarks.reliability.trials import in_child
from tests.corpus.catalog.test_migrations import TEXT as OLD_TEXT
from tests.corpus.catalog.test_migrations import make as make_old

Say = Callable[[Any], None]
STEPS = 6
Expected = dict[str, str | None]
"""An article's address -> its text, or None where it is removed."""
_DURATION_S = [1.0]


def trial(number: int) -> str:
    """Kill one run of several changes; return "ok: …" or what was lost."""
    rng = random.Random(number)
    migrate = number % 5 == 4
    bench = _bench()
    work = bench.empty() if migrate else bench.fresh()
    if migrate:
        make_old(work / "collection", rng.randint(1, 4))
        (work / "press").mkdir()
    started = time.monotonic()
    moment = rng.uniform(0, 1.1) * _DURATION_S[-1]
    ended = in_child(lambda say: changes(work, number, say), kill_after_s=moment)
    if not ended.signal:
        # It was faster than thought: the next ones are killed earlier.
        _DURATION_S.append(time.monotonic() - started)
    elif len(ended.said) < 2:
        _DURATION_S.append(_DURATION_S[-1] * 1.1)
    for item in ended.said:
        if "exception" in item:
            return f"exception: {item['exception'][-300:]}"
    start: Expected = {"x:ferry": OLD_TEXT} if migrate else _start(work)
    checked = in_child(lambda say: check(work, ended.said, start, say))
    if checked.signal or checked.hung or not checked.said:
        return f"crash: signal {checked.signal}"
    result = checked.said[-1]
    if "exception" in result:
        return f"exception: {result['exception'][-300:]}"
    if result["wrong"]:
        return str(result["wrong"])
    acknowledged = sum("done" in item for item in ended.said)
    return f"ok: killed {bool(ended.signal)}, {acknowledged} acknowledged"


@cache
def _bench() -> Bench:
    return Bench()


def changes(work: Path, number: int, say: Say, *, steps: int = STEPS, create: bool = False) -> None:
    """Make some changes, and say before each what it will do and after each that it is done."""
    rng = random.Random(number + 10**6)
    press = work / "press"
    # A migration runs while this opens the collection.
    say({"begin": {}})
    with open_cheaply(work / "collection", create=create) as collection:
        say({"done": True})
        for step in range(steps):
            kind = rng.choice(["add", "update", "remove", "sync"])
            files = sorted(press.glob("*.txt"))
            if kind == "add" or not files:
                changed = [press / f"new{step}-{item}.txt" for item in range(rng.randint(1, 6))]
            else:
                changed = rng.sample(files, min(len(files), rng.randint(1, 3)))
            if kind in ("add", "update") or not files:
                new = {path: text_of(path.stem, rng) for path in changed}
                # A file's text without its title is what the catalog keeps of it.
                say({"begin": {path.as_uri(): text for path, text in new.items()}})
                for path, text in new.items():
                    path.write_text(text)
                collection.add(*changed)
            else:
                say({"begin": {path.as_uri(): None for path in changed}})
                for path in changed:
                    path.unlink()
                if kind == "sync":
                    collection.add(press, sync=True, remove_many=True)
                    if not list(press.glob("*.txt")):
                        # An empty folder takes nothing with it, by design.
                        collection.remove(*[item.uri for item in collection.articles()
                                            if item.uri.startswith("file:")])  # fmt: skip
                else:
                    collection.remove(*[path.as_uri() for path in changed])
            say({"done": True})


def check(work: Path, said: list[Any], start: Expected, say: Say) -> None:
    """Compare what is there with what was acknowledged."""
    sure, open_ended = _expect(said, start)
    if not (work / "collection" / "catalog.sqlite3").exists():
        say({"wrong": "lost: the collection" if any("done" in item for item in said) else ""})
        return
    with open_cheaply(work / "collection") as collection:
        found = texts(collection)
    wrong = ""
    for uri in sure.keys() | found.keys() | open_ended.keys():
        allowed = [sure.get(uri)] + ([open_ended[uri]] if uri in open_ended else [])
        if not any(_is(found.get(uri), item) for item in allowed):
            kind = "lost" if found.get(uri) is None else "half"
            wrong = f"{kind}: {uri.rsplit('/', 1)[-1]} is {str(found.get(uri))[:60]!r}"
    wrong = wrong or find_fault(work / "collection")
    if not wrong:
        wrong = _again(work, sure, open_ended)
    say({"wrong": wrong})


def _is(found: str | None, expected: str | None) -> bool:
    if found is None or expected is None:
        return found is expected
    return _plain(found) == _plain(expected)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _start(work: Path) -> Expected:
    """Return what the template holds."""
    return {
        (work / "press" / path.name).as_uri(): path.read_text()
        for path in (_bench().template / "press").glob("*.txt")
    }


def _expect(said: list[Any], start: Expected) -> tuple[Expected, Expected]:
    """Return what must be there, and what the change that was under way may have made of it."""
    sure = dict(start)
    under_way: Expected = {}
    for item in said:
        if "begin" in item:
            under_way = item["begin"]
        elif "done" in item:
            sure.update(under_way)
            under_way = {}
    return sure, under_way


def _again(work: Path, sure: Expected, open_ended: Expected) -> str:
    """Do the interrupted change once more; return what is not as if it had gone through."""
    added = {uri: text for uri, text in open_ended.items() if text is not None}
    with open_cheaply(work / "collection") as collection:
        for uri, text in added.items():
            path = work / "press" / uri.rsplit("/", 1)[-1]
            path.write_text(text)
            collection.add(path)
        found = texts(collection)
        gone = [uri for uri, text in open_ended.items() if text is None and uri in found]
        if gone:
            collection.remove(*gone)
        found = texts(collection)
    for uri, expected in {**sure, **open_ended}.items():
        if not _is(found.get(uri), expected):
            return f"again: {uri.rsplit('/', 1)[-1]} is {str(found.get(uri))[:60]!r}"
    return ""
