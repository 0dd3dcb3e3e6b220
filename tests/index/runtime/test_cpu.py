"""Cores, and the number format that a CPU's features ask for."""

import pytest

from index.runtime import cpu


@pytest.mark.parametrize(
    ("flags", "precision"),
    [
        ({"avx2"}, "f32"),
        (set(), "f32"),
        ({"avx2", "avx_vnni"}, "int8"),
        ({"avx512f", "avx512_vnni"}, "int8"),
        ({"avx512_vnni", "avx512_bf16"}, "bf16"),
        ({"amx_bf16"}, "bf16"),
    ],
)
def test_the_precision_is_what_the_cpu_is_fast_in(
    flags: set[str], precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cpu, "_flags", lambda: frozenset(flags))
    assert cpu.best_precision() == precision


def test_the_environment_can_lower_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cpu.available_cores() == 3
    for odd in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", odd)
        assert cpu.available_cores() >= 1
