"""How sure an answer is: from signals to a chance, and from a chance to words."""

import json
from importlib import resources

import pytest

from corpus.errors import QuestionError
from qa.answering.answerability import (
    DEFAULT_STRICTNESS,
    Regression,
    band,
    chance,
    least_chance,
    load_model,
    order_value,
    unpack,
)
from qa.answering.signals import NAMES, UNREAD, Signals


def made(**values: float) -> Signals:
    return Signals(**{name: values.get(name, 0.0) for name in NAMES})


def test_a_regression_is_bias_and_weighted_signals() -> None:
    weights = tuple(2.0 if name == "read" else 0.0 for name in NAMES)
    assert Regression(-1.0, weights).log_odds(made(read=3.0, covered=9.0)) == 5.0


def test_better_reading_is_surer() -> None:
    chances = [chance(made(read=value), read=True) for value in (-5.0, 0.0, 5.0, 1e9)]
    assert chances == sorted(chances)
    assert 0 <= chances[0] < chances[-1] <= 1


def test_what_was_not_read_is_not_judged_by_reading() -> None:
    weights = dict(zip(NAMES, load_model().unread.weights, strict=True))
    assert not any(weights[name] for name in UNREAD)
    assert chance(made(read=9.0), read=False) == chance(made(), read=False)


def test_a_stricter_answer_needs_a_greater_chance() -> None:
    assert least_chance("lenient") < least_chance("balanced") < least_chance("strict")
    assert DEFAULT_STRICTNESS in load_model().least


@pytest.mark.parametrize("name", ["", "loose", "Strict", None, 3, ["strict"]])
def test_an_unknown_strictness_is_refused_with_those_there_are(name: object) -> None:
    with pytest.raises(QuestionError, match="lenient, balanced, strict"):
        least_chance(name)  # type: ignore[arg-type]


def test_every_confidence_has_its_word() -> None:
    words = [band(number / 100) for number in range(101)]
    assert list(dict.fromkeys(words)) == ["low", "fair", "high"]


def test_a_signal_without_a_weight_counts_for_nothing() -> None:
    text = (resources.files("qa.answering") / "answerability.json").read_text(encoding="utf-8")
    values = json.loads(text)
    values["read"] = {"bias": 0.5, "weights": {"read": 1.0, "gone": 7.0}}
    model = unpack(values)
    assert model.read.log_odds(made(read=1.0, covered=1.0)) == 1.5


def test_between_passages_read_much_alike_retrieval_decides() -> None:
    assert order_value(0.6, 2.0) > order_value(0.6, 1.0)
    assert order_value(0.62, 1.0) < order_value(0.6, 3.0)
    assert order_value(0.9, 0.0) > order_value(0.6, 6.0)
