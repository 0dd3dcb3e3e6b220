"""Run a proof, or go on with it: `python -m benchmarks.reliability kills --trials 500`."""

import argparse
from collections.abc import Callable

from benchmarks.reliability import damage, kills
from benchmarks.reliability.trials import Ledger

PROOFS: dict[str, tuple[Callable[[int], str], int]] = {
    "kills": (kills.trial, 500),
    "damage": (damage.trial, 2000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("proof", choices=sorted(PROOFS))
    parser.add_argument("--trials", type=int)
    options = parser.parse_args()
    trial, count = PROOFS[options.proof]
    ledger = Ledger(options.proof)
    print(options.proof, dict(ledger.run(trial, options.trials or count)))


if __name__ == "__main__":
    main()
