"""The weights file: what goes in comes out, and what is damaged is refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from corpus.errors import ModelError
from index.encoder import SentenceTransformerEncoder
from qa.reader import default_reader, reader_from
from qa.reader.weights import (
    GROUP,
    SIDECAR_NAME,
    WEIGHTS_NAME,
    Calibration,
    load,
    unpack,
)
from tests.fakes import FakeEncoder
from tests.qa.reader.tiny import random_weights
from training.reader.weights_file import identity, is_packed, pack, save


@given(
    arrays.arrays(
        np.float32,
        st.integers(1, 4).map(lambda groups: (groups, GROUP)),
        elements=st.floats(-100, 100, width=32),
    )
)
def test_packing_errs_by_half_a_step_at_most(values: np.ndarray) -> None:
    back = unpack(*pack(values)).reshape(values.shape)
    step = np.abs(values).max(axis=1, keepdims=True) / 7
    # The scale itself is a float16: a part in a thousand, and 6e-8 at the least.
    assert (np.abs(values - back) <= 0.5 * step + 0.01 * np.abs(values) + 1e-6).all()


def test_weights_come_back_with_their_settings(
    encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    weights = random_weights(encoder)
    save(tmp_path, weights, {"seed": 3})
    back = load(tmp_path)
    assert back.fingerprint == encoder.fingerprint
    assert back.first_trained == 1
    assert back.calibration == Calibration(0.5, 0.25, -0.125)
    assert back.tensors.keys() == weights.tensors.keys()
    for name, values in weights.tensors.items():
        allowed = 0.1 if is_packed(name) else 1e-3
        assert np.abs(back.tensors[name].ravel() - values.ravel()).max() < allowed
    assert json.loads((tmp_path / SIDECAR_NAME).read_text())["seed"] == 3


def test_a_reader_is_told_by_its_weights_and_calibration_alone() -> None:
    one = {"sha256": "a", "calibration": {"bias": 0.5}, "development": {}}
    assert identity(one) == identity(one | {"development": {"f1": 0.6}})
    assert identity(one) != identity(one | {"calibration": {"bias": 0.4}})


def damaged(folder: Path, how: str) -> None:
    weights, sidecar = folder / WEIGHTS_NAME, folder / SIDECAR_NAME
    data = weights.read_bytes()
    if how == "no weights":
        weights.unlink()
    elif how == "no sidecar":
        sidecar.unlink()
    elif how == "cut off":
        weights.write_bytes(data[: len(data) // 2])
    elif how == "changed":
        weights.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif how == "empty":
        weights.write_bytes(b"")
    elif how == "sidecar not JSON":
        sidecar.write_text("{")
    elif how == "other layout":
        sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), "layout": 99}))
    elif how == "another number in the sidecar":
        text = sidecar.read_text()
        sidecar.write_text(text.replace('"first_trained": ', '"first_trained": 1'))
        assert sidecar.read_text() != text
    elif how == "no checksum":
        known = json.loads(sidecar.read_text())
        sidecar.write_text(json.dumps({k: v for k, v in known.items() if k != "checksum"}))
    elif how == "nested without end":
        sidecar.write_text("[" * 100_000)
    elif how == "sidecar incomplete":
        sidecar.write_text(json.dumps({"layout": 1}))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no weights", "cannot be read"),
        ("no sidecar", "cannot be read"),
        ("cut off", "sha256 differs"),
        ("changed", "sha256 differs"),
        ("empty", "sha256 differs"),
        ("sidecar not JSON", "cannot be read"),
        ("other layout", "another layout"),
        ("sidecar incomplete", "incomplete"),
        ("another number in the sidecar", "its checksum differs"),
        ("no checksum", "incomplete"),
        ("nested without end", "cannot be read"),
    ],
)
def test_damaged_weights_are_refused_with_the_command(
    weights_folder: Path, encoder: SentenceTransformerEncoder, how: str, message: str
) -> None:
    damaged(weights_folder, how)
    with pytest.raises(ModelError, match=message) as caught:
        reader_from(weights_folder, encoder)
    assert "python -m training.reader.train" in str(caught.value)


def test_weights_of_another_encoder_are_refused(
    weights_folder: Path, other_encoder: SentenceTransformerEncoder
) -> None:
    with pytest.raises(ModelError, match=f"not for {other_encoder.fingerprint}"):
        reader_from(weights_folder, other_encoder)


def test_an_encoder_without_layers_to_read_with_is_refused(
    weights_folder: Path, encoder: SentenceTransformerEncoder
) -> None:
    other = FakeEncoder()
    other.fingerprint = encoder.fingerprint
    with pytest.raises(ModelError, match="FakeEncoder shows none"):
        reader_from(weights_folder, other)


def test_weights_that_do_not_fit_are_refused(
    encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    weights = random_weights(encoder)
    weights.tensors["layers.9.up.weight"] = np.zeros((64, 32), np.float32)
    save(tmp_path, weights, {})
    with pytest.raises(ModelError, match="do not fit"):
        reader_from(tmp_path, encoder)


def test_without_a_fitting_reader_one_line_says_so(
    encoder: SentenceTransformerEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    assert default_reader(encoder) is None
    (record,) = [record for record in caplog.records if record.name == "qa.reader"]
    assert "python -m training.reader.train" in record.getMessage()
