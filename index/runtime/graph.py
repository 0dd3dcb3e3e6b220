"""A BERT-like encoder's layers as OpenVINO's graph, written down from the weights alone.

Embeddings are looked up outside: of the word table, three quarters of a model, only the rows of
the tokens at hand are then ever read from the disk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Floats
from index.runtime.cpu import Precision
from index.runtime.folder import ModelFolder, Shape

if TYPE_CHECKING:
    from openvino import Model

MASKED = -1e4
"""Added to the attention that padding may not get; small enough for bfloat16 and float16."""
WHOLE_TOP = 127
LEAST_SCALE = 1e-9
"""An output whose weights are all zero would be divided by zero."""


@dataclass(frozen=True, slots=True)
class LinearWeights:
    """A linear map: `weight` (outputs, inputs) and `bias` (outputs,)."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class LayerWeights:
    """One transformer layer, post-norm; a normalisation is a `LinearWeights` of two vectors."""

    query: LinearWeights
    key: LinearWeights
    value: LinearWeights
    out: LinearWeights
    norm1: LinearWeights
    up: LinearWeights
    down: LinearWeights
    norm2: LinearWeights


class Embeddings:
    """Looks up tokens: (texts, tokens) ids to (texts, tokens, hidden), before normalisation."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._words = tensors["embeddings.word_embeddings.weight"]
        kinds = tensors["embeddings.token_type_embeddings.weight"]
        self._positions = tensors["embeddings.position_embeddings.weight"] + kinds[0]

    def __call__(self, ids: NDArray[np.int64]) -> Floats:
        """Return what each token means by itself and where it stands."""
        return np.asarray(self._words[ids] + self._positions[: ids.shape[1]])


def layers_of(folder: ModelFolder) -> list[LayerWeights]:
    """Return a model's layers, the first one first."""

    def linear(name: str) -> LinearWeights:
        return LinearWeights(folder.tensors[f"{name}.weight"], folder.tensors[f"{name}.bias"])

    found = []
    for number in range(folder.shape.layers):
        layer = f"encoder.layer.{number}"
        found.append(
            LayerWeights(
                query=linear(f"{layer}.attention.self.query"),
                key=linear(f"{layer}.attention.self.key"),
                value=linear(f"{layer}.attention.self.value"),
                out=linear(f"{layer}.attention.output.dense"),
                norm1=linear(f"{layer}.attention.output.LayerNorm"),
                up=linear(f"{layer}.intermediate.dense"),
                down=linear(f"{layer}.output.dense"),
                norm2=linear(f"{layer}.output.LayerNorm"),
            )
        )
    return found


def embedding_norm(folder: ModelFolder) -> LinearWeights:
    """Return the normalisation behind a model's embeddings."""
    name = "embeddings.LayerNorm"
    return LinearWeights(folder.tensors[f"{name}.weight"], folder.tensors[f"{name}.bias"])


def encoder_graph(
    norm: LinearWeights, layers: Sequence[LayerWeights], shape: Shape, precision: Precision
) -> "Model":
    """Return the graph of an encoder.

    Its inputs are "embedded" (texts, tokens, hidden), "mask" (texts, tokens), 1 on tokens and 0
    on padding, and "pool" (texts, 2, tokens), two ways to weigh tokens. Its output is
    (texts, layers + 1, hidden): each layer's states weighed by the second way, then the last
    layer's by the first.
    """
    graph = GraphBuilder(shape, precision)
    states, bias = graph.begin(norm)
    pool = graph.input("pool", (-1, 2, -1), np.float32)
    whole, some = graph.split(pool, 2, axis=1)
    pooled = []
    for layer in layers:
        states = graph.layer(states, bias, layer)
        pooled.append(graph.ops.matmul(some, states, False, False))
    pooled.append(graph.ops.matmul(whole, states, False, False))
    return graph.finish(graph.ops.concat(pooled, 1))


