"""The shape of the house, as `python -m tools.shape` prints it."""

from tools.shape import find_participles, read_modules

OUTSIDE = ("training", "tools", "benchmarks")


def test_functions_are_named_by_verbs() -> None:
    modules = read_modules() | read_modules(OUTSIDE)
    assert find_participles(modules) == []
