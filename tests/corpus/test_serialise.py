"""Answers to JSON and back, unchanged; anything else is refused."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.serialise import NotRestored, plain, restore
from qa.results import Answer, Passage, Refusal, Sentence, Side
from tests.qa.server.chat.fake import CABLE_CAR, FakeCollection, passage

GIVEN = FakeCollection().ask("Seilbahn?")


def written(value: Answer | Passage) -> dict[str, Any]:
    return dict(json.loads(json.dumps(plain(value))))


def there_and_back(answer: Answer) -> Answer:
    return restore(Answer, written(answer))


def test_an_answer_comes_back_with_all_that_it_had() -> None:
    sentence = Sentence("Am 12. April.", GIVEN.citations)
    rich = replace(
        GIVEN,
        differs=(Side("12. April", date(2024, 10, 25), sentence, corrects=True),),
        refusal=Refusal.NOT_SAID,
        note="Die Quellen sagen Unterschiedliches.",
        passages=(replace(passage(CABLE_CAR, 4), page=3, also_in=(GIVEN.passages[1].article,)),),
    )
    assert there_and_back(rich) == rich
    assert isinstance(there_and_back(rich).differs[0].published, date)


@given(st.text(), st.floats(0, 1), st.lists(st.text()))
def test_any_words_and_numbers_come_back(text: str, number: float, names: list[str]) -> None:
    article = replace(GIVEN.passages[0].article, title=text, authors=tuple(names))
    found = replace(GIVEN.passages[0], text=text, score=number, scores={text: number})
    answer = replace(GIVEN, short=text, passages=(replace(found, article=article),))
    assert there_and_back(answer) == answer


def test_fields_may_be_missing_or_more_than_known() -> None:
    data = written(GIVEN)
    del data["differs"], data["note"]
    data["added in a later version"] = 1
    data["confidence"] = 1
    assert restore(Answer, data) == replace(GIVEN, confidence=1.0)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"confidence": "high"}, "Answer.confidence"),
        ({"answered": 7}, "Answer.answered"),
        ({"sentences": "none"}, "Answer.sentences"),
        ({"sentences": [1]}, r"Answer\.sentences\.0"),
        ({"refusal": "because"}, "Answer.refusal"),
        ({"passages": [{"text": "alone"}]}, r"Answer\.passages\.0\.score: Field required"),
    ],
)
def test_other_shapes_are_refused(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(NotRestored, match=where):
        restore(Answer, {**written(GIVEN), **changes})


def test_a_date_must_be_one() -> None:
    data = written(GIVEN.passages[0])
    data["article"]["published"] = "yesterday"
    with pytest.raises(NotRestored, match=r"Passage\.article\.published"):
        restore(Passage, data)
