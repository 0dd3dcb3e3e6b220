"""Four writers and eight readers of one collection in PostgreSQL; writers and the server killed.

Each writer is a process that says what was committed. Nothing of that may be missing afterwards,
and no reader may meet half of anything.
"""

import multiprocessing
import random
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from corpus.catalog.articles import Catalog
from corpus.catalog.changes import LogPlace, changed_paragraphs, last_place
from corpus.catalog.sql.address import parse_address
from corpus.catalog.sql.postgres_database import PostgresDatabase, open_postgres
from corpus.catalog.statistics import count_rows, wrong_counts
from corpus.errors import ArticleNotFound, CollectionUnavailable
from tests.fakes import article
from tests.postgres_server import PostgresServer, start_server

WRITERS, READERS = 4, 8
PATIENCE_S = 120.0
"""For writers to begin, on a machine that has other things to do."""
WORDS = "Fähre Hafen Museum Rathaus Brücke Schule Bürger Verein Garten Konzert Wahl Deich".split()
PARAGRAPHS = 3
SHARED = "x:shared"
"""The article that every writer writes."""
_START = multiprocessing.get_context("forkserver")
"""Writers begin with all modules loaded: one that is killed while it still loads proves little."""
_START.set_forkserver_preload([__name__])


@dataclass
class Outcome:
    """What came of one run."""

    acknowledged: set[str] = field(default_factory=set)
    kills: int = 0
    restarts: int = 0
    reads: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


Writer = tuple[ForkServerProcess, Connection]


def write(url: str, name: str, say: Connection) -> None:
    """Put articles into the catalog without end; say "+" and the address of each commit."""
    try:
        _write(Catalog(_open(url)), name, say)
    except BaseException:  # noqa: BLE001 - is shown as what went wrong
        say.send(f"!{traceback.format_exc()[-300:]}")


def _write(catalog: Catalog, name: str, say: Connection) -> None:
    for number in count():
        uri = f"{name}:{number}"
        rng = random.Random(uri)
        texts = [
            f"{' '.join(rng.choices(WORDS, k=20))} in {uri}, Absatz {item}."
            for item in range(PARAGRAPHS)
        ]
        catalog.put(article(uri, *texts, source=f"Bote {number % 3}"))
        catalog.put(article(SHARED, *texts[:-1], f"Zuletzt von {uri}."))
        if number % 5 == 4:
            catalog.remove(f"{name}:{number - 1}")
            say.send(f"-{name}:{number - 1}")
        say.send(f"+{uri}")


def _open(url: str) -> PostgresDatabase:
    while True:
        try:
            return open_postgres(parse_address(url))
        except CollectionUnavailable:
            time.sleep(0.1)  # the server is being started again


def run(
    url: str, seconds: float, *, kills: int, restart: Callable[[], None] | None = None
) -> Outcome:
    """Let writers and readers at one collection, kill some of the writers, and look at the end."""
    outcome, stop, rng = Outcome(), threading.Event(), random.Random(7)
    open_postgres(parse_address(url), create=True).close()
    writers = [_start(url, f"w{number}") for number in range(WRITERS)]
    followers = [threading.Thread(target=_follow, args=(item[1], outcome)) for item in writers]
    readers = [threading.Thread(target=_read, args=(url, outcome, stop)) for _ in range(READERS)]
    for thread in (*followers, *readers):
        thread.start()
    until = time.monotonic() + PATIENCE_S
    while len({item[:2] for item in list(outcome.acknowledged)}) < WRITERS:
        if time.monotonic() > until or outcome.wrong:
            break
        time.sleep(0.02)
    for number in range(kills):
        time.sleep(seconds / (kills + 1))
        living = [item for item, _ in writers if item.is_alive()]
        rng.choice(living).kill()
        outcome.kills += 1
        if restart is not None:
            restart()
            outcome.restarts += 1
        writers.append(_start(url, f"k{number}"))
        followers.append(threading.Thread(target=_follow, args=(writers[-1][1], outcome)))
        followers[-1].start()
    time.sleep(seconds / (kills + 1))
    for process, _ in writers:
        process.kill()
        process.join()
    for thread in followers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    _look(url, outcome)
    return outcome