def span_graph(
    norm: LinearWeights,
    layers: Sequence[LayerWeights],
    shape: Shape,
    precision: Precision,
    segment: Floats,
    before: int,
) -> "Model":
    """Return the graph of a reader's layers.

    Its inputs are "embedded", "mask" as above and "kind" (texts, tokens), whole numbers that
    pick a row of `segment`, which is added before layer number `before`. Its output is the last
    layer's states, (texts, tokens, hidden).
    """
    graph = GraphBuilder(shape, precision)
    states, bias = graph.begin(norm)
    kind = graph.input("kind", (-1, -1), np.int64)
    for number, layer in enumerate(layers):
        if number == before:
            rows = graph.ops.gather(graph.constant(segment), kind, graph.whole(0))
            states = graph.ops.add(states, rows)
        states = graph.layer(states, bias, layer)
    return graph.finish(states)


class GraphBuilder:
    """Adds to one graph; what is passed around are its nodes."""

    def __init__(self, shape: Shape, precision: Precision) -> None:
        from openvino import opset13

        self.ops: Any = opset13
        self._shape = shape
        self._precision = precision
        self._inputs: list[Any] = []

    def input(self, name: str, shape: Sequence[int], kind: Any) -> Any:
        """Add an input; -1 is an axis of any length."""
        node = self.ops.parameter(list(shape), kind, name=name)
        self._inputs.append(node)
        return node

    def finish(self, output: Any) -> "Model":
        """Return the graph with one output."""
        from openvino import Model

        return Model([output], self._inputs, "encoder")

    def constant(self, values: NDArray[Any]) -> Any:
        """Add an array that never changes; it is not copied."""
        return self.ops.constant(np.ascontiguousarray(values), shared_memory=True)

    def whole(self, *values: int) -> Any:
        """Add whole numbers: one without axes, several as a vector."""
        return self.ops.constant(np.array(values if len(values) > 1 else values[0], np.int64))

    def split(self, node: Any, parts: int, axis: int) -> list[Any]:
        """Cut into equal parts."""
        return list(self.ops.split(node, self.whole(axis), parts).outputs())

    def begin(self, norm: LinearWeights) -> tuple[Any, Any]:
        """Add the inputs that both graphs have; return the first states and attention's bias."""
        ops = self.ops
        embedded = self.input("embedded", (-1, -1, self._shape.hidden), np.float32)
        mask = self.input("mask", (-1, -1), np.float32)
        padding = ops.subtract(ops.constant(np.float32(1)), mask)
        bias = ops.multiply(padding, ops.constant(np.float32(MASKED)))
        return self._normalise(embedded, norm), ops.unsqueeze(bias, self.whole(1, 2))

    def layer(self, x: Any, bias: Any, layer: LayerWeights) -> Any:
        """Add a transformer layer."""
        ops, shape = self.ops, self._shape
        swap = self.whole(0, 2, 1, 3)
        apart = self.whole(0, 0, shape.heads, shape.hidden // shape.heads)
        heads = [
            ops.transpose(ops.reshape(self._linear(x, part), apart, True), swap)
            for part in (layer.query, layer.key, layer.value)
        ]
        attended = ops.transpose(ops.scaled_dot_product_attention(*heads, bias), swap)
        attended = ops.reshape(attended, self.whole(0, 0, shape.hidden), True)
        x = self._normalise(ops.add(x, self._linear(attended, layer.out)), layer.norm1)
        inner = self._linear(ops.gelu(self._linear(x, layer.up), "erf"), layer.down)
        return self._normalise(ops.add(x, inner), layer.norm2)

    def _normalise(self, x: Any, norm: LinearWeights) -> Any:
        ops = self.ops
        last = ops.constant(np.array([-1]))
        scaled = ops.mvn(x, last, True, self._shape.epsilon, "inside_sqrt")
        return ops.add(ops.multiply(scaled, self.constant(norm.weight)), self.constant(norm.bias))

    def _linear(self, x: Any, linear: LinearWeights) -> Any:
        weight = (
            self._whole_weight(linear.weight)
            if self._precision == "int8"
            else self.constant(linear.weight)
        )
        return self.ops.add(self.ops.matmul(x, weight, False, True), self.constant(linear.bias))

    def _whole_weight(self, weight: Floats) -> Any:
        """Add a matrix in 8-bit whole numbers, with a scale for each output."""
        scales = np.maximum(np.abs(weight).max(axis=1, keepdims=True) / WHOLE_TOP, LEAST_SCALE)
        whole = np.rint(weight / scales).astype(np.int8)
        numbers = self.ops.convert(self.constant(whole), "f32")
        return self.ops.multiply(numbers, self.constant(scales.astype(np.float32)))
