"""The reader's network in OpenVINO against the same network in torch."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.encoder import SentenceTransformerEncoder
from index.runtime.compile import CompiledGraph, has_openvino
from index.runtime.compiled_encoder import CompiledEncoder
from index.runtime.cpu import Precision
from qa.reader import reader_from
from qa.reader.compiled import CompiledNetwork
from qa.reader.model import TorchNetwork, network_from
from qa.reader.read import SpanRow, SpanScores
from qa.reader.weights import ReaderWeights, apply
from tests.qa.reader.tiny import random_weights

pytestmark = pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")


def compiled(encoder: SentenceTransformerEncoder, precision: Precision) -> CompiledEncoder:
    assert encoder.compiled is not None
    return CompiledEncoder(encoder.compiled.folder, precision)


@pytest.fixture
def weights(encoder: SentenceTransformerEncoder) -> ReaderWeights:
    return random_weights(encoder)


def rows(*lengths: int) -> list[SpanRow]:
    """Return windows so long; the first four tokens and the last one are not the passage's."""
    drawn = np.random.default_rng(2)
    return [SpanRow(drawn.integers(5, 60, size), 4, size - 1) for size in lengths]


def assert_near(found: SpanScores, expected: SpanScores, near: float) -> None:
    np.testing.assert_allclose(found.start, expected.start, atol=near)
    np.testing.assert_allclose(found.end, expected.end, atol=near)
    assert found.none == pytest.approx(expected.none, abs=near)
    assert found.decided == pytest.approx(expected.decided, abs=near)


@pytest.mark.parametrize(("precision", "near"), [("f32", 1e-3), ("bf16", 0.3), ("int8", 0.3)])
def test_the_graph_computes_what_the_network_computes(
    encoder: SentenceTransformerEncoder, weights: ReaderWeights, precision: Precision, near: float
) -> None:
    from sentence_transformers import SentenceTransformer

    exact = SentenceTransformer(encoder._target(), device="cpu").float()
    network = network_from(exact, weights.first_trained)
    apply(network, weights)
    fed = rows(40, 23, 9)
    expected = TorchNetwork(network, 1)(fed)
    found = CompiledNetwork(compiled(encoder, precision), weights)(fed)
    for mine, theirs in zip(found, expected, strict=True):
        assert_near(mine, theirs, near)


def test_a_window_is_read_alike_in_any_company(
    encoder: SentenceTransformerEncoder, weights: ReaderWeights
) -> None:
    network = CompiledNetwork(compiled(encoder, "f32"), weights)
    fed = rows(40, 23, 9)
    for row, together in zip(fed, network(fed), strict=True):
        (alone,) = network([row])
        assert_near(alone, together, 1e-3)


def test_more_windows_than_one_pass_takes_stay_in_order(
    encoder: SentenceTransformerEncoder, weights: ReaderWeights
) -> None:
    network = CompiledNetwork(compiled(encoder, "f32"), weights)
    fed = rows(*range(120, 40, -2))
    assert [len(scores.start) for scores in network(fed)] == [len(row.ids) - 5 for row in fed]
    assert network([]) == []


@pytest.mark.parametrize("change", ["strange", "short"])
def test_weights_of_another_form_are_said_so(
    encoder: SentenceTransformerEncoder, weights: ReaderWeights, change: str
) -> None:
    name = "layers.9.out.bias" if change == "strange" else "layers.2.out.bias"
    tensors = {**weights.tensors, name: np.zeros(7, dtype=np.float32)}
    with pytest.raises(ModelError, match=rf"do not fit the encoder: {name}\. .*--data DIR"):
        CompiledNetwork(compiled(encoder, "f32"), replace(weights, tensors=tensors))


def test_a_graph_that_is_not_taken_says_what_to_do(
    weights_folder: Path, encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert encoder.compiled is not None

    def refuse(*_: object) -> None:
        raise RuntimeError("no graph")

    monkeypatch.setattr(CompiledGraph, "__init__", refuse)
    with pytest.raises(ModelError, match=r"OpenVINO .*no graph.*training\.reader\.train"):
        reader_from(weights_folder, encoder)
