"""Files are parsed in a child process: what one may do there, and what it costs the others."""

import io
import os
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import Database
from corpus.errors import EmptyInput, InputError, InputTooLarge
from corpus.ingest import sandbox as isolation
from corpus.ingest import sandbox_child
from corpus.ingest.pipeline import ingest
from corpus.ingest.sandbox import read_apart
from corpus.ingest.sandbox_child import SandboxLimits
from corpus.readers import ReadOptions, is_text, read
from corpus.readers.web.feed import entry_article, read_feed
from corpus.readers.web.links import read_links
from corpus.samples import samples_folder

ROOT = Path(__file__).parents[3]
GOOD = Path(__file__).parents[2] / "data" / "formats" / "good"
PAGE = (
    "<html><head><title>Storch</title></head><body><h1>Der Storch ist zurück</h1>"
    "<p>Auf der Molkerei in Roden brütet seit April ein Storchenpaar.</p><i>{}</i></body></html>"
)
START = sandbox_child._START.replace(
    "from corpus.ingest.sandbox_worker import main; main()",
    f"sys.path.insert(0, {str(ROOT)!r}); import tests.corpus.hostile as h; h.isolated.main()",
)

pytestmark = pytest.mark.skipif(not isolation.available(), reason="no child processes here")


@pytest.fixture(scope="module")
def hostile_children() -> Iterator[list[sandbox_child._Child]]:
    """Yield where the hostile child waits between tests: to start one takes a second."""
    waiting: list[sandbox_child._Child] = []
    yield waiting
    for child in waiting:
        child.close()


@pytest.fixture
def hostile(hostile_children: list[sandbox_child._Child], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_child, "_START", START)
    monkeypatch.setattr(sandbox_child, "_idle", hostile_children)


def refused(what: str, limits: SandboxLimits = SandboxLimits()) -> InputError:  # noqa: B008
    with pytest.raises(InputError) as caught:
        list(read_apart(PAGE.format(what).encode(), "a.html", uri="file:///a", limits=limits))
    assert "\n" not in str(caught.value)
    # Whatever became of the child, the next file is read.
    (article,) = read_apart(PAGE.format("").encode(), "a.html", uri="file:///a")
    assert article.title == "Der Storch ist zurück"
    return caught.value


@pytest.mark.parametrize("path", sorted(GOOD.iterdir()), ids=lambda path: path.name)
def test_the_same_articles_and_the_same_problems(path: Path) -> None:
    if not path.is_file():
        pytest.skip("a folder")
    found: list[tuple[type, str, list[tuple[str, str]]]] = []
    for reader in (read, read_apart):
        problems: list[tuple[str, str]] = []
        options = ReadOptions(problem=lambda *said, to=problems: to.append(said))
        try:
            articles = list(reader(path.read_bytes(), path.name, uri="file:///a", options=options))
        except InputError as exc:
            found.append((type(exc), str(exc), problems))
        else:
            found.append((list, str(articles), problems))
    assert found[0] == found[1]


def test_one_child_reads_many_files() -> None:
    numbers = set()
    for path in sorted((samples_folder() / "de").glob("*.html")):
        (_,) = read_apart(path.read_bytes(), path.name, uri="file:///a")
        numbers.add(sandbox_child._idle[0]._process.pid)
    assert len(numbers) == 1
    assert os.getpid() not in numbers


def test_feeds_and_lists_come_from_the_same_child() -> None:
    number = None
    for path in sorted(GOOD.glob("*.xml")):
        feed = isolation.read_feed_apart(path.read_bytes())
        assert feed == read_feed(path.read_bytes())
        assert isolation.read_links_apart(path.read_bytes()) == read_links(path.read_bytes())
        for entry in feed.entries:
            if entry.whole:
                article = isolation.read_entry_apart(feed, entry, uri="https://a.example/1")
                assert article == entry_article(feed, entry, uri="https://a.example/1")
        (child,) = sandbox_child._idle
        assert number in (None, child._process.pid)
        number = child._process.pid
    with pytest.raises(EmptyInput):
        isolation.read_feed_apart(b"<rss><channel></channel></rss>")


