"""How likely a passage answers: more evidence never counts for less.

The weights are fitted elsewhere; what is held here does not depend on their size.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from index.analysis import terms
from qa.answering.answerability import (
    DEFAULT_STRICTNESS,
    LEAST,
    LEAST_READ,
    Evidence,
    chance,
    coverage,
    least_chance,
    load_weights,
    regression_of,
)

WORDS = st.lists(st.sampled_from("bahn berg fluss hafen markt rat turm wald".split()), max_size=6)
EVIDENCE = st.builds(
    Evidence,
    st.floats(-50, 50),
    st.none() | st.floats(0, 1),
    st.none() | st.floats(-20, 20),
    st.none() | st.floats(-20, 20),
)


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


@given(known=EVIDENCE, more=st.floats(0, 50))
def test_more_of_any_evidence_is_no_less_likely(known: Evidence, more: float) -> None:
    now = chance(known)
    assert 0 <= now <= 1
    values = (known.stands_out, known.covered, known.lead, known.read)
    for at, value in enumerate(values):
        if value is not None:
            raised = [*values[:at], value + more, *values[at + 1 :]]
            assert chance(Evidence(*raised)) >= now  # type: ignore[arg-type]


def test_all_kinds_of_evidence_have_their_regression() -> None:
    names = {regression_of(foreign, read) for foreign in (True, False) for read in (True, False)}
    assert set(load_weights()) == names
    for weights in load_weights().values():
        assert weights.stands_out > 0


@pytest.mark.parametrize("covered", [None, 0.0])
def test_nothing_near_is_refused_unread(covered: float | None) -> None:
    assert chance(Evidence(0.0, covered, 0.0)) < LEAST_READ


@pytest.mark.parametrize("covered", [None, 1.0])
def test_the_ends_are_certain(covered: float | None) -> None:
    assert chance(Evidence(8.0, covered, 6.0)) >= LEAST["strict"]
    assert chance(Evidence(1e9, covered)) > 0.99
    assert chance(Evidence(-1e9, covered)) < 0.01


def test_a_stricter_answer_needs_a_greater_chance() -> None:
    assert least_chance("lenient") < least_chance("balanced") < least_chance("strict")
    assert DEFAULT_STRICTNESS in LEAST


@pytest.mark.parametrize("name", ["", "loose", "Strict", None, 3, ["strict"]])
def test_an_unknown_strictness_is_refused_with_those_there_are(name: object) -> None:
    with pytest.raises(QuestionError, match="lenient, balanced, strict"):
        least_chance(name)  # type: ignore[arg-type]
