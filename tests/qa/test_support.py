"""How far a passage supports an answer: more evidence never counts for less.

The weights are tuned elsewhere; what is held here does not depend on them.
"""

from hypothesis import given
from hypothesis import strategies as st

from index.analysis import terms
from qa.support import coverage, support

WORDS = st.lists(st.sampled_from("bahn berg fluss hafen markt rat turm wald".split()), max_size=6)


@given(asked=WORDS, held=WORDS)
def test_coverage_is_the_weighted_share_of_terms(asked: list[str], held: list[str]) -> None:
    rarities = {
        term: float(at + 1) for at, term in enumerate(dict.fromkeys(terms(" ".join(asked), "de")))
    }
    found = coverage(rarities, " ".join(held), "de")
    present = set(terms(" ".join(held), "de"))
    total = sum(rarities.values())
    expected = sum(weight for term, weight in rarities.items() if term in present)
    assert found == (expected / total if total else 0.0)
    assert 0 <= found <= 1


@given(asked=WORDS.filter(bool), held=WORDS, more=WORDS)
def test_more_text_covers_no_less(asked: list[str], held: list[str], more: list[str]) -> None:
    rarities = dict.fromkeys(terms(" ".join(asked), "de"), 1.0)
    few = coverage(rarities, " ".join(held), "de")
    assert coverage(rarities, " ".join(held + more), "de") >= few


def test_nothing_asked_is_nothing_covered() -> None:
    assert coverage({}, "Die Bahn fährt.", "de") == 0.0
    assert coverage({"bahn": 1.0}, "", "de") == 0.0


@given(z=st.floats(-50, 50), more=st.floats(0, 50), covered=st.none() | st.floats(0, 1))
def test_what_stands_out_more_is_no_less_likely(
    z: float, more: float, covered: float | None
) -> None:
    lower, higher = support(z, covered), support(z + more, covered)
    assert 0 <= lower.chance <= higher.chance <= 1
    assert higher.enough or not lower.enough


@given(z=st.floats(-50, 50), one=st.floats(0, 1), other=st.floats(0, 1))
def test_more_coverage_is_no_less_likely(z: float, one: float, other: float) -> None:
    assert support(z, min(one, other)).chance <= support(z, max(one, other)).chance


def test_the_ends_are_certain() -> None:
    assert not support(0.0, 0.0).enough
    assert not support(0.0, None).enough
    assert support(8.0, 1.0).enough
    assert support(8.0, None).enough
    assert support(1e9, 1.0).chance > 0.99
    assert support(-1e9, None).chance < 0.01
