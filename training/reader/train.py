"""Train the reader.

    python -m training.reader.train --data DIR [--out DIR] [--minutes N] [--seed N]

One process a core (or one on a GPU), each with its own batches; gradients are averaged
at every step. On a CPU that others use too this is faster than threads, which wait for
one another at every operation. Without bfloat16 in the CPU everything is float32.

The rate falls with time spent, not with steps, so that a run fits its `--minutes` on any
machine; on a CPU these are minutes of its own, so that what else the machine does costs
patience and not training. A running mean of the weights is kept, and it is the mean that is
measured and exported. The run's state is written every few minutes; the same command goes on
from it.
"""

import argparse
import ctypes
import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.multiprocessing.spawn import spawn

from index.encoder import SentenceTransformerEncoder
from index.runtime.cpu import has_native_bfloat16
from qa.reader.model import network_from
from qa.reader.weights import apply, load, read_sidecar
from training.reader.batches import Batch, Tokens, batches, keep_tokens, load_tokens, tokenise
from training.reader.data import MIXTURES, Source, build_cycle
from training.reader.export import finish
from training.reader.trainer import FIRST_TRAINED, Trainer

log = logging.getLogger("training.reader.train")

BATCH = 5
"""Pairs in one process and step. With few pairs in all, more and smaller steps learn more."""
CHECKPOINT_S = 240.0
SHOWN_STEPS = 100
ALSO_ANSWERED, ALSO_MINED = 3500, 1200
"""Of a set named with --also, in a cycle; at most each question twice."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is told; the same for all its processes."""

    data: Path
    out: Path
    also: tuple[Path, ...]
    minutes: float
    seed: int
    ranks: int
    device: str
    model: str | None = None
    """Another encoder than the default one: a folder or a name."""
    start: Path | None = None
    """A reader whose weights a new run begins with."""
    rate: float = 1.0
    """Share of the full learning rates; a start that knows much already needs less."""
    mixture: str = "base"
    """Which of `MIXTURES` a cycle is drawn from."""


def cycle(plan: Plan, number: int, tokenizer: Any) -> list[Tokens]:
    """Return the data of one cycle; it is drawn once and kept beside the run."""
    name = "-".join([plan.mixture, str(number), *(path.name for path in plan.also)])
    path = plan.out / f"cycle-{name}.npz"
    if not path.is_file():
        seed = plan.seed + number
        pairs = build_cycle(plan.data, seed, MIXTURES[plan.mixture])
        for folder in plan.also:
            source = Source(folder.name, ALSO_ANSWERED, mined=ALSO_MINED)
            pairs += build_cycle(folder.parent, seed, (source,))
        scratch = path.with_suffix(f".{os.getpid()}.npz")
        keep_tokens(scratch, tokenise(pairs, tokenizer))
        scratch.rename(path)
    return load_tokens(path)


def stream(plan: Plan, tokenizer: Any, place: dict[str, Any]) -> Iterator[list[Batch]]:
    """Yield every step's batches from `place` on, and keep `place` up to date.

    A run that goes on with other sets beside it begins a new cycle.
    """
    also = [str(path) for path in plan.also]
    if place.get("also", also) != also:
        place.update(cycle=place["cycle"] + 1, at=0)
    place["also"] = also
    ids = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id)
    while True:
        number = place["cycle"]
        data = cycle(plan, number, tokenizer)
        for at, step in enumerate(batches(data, BATCH, plan.ranks, plan.seed + number, *ids)):
            if at >= place["at"]:
                place["at"] = at + 1
                yield step
        place.update(cycle=number + 1, at=0)


