"""What a collection costs by its size: `python -m benchmarks.speed [--sizes 10000 100000]`.

For each size a collection of made-up articles is built, with vectors that cost nothing, and
then measured: processor time, the least of several times, beside that of one product of the
vectors with a question in numpy, all in one run. Each step runs in a process of its own.
The results are printed and, with --out, kept as JSON.
"""

import argparse
import json
import platform
import tempfile
from pathlib import Path

from benchmarks.speed.measures import measure


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="keep the collections here, for another run")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        base = options.keep or Path(scratch)
        found = {str(size): measure(base / str(size), size) for size in options.sizes}
    print(json.dumps(found, indent=1))
    if options.out:
        kept = {"python": platform.python_version(), "sizes": found}
        options.out.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
