"""Fitting what tells questions apart: nothing alike on both sides, and a lead that counts."""

from pathlib import Path

import numpy as np
import pytest

from index.encoder import SentenceTransformerEncoder
from qa.answering.question_model import LAYERS, states_of
from training.questions import (
    Questions,
    States,
    f1_by_kind,
    fit_kinds,
    groups_of,
    name_kinds,
    out_of_fold,
    ridge,
)


def test_questions_of_like_wording_share_a_group() -> None:
    groups = groups_of(
        [
            "Fasse den Artikel über den Hafen zusammen",
            "Wer leitet das Museum in Ostrum?",
            "Fasse den Artikel über den Hafen bitte zusammen",
            "how many boats are there",
        ]
    )
    assert groups[0] == groups[2]
    assert len(set(groups)) == 3


def test_ridge_finds_a_plane_again() -> None:
    rng = np.random.default_rng(1)
    states = rng.normal(size=(80, 5)) * [1, 2, 3, 4, 5] + 7
    targets = states @ rng.normal(size=(5, 2)) - 3
    found = ridge(states, targets, 1e-6)(states)
    assert np.abs(found - targets).max() < 1e-3


def test_scores_out_of_fold_come_from_other_groups_alone() -> None:
    # What a group's own target is makes no difference to its score.
    states = np.eye(10)
    targets = np.arange(10.0)[:, None]
    groups = [str(number) for number in range(10)]
    questions = Questions(groups, states, np.array(groups), groups, np.zeros(10, dtype=bool))
    found = out_of_fold(questions, states, targets, 1e-3)
    other = targets.copy()
    other[3] = 100.0
    changed = out_of_fold(questions, states, other, 1e-3)
    assert changed[3] == found[3]
    assert changed[8] != found[8] or changed[0] != found[0]


def test_without_the_lead_a_question_asks_for_a_fact() -> None:
    scores = np.array([[0.1, 0.6, 0.5], [0.1, 0.9, 0.2]])
    assert name_kinds(scores, ["fact", "list", "quote"], 0.2) == ["fact", "list"]
    assert name_kinds(scores, ["fact", "list", "quote"], 0.0) == ["list", "list"]


def test_f1_counts_both_kinds_of_mistake() -> None:
    assert f1_by_kind(["a", "b", "b"], ["a", "a", "b"]) == {"a": 0.667, "b": 0.667}


def test_kinds_are_fitted_on_one_part_and_measured_on_the_other() -> None:
    rng = np.random.default_rng(2)
    labels = np.array(["fact", "list", "quote"] * 40)
    centres = {"fact": [1, 0, 0], "list": [0, 1, 0], "quote": [0, 0, 1]}
    states = np.array([centres[label] for label in labels]) + rng.normal(size=(120, 3)) / 10
    texts = [f"question {number}" for number in range(120)]
    held_out = np.arange(120) % 5 == 0
    linear, kinds, _, about = fit_kinds(Questions(texts, states, labels, texts, held_out))
    assert kinds == ("fact", "list", "quote")
    assert about["questions"] == [96, 24]
    assert about["macro_f1"] > 0.95
    assert linear(np.array([[0.0, 1.0, 0.0]])).argmax() == 1


def test_kept_states_are_not_computed_again(tmp_path: Path) -> None:
    encoder = SentenceTransformerEncoder()
    question = "Wann wurde der Turm gebaut?"
    states = States(encoder, tmp_path / "states.npz")
    (first,) = states([question])
    assert first.shape == (len(LAYERS) * 384,)
    direct = states_of(encoder, question)
    assert direct is not None
    assert first == pytest.approx(direct)
    (tmp_path / "other").mkdir()
    kept = States(SentenceTransformerEncoder(str(tmp_path / "other")), tmp_path / "states.npz")
    assert kept([question])[0] == pytest.approx(first), "an encoder that cannot be loaded"
