"""The reader's network in OpenVINO: the encoder's layers as training changed them, and heads."""

from collections.abc import Mapping, Sequence

import numpy as np

from corpus.errors import ModelError
from index.arrays import Floats
from index.runtime.batches import SharedBatches, run_in_batches
from index.runtime.compile import CompiledGraph, Inputs
from index.runtime.compiled_encoder import CompiledEncoder
from index.runtime.graph import LayerWeights, LinearWeights, embedding_norm, layers_of, span_graph
from qa.reader.read import SpanRow, SpanScores
from qa.reader.weights import RETRAIN, ReaderWeights

PASSES_AT_ONCE = 8
"""Passes of one core each, where two that share one pass take a tenth more of the CPU and wait for
each other; as many as there are passages to read, at most."""


class CompiledNetwork:
    """Scores windows as `qa.reader.model.ReaderNetwork` does; safe to call from several threads.

    The heads are a thousandth of the work and stay in float32: every rounding there would be
    seen at once. Windows of questions that come at the same time go through together.
    """

    def __init__(self, encoder: CompiledEncoder, weights: ReaderWeights) -> None:
        """Add the weights' differences to the encoder's layers and compile them.

        Raises:
            ModelError: the weights do not fit the encoder, or OpenVINO does not take the graph.
        """
        folder = encoder.folder
        changes = Differences(weights.tensors)
        hidden = folder.shape.hidden
        layers = [
            change_layer(layer, f"layers.{number}", changes)
            for number, layer in enumerate(layers_of(folder))
        ]
        segment = changes.take("segment", (2, hidden))
        self._span = _head(changes, "span", (2, hidden))
        self._pool = _head(changes, "pool", (hidden, hidden))
        self._answerable = _head(changes, "answerable", (1, hidden))
        changes.check_all_taken()
        try:
            self._graph = CompiledGraph(
                span_graph(
                    embedding_norm(folder),
                    layers,
                    folder.shape,
                    encoder.precision,
                    segment,
                    weights.first_trained,
                ),
                encoder.precision,
                PASSES_AT_ONCE,
            )
        except RuntimeError as exc:
            raise ModelError(f"OpenVINO does not take the reader: {exc}. {RETRAIN}") from exc
        self._embeddings = encoder.embeddings
        self._padding = encoder.tokenizer.end
        self.max_tokens = len(folder.tensors["embeddings.position_embeddings.weight"])
        self._shared = SharedBatches(self._score)

    def __call__(self, rows: Sequence[SpanRow]) -> list[SpanScores]:
        """Score windows; one result for each."""
        return self._shared(rows)

    def _score(self, rows: Sequence[SpanRow]) -> list[SpanScores]:
        lengths = [len(row.ids) for row in rows]
        return run_in_batches(self._run, rows, lengths, self._graph.streams)

    def _run(self, batches: Sequence[Sequence[SpanRow]]) -> list[list[SpanScores]]:
        states = self._graph.run_all(self._inputs(rows) for rows in batches)
        return [self._decide(*batch) for batch in zip(batches, states, strict=True)]

    def _inputs(self, rows: Sequence[SpanRow]) -> Inputs:
        shape = len(rows), max(len(row.ids) for row in rows)
        ids = np.full(shape, self._padding, dtype=np.int64)
        mask = np.zeros(shape, dtype=np.float32)
        kind = np.zeros(shape, dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)] = row.ids
            mask[number, : len(row.ids)] = 1
            kind[number, row.first : row.last] = 1
        return [self._embeddings(ids), mask, kind]

    def _decide(self, rows: Sequence[SpanRow], states: Floats) -> list[SpanScores]:
        spans = _apply(self._span, states)
        decided = _apply(self._answerable, np.tanh(_apply(self._pool, states[:, 0])))
        return [
            SpanScores(
                start=spans[number, row.first : row.last, 0],
                end=spans[number, row.first : row.last, 1],
                none=float(spans[number, 0].sum()),
                decided=float(decided[number, 0]),
            )
            for number, row in enumerate(rows)
        ]


def _apply(head: LinearWeights, states: Floats) -> Floats:
    return np.asarray(states @ head.weight.T + head.bias, dtype=np.float32)


class Differences:
    """What training changed, taken out by name; what is left at the end fits nowhere."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self._left = dict(tensors)

    def take(self, name: str, shape: tuple[int, ...]) -> Floats:
        """Return a tensor in its shape, or zeros where training changed nothing.

        Raises:
            ModelError: it is of another size.
        """
        values = self._left.pop(name, np.zeros(shape, dtype=np.float32))
        if values.size != np.prod(shape):
            raise misfit(name)
        return values.reshape(shape)

    def check_all_taken(self) -> None:
        """See that nothing is left.

        Raises:
            ModelError: something is.
        """
        for name in self._left:
            raise misfit(name)


def misfit(name: str) -> ModelError:
    """Return the error of a tensor that the encoder has no place for."""
    return ModelError(f"The reader's weights do not fit the encoder: {name}. {RETRAIN}")


def _head(changes: Differences, name: str, shape: tuple[int, int]) -> LinearWeights:
    return LinearWeights(
        changes.take(f"{name}.weight", shape), changes.take(f"{name}.bias", shape[:1])
    )


def change_layer(layer: LayerWeights, name: str, changes: Differences) -> LayerWeights:
    """Return a layer with the differences that training made; query, key and value are one."""
    hidden = len(layer.query.bias)
    weights = np.split(changes.take(f"{name}.qkv.weight", (3 * hidden, hidden)), 3)
    biases = np.split(changes.take(f"{name}.qkv.bias", (3 * hidden,)), 3)
    heads = [layer.query, layer.key, layer.value]
    query, key, value = (
        LinearWeights(head.weight + weight, head.bias + bias)
        for head, weight, bias in zip(heads, weights, biases, strict=True)
    )

    def change(part: str, linear: LinearWeights) -> LinearWeights:
        weight = changes.take(f"{name}.{part}.weight", linear.weight.shape)
        bias = changes.take(f"{name}.{part}.bias", linear.bias.shape)
        return LinearWeights(linear.weight + weight, linear.bias + bias)

    parts = {part: change(part, getattr(layer, part)) for part in _CHANGED}
    return LayerWeights(query=query, key=key, value=value, **parts)


_CHANGED = ("out", "norm1", "up", "down", "norm2")
