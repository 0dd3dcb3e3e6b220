"""The table of docs/reliability.md, from the ledgers."""

import json
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_START, _END = "<!-- figures -->", "<!-- end of figures -->"
NAMES = {
    "kills": "SIGKILL at random moments of add, update, remove, sync and migrate",
    "power": "power failures, simulated",
    "failing": "failing writes, one call after the other",
    "damage": "damaged files",
    "soak": "long run",
    "load": "many users while articles are added",
    "server": "four writers and eight readers on PostgreSQL, writers and servers killed",
}
GOOD = ("ok", "same", "refused", "past")


def table(results: Path) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| proof | date | trials | outcomes | lost, half, wrong or crashed |",
        "|---|---|--:|---|--:|",
    ]
    for name, title in NAMES.items():
        path = results / f"{name}.json"
        if not path.is_file():
            lines.append(f"| {title} | | 0 | not run | |")
            continue
        found = json.loads(path.read_text(encoding="utf-8"))
        counts = found["counts"]
        trials = found["trials"] - counts.get("past", 0)
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items() if kind != "past")
        if name in ("soak", "load"):
            kinds = "; ".join(found["outcomes"].values())
        bad = sum(count for kind, count in counts.items() if kind not in GOOD)
        lines.append(f"| {title} | {found['date']} | {trials} | {kinds} | {bad} |")
    return "\n".join(lines)


def write(results: Path, page: Path = PAGE) -> None:
    """Put the table between the page's marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(_START)
    after = rest.split(_END)[1]
    page.write_text(f"{before}{_START}\n\n{table(results)}\n\n{_END}{after}", encoding="utf-8")
