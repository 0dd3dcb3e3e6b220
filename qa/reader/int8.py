"""The reader's network in 8-bit whole numbers, run by ONNX Runtime.

It takes half the time of float32, and reads alike on every CPU (docs/decisions/reading.md).
The graph is built here, layer by layer, from the trained network: that takes a quarter of a
second, against seven for exporting and converting it, so nothing has to be kept on the disk.

Every matrix product rounds both sides. Weights have one scale for each output, activations one
for each token, so that what a token counts does not depend on others in the window:

    x ≈ scale × (whole - offset),   x @ w ≈ scale × ((whole - offset) @ whole_w) × scale_w

One scale for all tokens, as ONNX Runtime's own conversion has it, put readings off by .32 in
their log odds (root mean square), almost all of it where the feed-forward part narrows; one for
each token by .08 (docs/experiments.md).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from corpus.errors import ModelError
from index.arrays import Floats
from qa.reader.model import MASKED, Layer, ReaderNetwork
from qa.reader.weights import RETRAIN

OPSET = 23
"""Of the operators, the first with attention as one; its IR version is 11."""
WEIGHT_TOP = 63
"""Weights have seven bits: where the CPU has no VNNI, products of two eight-bit numbers are added
in pairs in 16 bits, which 255 × 127 × 2 would overflow without a word."""
LEAST_GELU = 0.17
"""GELU is never below minus this, so that its results fit unsigned numbers once it is added."""
LEAST_SCALE = 1e-9
"""A token whose values are all zero would be divided by zero."""


class Int8Network:
    """Scores windows as `ReaderNetwork` does, its matrix products in whole numbers.

    Embeddings stay in torch, shared with the encoder. Windows go through one by one and
    without padding: it is as fast, and a window is read alike in any company.
    """

    def __init__(self, network: ReaderNetwork) -> None:
        """Convert a network in float32.

        Raises:
            ModelError: ONNX Runtime does not take the graph.
        """
        # Builds for Windows count their use for the maker.
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        # A window is too little work to share: each thread has windows of its own.
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                graph_of(network), options, providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # its exceptions have no other base
            raise ModelError(f"ONNX Runtime does not take the reader: {exc}. {RETRAIN}") from exc
        self._windows = ThreadPoolExecutor(torch.get_num_threads(), "reader")
        self.embedding = network.embedding
        self.max_tokens = network.max_tokens

    def __call__(self, ids: Tensor, mask: Tensor, passage: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Score a batch; arguments and results are those of `ReaderNetwork.forward`."""
        shape = tuple(ids.shape)
        start, end = np.full((2, *shape), MASKED, dtype=np.float32)
        decided = np.empty(len(ids), dtype=np.float32)
        with torch.inference_mode():
            states = self.embedding(ids).numpy()
        segment = passage.numpy().astype(np.int64)

        def score(row: int, length: int) -> None:
            window = slice(row, row + 1), slice(length)
            fed = {"states": states[window], "passage": segment[window]}
            first, last, decided[row] = (found[0] for found in self._session.run(None, fed))
            allowed = segment[row, :length] == 1
            allowed[0] = True
            start[row, :length][allowed] = first[allowed]
            end[row, :length][allowed] = last[allowed]

        list(self._windows.map(score, range(len(ids)), mask.sum(dim=1).tolist()))
        return torch.from_numpy(start), torch.from_numpy(end), torch.from_numpy(decided)


def graph_of(network: ReaderNetwork) -> bytes:
    """Return a network's layers and heads as a serialised ONNX model.

    Its inputs are "states", the embedded tokens (batch, tokens, hidden), and "passage"
    (batch, tokens), 1 on the passage's tokens; its outputs are start and end scores
    (batch, tokens) and the answerability (batch,).
    """
    graph = Graph()
    states = "states"
    for number, layer in enumerate(network.layers):
        if number == network.first_trained:
            kind = graph.add("Gather", graph.constant(values_of(network.segment)), "passage")
            states = graph.add("Add", states, kind)
        states = graph.layer(states, layer)  # type: ignore[arg-type]
    # The heads are a thousandth of the work, and every rounding there would be seen at once.
    scores = graph.precise(states, network.span)
    start, end = graph.split(scores, 2, axis=-1)
    first = graph.add("Gather", states, graph.constant(np.array(0)), axis=1)
    pooled = graph.add("Tanh", graph.precise(first, network.pool))
    decided = graph.precise(pooled, network.answerable)
    last_axis = graph.constant(np.array([-1]))
    outputs = [graph.add("Squeeze", name, last_axis) for name in (start, end, decided)]

    def describe_tensor(name: str, kind: int, shape: list[str | int]) -> Any:
        return helper.make_tensor_value_info(name, kind, shape)

    whole = helper.make_graph(
        graph.nodes,
        "reader",
        [
            describe_tensor("states", TensorProto.FLOAT, ["batch", "tokens", network.shape.hidden]),
            describe_tensor("passage", TensorProto.INT64, ["batch", "tokens"]),
        ],
        [
            describe_tensor(outputs[0], TensorProto.FLOAT, ["batch", "tokens"]),
            describe_tensor(outputs[1], TensorProto.FLOAT, ["batch", "tokens"]),
            describe_tensor(outputs[2], TensorProto.FLOAT, ["batch"]),
        ],
        graph.constants,
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=11)
    return bytes(model.SerializeToString())


