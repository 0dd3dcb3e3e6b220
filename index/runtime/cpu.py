"""What the CPU offers: cores, and number formats it multiplies natively."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

Precision = Literal["bf16", "int8", "f32"]


def available_cores() -> int:
    """Return how many threads a computation may use: OMP_NUM_THREADS, or this process's cores."""
    configured = os.environ.get("OMP_NUM_THREADS", "")
    if configured.isdigit() and int(configured) > 0:
        return int(configured)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def has_native_bfloat16() -> bool:
    """Tell whether this CPU multiplies bfloat16 natively; else float32 is faster."""
    return bool({"avx512_bf16", "amx_bf16"} & _flags())


def best_precision() -> Precision:
    """Return the number format in which matrix products are fastest without harm.

    bfloat16 has a cosine of 1.000 to float32 and whole numbers, each group of 128 activations
    with a scale of its own, of .9995 (docs/decisions/runtime.md); neither is faster where the
    CPU has no instructions for it.
    """
    if has_native_bfloat16():
        return "bf16"
    return "int8" if {"avx512_vnni", "avx_vnni"} & _flags() else "f32"


@lru_cache(maxsize=1)
def _flags() -> frozenset[str]:
    """Return the CPU's features, as Linux names them; none where it does not say."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return frozenset()
    line = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return frozenset(line.split())
