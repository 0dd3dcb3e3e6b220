"""OpenVINO, met here alone: its import, and a graph that is ready to run."""

import sys
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.runtime.cpu import Precision, available_cores

if TYPE_CHECKING:
    from openvino import InferRequest, Model

Inputs = Sequence[NDArray[Any]]
"""Of one pass, in the graph's order."""
Output = NDArray[np.float32]

_GROUP = "128"
"""Activations that share a scale where products are in whole numbers."""
_HINTS: dict[Precision, dict[str, str]] = {
    "bf16": {"INFERENCE_PRECISION_HINT": "bf16"},
    "int8": {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP},
    "f32": {"INFERENCE_PRECISION_HINT": "f32"},
}
_CONVERTER = "openvino.tools.ovc"
_import_lock = Lock()


def has_openvino() -> bool:
    """Import OpenVINO and tell whether that could be done.

    With it OpenVINO imports its converter, which tells its maker that it was imported. Here
    nothing is converted, and nothing is told.
    """
    with _import_lock:
        stranger = _CONVERTER not in sys.modules
        if stranger:
            sys.modules[_CONVERTER] = None  # type: ignore[assignment]
        try:
            import openvino  # noqa: F401
        except (ImportError, OSError):
            return False
        finally:
            if stranger:
                sys.modules.pop(_CONVERTER, None)
    return True


class CompiledGraph:
    """A graph that is ready to run; safe to call from several threads."""

    def __init__(self, model: "Model", precision: Precision, streams: int = 1) -> None:
        """Compile a graph for the CPU; that takes a quarter of a second, so nothing is kept.

        Args:
            model: the graph.
            precision: of its products.
            streams: how many passes may run at once, each on its share of the cores; one a core
                at most.

        Raises:
            RuntimeError: OpenVINO does not take the graph, or this CPU.
        """
        from openvino import Core

        cores = available_cores()
        self.streams = max(1, min(streams, cores))
        settings = {
            "NUM_STREAMS": str(self.streams),
            "INFERENCE_NUM_THREADS": str(cores),
            # Threads tied to cores get in one another's way where processes share a machine.
            "ENABLE_CPU_PINNING": "NO",
            **_HINTS[precision],
        }
        self._model = Core().compile_model(model, "CPU", settings)
        self._free: LifoQueue[InferRequest] = LifoQueue()
        for _ in range(self.streams):
            self._free.put(self._model.create_infer_request())

    def run(self, inputs: Inputs) -> Output:
        """Return the graph's output for its inputs, in their order; the array is the caller's."""
        (output,) = self.run_all([inputs])
        return output

    def run_all(self, passes: Iterable[Inputs]) -> list[Output]:
        """Return the output of each pass; as many run at once as there are streams for."""
        found: list[Output] = []
        running: deque[tuple[InferRequest, Inputs]] = deque()
        try:
            for inputs in passes:
                request = self._take(wait=not running)
                while request is None:
                    found.append(self._finish(running))
                    request = self._take(wait=not running)
                # The inputs are not copied, so they are kept until the pass is done.
                running.append((request, inputs))
                request.start_async(list(inputs), share_inputs=True)
            while running:
                found.append(self._finish(running))
        finally:
            for request, _ in running:
                # The first error is the one that is told.
                with suppress(RuntimeError):
                    request.wait()
                self._free.put(request)
        return found

    def _take(self, *, wait: bool) -> "InferRequest | None":
        """Return a request that is free.

        Whoever has one running does not wait for another: two such callers would for ever.
        """
        try:
            return self._free.get(block=wait)
        except Empty:
            return None

    def _finish(self, running: "deque[tuple[InferRequest, Inputs]]") -> Output:
        request, _ = running[0]
        request.wait()
        output = np.array(request.output_tensors[0].data, dtype=np.float32)
        running.popleft()
        self._free.put(request)
        return output