class Graph:
    """The nodes of an ONNX graph as they are added; what is passed around is their names."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: NDArray[Any]) -> str:
        """Add an array that never changes."""
        name = f"constant-{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def number(self, value: float) -> str:
        """Add a float32 without axes."""
        return self.constant(np.array(value, dtype=np.float32))

    def add(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output."""
        return self._add_node(kind, inputs, 1, attributes)[0]

    def split(self, name: str, parts: int, axis: int) -> list[str]:
        """Cut a tensor into equal parts."""
        return self._add_node("Split", (name,), parts, {"axis": axis, "num_outputs": parts})

    def _add_node(
        self, kind: str, inputs: tuple[str, ...], count: int, attributes: dict[str, Any]
    ) -> list[str]:
        outputs = [f"node-{len(self.nodes)}-{number}" for number in range(count)]
        self.nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs

    def layer(self, x: str, layer: Layer) -> str:
        """Add a transformer layer, as `qa.reader.model.Layer` computes it."""
        query, key, value = self.split(self.add_linear(x, layer.qkv), 3, axis=-1)
        heads = {"q_num_heads": layer.heads, "kv_num_heads": layer.heads}
        attended = self.add("Attention", query, key, value, **heads)
        x = self.normalise(self.add("Add", x, self.add_linear(attended, layer.out)), layer.norm1)
        inner = self.add("Gelu", self.add_linear(x, layer.up))
        inner = self.add_linear(inner, layer.down, least=-LEAST_GELU)
        return self.normalise(self.add("Add", x, inner), layer.norm2)

    def normalise(self, x: str, norm: nn.LayerNorm) -> str:
        """Add a layer normalisation."""
        weight, bias = self.constant(values_of(norm.weight)), self.constant(values_of(norm.bias))
        return self.add("LayerNormalization", x, weight, bias, axis=-1, epsilon=norm.eps)

    def precise(self, x: str, linear: nn.Linear) -> str:
        """Add a linear map in float32."""
        product = self.add("MatMul", x, self.constant(values_of(linear.weight).T))
        return self.add("Add", product, self.constant(values_of(linear.bias)))

    def add_linear(self, x: str, linear: nn.Linear, least: float | None = None) -> str:
        """Add a linear map in whole numbers; `least` is a bound that no value of x is below."""
        weight, bias = values_of(linear.weight), values_of(linear.bias)
        scales = np.maximum(np.abs(weight).max(axis=1) / WEIGHT_TOP, LEAST_SCALE)
        whole_weight = np.rint(weight / scales[:, None]).astype(np.int8)
        last_axis = self.constant(np.array([-1]))
        if least is None:
            top = self.add("ReduceMax", self.add("Abs", x), last_axis)
            steps, offset = 127, 128
        else:
            # What is added to x comes back as the same for every token: part of the bias.
            x = self.add("Sub", x, self.number(least))
            bias = bias + least * scales * whole_weight.sum(axis=1, dtype=np.float32)
            top = self.add("ReduceMax", x, last_axis)
            steps, offset = 255, 0
        scale = self.add("Div", top, self.number(steps))
        scale = self.add("Max", scale, self.number(LEAST_SCALE))
        whole = self.add("Round", self.add("Div", x, scale))
        if offset:
            whole = self.add("Add", whole, self.number(offset))
        whole = self.add("Cast", whole, to=TensorProto.UINT8)
        product = self.add(
            "MatMulInteger",
            whole,
            self.constant(np.ascontiguousarray(whole_weight.T)),
            self.constant(np.array(offset, dtype=np.uint8)),
        )
        product = self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), scale)
        product = self.add("Mul", product, self.constant(scales.astype(np.float32)))
        return self.add("Add", product, self.constant(bias.astype(np.float32)))


def values_of(tensor: Tensor) -> Floats:
    """Return a tensor's values as a float32 array of their own."""
    return np.array(tensor.detach().float().numpy(), dtype=np.float32)
