"""Known weaknesses of the pinned packages: `python -m tools.audit`.

pip-audit asks PyPI, on whose word `make check` depends where it can be reached, and nowhere
else: without an answer this says so and succeeds.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PINS = Path(__file__).parents[1] / "constraints.txt"


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, str]:
    """Return the exit status, and what there is to say, of what pip-audit found."""
    asked = [item for item in dependencies if "skip_reason" not in item]
    bad = [item for item in asked if item.get("vulns")]
    if not asked:
        return 0, "audit: skipped, the data of PyPI cannot be reached from here"
    lines = [
        f"{item['name']} {item['version']}: {vuln['id']}, mended in "
        f"{', '.join(vuln.get('fix_versions') or ['no version yet'])}"
        for item in bad
        for vuln in item["vulns"]
    ]
    missed = len(dependencies) - len(asked)
    lines.append(f"audit: {len(asked)} packages, {len(bad)} with weaknesses, {missed} not known")
    return (1 if bad else 0), "\n".join(lines)


def main() -> int:
    """Audit the pins."""
    if find_spec("pip_audit") is None:
        sys.stdout.write("audit: skipped, pip-audit is not installed\n")
        return 0
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(PINS), "--no-deps",
               "--disable-pip", "--progress-spinner", "off", "--format", "json"]  # fmt: skip
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        found = json.loads(run.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        found = []
    status, said = verdict(found)
    sys.stdout.write(f"{said}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
