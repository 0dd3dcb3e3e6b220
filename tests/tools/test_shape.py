"""The shape of the house, as `python -m tools.shape` prints it."""

import pytest

from tools.shape import find_faults, find_participles, read_modules

FAULTS = find_faults()


@pytest.mark.parametrize("kind", FAULTS)
def test_nothing_is_out_of_shape(kind: str) -> None:
    assert FAULTS[kind] == []


def test_functions_beside_the_product_are_named_by_verbs_too() -> None:
    assert find_participles(read_modules(("training", "tools", "benchmarks"))) == []
