"""OpenVINO, met here alone: its import, and a graph that is ready to run."""

import sys
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.runtime.cpu import Precision, available_cores

if TYPE_CHECKING:
    from openvino import Model

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
    """A graph that is ready to run; safe to call from several threads, one after the other."""

    def __init__(self, model: "Model", precision: Precision) -> None:
        """Compile a graph for the CPU; that takes a quarter of a second, so nothing is kept.

        Raises:
            RuntimeError: OpenVINO does not take the graph, or this CPU.
        """
        from openvino import Core

        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_NUM_THREADS": str(available_cores()),
            # Threads tied to cores get in one another's way where processes share a machine.
            "ENABLE_CPU_PINNING": "NO",
            **_HINTS[precision],
        }
        self._model = Core().compile_model(model, "CPU", settings)
        self._request = self._model.create_infer_request()
        self._lock = Lock()

    def run(self, inputs: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
        """Return the graph's output for its inputs, in their order; the array is the caller's."""
        with self._lock:
            self._request.infer(list(inputs), share_inputs=True)
            return np.array(self._request.output_tensors[0].data, dtype=np.float32)
