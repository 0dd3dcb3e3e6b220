"""Train the reader: `python -m qa.reader.train --data DIR [--out DIR] [--minutes N] [--seed N]`.

One process a core (or one on a GPU), each with its own batches; gradients are averaged
at every step. On a CPU that others use too this is faster than threads, which wait for
one another at every operation. Without bfloat16 in the CPU everything is float32.

The rate falls with time spent, not with steps, so that a run fits its `--minutes` on any
machine. A running mean of the weights is kept, and it is the mean that is measured and
exported. The run's state is written every few minutes; the same command goes on from it.
"""

import argparse
import logging
import os
import pickle
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.multiprocessing.spawn import spawn
from torch.nn import functional

from index.encoder import SentenceTransformerEncoder, has_native_bfloat16
from qa.reader.batches import Batch, Tokens, batches, tokenised
from qa.reader.data import build_cycle
from qa.reader.model import ReaderNetwork, network_from

log = logging.getLogger("qa.reader.train")

FIRST_TRAINED = 4
BATCH = 16
"""Pairs in one process and step."""
RATE, HEAD_RATE = 2.5e-4, 1e-3
WARM_UP_STEPS = 100
DECAY_SHARE = 0.45
"""The last part of the time, in which the rate falls to nothing."""
MEAN_DECAY, MEAN_EVERY = 0.98, 5
CHECKPOINT_S = 240.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is told; the same for all its processes."""

    data: str
    out: str
    minutes: float
    seed: int
    ranks: int
    device: str


class Trainer:
    """One process of a run: a network, its float32 master weights and their running mean."""

    def __init__(self, network: ReaderNetwork, plan: Plan) -> None:
        self.network = network
        self.plan = plan
        named = [(n, p) for n, p in network.named_parameters() if trained(n)]
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(trained(name))
        named.sort(key=lambda entry: entry[0].startswith("layers."))
        self.names = [name for name, _ in named]
        self.parameters = [parameter for _, parameter in named]
        heads = sum(p.numel() for n, p in named if not n.startswith("layers."))
        self.master = torch.cat([p.detach().float().reshape(-1) for p in self.parameters])
        self.mean = self.master.clone()
        self.flat = torch.zeros_like(self.master)
        groups = [self.master[:heads].requires_grad_(), self.master[heads:].requires_grad_()]
        self.master.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            [{"params": [groups[0]], "lr": HEAD_RATE}, {"params": [groups[1]], "lr": RATE}],
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        self.step = 0
        self.seconds = 0.0
        self.heads = heads

    def state(self) -> dict[str, Any]:
        """Return what is needed to go on."""
        return {
            "names": self.names,
            "master": self.master.detach(),
            "mean": self.mean,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        with torch.no_grad():
            self.master.copy_(state["master"])
            self.mean.copy_(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.seconds = state["step"], state["seconds"]
        self._spread()

    def learn(self, batch: Batch) -> float:
        """Take one step; returns this process's loss."""
        start, end, answerable = self.network(batch.ids, batch.mask, batch.passage)
        spans = functional.cross_entropy(start, batch.start) + functional.cross_entropy(
            end, batch.end
        )
        decided = functional.binary_cross_entropy_with_logits(answerable, batch.answerable)
        loss = spans / 2 + decided / 2
        loss.backward()  # type: ignore[no-untyped-call]
        self._gather()
        share = learning_share(self.step, self.seconds / 60 / self.plan.minutes)
        for group, rate in zip(self.optimizer.param_groups, (HEAD_RATE, RATE), strict=True):
            group["lr"] = rate * share
        self.optimizer.step()
        self.step += 1
        if self.step % MEAN_EVERY == 0:
            # Early on the mean follows closely, or it would remember the start.
            decay = min(MEAN_DECAY, 1 - 10 / (10 + self.step))
            self.mean.lerp_(self.master, 1 - decay)
        self._spread()
        return float(loss.detach())

    def _gather(self) -> None:
        """Average the gradients over the processes, clip them, and hand them to the optimizer."""
        flat = self.flat
        at = 0
        for parameter in self.parameters:
            assert parameter.grad is not None
            flat[at : at + parameter.numel()].copy_(parameter.grad.reshape(-1))
            at += parameter.numel()
            parameter.grad = None
        if self.plan.ranks > 1:
            torch.distributed.all_reduce(flat)
            flat.div_(self.plan.ranks)
        flat.mul_(torch.clamp(1.0 / (flat.norm() + 1e-6), max=1.0))
        for group, grad in zip(
            self.optimizer.param_groups, (flat[: self.heads], flat[self.heads :]), strict=True
        ):
            group["params"][0].grad = grad

    def _spread(self) -> None:
        """Copy the master weights into the network, in its own type."""
        at = 0
        with torch.no_grad():
            for parameter in self.parameters:
                part = self.master[at : at + parameter.numel()]
                parameter.copy_(part.view_as(parameter))
                at += parameter.numel()


