"""Commands of the command line, a module for each topic; `qa.cli.app` registers them."""

import os
import signal
from types import FrameType


def main() -> None:
    """Run the command line as a program; Ctrl+C before it is loaded and after it is done ends it.

    Raises:
        SystemExit: always; its code is the exit code.
    """
    _end_on_interrupt()
    try:
        from qa.cli.app import main as run

        # A program that was started so that Ctrl+C is ignored goes on ignoring it.
        if signal.getsignal(signal.SIGINT) is _end:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    finally:
        _end_on_interrupt()


def _end_on_interrupt() -> None:
    """Have Ctrl+C end the process at once: a half-made import or shutdown can only be dropped."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(130)