def work(rank: int, plan: Plan) -> None:
    """Run one process of the training until its time is spent."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(plan.seed)
    cpu = plan.device == "cpu"
    if cpu and plan.ranks > 1:
        torch.set_num_threads(1)
    if plan.ranks > 1:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{plan.out}/meeting", rank=rank, world_size=plan.ranks
        )
    model = SentenceTransformerEncoder(plan.model).model
    network = network_from(model, FIRST_TRAINED)
    if plan.start is not None:
        apply(network, load(plan.start))
    network.to(device=plan.device)
    trainer = Trainer(network, plan.ranks, plan.rate)
    network.to(torch.bfloat16 if not cpu or has_native_bfloat16() else torch.float32).train()
    progress: dict[str, Any] = {"seconds": 0.0, "pairs": 0, "history": []}
    place: dict[str, Any] = {"cycle": 0, "at": 0}
    checkpoint = plan.out / "state.pt"
    if checkpoint.is_file():
        state = torch.load(checkpoint, map_location=plan.device, weights_only=True)
        trainer.restore(state)
        progress |= state["progress"]
        place |= state["place"]
        log.info("going on from step %d, %.1f min", trainer.step, progress["seconds"] / 60)
    clock = time.process_time if cpu else time.monotonic
    saved = time.monotonic()
    shown: list[float] = []
    since = (progress["seconds"], progress["pairs"])
    for step in stream(plan, model.tokenizer, place):
        if progress["seconds"] >= plan.minutes * 60:
            break
        if is_orphaned():
            # The same command may run again by now, and write the same files.
            raise SystemExit("The process that started this one is gone; the last state is kept.")
        began = clock()
        batch = move_batch(step[rank], plan.device)
        shown.append(trainer.learn(batch, progress["seconds"] / 60 / plan.minutes))
        progress["seconds"] += agree_on_time(clock() - began, plan.ranks)
        progress["pairs"] += len(batch.ids) * plan.ranks
        if len(shown) == SHOWN_STEPS:
            loss = sum(shown) / len(shown)
            speed = (progress["pairs"] - since[1]) / (progress["seconds"] - since[0])
            minutes = round(progress["seconds"] / 60, 1)
            progress["history"].append([trainer.step, minutes, round(loss, 4)])
            since = (progress["seconds"], progress["pairs"])
            shown = []
            give_back_memory()
            if rank == 0:
                log.info(
                    "step %d, %.1f min: loss %.3f, %.1f pairs/s", trainer.step, minutes, loss, speed
                )
        if rank == 0 and time.monotonic() - saved > CHECKPOINT_S:
            saved = time.monotonic()
            save({**trainer.state(), "progress": progress, "place": place}, checkpoint)
    if rank == 0:
        save({**trainer.state(), "progress": progress, "place": place}, checkpoint)


def is_orphaned() -> bool:
    """Tell whether the process that started this one was ended."""
    parent = torch.multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()


def agree_on_time(seconds: float, ranks: int) -> float:
    """Return the first process's time, so that all stop at the same step."""
    if ranks == 1:
        return seconds
    spent = torch.tensor([seconds], dtype=torch.float64)
    torch.distributed.broadcast(spent, 0)
    return float(spent)


def give_back_memory() -> None:
    """Return freed memory to the system; glibc keeps gigabytes over batches of many shapes."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


def move_batch(batch: Batch, device: str) -> Batch:
    """Return the batch on a device."""
    if device == "cpu":
        return batch
    return Batch(*(getattr(batch, name).to(device) for name in Batch.__slots__))


def origin(start: Path) -> dict[str, object]:
    """Return what the new sidecar says of the reader that a run began with."""
    sidecar = read_sidecar(start)
    training = sidecar.get("training", {})
    return {
        "sha256": sidecar["sha256"],
        **{name: training.get(name) for name in ("pairs", "spent_minutes", "also")},
    }


def save(state: dict[str, Any], path: Path) -> None:
    """Write a state beside the old one and put it in its place."""
    scratch = path.with_suffix(".new")
    torch.save(state, scratch)
    scratch.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, train, and write weights, figures and model card."""
    parser = argparse.ArgumentParser(prog="python -m training.reader.train", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="folder of the training sets")
    parser.add_argument("--out", default=Path("reader-run"), type=Path, help="the run's folder")
    parser.add_argument("--also", action="append", default=[], type=Path, help="one more set")
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--average",
        action="append",
        default=[],
        type=Path,
        help="an earlier copy of state.pt, or the folder of a reader, to average with",
    )
    parser.add_argument("--model", help="another encoder: a folder or a name")
    parser.add_argument("--start", type=Path, help="begin with the weights of this reader's folder")
    parser.add_argument("--rate", type=float, default=1.0, help="share of the full learning rate")
    parser.add_argument("--processes", type=int, help="on a CPU; one for each core by default")
    parser.add_argument("--mixture", choices=sorted(MIXTURES), default="base")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    cores = options.processes or min(8, os.cpu_count() or 1)
    ranks = 1 if device == "cuda" else cores
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / "meeting").unlink(missing_ok=True)
    also = tuple(path.resolve() for path in options.also)
    plan = Plan(
        options.data.resolve(),
        out,
        also,
        options.minutes,
        options.seed,
        ranks,
        device,
        options.model,
        options.start.resolve() if options.start else None,
        options.rate,
        options.mixture,
    )
    encoder = SentenceTransformerEncoder(plan.model)
    cycle(plan, 0, encoder.model.tokenizer)
    if ranks == 1:
        work(0, plan)
    else:
        spawn(work, (plan,), ranks)  # type: ignore[no-untyped-call]
    settings: dict[str, object] = {
        "seed": plan.seed,
        "minutes": plan.minutes,
        "processes": ranks,
        "device": device,
        "mixture": plan.mixture,
    }
    if plan.start is not None:
        settings |= {"began_with": origin(plan.start), "rate": plan.rate}
    finish(plan.data, out, encoder, settings, options.average)


if __name__ == "__main__":
    main()
