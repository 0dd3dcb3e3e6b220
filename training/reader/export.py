"""From a run's state to what is shipped: weights, calibration, figures and model card.

    python -m training.reader.export --data DIR --reader FOLDER

fits the calibration and measures the figures of a reader anew, where how it reads was
changed: the length of its windows, or its arithmetic.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from index.encoder import SentenceTransformerEncoder
from qa.reader import reader_from
from qa.reader.model import network_from
from qa.reader.read import EncoderReader
from qa.reader.weights import Calibration, ReaderWeights, load, read_sidecar
from training.reader.calibration import draw_held_out, features, fit_calibration
from training.reader.card import write_card
from training.reader.data import MADE, MIXTURES, parts
from training.reader.evaluate import answers_found
from training.reader.label import LABELS_NAME
from training.reader.sets import read_set
from training.reader.trainer import FIRST_TRAINED, named_parts
from training.reader.weights_file import save

log = logging.getLogger("training.reader.train")

UNCALIBRATED = Calibration(0.5, 0.5, 0.0)


def differences(state: dict[str, Any], encoder: SentenceTransformerEncoder) -> ReaderWeights:
    """Return what a run changed: the mean of its weights, less the encoder's own."""
    network = network_from(encoder.model, FIRST_TRAINED)
    parameters = dict(network.named_parameters())
    names = state["names"]
    shaped = [parameters[name] for name in names]
    tensors = {}
    for name, values in named_parts(names, shaped, state["mean"].float().cpu()):
        base = parameters[name].detach() if name.startswith("layers.") else 0.0
        tensors[name] = np.asarray((values - base).numpy(), dtype=np.float32)
    return ReaderWeights(encoder.fingerprint, FIRST_TRAINED, tensors, UNCALIBRATED)


def average(
    weights: ReaderWeights, earlier: Sequence[Path], encoder: SentenceTransformerEncoder
) -> ReaderWeights:
    """Return weights averaged with those of earlier states of the run, or of other readers.

    The average of two points of one way reads better than either (docs/experiments.md).

    Args:
        weights: what the run changed.
        earlier: copies of its `state.pt`, and folders of readers, such as the one it began with.
        encoder: what all of them are differences from.

    Raises:
        ValueError: one is of another encoder, or trains other parameters.
        ModelError: a reader's files are missing or damaged.
    """
    found = [weights]
    for path in earlier:
        other = load(path) if path.is_dir() else differences(_state(path), encoder)
        same = other.fingerprint == weights.fingerprint
        if not same or other.tensors.keys() != weights.tensors.keys():
            raise ValueError(f"{path} is of another encoder or another kind of run")
        found.append(other)
    tensors = {
        name: np.mean([item.tensors[name].reshape(values.shape) for item in found], axis=0)
        for name, values in weights.tensors.items()
    }
    return replace(weights, tensors=tensors)


def _state(path: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def name_of(path: Path) -> str:
    """Return what the card calls something that weights were averaged with."""
    return f"reader {read_sidecar(path)['sha256'][:12]}" if path.is_dir() else path.name


def finish(
    data: Path,
    out: Path,
    encoder: SentenceTransformerEncoder,
    settings: dict[str, Any],
    earlier: Sequence[Path] = (),
) -> None:
    """Write `reader.safetensors`, `reader.json` and `MODEL_CARD.md` into the run's folder."""
    state = _state(out / "state.pt")
    weights = average(differences(state, encoder), earlier, encoder)
    progress = state["progress"]
    also = [Path(name) for name in state["place"].get("also", [])]
    mixture = MIXTURES[settings.get("mixture", "base")]
    about = {
        "training": {
            **settings,
            "sets": [
                item.folder
                for item in mixture
                if item.folder.startswith(MADE) or (data / item.folder).is_dir()
            ],
            "also": [path.name for path in also],
            "labelled": {path.name: found for path in also if (found := labels_of(path))},
            "averaged_with": [name_of(path) for path in earlier],
            "steps": state["step"],
            "pairs": progress["pairs"],
            "spent_minutes": round(progress["seconds"] / 60, 1),
            "losses": progress["history"],
        },
    }
    save(out, weights, about)
    measure(out, data, encoder)


def measure(folder: Path, data: Path, encoder: SentenceTransformerEncoder) -> None:
    """Fit the calibration of a reader's weights as stored, measure them, and write the card.

    Raises:
        ModelError: the reader's files are missing, damaged or of another encoder.
    """
    about = {"training": read_sidecar(folder)["training"]}
    weights = calibrate(reader_from(folder, encoder), load(folder), data)
    save(folder, weights, about)
    # Which of a passage's windows counts depends on the calibration.
    figures = quick_figures(reader_from(folder, encoder), data)
    save(folder, weights, about | {"development": figures})
    write_card(folder)
    log.info("wrote the reader into %s: %s", folder, figures)


def calibrate(reader: EncoderReader, weights: ReaderWeights, data: Path) -> ReaderWeights:
    """Return the weights with a calibration fitted on held-out pairs, where there are any."""
    pairs = draw_held_out(data)
    truth = np.array([pair.answerable for pair in pairs], dtype=bool)
    if truth.all() or not truth.any():
        log.warning("%s holds no pairs to calibrate on", data)
        return weights
    calibration = fit_calibration(features(reader, pairs), truth)
    return ReaderWeights(weights.fingerprint, weights.first_trained, weights.tensors, calibration)


def labels_of(folder: Path) -> dict[str, str] | None:
    """Return what was labelled and by which reader, where `training.reader.label` made a set."""
    path = folder / LABELS_NAME
    if not path.is_file():
        return None
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def quick_figures(reader: EncoderReader, data: Path) -> dict[str, Any]:
    """Return F1 and exact match on the development articles of the sets that are there."""
    found = {}
    for name in ("xquad-de", "xquad-en"):
        if (data / name).is_dir():
            development = parts(read_set(data / name))[1]
            if development.questions:
                found[name] = answers_found(reader, development)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(prog="python -m training.reader.export", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="the folder of the sets")
    parser.add_argument("--reader", required=True, type=Path, help="folder of a reader's weights")
    parser.add_argument("--model", help="another encoder: a folder or a name")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    measure(options.reader, options.data, SentenceTransformerEncoder(options.model))


if __name__ == "__main__":
    main()
