"""Measure the reader's speed: `python -m benchmarks.reader.speed`.

Eight German passages of 200 tokens, read for a question, against encoding the same
tokens once with the default encoder. The two take turns, so that what else the machine
does falls on both. Writes benchmarks/reader/speed.json.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.encoder import SentenceTransformerEncoder, has_native_bfloat16
from qa.reader import reader_from

QUESTION = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
PASSAGES, TOKENS = 8, 200


def passages(tokenizer: Any, text: str) -> list[str]:
    """Cut a text into passages of exactly so many tokens."""
    coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    offsets = coded["offset_mapping"]
    cuts = [offsets[i * TOKENS][0] for i in range(PASSAGES)]
    ends = [offsets[(i + 1) * TOKENS - 1][1] for i in range(PASSAGES)]
    return [text[begin:end] for begin, end in zip(cuts, ends, strict=True)]


def timed(call: Callable[[], Any]) -> float:
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
    reader = reader_from(options.weights, encoder)
    texts = passages(encoder.model.tokenizer, german_text())
    for _ in range(3):
        reader.read(QUESTION, texts)
        encoder.encode(texts, "document")
    read, encoded = [], []
    for _ in range(options.rounds):
        read.append(timed(lambda: reader.read(QUESTION, texts)))
        encoded.append(timed(lambda: encoder.encode(texts, "document")))
    result = {
        "command": "python -m benchmarks.reader.speed",
        "passages": PASSAGES,
        "tokens": TOKENS,
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "bfloat16": has_native_bfloat16(),
        "read_ms_median": round(1000 * statistics.median(read), 1),
        "read_ms_least": round(1000 * min(read), 1),
        "encode_ms_median": round(1000 * statistics.median(encoded), 1),
        "ratio": round(statistics.median(read) / statistics.median(encoded), 3),
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
