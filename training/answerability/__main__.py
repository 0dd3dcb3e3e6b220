"""The command: collect, fit and write."""

import argparse
import json
import logging
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from training import answerability
from training.answerability.collect import collect, read_collected
from training.answerability.fit import fit_all

log = logging.getLogger("training.answerability")
ROOT = Path(__file__).parents[2]
OUT = ROOT / "qa" / "answering" / "answerability.json"
REPORT = ROOT / "benchmarks" / "answers" / "answerability.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, collect, fit and write."""
    parser = argparse.ArgumentParser(
        prog="python -m training.answerability", description=answerability.__doc__
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--collected", action="store_true", help="fit on what the cache holds")
    parser.add_argument("--set", action="append", default=[], help="collect these alone")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if not options.collected:
        collect(options.data, options.cache, options.set)
    shipped, report = fit_all(read_collected(options.cache / "evidence"))
    command = "python -m training.answerability --data DIR --cache DIR"
    about = {"fitted": date.today().isoformat(), "command": command}
    OUT.write_text(json.dumps(about | shipped, indent=1) + "\n", encoding="utf-8")
    REPORT.write_text(json.dumps(about | report, indent=1) + "\n", encoding="utf-8")
    log.info("%s", json.dumps(report))


if __name__ == "__main__":
    main()
