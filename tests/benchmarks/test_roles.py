"""The benchmark of roles: what it counts, and that the rules have not become worse."""

from pathlib import Path

import pytest

from benchmarks.roles.__main__ import ANSWERS, measure
from benchmarks.roles.labelled import documents
from corpus.article import Role


def test_there_are_enough_documents_in_both_halves() -> None:
    halves = [documents("development"), documents("held")]
    assert len(halves[0]) + len(halves[1]) >= 60
    assert len(halves[1]) >= 30
    assert {item.name for item in halves[0]} & {item.name for item in halves[1]} == set()
    for half in halves:
        assert {role for item in half for _, role in item.lines} == set(Role)


def test_labels_are_taken_off_before_the_text_is_read() -> None:
    for item in documents("development") + documents("held"):
        assert b"\nB|" not in item.data
        assert item.lines


def test_lines_are_counted_under_what_they_were_taken_for(tmp_path: Path) -> None:
    text = "H|Der Rat tagt\nS|Von Anna Beispiel\nB|Foto: dpa\nB|Der Rat hat lange getagt.\n"
    (tmp_path / "a.txt").write_text(text + "P|Der Rat hat auch gegessen.\n", encoding="utf-8")
    report, wrong = measure("development", tmp_path)
    assert (report["documents"], report["lines"], report["right"]) == (1, 5, 3)
    assert report["roles"][ANSWERS] == {"lines": 2, "precision": 0.5, "recall": 0.5}
    assert report["roles"]["source"] == {"lines": 1, "precision": 1.0, "recall": 1.0}
    assert wrong == [
        ("a.txt", ANSWERS, "caption", "Foto: dpa"),
        ("a.txt", "promo", ANSWERS, "Der Rat hat auch gegessen."),
    ]


@pytest.mark.parametrize(
    ("half", "precision", "recall"), [("development", 0.97, 0.99), ("held", 0.83, 0.95)]
)
def test_the_rules_are_as_good_as_they_were(half: str, precision: float, recall: float) -> None:
    found = measure(half)[0]["roles"][ANSWERS]
    assert found["precision"] >= precision
    assert found["recall"] >= recall
