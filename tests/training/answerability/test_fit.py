"""How sure an answer is: what is fitted, on what, and where the points are put."""

import numpy as np
import pytest

from qa.answering.signals import NAMES, UNREAD
from training.answerability.collect import Asked, Seen
from training.answerability.fit import WANTED, choose_bands, choose_points, fit, predict, rows_of

READ = NAMES.index("read")


def seen(read: float, *, holds: bool, score: float = 1.0) -> Seen:
    signals = tuple(read if name == "read" else 0.5 for name in NAMES)
    return Seen(signals, score, holds, holds, float(holds), "")


def asked(name: str, kind: str, read: float, number: int = 0) -> Asked:
    holds = kind == "answered"
    answers = ("ja",) if holds else ()
    return Asked(
        name, f"q{number}", f"a{number}", "Wer?", kind, answers, (seen(read, holds=holds),)
    )


def some() -> list[Asked]:
    rng = np.random.default_rng(3)
    kinds = ["answered", "time", "no article"]
    return [
        asked("train-news-de", kind, float(rng.normal(2 if kind == "answered" else -2)), number)
        for number, kind in enumerate(kinds * 40)
    ]


def test_near_misses_weigh_as_much_as_absent_topics() -> None:
    items = [*some(), asked("train-news-de", "time", 0.0, 999)]
    rows = rows_of(items)
    kinds = np.array([item.kind for item in items])
    total = rows.weights.sum()
    share = {kind: rows.weights[kinds == kind].sum() / total for kind in set(kinds)}
    assert share == pytest.approx({"answered": 0.5, "time": 0.25, "no article": 0.25})


def test_what_tells_answers_apart_is_found() -> None:
    rows = rows_of(some())
    model = fit(rows, 0.3, [READ])
    assert set(model["weights"]) == {"read"}
    assert model["weights"]["read"] > 0
    found = predict(model, rows.signals)
    assert found[rows.right].mean() > 0.8
    assert found[~rows.right].mean() < 0.2


def test_what_is_not_read_is_judged_by_the_first_of_retrieval() -> None:
    late = seen(5.0, holds=True, score=1.0)
    first = seen(-5.0, holds=False, score=9.0)
    item = Asked("train-news-de", "q", "a", "Wer?", "answered", ("ja",), (late, first))
    assert rows_of([item]).right.tolist() == [True]
    unread = rows_of([item], read=False)
    assert unread.right.tolist() == [False]
    places = [n for n, name in enumerate(NAMES) if name in UNREAD]
    assert not unread.signals[:, places].any()


def test_with_a_model_what_is_read_is_judged_by_the_likeliest() -> None:
    first = seen(-5.0, holds=False, score=9.0)
    late = seen(1.0, holds=True, score=1.0)
    item = Asked("train-news-de", "q", "a", "Wer?", "answered", ("ja",), (first, late))
    assert rows_of([item]).right.tolist() == [False]
    model = {"bias": 0.0, "weights": {"read": 1.0}}
    assert rows_of([item], model=model).right.tolist() == [True]


def test_points_let_the_wanted_share_of_answers_through() -> None:
    chance = np.linspace(0, 1, 1001)
    points = choose_points(chance, np.ones(1001, dtype=bool))
    assert points["lenient"] < points["balanced"] < points["strict"]
    assert (chance >= points["balanced"]).mean() == pytest.approx(WANTED["balanced"], abs=0.01)


def test_a_band_holds_what_its_word_says() -> None:
    chance = np.linspace(0, 1, 1000)
    right = np.random.default_rng(1).random(1000) < chance
    bands = choose_bands(chance, right, 0.2)
    assert list(bands) == ["high", "fair", "low"]
    assert bands["high"] > bands["fair"] > bands["low"] == 0.0
    assert right[chance >= bands["high"]].mean() >= 0.89


def test_no_answer_is_called_sure_where_none_is_right() -> None:
    bands = choose_bands(np.linspace(0, 1, 50), np.zeros(50, dtype=bool), 0.2)
    assert bands["high"] > 0.98
