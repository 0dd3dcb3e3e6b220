"""Search files for strings of bytes, in a process of its own.

POSIX drops all locks of a process on a file as soon as that process closes any descriptor
of it (https://sqlite.org/howtocorrupt.html, 2.2). Reading the file of an open SQLite
database would take its locks away: the next process would think that it is alone, and put
the log aside in which this one goes on writing.
"""

import base64
import json
import os
import re
import subprocess  # the child runs this module, with no argument from a file
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_PIECE = 1 << 24
_START = (
    "import sys, json; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from corpus.bytes_search import main; main()"
)


def search_files(paths: Sequence[Path], strings: Iterable[bytes]) -> list[tuple[Path, bytes]]:
    """Return which of `strings` which of the files hold, each pair once.

    Of strings that overlap wherever they occur, one is enough to be returned. A file that is
    gone meanwhile holds none.

    Raises:
        OSError: a file cannot be read, or no process can be started.
    """
    wanted = sorted(set(strings))
    if not wanted or not paths:
        return []
    if os.name != "posix" or not sys.executable:
        # Elsewhere locks belong to descriptors, and a program without an interpreter has no child.
        found = _find_pairs(map(str, paths), wanted)
    else:
        found = _find_in_child(list(map(str, paths)), wanted)
    return [(paths[file], wanted[string]) for file, string in found]


def _find_in_child(paths: list[str], strings: list[bytes]) -> list[tuple[int, int]]:
    job = {"paths": paths, "strings": [base64.b64encode(item).decode() for item in strings]}
    own = [str(Path(__file__).parents[2]), *(path for path in sys.path if path)]
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-c", _START, json.dumps(own)],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    if result.returncode:
        last = result.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise OSError(f"{last or f'the search ended with {result.returncode}'}")
    return [(int(file), int(string)) for file, string in json.loads(result.stdout)]


def main() -> None:
    """Answer the search on the standard input; this is the child."""
    job = json.load(sys.stdin)
    found = _find_pairs(job["paths"], [base64.b64decode(item) for item in job["strings"]])
    json.dump(found, sys.stdout)


def _find_pairs(paths: Iterable[str], strings: Sequence[bytes]) -> list[tuple[int, int]]:
    """Return the numbers of file and string of each pair that was found."""
    # Longer ones first: where one begins with another, both are there.
    pattern = re.compile(b"|".join(re.escape(s) for s in sorted(strings, key=len, reverse=True)))
    longest = max(map(len, strings))
    numbers = {string: number for number, string in enumerate(strings)}
    found: dict[tuple[int, int], None] = {}
    for file, path in enumerate(paths):
        for string in _matches(path, pattern, longest):
            found[file, numbers[string]] = None
    return list(found)


def _matches(path: str, pattern: "re.Pattern[bytes]", longest: int) -> Iterator[bytes]:
    try:
        stream = Path(path).open("rb")  # noqa: SIM115 (closed below; only opening may find it gone)
    except FileNotFoundError:
        return
    with stream:
        rest = b""
        while piece := stream.read(_PIECE):
            data = rest + piece
            for match in pattern.finditer(data):
                yield match.group()
            rest = data[-(longest - 1) :] if longest > 1 else b""