def test_a_large_file_is_handed_over_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(PAGE.format(""), encoding="utf-8")
    sandbox_child.close_all()
    monkeypatch.setattr(sandbox_child, "_SENT", 10)
    with path.open("rb") as stream:
        (article,) = read_apart(stream, "a.html", uri="file:///a")
    assert article.title == "Der Storch ist zurück"
    assert sandbox_child._idle == []  # it was a child of its own, which is gone
    (again,) = read_apart(io.BytesIO(path.read_bytes()), "a.html", uri="file:///a")
    assert again == article


def test_errors_keep_their_kind() -> None:
    with pytest.raises(EmptyInput, match="empty"):
        list(read_apart(b"", "a.html", uri="file:///a"))
    with pytest.raises(InputError, match="picture is damaged"):
        list(read_apart(b"\x89PNG\r\n\x1a\n" + bytes(50), "a.png", uri="file:///a"))


# Harm


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize("what", ["loop", "sleep"])
def test_a_reader_that_never_ends_is_stopped(what: str) -> None:
    error = refused(what, SandboxLimits(seconds=2))
    assert "takes" in str(error)
    assert "2 seconds" in str(error)


@pytest.mark.usefixtures("hostile")
def test_a_reader_that_loops_and_is_waited_for_is_stopped_by_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The wall clock of the parent stands still; the kernel counts the child's computing.
    monkeypatch.setattr(sandbox_child, "_ready", lambda file, event, _: _really(file, event, 100))
    assert "of computing" in str(refused("loop", SandboxLimits(seconds=1)))


_really = sandbox_child._ready


@pytest.mark.usefixtures("hostile")
def test_a_reader_that_takes_all_memory() -> None:
    error = refused("allocate")
    assert isinstance(error, InputTooLarge)
    assert str(error) == "reading it needs more than 2.0 GiB of memory"
    assert "malloc gave nothing" in str(refused("allocate_outside_python"))


@pytest.mark.usefixtures("hostile")
def test_a_reader_that_crashes() -> None:
    assert "SIGSEGV" in str(refused("crash"))
    assert "exit status 0" in str(refused("exit"))


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("connect", "may not do this: socket."),
        ("look_up", "may not do this: socket.getaddrinfo"),
        ("write", "may not do this: write"),
        ("start", "may not do this: subprocess.Popen"),
        ("write_outside_python", "write said -1: File too large"),
    ],
)
def test_a_reader_reaches_nothing(what: str, reason: str) -> None:
    if what == "write_outside_python" and sys.platform != "linux":
        pytest.skip("tried on Linux only")
    assert reason in str(refused(what))
    assert not Path("/tmp/article-qa-was-here").exists()


def _has_name_spaces() -> bool:
    import subprocess

    command = "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000) != 0)"
    return subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


@pytest.mark.usefixtures("hostile")
def test_where_the_kernel_allows_it_compiled_code_reaches_no_network_either() -> None:
    if sys.platform != "linux" or not _has_name_spaces():
        pytest.skip("users make no name spaces here")
    assert "connect said -1: Network is unreachable" in str(refused("connect_outside_python"))


@pytest.mark.usefixtures("hostile")
def test_a_reader_sees_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_QA_API_KEY", "sk-1")
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    sandbox_child.close_all()  # a child that waits was started without them
    shown = str(refused("show_environment"))
    assert "PATH" in shown
    assert "KEY" not in shown
    assert "GITHUB" not in shown


@pytest.mark.usefixtures("hostile")
@pytest.mark.parametrize(
    "what", ["talk_nonsense", "promise_much", "send_pickle", "lie", "wrong type"]
)
def test_an_answer_is_not_believed(what: str) -> None:
    assert any(part in str(refused(what)) for part in ("makes no sense", "larger than 1 GiB"))


