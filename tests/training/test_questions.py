"""Fitting what tells questions apart, with nothing alike on both sides."""

from pathlib import Path

import numpy as np
import pytest

from index.encoder import SentenceTransformerEncoder
from qa.answering.kinds import KINDS
from qa.answering.question_model import LAYERS, states_of
from training.questions import (
    OWN,
    Questions,
    States,
    f1_by_kind,
    fit_follow_ups,
    fit_kinds,
    groups_of,
    linear_of,
    score_out_of_fold,
    single_answers,
    solve,
    view,
)
from training.reader.sets import read_lines


def drawn(labels: list[str], seed: int, own: int = 0) -> Questions:
    """Draw states around a centre for each label; every fifth question is held out."""
    rng = np.random.default_rng(seed)
    names = sorted(set(labels))
    states = np.array([[float(name == label) for name in names] for label in labels])
    texts = [f"question {number}" for number in range(len(labels))]
    owned = np.arange(len(labels)) >= len(labels) - own
    return Questions(
        texts,
        states + rng.normal(size=states.shape) / 10,
        labels,
        [OWN.name if mine else text for text, mine in zip(texts, owned, strict=True)],
        (np.arange(len(labels)) % 5 == 0) & ~owned,
        owned,
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


def test_the_products_model_scores_as_the_fitted_one() -> None:
    questions = drawn(["fact", "list", "quote"] * 20, 1)
    views, inside = view(questions), ~questions.held_out
    targets = np.array([[float(label == "list")] for label in questions.labels])
    dual, bias = solve(views.kernel[np.ix_(inside, inside)], targets[inside], 0.1)
    linear = linear_of(views, inside, dual, bias)
    expected = views.kernel[np.ix_(questions.held_out, inside)] @ dual + bias
    found = [
        linear(questions.states[at].astype(np.float32), questions.texts[at])
        for at in np.flatnonzero(questions.held_out)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_scores_out_of_fold_come_from_other_groups_alone() -> None:
    # What a group's own target is makes no difference to its score.
    questions = drawn(["fact", "list"] * 5, 2)
    kernel, targets = view(questions).kernel, np.arange(10.0)[:, None]
    found = score_out_of_fold(questions, kernel, targets, 0.1)
    other = targets.copy()
    other[3] = 100.0
    changed = score_out_of_fold(questions, kernel, other, 0.1)
    assert changed[3] == found[3]
    assert (changed != found).any()


def test_own_questions_are_learned_from_in_each_fold_and_never_scored() -> None:
    questions = drawn(["fact", "list"] * 10, 3, own=6)
    kernel, targets = view(questions).kernel, np.ones((20, 1)) * np.arange(20.0)[:, None]
    found = score_out_of_fold(questions, kernel, targets, 0.1)
    assert not found[questions.own].any()
    other = targets.copy()
    other[19] = 100.0
    changed = score_out_of_fold(questions, kernel, other, 0.1)
    asked = ~questions.own & ~questions.held_out
    assert (changed[asked] != found[asked]).all()


def test_a_question_that_one_value_answers_has_the_kind_of_its_first_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.reader.written.FOLDER", tmp_path)
    (tmp_path / "news-a.txt").write_text(
        "# a01-1 | Dach | Bote | 2025-03-14 | de\n"
        "Der Rat zahlt 3 Millionen Euro an Otto und Klein.\n"
        "?1 Wem zahlt der Rat etwas? | Otto\n?1 Wem zahlt er Geld? | Otto und Klein\n"
        "?1 Wie viele Euro sind es? | 3 Millionen\n?1 Zahlt der Rat? | zahlt\n"
        "!1 number | Wie hoch ist das Dach?\n",
        encoding="utf-8",
    )
    early, late = single_answers(tmp_path)
    assert sorted((row["question"], row["kind"]) for row in [*early, *late]) == [
        ("Wem zahlt der Rat etwas?", "fact"),
        ("Wie viele Euro sind es?", "count"),
    ]


def test_f1_counts_both_kinds_of_mistake() -> None:
    assert f1_by_kind(["a", "b", "b"], ["a", "a", "b"]) == {"a": 0.667, "b": 0.667}


def test_kinds_are_fitted_on_one_part_and_measured_on_the_other() -> None:
    questions = drawn(["fact", "list", "quote"] * 40, 4, own=30)
    linear, kinds, about = fit_kinds(questions)
    assert kinds == ("fact", "list", "quote")
    assert about["questions"] == {"own": 30, "train-kinds": 72}
    assert about["held_out"] == 18
    assert about["macro_f1"] > 0.95
    assert linear(np.array([0, 1, 0], dtype=np.float32), "x").argmax() == 1


def test_follow_ups_are_told_above_nothing() -> None:
    linear, about = fit_follow_ups(drawn(["True", "False"] * 60, 5))
    assert about["recognised"] > 0.95
    assert about["left_alone"] > 0.95
    follows, stands = np.eye(2, dtype=np.float32)[::-1]
    assert linear(follows, "x")[0] > 0 > linear(stands, "x")[0]


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


def test_own_questions_are_enough_of_each_kind_and_none_twice() -> None:
    rows = list(read_lines(OWN / "kinds.jsonl"))
    assert len({row["question"] for row in rows}) == len(rows)
    counts = {kind: sum(row["kind"] == kind for row in rows) for kind in KINDS}
    assert min(counts.values()) >= 90
    assert sum(counts.values()) == len(rows)
    assert {row["language"] for row in rows} == {"de", "en"}


def test_own_follow_ups_are_of_both_sorts() -> None:
    rows = list(read_lines(OWN / "follow_ups.jsonl"))
    assert all(row["question"] and row["previous"] for row in rows)
    needing = sum(row["needs_conversation"] for row in rows)
    assert needing >= 250
    assert len(rows) - needing >= 250
