"""What all tests share: no way to the network, collections over the fake encoder, the samples."""

import faulthandler
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any

import pytest
from filelock import FileLock
from hypothesis import settings

from corpus.catalog.database import Database, open_database
from corpus.samples import samples_folder
from qa.collection import Collection, open_collection
from tests.fakes import FakeEncoder, write
from tests.postgres_server import PostgresServer, start_server

FERRY = (
    "Neue Fähre für Osterholm\n\n"
    "Die Fähre nach Osterholm fährt seit dem 3. Mai 2024 mit Strom aus Windkraft.\n\n"
    "Kapitänin Jule Brandt lobt den leisen Antrieb und die kurze Ladezeit von neun Minuten.\n\n"
    "Ein Fahrschein kostet unverändert vier Euro und achtzig Cent."
)
MUSEUM = (
    "Uhrenmuseum öffnet wieder\n\n"
    "Das Uhrenmuseum von Immersen zeigt ab Sonntag vierhundert Taschenuhren.\n\n"
    "Leiter Holger Petzold rechnet mit zwölftausend Gästen im ersten Jahr."
)
BRIDGE = (
    "Swing bridge closes for repairs\n\n"
    "The swing bridge at Ellery will close for eleven weeks from 4 March 2025.\n\n"
    "Harbour engineer Priya Nand said that rust had eaten into the central pivot."
)


def _forbid_network(event: str, values: tuple[Any, ...]) -> None:
    """Refuse connections and name look-ups that would leave this machine.

    An audit hook sees them whichever library makes them.
    """
    if event == "socket.getaddrinfo":
        host = values[0]
    elif event == "socket.connect" and isinstance(values[1], tuple):
        host = values[1][0]
    else:
        return
    if host is None or host in ("", "localhost", b"localhost"):
        return
    try:
        inside = ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise RuntimeError(f"a test tried to reach {host!r}")


sys.addaudithook(_forbid_network)

# The settings of whoever runs the tests are not those of the tests.
os.environ["ARTICLE_QA_CONFIG"] = os.devnull

# A busy machine is slow, not wrong; and the same tests run everywhere.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

CRASHES = Path(__file__).parents[1] / ".pytest_cache" / "crashes"
"""Where a test that ends the interpreter is named, with its threads' stacks; see Makefile."""
_crash: dict[str, IO[str]] = {}

MEMORY = Path("/dev/shm")
"""Files in memory, on Linux."""
ROOM = 4 * 2**30
"""Bytes free there from which tests write there: a run needs some 200 MB."""


def _write_to_memory() -> None:
    """Have tests write to memory where there is room, unless TMPDIR says where.

    A third of their time goes into waiting for the disk after each commit. Those that are about
    what the disk has count the calls for it themselves.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    # Some systems let nothing be run from there, and tests run what they build.
    runs = not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if runs and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers `--numprocesses auto` starts: half as many again as cores.

    A worker waits half of its time for a browser, a server or a command that it has started.
    """
    return (os.cpu_count() or 1) * 3 // 2


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the process that runs tests, and the one that hands them out to others."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        shutil.rmtree(CRASHES, ignore_errors=True)
        CRASHES.mkdir(parents=True)
        _write_to_memory()
    if not worker and config.getoption("numprocesses", None):
        # Each worker has a core; before they start, as libraries read it when they are imported.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        return
    # Where pytest makes `tmp_path`; the first one says, for its workers too.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    # A worker may be given a terminal's width, and the command line would fold lines at it.
    os.environ.pop("COLUMNS", None)
    # A folder for temporary files of its own: some tests look at what is left there.
    tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="qa-")
    # The stacks of a crash go to a file: on the terminal, a list of modules buries them.
    _crash["stream"] = (CRASHES / (worker or "main")).open("w", encoding="utf-8")


def pytest_runtest_logstart(nodeid: str) -> None:
    """Name the test that runs; by now pytest has set its own handler, which this one replaces."""
    if "stream" not in _crash:
        return
    stream = _crash["stream"]
    stream.seek(0)
    stream.truncate()
    stream.write(f"{nodeid}\n")
    stream.flush()
    faulthandler.enable(stream)


def pytest_unconfigure() -> None:
    """Remove what a crash would have been written to, and the temporary files."""
    if "stream" not in _crash:
        return
    faulthandler.disable()
    stream = _crash.pop("stream")
    stream.close()
    Path(stream.name).unlink(missing_ok=True)
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Yield the database of an empty collection in `tmp_path / "collection"`."""
    opened = open_database(tmp_path / "collection", create=True)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a PostgreSQL server with pgvector; each worker that needs one has its own."""
    server = start_server()
    yield server
    server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Yield the address of a schema of this test's own; it is not there yet."""
    with postgres_server.fresh_schema() as schema:
        yield postgres_server.url(schema)


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def collection(tmp_path: Path, encoder: FakeEncoder) -> Iterator[Collection]:
    """Yield an empty collection in `tmp_path / "collection"`."""
    with open_collection(tmp_path / "collection", create=True, encoder=encoder) as opened:
        yield opened


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """Return a folder of three articles."""
    return write(tmp_path / "press", ferry=FERRY, museum=MUSEUM, bridge=BRIDGE)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Yield the sample articles, embedded with the default model; only for reading.

    The first worker that needs them embeds them for all.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with ExitStack() as stack:
        with FileLock(folder / "samples.lock"):
            opened = stack.enter_context(open_collection(folder / "samples", create=True))
            opened.add(samples_folder() / "de", samples_folder() / "en")
        yield opened
