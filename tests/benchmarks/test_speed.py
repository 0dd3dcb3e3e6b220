"""The measurement of costs, on a collection of a few articles."""

import json
from pathlib import Path

import numpy as np

from benchmarks.speed.measures import STEPS
from benchmarks.speed.press import CheapEncoder, write_articles


def test_made_up_articles_are_different_and_always_the_same(tmp_path: Path) -> None:
    write_articles(tmp_path / "one.jsonl", 40)
    write_articles(tmp_path / "two.jsonl", 40)
    lines = (tmp_path / "one.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines == (tmp_path / "two.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert sum(len(row["text"].split("\n\n")) for row in rows) == 40
    assert len({row["text"] for row in rows}) == len(rows)


def test_cheap_vectors_have_length_1_and_are_the_texts() -> None:
    vectors = CheapEncoder().encode(["Fähre", "Hafen", "Fähre"], "document")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.array_equal(vectors[0], vectors[2])
    assert vectors[0] @ vectors[1] < 0.99


def test_every_step_measures_a_collection(tmp_path: Path) -> None:
    found: dict[str, float] = {}
    for step in STEPS:
        found |= step(tmp_path, 30)
    assert found["bytes a paragraph without the text"] > 0
    assert all(value >= 0 for value in found.values())
    assert "add an article and ask, ms" in found
