"""The model card, written from the sidecar so that it cannot say anything else."""

from pathlib import Path
from typing import Any

from qa.reader.weights import WEIGHTS_NAME, read_sidecar

CARD_NAME = "MODEL_CARD.md"
TEMPLATE_NAME = "card_template.md"


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
        "also": "".join(f", then with {name}" for name in sidecar["training"]["also"])
        + "".join(f", averaged with {n}" for n in sidecar["training"].get("averaged_with", [])),
        "megabytes": size,
        "figures": "\n".join(rows),
    }
    template = (Path(__file__).parent / TEMPLATE_NAME).read_text(encoding="utf-8")
    (folder / CARD_NAME).write_text(template.format(**values), encoding="utf-8")
