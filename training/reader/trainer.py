"""One process of a training run: the network, its master weights and their running mean."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from qa.reader.model import ReaderNetwork
from training.reader.batches import Batch

FIRST_TRAINED = 4
"""Layers below learn nothing more: four fifths of the time for the same F1."""
RATE, HEAD_RATE = 2.5e-4, 1e-3
WARM_UP_STEPS = 100
DECAY_SHARE = 0.45
"""The last part of the time, in which the rate falls to nothing."""
MEAN_DECAY, MEAN_EVERY = 0.97, 5
LARGEST_GRADIENT = 1.0


class Trainer:
    """Learns from batches.

    The network may compute in bfloat16; the weights that steps are added to stay float32,
    in one flat tensor, since a step is too small for bfloat16 to show. The heads come first
    in it and learn faster.
    """

    def __init__(self, network: ReaderNetwork, ranks: int, rate: float = 1.0) -> None:
        """Take a float32 network; the caller may change its type afterwards.

        Args:
            network: what learns.
            ranks: processes that share each step.
            rate: share of the full learning rates.
        """
        self.network = network
        self.ranks = ranks
        self._rate = rate
        named = [(name, p) for name, p in network.named_parameters() if is_trained(name)]
        for name, parameter in network.named_parameters():
            parameter.requires_grad_(is_trained(name))
        named.sort(key=lambda entry: entry[0].startswith("layers."))
        self.names = [name for name, _ in named]
        self._parameters = [parameter for _, parameter in named]
        self._heads = sum(p.numel() for name, p in named if not name.startswith("layers."))
        self.master = torch.cat([p.detach().float().reshape(-1) for p in self._parameters])
        self.mean = self.master.clone()
        self._gradient = torch.zeros_like(self.master)
        heads = self.master[: self._heads].requires_grad_()
        layers = self.master[self._heads :].requires_grad_()
        self._optimizer = torch.optim.AdamW(
            [{"params": [heads], "lr": HEAD_RATE}, {"params": [layers], "lr": RATE}],
            betas=(0.9, 0.98),
            weight_decay=0.01,
            fused=True,
        )
        self.step = 0

    def state(self) -> dict[str, Any]:
        """Return what is needed to go on."""
        return {
            "names": self.names,
            "master": self.master,
            "mean": self.mean,
            "optimizer": self._optimizer.state_dict(),
            "step": self.step,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.master.copy_(state["master"])
        self.mean.copy_(state["mean"])
        self._optimizer.load_state_dict(state["optimizer"])
        self.step = state["step"]
        self._spread()

    def learn(self, batch: Batch, spent: float) -> float:
        """Take one step; `spent` is the share of the run's time so far. Returns the loss."""
        loss = loss_of(self.network, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        self._gather()
        share = self._rate * rate_share(self.step, spent)
        for group, rate in zip(self._optimizer.param_groups, (HEAD_RATE, RATE), strict=True):
            group["lr"] = rate * share
        self._optimizer.step()
        self.step += 1
        if self.step % MEAN_EVERY == 0:
            # Early on the mean follows closely, or it would remember the start.
            self.mean.lerp_(self.master, 1 - min(MEAN_DECAY, 1 - 10 / (10 + self.step)))
        self._spread()
        return float(loss.detach())

    def _gather(self) -> None:
        """Average the gradients over the processes, clip them, and give them to the optimizer."""
        at = 0
        for parameter in self._parameters:
            assert parameter.grad is not None
            part = self._gradient[at : at + parameter.numel()]
            part.copy_(parameter.grad.reshape(-1))
            at += parameter.numel()
            parameter.grad = None
        if self.ranks > 1:
            torch.distributed.all_reduce(self._gradient)
            self._gradient.div_(self.ranks)
        length = self._gradient.norm()
        self._gradient.mul_(torch.clamp(LARGEST_GRADIENT / (length + 1e-6), max=1.0))
        heads, layers = self._optimizer.param_groups
        heads["params"][0].grad = self._gradient[: self._heads]
        layers["params"][0].grad = self._gradient[self._heads :]

    def _spread(self) -> None:
        """Copy the master weights into the network, in its own type."""
        with torch.no_grad():
            for (_, values), parameter in zip(
                named_parts(self.names, self._parameters, self.master),
                self._parameters,
                strict=True,
            ):
                parameter.copy_(values)


def named_parts(
    names: list[str], shaped_like: list[Any], flat: Tensor
) -> Iterator[tuple[str, Tensor]]:
    """Cut a flat tensor into named ones, shaped like the given ones."""
    at = 0
    for name, model in zip(names, shaped_like, strict=True):
        yield name, flat[at : at + model.numel()].view(model.shape)
        at += model.numel()


def is_trained(name: str) -> bool:
    """Tell whether a parameter is trained: the heads and the upper layers."""
    if name.startswith("embedding."):
        return False
    return not name.startswith("layers.") or int(name.split(".")[1]) >= FIRST_TRAINED


def loss_of(network: ReaderNetwork, batch: Batch) -> Tensor:
    """Return the mean of the cross-entropies of first and last token and of answerability."""
    start, end, answerable = network(batch.ids, batch.mask, batch.passage)
    first = functional.cross_entropy(start, batch.start)
    last = functional.cross_entropy(end, batch.end)
    decided = functional.binary_cross_entropy_with_logits(answerable, batch.answerable)
    return (first + last + decided) / 2


def rate_share(step: int, spent: float) -> float:
    """Return the share of the full rate: a short rise, a plateau, then a line down to zero.

    >>> rate_share(1000, 0.2), rate_share(1000, 1.0)
    (1.0, 0.0)
    """
    rise = min(1.0, (step + 1) / WARM_UP_STEPS)
    fall = min(1.0, max(0.0, (1 - spent) / DECAY_SHARE))
    return rise * fall
