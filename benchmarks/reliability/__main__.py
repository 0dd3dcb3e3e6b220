"""Run a proof, or go on with it: `python -m benchmarks.reliability kills --trials 500`."""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks.reliability import damage, failing, kills, load, power, report, server, soak
from benchmarks.reliability.shim import run_over_shim
from benchmarks.reliability.trials import RESULTS, Ledger

PROOFS: dict[str, tuple[Callable[[int], str], int]] = {
    "kills": (kills.trial, 500),
    "power": (power.trial, 300),
    "failing": (failing.trial, 3000),
    "damage": (damage.trial, 2000),
    "soak": (soak.trial, 1),
    "load": (load.trial, 1),
    "server": (server.trial, 13),
}
OVER_SHIM = ("power", "failing")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("proof", choices=[*PROOFS, "report"])
    parser.add_argument("--trials", type=int)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    if options.proof == "report":
        report.write(options.results)
        return
    if options.proof in OVER_SHIM:
        run_over_shim()
    trial, count = PROOFS[options.proof]
    ledger = Ledger(options.proof, options.results)
    print(options.proof, dict(ledger.run(trial, options.trials or count)))


if __name__ == "__main__":
    main()
