"""Encoders on the machines of a Ray cluster, or on Ray on this one.

Each machine has one that uses all its cores, or one for each of its GPUs. What a worker or a
machine was encoding when it died is encoded by another; who asked writes what comes back.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from corpus.errors import ModelError, ModelMismatch, SettingsError
from index.arrays import Floats
from index.encoder import Encoder
from index.runtime.gpu_workers import gpu_workers

LOCAL = "local"
"""The address of a cluster of this machine alone, made for the occasion."""
_AHEAD = 2
"""Batches that a worker has been given: one that it encodes, and the next."""
_MOST_DEATHS = 3
"""Workers that may die over one batch."""

Batch = list[str]
Encoded = tuple[Batch, Floats]


class _Worker:
    """An encoder in a process of its own."""

    def __init__(self, make: Callable[[], Encoder]) -> None:
        self._encoder = make()
        self._gpu = gpu_workers(self._encoder)

    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    def encode(self, texts: Batch) -> Encoded:
        if self._gpu is None:
            return texts, self._encoder.encode(texts, "document")
        (encoded,) = self._gpu.encode_batches([texts], self._encoder.fingerprint)
        return encoded


class RayWorkers:
    """Encodes batches of texts wherever there is a worker."""

    def __init__(self, address: str, make: Callable[[], Encoder]) -> None:
        """Connect to a cluster.

        Args:
            address: "auto" for the cluster of this machine, "host:6379", "ray://host:10001", or
                `LOCAL`.
            make: called in each worker, for its encoder.

        Raises:
            SettingsError: Ray is not installed, or no cluster answers there.
        """
        self._ray = _import_ray()
        # Nothing is sent to Ray's makers.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        self._is_ours = not self._ray.is_initialized()
        if self._is_ours:
            try:
                self._ray.init(
                    address,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    **({"include_dashboard": False} if address == LOCAL else {}),
                )
            except (ConnectionError, ValueError, RuntimeError) as exc:
                reason = " ".join(str(exc).split())[:300]
                raise SettingsError(
                    "No Ray cluster answers at {address} ({reason}). Start one with `ray start "
                    "--head`, or name `local`.",
                    address=address,
                    reason=reason,
                ) from exc
        self._make = make
        self._places = _find_places(self._ray.nodes())
        self._workers: list[Any] = []

    def __len__(self) -> int:
        """Return for how many workers there is a place."""
        return len(self._places)

    def encode_batches(self, batches: Iterable[Batch], fingerprint: str) -> Iterator[Encoded]:
        """Yield each batch with its vectors, in the order in which they are done.

        Args:
            batches: taken as workers are free.
            fingerprint: of the model that the vectors are to be of.

        Raises:
            ModelMismatch: a worker has another model.
            ModelError: a worker cannot encode.
        """
        ray, lost = self._ray, self._ray.exceptions.RayActorError
        waiting, again = iter(batches), deque[_Try]()
        while len(self._workers) < len(self._places):
            self._start(self._places[len(self._workers)])
        joining = {worker.fingerprint.remote(): worker for worker in self._workers}
        running: dict[Any, tuple[Any, _Try]] = {}
        failed = 0  # to start
        try:
            while True:
                free = self._find_free(joining.values(), running.values())
                for worker, batch in zip(free, _chain(again, waiting), strict=False):
                    running[worker.encode.remote(batch.texts)] = worker, batch
                if not running and not again and (first := next(_chain(again, waiting), None)):
                    again.append(first)
                if not running and not again:
                    return
                (done, *_), _ = ray.wait([*running, *joining], num_returns=1)
                worker, tried = running.pop(done, (joining.pop(done, None), None))
                try:
                    found = ray.get(done)
                except lost as exc:
                    if tried is not None:
                        again.append(tried.after(exc))
                    elif (failed := failed + 1) > _MOST_DEATHS * len(self._places):
                        raise
                    if (new := self._replace(worker)) is not None:
                        joining[new.fingerprint.remote()] = new
                    continue
                if tried is None:
                    _see_same(found, fingerprint)
                else:
                    yield found
        except ray.exceptions.RayError as exc:
            raise _end_error(exc) from exc

    def close(self) -> None:
        """End the workers, and the connection that `__init__` made."""
        for worker in self._workers:
            self._ray.kill(worker)
        if self._is_ours:
            self._ray.shutdown()

    def _find_free(
        self, joining: Iterable[Any], running: Iterable[tuple[Any, "_Try"]]
    ) -> list[Any]:
        """Return the workers that are there, once for each batch that they can take."""
        absent = list(joining)
        busy = [worker for worker, _ in running]
        return [
            worker
            for ahead in range(_AHEAD)
            for worker in self._workers
            if worker not in absent and busy.count(worker) <= ahead
        ]

    def _start(self, place: dict[str, Any]) -> Any:
        worker = self._ray.remote(**place)(_Worker).remote(self._make)
        self._workers.append(worker)
        return worker

    def _replace(self, worker: Any) -> Any:
        """Start another worker in the place of one that died; None where that was done."""
        if worker not in self._workers:
            return None
        at = self._workers.index(worker)
        place = self._places.pop(at)
        del self._workers[at]
        self._places.append(place)
        return self._start(place)


@dataclass(frozen=True, slots=True)
class _Try:
    """A batch, and how many workers have died of it."""

    texts: Batch
    deaths: int = 0

    def after(self, death: Exception) -> "_Try":
        """Return it for the next worker."""
        if self.deaths + 1 >= _MOST_DEATHS:
            raise _end_error(death) from death
        return replace(self, deaths=self.deaths + 1)


def _chain(again: deque[_Try], waiting: Iterator[Batch]) -> Iterator[_Try]:
    """Yield the batches to encode, first those that were to be encoded before."""
    while again:
        yield again.popleft()
    for texts in waiting:
        yield _Try(texts)


def _find_places(nodes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what each worker needs: a GPU, or a machine where there is none.

    >>> _find_places([{"Alive": True, "Resources": {"CPU": 8.0, "GPU": 2.0}}])[0]["num_cpus"]
    4
    """
    found = []
    for node in nodes:
        cores = int(node["Resources"].get("CPU", 0))
        if node["Alive"] and cores:
            graphics = int(node["Resources"].get("GPU", 0))
            count = graphics or 1
            need = {"num_cpus": max(1, cores // count), "num_gpus": 1 if graphics else 0}
            found += [need | {"scheduling_strategy": "SPREAD"}] * count
    return found


def _see_same(found: str, fingerprint: str) -> None:
    if found != fingerprint:
        raise ModelMismatch(
            "A worker has another model than this machine (fingerprint {found}; this one has "
            "{own}). Install the same model and the same version of article-qa on both.",
            found=found,
            own=fingerprint,
        )


def _end_error(exc: Exception) -> ModelError:
    return ModelError(
        "The workers on Ray cannot go on ({reason}). What was embedded is kept; "
        "`article-qa embed` goes on from there.",
        reason=" ".join(str(exc).split())[-300:],
    )


def _import_ray() -> Any:
    try:
        return import_module("ray")
    except ImportError as exc:
        raise SettingsError(
            "Embedding on Ray needs the extra `ray`: pip install 'article-qa[ray]'"
        ) from exc