def trained(name: str) -> bool:
    """Tell whether a parameter is trained: the heads and the upper layers."""
    if name.startswith("embedding."):
        return False
    return not name.startswith("layers.") or int(name.split(".")[1]) >= FIRST_TRAINED


def learning_share(step: int, spent: float) -> float:
    """Return the share of the full rate: a short rise, a plateau, then a line down to zero.

    >>> learning_share(1000, 0.2), learning_share(1000, 1.0)
    (1.0, 0.0)
    """
    rise = min(1.0, (step + 1) / WARM_UP_STEPS)
    fall = min(1.0, max(0.0, (1 - spent) / DECAY_SHARE))
    return rise * fall


def cycles(plan: Plan, tokenizer: Any) -> Iterator[list[Tokens]]:
    """Yield the data of one cycle after another; each is drawn once and kept beside the run."""
    number = 0
    while True:
        path = Path(plan.out) / f"cycle-{number}.pickle"
        if not path.is_file():
            pairs = build_cycle(Path(plan.data), plan.seed + number)
            scratch = path.with_suffix(f".{os.getpid()}")
            scratch.write_bytes(pickle.dumps(tokenised(pairs, tokenizer)))
            scratch.rename(path)
        yield pickle.loads(path.read_bytes())  # noqa: S301 (written by this run)
        number += 1


def work(rank: int, plan: Plan) -> None:
    """Run one process of the training until its time is spent."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(plan.seed)
    cpu = plan.device == "cpu"
    if cpu:
        torch.set_num_threads(1)
    if plan.ranks > 1:
        torch.distributed.init_process_group(
            "gloo", init_method=f"file://{plan.out}/meeting", rank=rank, world_size=plan.ranks
        )
    dtype = torch.bfloat16 if not cpu or has_native_bfloat16() else torch.float32
    model = SentenceTransformerEncoder().model
    network = network_from(model, FIRST_TRAINED, torch.float32)
    network = network.to(device=plan.device)
    trainer = Trainer(network, plan)
    network.to(dtype).train()
    checkpoint = Path(plan.out) / "state.pt"
    if checkpoint.is_file():
        trainer.restore(torch.load(checkpoint, map_location=plan.device, weights_only=True))
    tokenizer: Any = model.tokenizer
    rows = _stream(plan, tokenizer, skip=trainer.step)
    last = time.monotonic()
    saved = last
    shown = {"loss": 0.0, "pairs": 0, "seconds": 0.0}
    for step_batches in rows:
        batch = step_batches[rank]
        loss = trainer.learn(_to(batch, plan.device))
        now = time.monotonic()
        spent = torch.tensor([now - last], dtype=torch.float64)
        last = now
        if plan.ranks > 1:
            # All processes must agree when the time is spent.
            torch.distributed.broadcast(spent, 0)
        trainer.seconds += float(spent)
        shown["loss"] += loss
        shown["pairs"] += len(batch.ids) * plan.ranks
        shown["seconds"] += float(spent)
        if trainer.step % 50 == 0 and rank == 0:
            log.info(
                "step %d, %.1f min: loss %.3f, %.1f pairs/s",
                trainer.step,
                trainer.seconds / 60,
                shown["loss"] / 50,
                shown["pairs"] / shown["seconds"],
            )
        if trainer.step % 50 == 0:
            shown = {"loss": 0.0, "pairs": 0, "seconds": 0.0}
        over = trainer.seconds >= plan.minutes * 60
        if rank == 0 and (over or now - saved > CHECKPOINT_S):
            saved = now
            save(trainer.state(), checkpoint)
        if over:
            break


def _stream(plan: Plan, tokenizer: Any, skip: int) -> Iterator[list[Batch]]:
    """Yield every step's batches, leaving out those a resumed run has had."""
    ids = (tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.pad_token_id)
    for number, data in enumerate(cycles(plan, tokenizer)):
        for step in batches(data, BATCH, plan.ranks, plan.seed + number, *ids):
            if skip > 0:
                skip -= 1
                continue
            yield step


def _to(batch: Batch, device: str) -> Batch:
    if device == "cpu":
        return batch
    return Batch(*(getattr(batch, name).to(device) for name in Batch.__slots__))


def save(state: dict[str, Any], path: Path) -> None:
    """Write a state beside the old one and put it in its place."""
    scratch = path.with_suffix(".new")
    torch.save(state, scratch)
    scratch.replace(path)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m qa.reader.train", description=__doc__)
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", default="reader-run")
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    device = "cuda" if torch.cuda.is_available() else "cpu"
    ranks = 1 if device == "cuda" else max(1, min(8, os.cpu_count() or 1))
    out = Path(options.out).resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / "meeting").unlink(missing_ok=True)
    plan = Plan(options.data, str(out), options.minutes, options.seed, ranks, device)
    next(cycles(plan, SentenceTransformerEncoder().model.tokenizer))
    if ranks == 1:
        work(0, plan)
    else:
        spawn(work, (plan,), ranks)  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
