"""Files that are wholly right, by kind: `python -m benchmarks.pages --cases DIR [--wrong]`."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from benchmarks.pages.cases import check_cases


def main() -> None:
    """Print JSON: how many files of each kind there are, and how many are wholly right."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--cases", type=Path, required=True, help="a folder with cases.jsonl")
    parser.add_argument("--wrong", action="store_true", help="also list what was wrong")
    options = parser.parse_args()
    if not (options.cases / "cases.jsonl").is_file():
        sys.stderr.write(f"{options.cases} holds no cases.jsonl: nothing is measured\n")
        return
    files: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for result in check_cases(options.cases):
        files[result.kind] += 1
        right[result.kind] += not result.wrong
        for wrong in result.wrong if options.wrong else ():
            sys.stderr.write(f"{result.file}: {wrong}\n")
    report = {
        "files": files.total(),
        "right": right.total(),
        "kinds": {kind: f"{right[kind]}/{files[kind]}" for kind in sorted(files)},
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
