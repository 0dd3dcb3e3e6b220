"""The shape of the house, as `python -m tools.shape` prints it."""

from tools.shape import find_faults, find_participles, read_modules


def test_nothing_is_out_of_shape() -> None:
    assert {kind: found for kind, found in find_faults().items() if found} == {}


def test_functions_beside_the_product_are_named_by_verbs_too() -> None:
    assert find_participles(read_modules(("training", "tools", "benchmarks"))) == []