@pytest.mark.usefixtures("hostile")
def test_the_rest_of_a_folder_goes_in(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "press"
    folder.mkdir()
    names = ["crash", "allocate", "connect", "exit", "fine", "fine2"]
    for name in names:
        text = PAGE.format(name).replace("Roden", f"Roden an der {name.title()}")
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    tally = ingest(database, [folder])
    assert tally.counts[Outcome.ADDED] == 2
    assert [Path(name).stem for name, _ in tally.skipped] == [
        "allocate",
        "connect",
        "crash",
        "exit",
    ]
    assert len(Catalog(database).articles()) == 2


def test_a_child_that_died_while_it_waited_is_replaced() -> None:
    page = PAGE.format("").encode()
    (first,) = read_apart(page, "a.html", uri="file:///a")
    sandbox_child._idle[0]._process.kill()
    sandbox_child._idle[0]._process.wait()
    (again,) = read_apart(page, "a.html", uri="file:///a")
    assert again == first


def test_a_child_whose_caller_stops_half_way_answers_nobody_else() -> None:
    some = read_apart((GOOD / "two-python.zip").read_bytes(), "a.zip", uri="file:///a")
    next(some)
    some.close()  # type: ignore[attr-defined]  # a generator
    (article,) = read_apart(PAGE.format("").encode(), "a.html", uri="file:///a")
    assert article.title == "Der Storch ist zurück"


def test_several_threads_read_at_once() -> None:
    paths = sorted(samples_folder().rglob("*.html"))

    def title(path: Path) -> str:
        (article,) = read_apart(path.read_bytes(), path.name, uri=path.as_uri())
        return article.title

    before = threading.active_count()
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(title, paths))
    assert found == [next(iter(read(p.read_bytes(), p.name, uri="file:///a"))).title for p in paths]
    assert threading.active_count() == before
    assert len(sandbox_child._idle) <= 1


def test_where_no_child_can_be_started_files_are_read_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(isolation, "available", lambda: False)
    monkeypatch.setattr(isolation, "_said", set())
    for _ in range(2):
        (_,) = read_apart(PAGE.format("").encode(), "a.html", uri="file:///a")
    assert [record.message for record in caplog.records] == [
        "files are parsed in this process: there is no way to start another"
    ]


# What is read here


@pytest.mark.parametrize("name", ["a.txt", "a", "a.csv", "a.jsonl"])
@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7", b"  %PDF-1.4", b"PK\x03\x04", b"PAR1", b"<html>", b"<!doctype html><p>a",
        b"<?xml version='1.0'?><rss>", b'{"version": "https://jsonfeed.org/version/1"}',
        b"bplist00", b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n",
        "<html>".encode("utf-16"),
    ],
)  # fmt: skip
def test_only_text_is_read_in_this_process(data: bytes, name: str) -> None:
    assert not is_text(data, name)


def test_markup_is_never_read_in_this_process() -> None:
    assert not is_text(b"Text", "a.md")
    assert not is_text(b"Text", "a.html")
    assert is_text("Die Fähre fährt.".encode(), "a.txt")
    assert is_text(b'{"text": "a"}', "a.jsonl")


HARD = {
    "one line": "a" * 2_000_000,
    "blanks": " " * 1_000_000 + "a",
    "line ends": "\n" * 1_000_000 + "a",
    "words": "Von Berlin am 3. Mai 2024 " * 60_000,
    "brackets": "(" * 500_000,
    "quotes": '"' * 500_000,
    "dots": "." * 1_000_000,
    "stars": "*" * 500_000,
    "dashes": "- " * 300_000,
    "digits": "1" * 500_000,
    "capitals": "A " * 300_000,
    "combining": "a" + "\u0301" * 200_000,
    "nested JSON": '{"text": ' * 50_000,
    "copyright": "© " * 200_000,
    "addresses": "http://" * 100_000,
}


@pytest.mark.parametrize("text", HARD.values(), ids=HARD)
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.csv"])
def test_text_that_is_made_to_be_slow_is_read_in_a_time_like_its_size(text: str, name: str) -> None:
    """What stays in this process has no clock beside it: it must not need one."""

    def seconds(part: str) -> float:
        started = time.process_time()
        try:
            for _ in read_apart(part.encode(), name, uri="file:///a"):
                pass
        except InputError:
            pass
        return time.process_time() - started

    assert seconds(text) < 10
