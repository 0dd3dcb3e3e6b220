"""The reader's network in whole numbers against the same network in float32."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from corpus.errors import ModelError
from index.encoder import SentenceTransformerEncoder
from qa.reader import int8, reader_from
from qa.reader.int8 import Graph, Int8Network
from qa.reader.model import ReaderNetwork, network_from
from qa.reader.weights import apply
from tests.qa.reader.tiny import random_weights


@pytest.fixture
def network(encoder: SentenceTransformerEncoder) -> ReaderNetwork:
    weights = random_weights(encoder)
    network = network_from(encoder.model, weights.first_trained)
    apply(network, weights)
    return network


def batch(*lengths: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return ids, mask and passage of windows so long, padded; the first four are the question."""
    longest = max(lengths)
    ids = torch.randint(5, 60, (len(lengths), longest), generator=torch.Generator().manual_seed(2))
    mask = torch.arange(longest)[None, :] < torch.tensor(lengths)[:, None]
    passage = mask.clone()
    passage[:, :4] = False
    return ids, mask, passage


def test_the_graph_computes_what_the_network_computes(
    network: ReaderNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unrounded(graph: Graph, x: str, linear: nn.Linear, least: float | None = None) -> str:
        return graph.precise(x, linear)

    monkeypatch.setattr(Graph, "add_linear", unrounded)
    fed = batch(40, 23, 9)
    with torch.inference_mode():
        expected = network(*fed)
    found = Int8Network(network)(*fed)
    for exact, scores in zip(expected, found, strict=True):
        assert scores.dtype == torch.float32
        assert torch.allclose(exact, scores, atol=1e-4)


@pytest.mark.parametrize("least", [None, -0.17])
def test_a_product_in_whole_numbers_is_off_by_little(least: float | None) -> None:
    generator = torch.Generator().manual_seed(4)
    linear = nn.Linear(256, 64)
    with torch.no_grad():
        linear.weight.copy_(torch.randn(64, 256, generator=generator))
        linear.bias.copy_(torch.randn(64, generator=generator))
    x = torch.randn(30, 256, generator=generator)
    # Tokens differ in size, as they do where the feed-forward part narrows.
    x *= torch.logspace(-1, 1, 30)[:, None]
    if least is not None:
        x = x.clamp(min=least)
    graph = Graph()
    name = graph.add_linear("x", linear, least)
    (found,) = session_of(graph, "x", name, 256).run(None, {"x": x.numpy()})
    exact = linear(x).detach()
    error = (torch.from_numpy(found) - exact).square().mean(dim=1).sqrt()
    assert (error > 0).all()
    # With one scale for all tokens, the small ones here would be off by half of the result.
    assert (error < 0.03 * exact.square().mean(dim=1).sqrt()).all()


def session_of(graph: Graph, fed: str, result: str, width: int) -> Any:
    """Return a session of a graph with one input, (rows, width), and one output."""
    from onnx import TensorProto, helper
    from onnxruntime import InferenceSession

    whole = helper.make_graph(
        graph.nodes,
        "one",
        [helper.make_tensor_value_info(fed, TensorProto.FLOAT, ["rows", width])],
        [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)],
        graph.constants,
    )
    model = helper.make_model(
        whole, opset_imports=[helper.make_opsetid("", int8.OPSET)], ir_version=11
    )
    return InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def test_a_window_is_read_alike_in_any_company(network: ReaderNetwork) -> None:
    whole = Int8Network(network)
    ids, mask, passage = batch(40, 23, 9)
    together = whole(ids, mask, passage)
    alone = whole(ids[1:2, :23], mask[1:2, :23], passage[1:2, :23])
    assert torch.equal(together[0][1, :23], alone[0][0])
    assert torch.equal(together[1][1, :23], alone[1][0])
    assert torch.equal(together[2][1:2], alone[2])


def test_values_that_are_all_zero_are_no_error(network: ReaderNetwork) -> None:
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "norm" in name or "segment" in name:
                parameter.zero_()
    for scores in Int8Network(network)(*batch(12)):
        assert scores.isfinite().all()


def test_gelu_stays_above_its_bound() -> None:
    values = torch.nn.functional.gelu(torch.linspace(-10, 10, 200_001))
    assert -int8.LEAST_GELU < values.min() < -int8.LEAST_GELU + 0.001


def test_a_graph_that_is_not_taken_says_what_to_do(
    weights_folder: Path, encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(int8, "graph_of", lambda _: b"no graph")
    with pytest.raises(ModelError, match=r"ONNX Runtime .*training\.reader\.train"):
        reader_from(weights_folder, encoder)


def test_the_runtime_is_told_to_count_nothing(
    network: ReaderNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    told: list[Any] = []
    monkeypatch.setattr(onnxruntime, "disable_telemetry_events", lambda: told.append(True))
    Int8Network(network)
    assert told == [True]
