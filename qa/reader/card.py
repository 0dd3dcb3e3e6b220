"""The model card, written from the sidecar so that it cannot say anything else."""

from pathlib import Path
from typing import Any

from qa.reader.weights import WEIGHTS_NAME, read_sidecar

CARD_NAME = "MODEL_CARD.md"
TEMPLATE_NAME = "card_template.md"


def how(training: dict[str, Any]) -> str:
    """Return what else there is to say of a run: what it began with, and what it was mixed with.

    >>> how({"also": ["self-de"], "averaged_with": ["early.pt"]})
    ', then with self-de, averaged with early.pt'
    """
    said = ""
    if before := training.get("began_with"):
        said += f", begun with the reader {before['sha256'][:12]}"
        said += f" ({before['pairs']:,} pairs)" if before.get("pairs") else ""
    said += "".join(f", then with {name}" for name in training["also"])
    return said + "".join(f", averaged with {name}" for name in training.get("averaged_with", []))


def write_card(folder: Path) -> None:
    """Write the card of the weights in `folder` beside them."""
    sidecar = read_sidecar(folder)
    size = (folder / WEIGHTS_NAME).stat().st_size / 1e6
    rows = [
        f"| {name} | {row['f1']:.3f} | {row['exact']:.3f} | {row['questions']} |"
        for name, row in sidecar.get("development", {}).items()
    ]
    values: dict[str, Any] = {
        **sidecar,
        **sidecar["calibration"],
        **sidecar["training"],
        "also": how(sidecar["training"]),
        "megabytes": size,
        "figures": "\n".join(rows),
    }
    template = (Path(__file__).parent / TEMPLATE_NAME).read_text(encoding="utf-8")
    (folder / CARD_NAME).write_text(template.format(**values), encoding="utf-8")
