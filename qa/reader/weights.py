"""The reader's weights as a file: small differences from the encoder's own, in few bits.

What training changed is stored as a difference from the encoder. Matrices are cut into
groups of `GROUP` weights; each group has a float16 scale and whole numbers of `BITS`
bits, packed. Vectors and the heads are float16. A sidecar, `reader.json`, names the
encoder by its fingerprint and the weights by their sha256, and carries its own checksum:
a bit turned in a number of the calibration would be a number still.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.arrays import Floats

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS_NAME, SIDECAR_NAME = "reader.safetensors", "reader.json"
LAYOUT = 1
GROUP = 32
BITS = 4
RETRAIN = (
    "Answering goes on with whole sentences. To train a reader for this encoder: "
    "python -m training.reader.train --data DIR --out DIR"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a passage's raw scores into the chance that it answers (Platt scaling).

    chance = sigmoid(margin × best span over "no answer" + decided × answerability + bias)
    """

    margin: float
    decided: float
    bias: float

    def log_odds(self, margin: float, decided: float) -> float:
        """Return the log odds that the passage answers."""
        return self.margin * margin + self.decided * decided + self.bias


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """What a weights file holds: differences and heads by name, and what they belong to."""

    fingerprint: str
    first_trained: int
    tensors: dict[str, Floats]
    calibration: Calibration


def unpack(numbers: NDArray[np.uint8], scales: NDArray[np.float16]) -> Floats:
    """Return the weights that bytes of two numbers each stand for, flat.

    >>> unpack(np.full(16, 0xE0, np.uint8), np.array([0.5], np.float16))[:3].tolist()
    [-3.5, 3.5, -3.5]
    """
    top = 2 ** (BITS - 1) - 1
    whole = np.stack([numbers & 0x0F, numbers >> 4], axis=1).astype(np.float32) - top
    grouped = whole.reshape(-1, GROUP) * scales.astype(np.float32)[:, None]
    return np.asarray(grouped.reshape(-1), dtype=np.float32)


def add_checksum(sidecar: dict[str, Any]) -> dict[str, Any]:
    """Return a sidecar with the sha256 of all else in it, as JSON with sorted keys.

    >>> once = add_checksum({"layout": 1})
    >>> add_checksum(once) == once, len(once["checksum"])
    (True, 64)
    """
    known = {name: value for name, value in sidecar.items() if name != "checksum"}
    text = json.dumps(known, sort_keys=True)
    return known | {"checksum": hashlib.sha256(text.encode()).hexdigest()}


def load(folder: Path) -> ReaderWeights:
    """Read weights and sidecar.

    Raises:
        ModelError: a file is missing, cut off, changed or of another layout.
    """
    sidecar = read_sidecar(folder)
    path = folder / WEIGHTS_NAME
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ModelError(f"The reader's weights cannot be read: {exc}. {RETRAIN}") from exc
    if hashlib.sha256(data).hexdigest() != sidecar["sha256"]:
        raise ModelError(f"{path} is cut off or was changed (sha256 differs). {RETRAIN}")
    from safetensors import SafetensorError
    from safetensors.numpy import load as load_tensors

    try:
        stored = load_tensors(data)
        tensors = {}
        for name, values in stored.items():
            if name.endswith(".numbers"):
                plain = name.removesuffix(".numbers")
                tensors[plain] = unpack(values, stored[f"{plain}.scales"])
            elif not name.endswith(".scales"):
                tensors[name] = values.astype(np.float32)
        calibration = Calibration(**sidecar["calibration"])
        return ReaderWeights(
            sidecar["encoder"], int(sidecar["first_trained"]), tensors, calibration
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as exc:
        raise ModelError(f"{path} is not a reader's weights ({exc}). {RETRAIN}") from exc


def read_sidecar(folder: Path) -> dict[str, Any]:
    """Read what is known of the weights, without the weights themselves.

    Raises:
        ModelError: it is missing, not JSON, changed, or of another layout.
    """
    path = folder / SIDECAR_NAME
    try:
        sidecar = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as exc:
        raise ModelError(f"The reader's {path} cannot be read: {exc}. {RETRAIN}") from exc
    if not isinstance(sidecar, dict) or sidecar.get("layout") != LAYOUT:
        raise ModelError(f"{path} is of another layout than this version reads. {RETRAIN}")
    if not {"encoder", "sha256", "first_trained", "calibration", "checksum"} <= sidecar.keys():
        raise ModelError(f"{path} is incomplete. {RETRAIN}")
    if sidecar != add_checksum(sidecar):
        raise ModelError(f"{path} was changed (its checksum differs). {RETRAIN}")
    return sidecar


def apply(network: Any, weights: ReaderWeights) -> None:
    """Add the differences to a network's layers and set its heads.

    Raises:
        ModelError: the weights do not fit the network.
    """
    import torch

    parameters: dict[str, Tensor] = dict(network.named_parameters())
    with torch.no_grad():
        for name, values in weights.tensors.items():
            parameter = parameters.get(name)
            if parameter is None or parameter.numel() != values.size:
                raise ModelError(f"The reader's weights do not fit the encoder: {name}. {RETRAIN}")
            difference = torch.from_numpy(values).view(parameter.shape)
            base = parameter.float() if name.startswith("layers.") else 0.0
            parameter.copy_(base + difference)
