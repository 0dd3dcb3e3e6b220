"""Pairs -> token ids in batches of similar length.

Passages are cut to a window around the answer: training time grows with every token,
and an answer rarely needs more than its surroundings.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qa.reader.read import ABOUT_TOKENS, QUESTION_TOKENS
from training.reader.data import Pair

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SHORT_WINDOW, LONG_WINDOW = 128, 272
LONG_SHARE = 0.1
"""Most windows are short for speed; some are long so that far positions are seen too."""
POOL_BATCHES = 24
"""So many batches are sorted by length together."""
LENGTH_STEP = 8
"""Batches are padded to a multiple: the CPU's library keeps memory for every shape it meets."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair in token ids; `start` and `end` index `passage`, both -1 for no answer."""

    question: NDArray[np.int32]
    """Behind it, parted by the end token, what the article is, where that is told."""
    passage: NDArray[np.int32]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one forward pass takes, and its targets (token positions, 0 for no answer)."""

    ids: Tensor
    mask: Tensor
    passage: Tensor
    start: Tensor
    end: Tensor
    answerable: Tensor


def tokenise(pairs: Sequence[Pair], tokenizer: "PreTrainedTokenizerFast") -> list[Tokens]:
    """Turn pairs into tokens; a pair whose answer falls between tokens is left out."""
    texts = {text: None for pair in pairs for text in (pair.question, pair.passage, pair.about)}
    coded = dict(zip(texts, _encode(list(texts), tokenizer), strict=True))
    found = []
    for pair in pairs:
        ids, offsets = coded[pair.passage]
        first, last = -1, -1
        if pair.answerable:
            inside = np.flatnonzero((offsets[:, 1] > pair.start) & (offsets[:, 0] < pair.end))
            if not len(inside):
                continue
            first, last = int(inside[0]), int(inside[-1])
        question = coded[pair.question][0][:QUESTION_TOKENS]
        about = coded[pair.about][0][:ABOUT_TOKENS]
        if len(about):
            end = np.array([tokenizer.sep_token_id], dtype=np.int32)
            question = np.concatenate((question, end, about))
        found.append(Tokens(question, ids, first, last))
    return found


def keep_tokens(path: Path, tokens: Sequence[Tokens]) -> None:
    """Write tokens to an .npz file, all their ids one after the other."""
    ids = [row for item in tokens for row in (item.question, item.passage)]
    np.savez(
        path,
        ids=np.concatenate(ids) if ids else np.zeros(0, np.int32),
        lengths=np.array([len(row) for row in ids], np.int64),
        spans=np.array([(item.start, item.end) for item in tokens], np.int64).reshape(-1, 2),
    )


def load_tokens(path: Path) -> list[Tokens]:
    """Return what `keep_tokens` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        rows = np.split(kept["ids"], np.cumsum(kept["lengths"])[:-1]) if len(kept["spans"]) else []
        spans = kept["spans"].tolist()
    return [
        Tokens(question, passage, start, end)
        for question, passage, (start, end) in zip(rows[::2], rows[1::2], spans, strict=True)
    ]


def _encode(
    texts: list[str], tokenizer: "PreTrainedTokenizerFast"
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield each text's token ids and their character offsets, without special tokens."""
    for begin in range(0, len(texts), 1000):
        coded = tokenizer.backend_tokenizer.encode_batch(
            texts[begin : begin + 1000], add_special_tokens=False
        )
        for entry in coded:
            offsets = np.array(entry.offsets, dtype=np.int32).reshape(-1, 2)
            yield np.array(entry.ids, dtype=np.int32), offsets


def cut(tokens: Tokens, rng: random.Random) -> Tokens:
    """Cut a passage to a random window, around the answer where there is one."""
    size = (
        LONG_WINDOW if rng.random() < LONG_SHARE else rng.randint(SHORT_WINDOW // 2, SHORT_WINDOW)
    )
    length = len(tokens.passage)
    # A passage a little longer is kept whole: a short remainder teaches nothing.
    if length <= max(size, SHORT_WINDOW):
        return tokens
    if tokens.start < 0:
        begin = rng.randint(0, length - size)
        return Tokens(tokens.question, tokens.passage[begin : begin + size], -1, -1)
    last = min(tokens.end, tokens.start + size - 1)
    begin = rng.randint(max(0, last - size + 1), min(tokens.start, length - size))
    window = tokens.passage[begin : begin + size]
    return Tokens(tokens.question, window, tokens.start - begin, last - begin)


def batches(
    data: Sequence[Tokens], size: int, ranks: int, seed: int, bos: int, eos: int, pad: int
) -> Iterator[list[Batch]]:
    """Yield one step's batches, one for each rank, over one cycle of the data."""
    rng = random.Random(seed)
    order = list(range(len(data)))
    rng.shuffle(order)
    pool = size * ranks * POOL_BATCHES
    for begin in range(0, len(order) - size * ranks + 1, pool):
        chosen = [cut(data[i], rng) for i in order[begin : begin + pool]]
        chosen.sort(key=lambda t: len(t.question) + len(t.passage))
        steps = [
            [chosen[i + r : i + size * ranks : ranks] for r in range(ranks)]
            for i in range(0, len(chosen) - size * ranks + 1, size * ranks)
        ]
        rng.shuffle(steps)
        for step in steps:
            yield [collate(part, bos, eos, pad) for part in step]


def collate(rows: Sequence[Tokens], bos: int, eos: int, pad: int) -> Batch:
    """Lay rows out as `<s> question </s> about </s></s> passage </s>`, padded on the right."""
    longest = max(len(row.question) + len(row.passage) + 4 for row in rows)
    longest = -(-longest // LENGTH_STEP) * LENGTH_STEP
    ids = np.full((len(rows), longest), pad, dtype=np.int64)
    mask = np.zeros((len(rows), longest), dtype=bool)
    passage = np.zeros((len(rows), longest), dtype=bool)
    start = np.zeros(len(rows), dtype=np.int64)
    end = np.zeros(len(rows), dtype=np.int64)
    for i, row in enumerate(rows):
        first = len(row.question) + 3
        stop = first + len(row.passage)
        ids[i, 0] = bos
        ids[i, 1 : first - 2] = row.question
        ids[i, first - 2 : first] = eos
        ids[i, first:stop] = row.passage
        ids[i, stop] = eos
        mask[i, : stop + 1] = True
        passage[i, first:stop] = True
        if row.start >= 0:
            start[i], end[i] = first + row.start, first + row.end
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(mask),
        torch.from_numpy(passage),
        torch.from_numpy(start),
        torch.from_numpy(end),
        torch.from_numpy(start > 0).float(),
    )
