"""The process's border: its streams may be closed, full or ASCII, and Ctrl+C may come at any time.

Standard output carries what was asked for, so where it cannot be written the command has not
done its work; a reader that has seen enough (`head`) is no failure. Standard error is for
people, and nothing ends because nobody reads it.
"""

import codecs
import io
import logging
import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Never, Self

from rich.markup import escape

from corpus.errors import ArticleQAError
from qa.cli.shared import err

log = logging.getLogger(__name__)

STOPPED = 130
_AGAIN_S = 0.05
_TICK_S = 0.2


@contextmanager
def guard_command() -> Iterator[None]:
    """Turn whatever ends a command into a message and an exit code.

    Raises:
        SystemExit: the block raised anything, or standard output could not be written.
    """
    hook = sys.unraisablehook
    sys.unraisablehook = _repeat_lost_interrupt(hook)
    try:
        with _streams():
            try:
                with _flush_at_end():
                    yield
            except ArticleQAError as exc:
                _fail(str(exc), exc)
            except (Exception, KeyboardInterrupt, SystemExit) as exc:  # noqa: BLE001 - the border
                _end(exc)
    finally:
        sys.unraisablehook = hook


class Interrupts:
    """Ctrl+C in a conversation: it ends a wait, and nothing else halfway.

    A library that is stopped in the middle of its work (an import, a display that begins) may
    stay broken for as long as the process lives. So Ctrl+C raises `KeyboardInterrupt` at once
    in `wait` alone; one that comes between two waits ends the next one before it begins. A second
    one before that raises wherever it comes: what runs may hang.
    """

    def __init__(self) -> None:
        """Begin with Ctrl+C as it is; `with` takes it over."""
        self._waiting = self._pending = False
        self._before: Any = None

    def __enter__(self) -> Self:
        # A program that was started so that Ctrl+C is ignored goes on ignoring it.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    @contextmanager
    def wait(self) -> Iterator[None]:
        """Let Ctrl+C end what the block waits for, whenever it comes.

        Python looks for signals where a system call is interrupted. One that comes just before
        such a call, while a key that was pressed is being drawn, would wait for the next key;
        an alarm that rings again and again does not let it.

        Raises:
            KeyboardInterrupt: Ctrl+C came in the block, or since the last one.
        """
        alarm = hasattr(signal, "setitimer")
        before = signal.signal(signal.SIGALRM, lambda *_: None) if alarm else None
        try:
            self._waiting = True
            if self._pending:
                self._raise()
            if alarm:
                signal.setitimer(signal.ITIMER_REAL, _TICK_S, _TICK_S)
            yield
        finally:
            self._waiting = False
            if alarm:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)

    def _receive(self, _number: int, _frame: FrameType | None) -> None:
        if self._waiting or self._pending:
            self._raise()
        self._pending = True

    def _raise(self) -> Never:
        # The wait is over where its block is left: one that is lost, since it came in code that
        # cannot raise, is sent again and has to end it then.
        self._pending = False
        raise KeyboardInterrupt


def _fail(message: str, cause: BaseException) -> Never:
    err.print(f"[red]Error:[/red] {escape(message)}")
    raise SystemExit(1) from cause


def _end(exc: BaseException) -> Never:
    """End the process for what is no error of ours."""
    if _is_interrupt(exc):
        err.print("Stopped.")
        raise SystemExit(STOPPED) from exc
    if isinstance(exc, SystemExit):
        raise exc
    if isinstance(exc, OSError):
        _fail(f"{exc}.", exc)
    log.info("%s", type(exc).__name__, exc_info=exc)
    _fail(
        f"{type(exc).__name__}: {exc}. This is a fault of article-qa. Run the command again as "
        "`article-qa --verbose …` and report what it prints.",
        exc,
    )


def _is_interrupt(exc: BaseException) -> bool:
    """Tell whether Ctrl+C is behind an exception: libraries turn it into others on its way.

    One that is raised `from None` is not looked behind: whoever did that has said what there is
    to say.
    """
    current: BaseException | None = exc
    while current is not None and not isinstance(current, KeyboardInterrupt):
        hidden = current.__suppress_context__ and current.__cause__ is None
        current = None if hidden else current.__cause__ or current.__context__
    return current is not None


def _repeat_lost_interrupt(hook: Callable[[Any], Any]) -> Callable[[Any], None]:
    """Return a hook that sends Ctrl+C again where it came in code that cannot raise."""

    def report(unraisable: Any) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            again = threading.Timer(_AGAIN_S, interrupt_main)
            again.daemon = True
            again.start()
        else:
            hook(unraisable)

    return report


@contextmanager
def _streams() -> Iterator[None]:
    """Put streams in place of the process's that take every text and say how writing went."""
    _open_missing()
    given = sys.stdout, sys.stderr
    for stream in given:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)
    sys.stdout, sys.stderr = _Output(given[0]), _Messages(given[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = given


def _open_missing() -> None:
    """Open the streams that the process was started without, in the order of their numbers.

    A file would else get a stream's number. Reading from standard input ends at once; writing to
    standard output fails, as it should: what was asked for goes nowhere.
    """
    for name, flags in (("stdin", os.O_RDONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, flags)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


@contextmanager
def _flush_at_end() -> Iterator[None]:
    """Write out what is still in the buffer, while a failure can still be said."""
    try:
        yield
    finally:
        sys.stdout.flush()


class _Stream:
    """A stream of the process with another way to fail."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        with self._failures():
            return int(self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        with self._failures():
            self._stream.flush()

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            self._silence()
            self._handle_failure(exc)

    def _silence(self) -> None:
        """Send what is still in the buffer, and what follows, nowhere."""
        with suppress(OSError, ValueError):
            number = self._stream.fileno()
            silent = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silent, number)
            os.close(silent)

    def _handle_failure(self, exc: OSError) -> None:
        raise NotImplementedError


class _Output(_Stream):
    """Standard output."""

    def _handle_failure(self, exc: OSError) -> None:
        if isinstance(exc, BrokenPipeError):
            # The reader of our output, `head` for instance, has seen enough.
            raise SystemExit(0) from None
        raise OutputError(f"Standard output cannot be written: {exc.strerror or exc}.") from exc


class _Messages(_Stream):
    """Standard error."""

    def _handle_failure(self, exc: OSError) -> None:
        del exc


class OutputError(ArticleQAError):
    """What was asked for could not be written to standard output."""


def _escape(exc: UnicodeError) -> tuple[str | bytes, int]:
    """Write bytes of a file's name as they are, and what an encoding lacks as an escape."""
    assert isinstance(exc, UnicodeEncodeError)
    # One character at a time: what stands beside it may be of the other kind.
    one = UnicodeEncodeError(exc.encoding, exc.object, exc.start, exc.start + 1, exc.reason)
    try:
        return codecs.lookup_error("surrogateescape")(one)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(one)


_ERRORS = "article-qa"
codecs.register_error(_ERRORS, _escape)
