"""What a terminal does to a program: closed, full and ASCII streams, odd names, Ctrl+C."""

import codecs
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from corpus.errors import InputError
from qa import open_collection
from qa.cli.terminal import Interrupts, guard_command
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "import os, sys, qa.cli; sys.argv[0] = 'article-qa'; qa.cli._end_on_interrupt();"
    "'MARK' in os.environ and os.write(1, b'.'); qa.cli.main()"
)
PRINTING = (
    "list", "list --json", "status", "show URI", "config", "doctor", "--help", "ask --help",
    "edit URI --json",
)  # fmt: skip
Finished = subprocess.CompletedProcess[bytes]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an article in a file whose name is Latin-1, and a collection of it."""
    folder = tmp_path_factory.mktemp("terminal")
    text = "Der Fährturm\n\nDer Turm wurde … für 3 € ausgebessert.\n"
    _latin(folder).write_text(text, encoding="utf-8")
    with open_collection(folder / "made", create=True, encoder=FakeEncoder()) as collection:
        collection.add(_latin(folder))
    return folder


def _latin(folder: Path) -> Path:
    return folder / os.fsdecode(b"f\xe4hre.txt")


def run(folder: Path, line: str | list[str], redirected: str = "", **environment: str) -> Finished:
    words = line.split() if isinstance(line, str) else line
    uri = f"file://{folder}/f%E4hre.txt"
    words = [uri if word == "URI" else word for word in words]
    return subprocess.run(
        [
            "bash", "-c", f'"$PYTHON" -c "$PROGRAM" "$@" {redirected}', "bash",
            "--collection", str(folder / "made"), *words,
        ],
        capture_output=True, cwd=ROOT, timeout=120, check=False,
        env={
            **os.environ, "PROGRAM": PROGRAM, "PYTHON": sys.executable,
            "ARTICLE_QA_CONFIG": os.devnull, **environment,
        },
    )  # fmt: skip


@pytest.mark.parametrize("line", PRINTING)
def test_a_pipe_that_is_closed_early_is_no_failure(folder: Path, line: str) -> None:
    # `exec true` reads nothing; the exit code asked for is that of the program before it.
    found = run(folder, line, "| (exec true); exit ${PIPESTATUS[0]}")
    assert found.returncode == 0
    assert b"Error" not in found.stderr
    assert b"Traceback" not in found.stderr


@pytest.mark.parametrize(
    ("line", "redirected", "reason"),
    [
        *((line, "> /dev/full", "No space left on device")
          for line in ("list", "status", "--help", "list --json")),
        *((line, ">&-", "Bad file descriptor") for line in ("list", "--help")),
    ],
)  # fmt: skip
def test_an_output_that_cannot_be_written_is_said(
    folder: Path, line: str, redirected: str, reason: str
) -> None:
    found = run(folder, line, redirected)
    assert found.returncode == 1
    message = found.stderr.decode().replace("│", " ")
    assert f"Error: Standard output cannot be written: {reason}." in " ".join(message.split())
    assert "Traceback" not in message


def test_nothing_ends_because_nobody_reads_the_messages(folder: Path) -> None:
    for redirected in ("2>&-", "2> /dev/full", "<&-"):
        assert b"turm" in run(folder, "list", redirected).stdout
        assert run(folder, "show nowhere", redirected).returncode == 1


def test_an_ascii_output_takes_every_text(folder: Path) -> None:
    found = run(folder, "show URI", PYTHONIOENCODING="ascii")
    assert found.returncode == 0
    assert b"F\\xe4hrturm" in found.stdout
    shown = run(folder, "show URI --json", PYTHONIOENCODING="ascii").stdout
    assert json.loads(shown.decode("ascii"))["title"] == "Der Fährturm"
    plain = run(folder, "list", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", LC_ALL="C")
    assert (plain.returncode, plain.stderr) == (0, b"")


@pytest.mark.parametrize("command", ["show", "forget", "edit", "remove -y", "restore", "evaluate"])
def test_a_name_that_is_no_utf8_is_said_as_it_is(folder: Path, command: str) -> None:
    name = os.fsdecode(b"nowhere\xe4.txt")
    found = run(folder, [*command.split(), name])
    assert found.returncode == 1
    assert b"Error:" in found.stderr
    assert b"Traceback" not in found.stderr
    assert b"\\udce4" in found.stderr or b"nowhere\xe4" in found.stderr


def test_a_file_is_removed_by_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    path = _latin(tmp_path)
    path.write_text("Die Fähre\n\nSie fährt wieder jeden Tag um acht Uhr ab.\n", encoding="utf-8")
    with open_collection(tmp_path / "made", create=True, encoder=FakeEncoder()) as collection:
        assert collection.add(path).added == 1
    found = run(tmp_path, ["remove", "-y", str(path)])
    assert b"Removed 1 article." in found.stderr


def test_ctrl_c_ends_the_program_while_it_starts(folder: Path) -> None:
    for wait_s in (0, 0.05, 0.1, 0.2, 0.4):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--collection", str(folder / "made"), "list"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, "MARK": "1"},
        ) as process:  # fmt: skip
            assert process.stdout is not None
            process.stdout.read(1)
            time.sleep(wait_s)
            process.send_signal(signal.SIGINT)
            messages = process.communicate(timeout=60)[1]
        # Where it was quicker than that, it has listed.
        assert process.returncode in (130, 0)
        assert b"Traceback" not in messages


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (InputError("x.txt is empty."), 1, "Error: x.txt is empty."),
        (PermissionError(13, "Permission denied", "/x"), 1, "Permission denied"),
        (KeyError("colour"), 1, "KeyError: 'colour'. This is a fault of article-qa."),
        (KeyboardInterrupt(), 130, "Stopped."),
        (typer.Exit(3), 1, "Error"),
        (SystemExit(3), 3, ""),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_raised_is_a_message_and_a_code(
    raised: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=rf"^{code}$"), guard_command():
        raise raised
    message = " ".join(capsys.readouterr().err.split())
    assert said in message
    assert bool(said) == bool(message)


def test_ctrl_c_counts_where_a_library_made_another_error_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    turned = ImportError("initialization failed")
    turned.__cause__ = KeyboardInterrupt()
    with pytest.raises(SystemExit, match=r"^130$"), guard_command():
        raise turned
    assert capsys.readouterr().err == "Stopped.\n"
    # Whoever has said what was kept ends without another word, by `from None`.
    silent = SystemExit(130)
    silent.__context__, silent.__suppress_context__ = KeyboardInterrupt(), True
    with pytest.raises(SystemExit, match=r"^130$"), guard_command():
        raise silent
    assert capsys.readouterr().err == ""


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Return a function that presses Ctrl+C; the tests may run where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield lambda: signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="of POSIX")
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_is_sent_again_where_it_came_in_code_that_cannot_raise() -> None:
    class Unlucky:
        def __del__(self) -> None:
            raise KeyboardInterrupt

    def lose() -> None:
        Unlucky()
        time.sleep(30)

    with pytest.raises(SystemExit, match=r"^130$"), guard_command():
        lose()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="of POSIX")
def test_a_wait_for_a_line_is_interrupted_now_and_then() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with Interrupts().wait():
        assert signal.getitimer(signal.ITIMER_REAL)[1] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_ctrl_c_ends_a_wait_and_nothing_else_halfway(ctrl_c: Callable[[], None]) -> None:
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt), interrupts.wait():
            ctrl_c()
        with interrupts.wait():
            pass
        ctrl_c()  # in the middle of a library's work
        reached = False
        with pytest.raises(KeyboardInterrupt), interrupts.wait():
            reached = True
        assert not reached
        with interrupts.wait():
            pass
    with pytest.raises(KeyboardInterrupt):
        ctrl_c()


def test_a_second_ctrl_c_ends_what_hangs(ctrl_c: Callable[[], None]) -> None:
    with Interrupts():
        ctrl_c()
        with pytest.raises(KeyboardInterrupt):
            ctrl_c()


def test_ctrl_c_that_is_ignored_stays_ignored(ctrl_c: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts() as interrupts, interrupts.wait():
        ctrl_c()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_bytes_of_names_are_written_as_they_are() -> None:
    assert codecs.encode("a\udce4", "utf-8", "article-qa") == b"a\xe4"
    assert codecs.encode("é\udce4é", "ascii", "article-qa") == b"\\xe9\xe4\\xe9"
