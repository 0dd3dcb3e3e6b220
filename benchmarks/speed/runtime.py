"""Encoding, asking and starting beside sentence-transformers: `python -m benchmarks.speed.runtime`.

The sample articles are added, their paragraphs and sentences encoded, their questions asked.
What is compared takes turns in one run, and each ratio is of two neighbours in time: by
processor time, which other work on the machine changes little, and by the clock. sentence-
transformers runs the same model as it does by default, in float32 and batches of 32.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from corpus.samples import samples_folder
from corpus.text.sentences import sentence_spans
from index.default_model import default_model_folder
from index.encoder import SentenceTransformerEncoder
from index.runtime.cpu import available_cores, best_precision
from qa import Collection, open_collection

QUESTIONS = Path(__file__).parents[2] / "tests" / "data" / "sample_questions.jsonl"
QUESTION = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
TARGETS = {
    "tokens_cpu": (">=", 4.0), "tokens_clock": (">=", 4.0), "question_cpu": ("<=", 0.25),
    "products_cpu": (">=", 0.6), "paragraphs_added_a_cpu_second": (">=", 25.0),
    "cold_ask_cpu": ("<=", 0.3), "ask_ms_clock": ("<=", 150.0),
}  # fmt: skip

Taken = tuple[float, float]
"""Seconds of processor time, children's too, and by the clock."""


def take_time(work: Callable[[], object]) -> Taken:
    """Run something and return what it took."""
    before, began = os.times(), time.perf_counter()
    work()
    ended, after = time.perf_counter(), os.times()
    return sum(after[:4]) - sum(before[:4]), ended - began


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median, the least and the most of some figures.

    >>> spread([3.0, 1.0, 2.0])
    {'median': 2.0, 'least': 1.0, 'most': 3.0}
    """
    found = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    return {name: round(value, 3) for name, value in found.items()}


def texts_of(collection: Collection, most: int) -> list[str]:
    """Return paragraphs and their sentences, spread evenly over the articles."""
    found = []
    for row in collection.articles():
        article = collection.article(row.uri)
        for paragraph in article.paragraphs:
            text = article.text[paragraph.start : paragraph.end]
            spans = sentence_spans(text, paragraph.language)
            found += [text, *(text[slice(*span)] for span in spans[1:])]
    return found[:: max(1, len(found) // most)][:most]


def matrix_products(tokens: int, folder: Path) -> Callable[[], None]:
    """Return the products of weights and `tokens` tokens of a model, and nothing else."""
    import torch

    torch.set_num_threads(available_cores())
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    shapes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)]
    kind = torch.bfloat16 if best_precision() == "bf16" else torch.float32
    pairs = [(torch.randn(tokens, a).to(kind), torch.randn(a, b).to(kind)) for a, b in shapes]

    def work() -> None:
        with torch.inference_mode():
            for _ in range(config["num_hidden_layers"]):
                for states, weights in pairs:
                    states @ weights

    return work


def run_quietly(*command: str) -> Callable[[], None]:
    """Return a function that runs a command of this interpreter."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}

    def work() -> None:
        full = [sys.executable, *command]
        subprocess.run(full, check=True, stdout=subprocess.DEVNULL, env=environment)

    return work


def compare_encoding(texts: list[str], rounds: int) -> dict[str, list[float]]:
    """Return the ratios of each round to sentence-transformers and to the bare products."""
    from sentence_transformers import SentenceTransformer

    folder = default_model_folder()
    plain = SentenceTransformer(str(folder), device="cpu")
    ours = SentenceTransformerEncoder()
    engine: Any = ours.compiled
    counted = plain.tokenizer([f"passage: {text}" for text in texts])["input_ids"]
    products = matrix_products(min(2048, sum(map(len, counted))), folder)
    share = min(2048, sum(map(len, counted))) / sum(map(len, counted))
    found: dict[str, list[float]] = {}

    def keep(name: str, value: float) -> None:
        found.setdefault(name, []).append(value)

    def ask_plain() -> None:
        for number in range(10):
            plain.encode_query(f"{QUESTION} {number}")

    def ask_ours() -> None:
        for number in range(10):
            engine.encode_question(f"{QUESTION} {number}")

    for turn in range(-1, rounds):
        theirs = take_time(lambda: plain.encode_document(texts, show_progress_bar=False))
        mine = take_time(lambda: ours.encode(texts, "document"))
        bare = take_time(products)
        asked_theirs, asked_mine = take_time(ask_plain), take_time(ask_ours)
        if turn >= 0:
            keep("tokens_cpu", theirs[0] / mine[0])
            keep("tokens_clock", theirs[1] / mine[1])
            keep("products_cpu", bare[0] / share / mine[0])
            keep("question_cpu", asked_mine[0] / asked_theirs[0])
            keep("tokens_a_cpu_second", sum(map(len, counted)) / mine[0])
    cosines = (
        ours.encode(texts, "document") * plain.encode_document(texts, normalize_embeddings=True)
    ).sum(axis=1)
    found["least_cosine"] = [float(np.min(cosines))]
    return found


def measure_collection(folder: Path, rounds: int, most: int) -> dict[str, list[float]]:
    """Return what adding, asking and a cold start cost; `folder` gets the samples."""
    names = ("paragraphs_added_a_cpu_second", "cold_ask_cpu", "ask_ms_clock", "ask_ms_cpu")
    found: dict[str, list[float]] = {name: [] for name in names}
    encoder = SentenceTransformerEncoder()
    encoder.encode(["x"], "query")
    for turn in range(rounds):
        with open_collection(folder / str(turn), create=True, encoder=encoder) as collection:
            taken = take_time(
                lambda c=collection: c.add(samples_folder() / "de", samples_folder() / "en")  # type: ignore[misc]
            )
            paragraphs = sum(
                len(collection.article(row.uri).paragraphs) for row in collection.articles()
            )
            found["paragraphs_added_a_cpu_second"].append(paragraphs / taken[0])
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    questions = questions[:: max(1, len(questions) // most)][:most]
    with open_collection(folder / "0") as collection:
        collection.ask(QUESTION)
        for question in questions:
            taken = take_time(lambda q=question: collection.ask(q))  # type: ignore[misc]
            found["ask_ms_cpu"].append(1000 * taken[0])
            found["ask_ms_clock"].append(1000 * taken[1])
    program = "from qa.cli import main; main()"
    ask = run_quietly("-c", program, "--collection", str(folder / "0"), "ask", QUESTION)
    load = run_quietly("-c", "import sentence_transformers")
    for _ in range(rounds):
        found["cold_ask_cpu"].append(take_time(ask)[0] / take_time(load)[0])
    return found


def main() -> None:
    """Measure, print, and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--texts", type=int, default=200)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "runtime.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        found = measure_collection(Path(scratch), options.rounds, options.questions)
        with open_collection(Path(scratch) / "0") as collection:
            texts = texts_of(collection, options.texts)
    found |= compare_encoding(texts, options.rounds)
    result = {
        "command": "python -m benchmarks.speed.runtime",
        "python": platform.python_version(),
        "cores": available_cores(),
        "precision": best_precision(),
        "load_average": round(os.getloadavg()[0], 1),
        "texts": len(texts),
        "figures": {
            name: spread(values)
            | ({"target": " ".join(map(str, TARGETS[name]))} if name in TARGETS else {})
            for name, values in sorted(found.items())
        },
    }
    text = json.dumps(result, indent=1)
    print(text)
    options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
