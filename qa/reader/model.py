"""The reader's network: the encoder's layers with heads for a span and for "no answer".

A question and a passage go in together, `<s> question </s></s> passage </s>`, and
every token gets a score as the first and as the last one of the answer. The first
token, `<s>`, stands for "no answer here" and carries the answerability head.

The forward pass is written out rather than taken from transformers: attention as
plain matrix products is four times faster backward in bfloat16 on a CPU, and the
layers below `first_trained` need no graph at all.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.runtime.batches import run_in_batches
from index.runtime.folder import Shape
from qa.reader.read import SpanRow, SpanScores

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MASKED = -1e4
"""Added to scores that may not count; small enough for bfloat16 and float16."""


class Layer(nn.Module):
    """One transformer layer, post-norm, with query, key and value in one product."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.hidden, 3 * shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.norm1 = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.up = nn.Linear(shape.hidden, shape.feed_forward)
        self.down = nn.Linear(shape.feed_forward, shape.hidden)
        self.norm2 = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

    def forward(self, x: Tensor, bias: Tensor, dropout: float = 0.0) -> Tensor:
        """Map (batch, tokens, hidden) to the same; `bias` (batch, 1, 1, tokens) masks padding."""
        batch, tokens, hidden = x.shape
        qkv = self.qkv(x).view(batch, tokens, 3, self.heads, hidden // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        if torch.is_grad_enabled():
            scale = (hidden // self.heads) ** -0.5
            weights = (query * scale) @ key.transpose(-1, -2) + bias
            attended = weights.softmax(-1) @ value
        else:
            attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        attended = attended.transpose(1, 2).reshape(batch, tokens, hidden)
        x = self.norm1(x + functional.dropout(self.out(attended), dropout, self.training))
        inner = self.down(functional.gelu(self.up(x)))
        y: Tensor = self.norm2(x + functional.dropout(inner, dropout, self.training))
        return y


class Embedding(nn.Module):
    """Word, position and token-type embeddings; the word table may be shared with the encoder."""

    def __init__(self, words: Tensor, positions: Tensor, kind: Tensor, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Parameter(words, requires_grad=False)
        self.positions = nn.Parameter(positions, requires_grad=False)
        self.kind = nn.Parameter(kind, requires_grad=False)
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)

    def forward(self, ids: Tensor) -> Tensor:
        """Map token ids (batch, tokens) to (batch, tokens, hidden)."""
        words = functional.embedding(ids, self.words).to(self.kind.dtype)
        summed = words + self.positions[: ids.shape[1]] + self.kind
        normed: Tensor = self.norm(summed)
        return normed


class ReaderNetwork(nn.Module):
    """Scores every token as the first and the last of the answer, and the passage as a whole."""

    def __init__(self, embedding: Embedding, shape: Shape, first_trained: int) -> None:
        super().__init__()
        self.shape = shape
        self.first_trained = first_trained
        self.embedding = embedding
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        # Tells passage from question; added below the first trained layer.
        self.segment = nn.Parameter(torch.zeros(2, shape.hidden))
        self.span = nn.Linear(shape.hidden, 2)
        self.pool = nn.Linear(shape.hidden, shape.hidden)
        self.answerable = nn.Linear(shape.hidden, 1)

    @property
    def max_tokens(self) -> int:
        """The longest input, in tokens."""
        return int(self.embedding.positions.shape[0])

    def forward(
        self, ids: Tensor, mask: Tensor, passage: Tensor, dropout: float = 0.0
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score a batch.

        Args:
            ids: token ids, (batch, tokens).
            mask: True where there is a token, (batch, tokens).
            passage: True on the passage's tokens, (batch, tokens).
            dropout: the share of each layer's output that is dropped while training.

        Returns:
            Start and end scores (batch, tokens), float32, with everything but the passage
            and `<s>` masked; answerability (batch,), float32, as a log odds.
        """
        states = self.embedding.norm.weight
        bias = torch.zeros(mask.shape, dtype=states.dtype, device=ids.device)
        bias = bias.masked_fill(~mask, MASKED)[:, None, None, :]
        with torch.no_grad():
            states = self.embedding(ids)
            for layer in self.layers[: self.first_trained]:
                states = layer(states, bias)
        states = states + self.segment[passage.long()]
        for layer in self.layers[self.first_trained :]:
            states = layer(states, bias, dropout)
        allowed = passage.clone()
        allowed[:, 0] = True
        scores = self.span(states).float().masked_fill(~allowed[:, :, None], MASKED)
        first = states[:, 0]
        answerable = self.answerable(torch.tanh(self.pool(first))).float().squeeze(-1)
        return scores[..., 0], scores[..., 1], answerable


class TorchNetwork:
    """Scores windows with a `ReaderNetwork`; safe to call from several threads."""

    def __init__(self, network: ReaderNetwork, padding: int) -> None:
        """Take a network and the id of the token that fills short windows up."""
        self.network = network
        self.max_tokens = network.max_tokens
        self._padding = padding

    def __call__(self, rows: Sequence[SpanRow]) -> list[SpanScores]:
        """Score windows; one result for each."""
        lengths = [len(row.ids) for row in rows]
        return run_in_batches(lambda batches: list(map(self._pass, batches)), rows, lengths)

    def _pass(self, rows: Sequence[SpanRow]) -> list[SpanScores]:
        shape = len(rows), max(len(row.ids) for row in rows)
        ids = np.full(shape, self._padding, dtype=np.int64)
        mask = np.zeros(shape, dtype=bool)
        passage = np.zeros(shape, dtype=bool)
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)] = row.ids
            mask[number, : len(row.ids)] = True
            passage[number, row.first : row.last] = True
        with torch.inference_mode():
            start, end, decided = (
                scores.numpy()
                for scores in self.network(*map(torch.from_numpy, (ids, mask, passage)))
            )
        return [
            SpanScores(
                start=start[number, row.first : row.last],
                end=end[number, row.first : row.last],
                none=float(start[number, 0] + end[number, 0]),
                decided=float(decided[number]),
            )
            for number, row in enumerate(rows)
        ]


def network_from(model: "SentenceTransformer", first_trained: int) -> ReaderNetwork:
    """Copy the layers of a BERT-like sentence-transformers model into a network in float32.

    The word embeddings, three quarters of the model, are shared with it in the type that
    they have there; nothing here ever writes to them.
    """
    bert: Any = model[0].auto_model
    config = bert.config
    shape = Shape(
        hidden=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        feed_forward=config.intermediate_size,
        epsilon=config.layer_norm_eps,
    )
    state = {name: tensor.detach() for name, tensor in bert.state_dict().items()}
    embedding = Embedding(
        state["embeddings.word_embeddings.weight"],
        state["embeddings.position_embeddings.weight"].float(),
        state["embeddings.token_type_embeddings.weight"][0].float(),
        shape,
    )
    network = ReaderNetwork(embedding, shape, first_trained)
    own = network.state_dict()
    own["embedding.norm.weight"] = state["embeddings.LayerNorm.weight"]
    own["embedding.norm.bias"] = state["embeddings.LayerNorm.bias"]
    for index in range(shape.layers):
        own.update(_layer_state(state, index))
    network.load_state_dict(own)
    return network.eval()


def _layer_state(state: dict[str, Tensor], index: int) -> dict[str, Tensor]:
    """Return one layer's tensors under this module's names."""
    source, target = f"encoder.layer.{index}.", f"layers.{index}."
    names = {
        "attention.output.dense": "out",
        "attention.output.LayerNorm": "norm1",
        "intermediate.dense": "up",
        "output.dense": "down",
        "output.LayerNorm": "norm2",
    }
    found = {}
    for kind in ("weight", "bias"):
        parts = [state[f"{source}attention.self.{n}.{kind}"] for n in ("query", "key", "value")]
        found[f"{target}qkv.{kind}"] = torch.cat(parts)
        for theirs, ours in names.items():
            found[f"{target}{ours}.{kind}"] = state[f"{source}{theirs}.{kind}"]
    return found
