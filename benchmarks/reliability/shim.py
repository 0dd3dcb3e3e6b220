"""Compiles the layer between a process and its disk, and sets it up; see disk_shim.c."""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).with_name("disk_shim.c")
_VARIABLES = ("SHIM_ROOT", "SHIM_LOG", "SHIM_FAIL_AT", "SHIM_ERRNO", "SHIM_FOREVER")
_LOADED = "RELIABILITY_SHIM"


def is_loaded() -> bool:
    """Tell whether this process runs over the layer."""
    return _LOADED in os.environ


def run_over_shim() -> None:
    """Start this program again over the layer, unless it runs over it.

    Raises:
        SystemExit: there is no compiler.
    """
    if is_loaded():
        return
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise SystemExit("This proof needs Linux and gcc.")
    library = Path(tempfile.gettempdir()) / f"article-qa-disk-shim-{os.getuid()}.so"
    part = library.with_suffix(f".{os.getpid()}")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(part), str(SOURCE), "-ldl"]
    subprocess.run([*command, "-lpthread"], check=True)
    part.replace(library)
    environment = {**os.environ, "LD_PRELOAD": str(library), _LOADED: str(library)}
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)


def show_calls(
    root: Path, *, log: Path | None = None, fail_at: int = 0, error: int = 0, forever: bool = False
) -> None:
    """Have the layer look at this process's calls below `root` from now on."""
    values = {
        "SHIM_LOG": str(log) if log else None,
        "SHIM_FAIL_AT": str(fail_at) if fail_at else None,
        "SHIM_ERRNO": str(error) if error else None,
        "SHIM_FOREVER": "1" if forever else None,
        "SHIM_ROOT": str(root),
    }
    for name, value in values.items():
        if value is not None:
            os.environ[name] = value


def hide_calls() -> None:
    """Have the layer look at nothing."""
    for name in _VARIABLES:
        os.environ.pop(name, None)


def calls() -> int:
    """Return how many calls below the root this process has made."""
    count = ctypes.CDLL(os.environ[_LOADED]).shim_calls
    count.restype = ctypes.c_long
    return int(count())
