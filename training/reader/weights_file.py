"""The reader's weights as a file, written; `qa.reader.weights` reads it and says what is in it."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as serialised

from index.arrays import Floats
from qa.reader.weights import (
    BITS,
    GROUP,
    LAYOUT,
    SIDECAR_NAME,
    WEIGHTS_NAME,
    ReaderWeights,
    add_checksum,
)


def pack(values: Floats) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """Round a matrix to `BITS` bits in groups; its size must be a multiple of `GROUP`.

    Returns:
        The numbers, two to a byte, (size / 2,), and the scales, (size / GROUP,).
    """
    groups = values.reshape(-1, GROUP)
    top = 2 ** (BITS - 1) - 1
    scales = (np.abs(groups).max(axis=1) / top).astype(np.float16)
    divisor = np.where(scales == 0, 1, scales).astype(np.float32)
    whole = np.clip(np.rint(groups / divisor[:, None]), -top, top).astype(np.int8) + top
    flat = whole.astype(np.uint8).reshape(-1, 2)
    return flat[:, 0] | (flat[:, 1] << 4), scales


def save(folder: Path, weights: ReaderWeights, about: dict[str, Any]) -> None:
    """Write the weights and their sidecar into `folder`; `about` goes into the sidecar."""
    stored: dict[str, NDArray[Any]] = {}
    for name, values in weights.tensors.items():
        if is_packed(name):
            stored[f"{name}.numbers"], stored[f"{name}.scales"] = pack(values)
        else:
            stored[name] = values.astype(np.float16)
    folder.mkdir(parents=True, exist_ok=True)
    data = serialised(stored)
    (folder / WEIGHTS_NAME).write_bytes(data)
    sidecar = {
        "layout": LAYOUT,
        "encoder": weights.fingerprint,
        "first_trained": weights.first_trained,
        "sha256": hashlib.sha256(data).hexdigest(),
        "calibration": asdict(weights.calibration),
        **about,
    }
    text = json.dumps(add_checksum(sidecar), ensure_ascii=False, indent=2) + "\n"
    (folder / SIDECAR_NAME).write_text(text, encoding="utf-8")


def is_packed(name: str) -> bool:
    """Tell whether a tensor is a layer's matrix, stored as packed differences."""
    parts = name.split(".")
    return parts[0] == "layers" and parts[-1] == "weight" and not parts[2].startswith("norm")


def identity(sidecar: dict[str, Any]) -> str:
    """Return what tells readers apart whose readings differ: a hash of weights and calibration."""
    text = json.dumps([sidecar["sha256"], sidecar["calibration"]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
