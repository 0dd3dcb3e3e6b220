"""`ask` without a question, in a terminal and from a pipe; completion; colours."""

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from qa.cli.app import main
from qa.collection import Collection
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parents[3]
QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
COMMAND = (
    "import sys; sys.argv[0] = 'article-qa'; from qa.cli.app import main;"
    " from tests.fakes import FakeEncoder; main(encoder=FakeEncoder())"
)

# The first terminal that a session opens is the one whose Ctrl+C reaches it; what is started in
# the background, the tests too, inherits that it is ignored.
OPENING = (
    "import os, signal; os.close(os.open(os.ttyname(0), os.O_RDWR)); "
    "signal.signal(signal.SIGINT, signal.default_int_handler); "
)

Piped = Callable[..., tuple[int, str, str]]


@pytest.fixture
def filled(collection: Collection, press: Path) -> Path:
    collection.add(press)
    return collection.path


@pytest.fixture
def piped(
    filled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Piped:
    """Return a function that runs `ask` with these bytes on standard input."""

    def run(given: bytes, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        with pytest.raises(SystemExit, match=r"^\d+$") as stop:
            main(["--collection", str(filled), "ask", *options], encoder=FakeEncoder())
        captured = capsys.readouterr()
        return int(stop.value.code or 0), captured.out, captured.err

    return run


def test_each_line_of_a_pipe_is_a_question(piped: Piped) -> None:
    given = f"{QUESTION}\n\n  Wer gewann die Wahl in Neuseeland?  \n".encode()
    code, printed, _ = piped(given)
    assert code == 0
    assert "vier Euro und achtzig Cent" in printed
    assert "\x1b" not in printed
    assert "? " not in printed.splitlines()[0]
    code, printed, _ = piped(given, "--json")
    first, second = (json.loads(line) for line in printed.splitlines())
    assert (first["question"], first["answered"]) == (QUESTION, True)
    assert second["answered"] is False


def test_a_question_leans_on_the_one_before(piped: Piped) -> None:
    given = f"{QUESTION}\nUnd warum?\n".encode()
    _, printed, _ = piped(given, "--json")
    second = json.loads(printed.splitlines()[1])
    assert second["asked"] == "Und warum?"
    assert "Fahrschein" in second["context"]
    _, printed, _ = piped(b"Und warum?\n", "--json", "--after", QUESTION)
    assert "Fahrschein" in json.loads(printed)["context"]


def test_a_line_that_cannot_be_asked_stops_no_other(piped: Piped) -> None:
    given = b"x" * 5000 + b"\n" + b"F\xe4hre\xff nach Osterholm\n" + QUESTION.encode() + b"\n"
    code, printed, err = piped(given, "--json")
    assert code == 1
    assert "Error:" in err
    assert "Traceback" not in err
    assert json.loads(printed.splitlines()[-1])["question"] == QUESTION
    assert len(printed.splitlines()) == 2


@pytest.mark.parametrize("given", [b"", b"\n  \n"])
def test_no_question_at_all_is_wrong_usage(piped: Piped, given: bytes) -> None:
    code, printed, err = piped(given)
    assert (code, printed) == (2, "")
    assert "one a line" in " ".join(err.replace("│", " ").split())


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        kept |= {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "ARTICLE_QA_CONFIG": os.devnull}
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", OPENING + COMMAND, *arguments],
            stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=kept | environment,
            start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.text = ""

    def until(self, pattern: str) -> None:
        """Read until the text since the last call has the pattern.

        A program that says nothing fails only where it does nothing either: on a busy machine it
        may not be given the processor for long.
        """
        seen, idle, spent = "", 0, -1
        while not re.search(pattern, seen, re.S):
            sleeping, before, spent = self._is_asleep(), spent, self._ticks()
            idle = idle + 1 if sleeping and before == spent else 0
            assert idle < 60, seen
            if select.select([self._master], [], [], 1)[0]:
                try:
                    piece = os.read(self._master, 65536).decode("utf-8", "replace")
                except OSError:
                    piece = ""  # the program has ended
                    assert self._process.poll() is None or re.search(pattern, seen, re.S), seen
                seen += piece
        self.text += seen

    def until_prompt(self, after: str = "") -> None:
        """Read until the prompt waits: it comes last, and nothing follows it for a second."""
        self.until(after + r".*\? (\x1b\[[?0-9;]*[a-zA-Z])*$")
        while select.select([self._master], [], [], 1)[0]:
            self.until(r"\? (\x1b\[[?0-9;]*[a-zA-Z])*$")

    def _is_asleep(self) -> bool:
        return self._status()[0] == "S"

    def _ticks(self) -> int:
        """Return how long it has had the processor, in the system's unit."""
        return sum(map(int, self._status()[11:13]))

    def _status(self) -> list[str]:
        """Return what Linux says of the process, behind its name; elsewhere that it runs."""
        path = Path(f"/proc/{self._process.pid}/stat")
        text = path.read_text() if path.is_file() else ") R" + " 0" * 12
        return text.rpartition(") ")[2].split()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def end(self) -> int:
        return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)


def test_a_conversation_in_a_terminal(filled: Path) -> None:
    with Terminal("--collection", str(filled), "ask") as terminal:
        terminal.until_prompt(r"3 articles\..*Ctrl\+D ends")
        terminal.type(QUESTION + "\n")
        terminal.until_prompt(r"achtzig Cent.*\n")
        terminal.type("Und warum?\n")
        terminal.until_prompt(r"About: .+\n")
        terminal.type("halb geschrieben\x03")
        terminal.until_prompt()
        terminal.type("\x04")
        assert terminal.end() == 0
    assert "Traceback" not in terminal.text


PROMPT = r"\? (\x1b\[[?0-9;]*[a-zA-Z])*$"


def test_ctrl_c_drops_what_is_typed_whenever_it_comes(filled: Path) -> None:
    with Terminal("--collection", str(filled), "ask") as terminal:
        terminal.until_prompt(r"Ctrl\+D ends")
        for length in range(30):
            # Right behind the letters: it comes while one is drawn, or before a wait begins.
            terminal.type("halb geschrieben"[: length % 17] + "\x03")
            terminal.until(r"\n.*" + PROMPT)
        terminal.type("\x04")
        assert terminal.end() == 0
    assert "Traceback" not in terminal.text


def test_ctrl_c_drops_an_answer_at_any_moment_of_it(filled: Path) -> None:
    with Terminal("--collection", str(filled), "ask") as terminal:
        terminal.until_prompt(r"Ctrl\+D ends")
        for step in range(12):
            terminal.type(QUESTION + "\n")
            time.sleep(0.05 * step)
            terminal.type("\x03")
            terminal.type(f"Zwischenfrage{step}?\n")
            terminal.until(f"Zwischenfrage{step}.*" + PROMPT)
        terminal.type("\x04")
        assert terminal.end() == 0
    assert "Traceback" not in terminal.text


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_can_be_switched_off(
    filled: Path, environment: dict[str, str], coloured: bool
) -> None:
    with Terminal("--collection", str(filled), "show", "nowhere", **environment) as terminal:
        terminal.until("Error:.*nowhere")
        assert terminal.end() == 1
    assert bool(re.search(r"\x1b\[(\d+;)*3\d", terminal.text)) is coloured


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("article-qa sta", "status"),
        ("article-qa ask --stri", "--strictness"),
        ("article-qa ask --strictness l", "lenient"),
    ],
)
def test_the_shell_completes_commands_options_and_values(words: str, expected: str) -> None:
    environment = {
        "_ARTICLE_QA_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    assert expected in completion(environment).splitlines()


def test_the_completion_script_is_for_this_command() -> None:
    script = completion({"_ARTICLE_QA_COMPLETE": "source_bash"})
    assert "_ARTICLE_QA_COMPLETE=complete_bash" in script
    assert "article-qa" in script


def completion(environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", COMMAND],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=120,
        check=False,
    ).stdout
