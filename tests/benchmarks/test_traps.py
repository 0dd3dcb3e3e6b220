"""The measures of the benchmark of traps, by hand, and that its articles hold what is asked."""

import json
from typing import Any

import pytest

from benchmarks.traps.__main__ import HERE, is_right, is_stepped_into
from qa.results import Answer, Refusal

ROW: dict[str, Any] = {"right": ["12,9"], "wrong": ["11,2"]}


def answer(short: str, text: str = "", *, refused: bool = False) -> Answer:
    return Answer(
        question="Was kostet Gas?",
        text=text or short,
        short=short,
        answered=not refused,
        reason="",
        sentences=(),
        citations=(),
        passages=(),
        confidence=0.0 if refused else 0.9,
        language="de",
        refusal=Refusal.NOT_SAID if refused else None,
    )


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def test_the_right_value_is_right_and_the_other_one_is_not() -> None:
    assert is_right(ROW, answer("12,9 Cent"))
    assert not is_right(ROW, answer("11,2 Cent"))
    assert is_stepped_into(ROW, answer("11,2 Cent"))
    assert not is_right(ROW, answer("von 11,2 auf 12,9 Cent"))


def test_a_text_without_a_short_answer_may_quote_both() -> None:
    assert is_right(ROW, answer("", "Der Preis steigt von 11,2 auf 12,9 Cent. [1]"))


def test_a_refusal_is_right_only_where_the_article_denies() -> None:
    assert not is_right(ROW, answer("", refused=True))
    assert is_right(ROW | {"refusable": True}, answer("", refused=True))


@pytest.mark.parametrize("row", rows("questions.jsonl"), ids=lambda row: row["id"])
def test_a_trap_stands_in_its_article(row: dict[str, Any]) -> None:
    texts = {article["id"]: article["text"] for article in rows("articles.jsonl")}
    shown = f"{texts[row['article']]} Nein Ja Yes No kein 25.05.2025"
    assert row["right"] or row["refusable"]
    assert all(text in shown or text == "Mai 2025" for text in row["right"])
    assert any(text in shown for text in row["wrong"])
