"""A model's vectors by OpenVINO: the same as sentence-transformers', in half the time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.arrays import Floats, Ids
from index.runtime.batches import SharedBatches, cut_by_tokens
from index.runtime.compile import CompiledGraph, Inputs
from index.runtime.cpu import Precision, available_cores
from index.runtime.folder import ModelFolder
from index.runtime.graph import Embeddings, embedding_norm, encoder_graph, layers_of
from index.runtime.tokens import TextTokenizer

MOST_STATE_TOKENS = 64
"""Tokens of a question whose states count."""
CORES_A_PASS = 2
"""More than two wait for each other too much in products of this size; fewer make a single
question wait. Several passes run at once where there are more cores."""
TEXTS_AT_ONCE = 4096
"""Tokenised together."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One text: its framed tokens, and those whose states are averaged."""

    ids: Ids
    first: int = 0
    last: int = 0


class CompiledEncoder:
    """Encodes with the weights of a `ModelFolder`; safe to call from several threads."""

    def __init__(self, folder: ModelFolder, precision: Precision) -> None:
        """Read the tokenizer and compile the graph.

        Raises:
            OSError: the tokenizer cannot be read.
            ValueError: it is damaged or of another kind.
            RuntimeError: OpenVINO does not take the graph.
        """
        self.folder = folder
        self.precision = precision
        self.tokenizer = TextTokenizer(folder=folder.path)
        self.embeddings = Embeddings(folder.tensors)
        layers = layers_of(folder)
        self._graph = CompiledGraph(
            encoder_graph(embedding_norm(folder), layers, folder.shape, precision),
            precision,
            available_cores() // CORES_A_PASS,
        )
        prompt = self.tokenizer.ids([folder.query_prompt])[0]
        self._prompt_tokens = len(prompt)
        self._questions = SharedBatches(self._pass)

    @property
    def fingerprint(self) -> str:
        """The model's."""
        return self.folder.fingerprint

    @property
    def max_tokens(self) -> int:
        """How many tokens of a text the model reads."""
        return self.folder.max_tokens

    @property
    def dimension(self) -> int:
        """Of the vectors."""
        return self.folder.shape.hidden

    def encode_documents(self, texts: Sequence[str]) -> Floats:
        """Return (texts, dimension); rows have length 1 but for rounding."""
        return self._encode([self.folder.document_prompt + text for text in texts])

    def encode_queries(self, texts: Sequence[str]) -> Floats:
        """Return (texts, dimension); rows have length 1 but for rounding."""
        return self._encode([self.folder.query_prompt + text for text in texts])

    def encode_question(self, text: str) -> tuple[Floats, Floats | None]:
        """Return a question's vector and the mean of its tokens' states in each layer.

        Returns:
            (dimension,) and (layers, dimension); None in place of the states where it has no
            tokens. Questions that come at the same time go through the model together.
        """
        (ids,) = self.frame([self.folder.query_prompt + text])
        # With the last token of the prompt, which gathers what the question is to be used for.
        first = max(1, self._prompt_tokens)
        last = min(1 + self._prompt_tokens + MOST_STATE_TOKENS, len(ids) - 1)
        has_tokens = len(ids) >= self._prompt_tokens + 3
        row = TokenRow(ids, first, last) if has_tokens else TokenRow(ids)
        (found,) = self._questions([row])
        return found[-1], found[:-1] if has_tokens else None

    def _encode(self, texts: Sequence[str]) -> Floats:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for at in range(0, len(texts), TEXTS_AT_ONCE):
            rows = self.frame(texts[at : at + TEXTS_AT_ONCE])
            vectors[at : at + len(rows)] = self.encode_rows(rows)
        return vectors

    def encode_rows(self, rows: Sequence[Ids]) -> Floats:
        """Return (rows, dimension) of texts that `frame` has made tokens of."""
        vectors = np.zeros((len(rows), self.dimension), dtype=np.float32)
        batches = cut_by_tokens([len(ids) for ids in rows])
        passes = (self._inputs([TokenRow(rows[number]) for number in batch]) for batch in batches)
        for batch, states in zip(batches, self._graph.run_all(passes), strict=True):
            vectors[batch] = states[:, -1]
        return vectors

    def frame(self, texts: Sequence[str]) -> list[Ids]:
        """Return the ids of each text as the model reads them: cut, and framed."""
        tokenizer, room = self.tokenizer, self.max_tokens - 2
        return [
            np.concatenate(([tokenizer.begin], ids[:room], [tokenizer.end]))
            for ids in tokenizer.ids(texts)
        ]

    def _pass(self, rows: Sequence[TokenRow]) -> list[Floats]:
        """Return, for each row, its states in the layers and then its vector."""
        found: list[Floats] = [np.zeros(0, dtype=np.float32)] * len(rows)
        for batch in cut_by_tokens([len(row.ids) for row in rows]):
            states = self._graph.run(self._inputs([rows[number] for number in batch]))
            for number, values in zip(batch.tolist(), states, strict=True):
                found[number] = values
        return found

    def _inputs(self, rows: Sequence[TokenRow]) -> Inputs:
        """Return what the graph takes for one batch; it gives (rows, layers + 1, dimension)."""
        longest = max(len(row.ids) for row in rows)
        ids = np.full((len(rows), longest), self.tokenizer.end, dtype=np.int64)
        mask = np.zeros((len(rows), longest), dtype=np.float32)
        pool = np.zeros((len(rows), 2, longest), dtype=np.float32)
        for number, row in enumerate(rows):
            length = len(row.ids)
            ids[number, :length] = row.ids
            mask[number, :length] = 1
            pool[number, 0, :length] = 1 / length
            if row.last > row.first:
                pool[number, 1, row.first : row.last] = 1 / (row.last - row.first)
        return [self.embeddings(ids), mask, pool]