def trial(number: int) -> str:
    """Run for some seconds while writers are killed; of every second trial the server, too.

    The first one takes two minutes.
    """
    server = start_server()
    try:
        with server.fresh_schema() as schema:
            crash = (lambda: _crash(server)) if number % 2 else None
            seconds = 20 if number else 120
            kills = 4 if number % 2 else 12
            found = run(server.url(schema), seconds, kills=kills, restart=crash)
    finally:
        server.remove()
    if found.lost:
        return f"lost: {found.lost[0]}"
    if found.wrong:
        return f"wrong: {found.wrong[0]}"
    return (
        f"ok: {len(found.acknowledged)} acknowledged, {found.reads} reads, {found.kills} writers "
        f"and {found.restarts} servers killed"
    )


def _crash(server: PostgresServer) -> None:
    server.stop(signal.SIGQUIT)
    server.start()


def _start(url: str, name: str) -> Writer:
    heard, say = _START.Pipe(duplex=False)
    process = _START.Process(target=write, args=(url, name, say), daemon=True)
    process.start()
    # Theirs alone: when they are gone, nothing more is to be heard.
    say.close()
    return process, heard


def _follow(heard: Connection, outcome: Outcome) -> None:
    with heard, suppress(EOFError):
        while line := heard.recv():
            if line[0] == "!":
                outcome.wrong.append(f"writer: {line[1:]}")
            elif line[0] == "+":
                outcome.acknowledged.add(line[1:])
            else:
                outcome.acknowledged.discard(line[1:])


def _read(url: str, outcome: Outcome, stop: threading.Event) -> None:
    database = _open(url)
    try:
        place = last_place(database)
        while not stop.is_set():
            try:
                wrong, place = _look_once(database, place)
            except CollectionUnavailable:
                continue  # the server is being started again
            outcome.reads += 1
            if wrong:
                outcome.wrong.append(f"reader: {wrong}")
    except BaseException as exc:  # noqa: BLE001 - is shown as what went wrong
        outcome.wrong.append(f"reader: {exc!r}")
    finally:
        database.close()


def _look_once(database: PostgresDatabase, place: LogPlace) -> tuple[str, LogPlace]:
    with database.transaction(write=False):
        rows = database.one("SELECT count(*) FROM paragraphs")[0]
        halves = database.one(
            "SELECT count(*) FROM (SELECT article_id FROM paragraphs GROUP BY article_id "
            "HAVING count(*) <> ?)",
            (PARAGRAPHS,),
        )[0]
        log = changed_paragraphs(database, place)
        if halves or count_rows(database)["paragraphs"] != rows or wrong_counts(database):
            return "half an article, or another count", place
        if log is None:
            return "a gap in the log", place
        with suppress(ArticleNotFound):
            Catalog(database).article(SHARED)
        return "", last_place(database)


def _look(url: str, outcome: Outcome) -> None:
    database = open_postgres(parse_address(url))
    catalog = Catalog(database)
    there = {item.uri for item in catalog.articles().values()}
    # One that was being removed when its writer was killed may be gone.
    outcome.lost = sorted(outcome.acknowledged - there - _perhaps_removed(outcome.acknowledged))
    if wrong_counts(database):
        outcome.wrong.append("the counts are not those of the rows")
    database.close()


def _perhaps_removed(acknowledged: set[str]) -> set[str]:
    last: dict[str, int] = {}
    for uri in acknowledged:
        name, _, number = uri.partition(":")
        last[name] = max(last.get(name, 0), int(number))
    return {f"{name}:{number}" for name, number in last.items() if number % 5 == 3}
