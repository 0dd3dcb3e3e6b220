"""Measure the reader's speed: `python -m benchmarks.reader.speed`.

Eight German passages of 200 tokens, read for a question as the reader ships, in OpenVINO, and
in torch's float32 and bfloat16 (where the CPU has it), against encoding the same tokens
once with the default encoder. They take turns, so that what else the machine does falls on all.
Writes benchmarks/reader/speed.json.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from index.encoder import SentenceTransformerEncoder
from index.runtime.cpu import has_native_bfloat16
from index.runtime.tokens import TextTokenizer
from qa.reader import EncoderReader, reader_from
from qa.reader.model import TorchNetwork, network_from
from qa.reader.weights import apply, load

QUESTION = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
PASSAGES, TOKENS = 8, 200
WARM_UP = 3


def passages(tokenizer: Any, text: str) -> list[str]:
    """Cut a text into passages of exactly so many tokens."""
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    offsets = coded["offset_mapping"]
    cuts = [offsets[i * TOKENS][0] for i in range(PASSAGES)]
    ends = [offsets[(i + 1) * TOKENS - 1][1] for i in range(PASSAGES)]
    return [text[begin:end] for begin, end in zip(cuts, ends, strict=True)]


def readers(folder: Path, encoder: SentenceTransformerEncoder) -> dict[str, EncoderReader]:
    """Return the reader as it ships, and the same in torch's own number formats."""
    shipped = reader_from(folder, encoder)
    found = {"shipped": shipped}
    tokenizer = TextTokenizer(encoder.model.tokenizer.backend_tokenizer.to_str())
    weights = load(folder)
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        if name == "bfloat16" and not has_native_bfloat16():
            continue
        network = network_from(encoder.model, weights.first_trained)
        apply(network, weights)
        network.to(dtype)
        found[name] = EncoderReader(
            TorchNetwork(network.eval(), tokenizer.end), tokenizer, weights.calibration
        )
    return found


def time_call(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, default=Path("qa/reader"))
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "speed.json")
    options = parser.parse_args(arguments)
    encoder = SentenceTransformerEncoder()
    texts = passages(encoder.model.tokenizer, german_text())
    calls: dict[str, Callable[[], Any]] = {
        "encode": lambda: encoder.encode(texts, "document"),
        **{
            f"read_{name}": partial(reader.read, QUESTION, texts)
            for name, reader in readers(options.weights, encoder).items()
        },
    }
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(-WARM_UP, options.rounds):
        for name, call in calls.items():
            seconds = time_call(call)
            if turn >= 0:
                taken[name].append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    result = {
        "command": "python -m benchmarks.reader.speed",
        "passages": PASSAGES,
        "tokens": TOKENS,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "bfloat16": has_native_bfloat16(),
        "ms_median": {name: round(1000 * median, 1) for name, median in medians.items()},
        "ms_least": {name: round(1000 * min(seconds), 1) for name, seconds in taken.items()},
        "ratio": {
            name: round(median / medians["encode"], 3)
            for name, median in medians.items()
            if name != "encode"
        },
    }
    print(json.dumps(result))
    options.out.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def german_text() -> str:
    """Return the German sample articles as one text, repeated until it is long enough."""
    folder = Path(__file__).parents[2] / "corpus" / "samples" / "de"
    found = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    text = " ".join(" ".join(found).split())
    return " ".join([text] * (1 + 20_000 // max(1, len(text))))


if __name__ == "__main__":
    main(sys.argv[1:])
