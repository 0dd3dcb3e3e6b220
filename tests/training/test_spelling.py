"""How typing mistakes are made, and that what is fitted tells them from other words."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from index.spelling import count_edits
from tests.fakes import write
from training.spelling import FOUND, absent_terms, fit, main, mistype

TEXTS = [
    "Die Fähre nach Osterholm fährt mit Strom aus Windkraft.",
    "Kapitänin Brandt lobt den leisen Antrieb.",
]
QUESTIONS = ["Wie fährt die Fähre nach Osterholm?", "Lobt die Kapitänin den Antreib?"]


def test_a_mistake_is_one_behind_the_first_letter() -> None:
    made = {mistype("Fahrschein", Random(seed)) for seed in range(200)}
    assert len(made) > 50
    assert {word[0] for word in made} == {"F"}
    assert {count_edits("Fahrschein", word) for word in made} <= {0, 1}


def test_absent_terms_are_those_asked_for_and_those_mistyped() -> None:
    found = absent_terms(TEXTS, QUESTIONS, "de", Random(3))
    assert [term.word for term in found if term.meant is None] == ["antreib"]
    assert {term.meant for term in found} - {None} <= {"fahr", "fahrt", "osterholm", "kapitanin"}


def test_what_is_fitted_finds_three_of_four() -> None:
    random = np.random.default_rng(5)
    mistyped = (random.random(400) < 0.7).astype(float)
    rows = np.column_stack([random.normal(mistyped * 4), random.normal(size=400)])
    weights, bias = fit(rows, mistyped)
    chosen = rows @ weights + bias > 0
    assert chosen[mistyped == 1].mean() == pytest.approx(FOUND, abs=0.01)
    assert chosen[mistyped == 0].mean() < 0.05


def test_it_prints_weights_and_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "set")
    for name, key, texts in (("paragraphs", "text", TEXTS), ("questions", "question", QUESTIONS)):
        lines = [json.dumps({key: text}) for text in texts * 20]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    main(["--data", str(tmp_path), "--fit", "de:set"])
    weights, counts = capsys.readouterr().out.splitlines()
    assert len(json.loads(weights)["weights"]) == 8
    assert "20 terms as asked" in counts
