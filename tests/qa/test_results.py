"""Results are frozen, compare by value, and become JSON under the same names."""

import json
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest

from corpus.serialise import restore
from qa.results import (
    AddReport,
    Answer,
    ArticleInfo,
    Citation,
    Digest,
    DigestEntry,
    DigestPart,
    Passage,
    Sentence,
    Status,
)

INFO = ArticleInfo("x:1", "Sturm", ("A. B.",), date(2024, 10, 25), None, "Bote", "", "de", "")
PASSAGE = Passage(
    text="Es stürmt. Es regnet.",
    score=1.5,
    rank=1,
    scores=MappingProxyType({"dense": 0.5}),
    paragraph=2,
    start=7,
    end=28,
    heading="",
    role="body",
    page=None,
    language="de",
    article=INFO,
    citation="Sturm, Bote, 25.10.2024, Abs. 2",
    also_in=(INFO,),
)
CITATION = Citation(1, PASSAGE, "Es regnet.", 18, 28)
ANSWER = Answer(
    question="Regnet es?",
    text="Es regnet. [1]",
    short="",
    answered=True,
    reason="",
    sentences=(Sentence("Es regnet.", (CITATION,)),),
    citations=(CITATION,),
    passages=(PASSAGE,),
    confidence=0.75,
    language="de",
)
ENTRY = DigestEntry(ANSWER.sentences[0], date(2024, 10, 25), date(2024, 10, 25), "heute")
DIGEST = Digest("timeline", (DigestPart("Oktober 2024", (ENTRY,)),), (INFO,), ("einer fehlt",))
STATUS = Status("p", 1, 2, 2, 2, 0, 3, "m", "f", {"de": 1}, {"Bote": 1}, date(2024, 1, 1), None)
REPORT = AddReport(1, skipped=(("a.txt", "empty"),), useless=("a.txt",), seconds=2.5)


@pytest.mark.parametrize("result", [PASSAGE, CITATION, ANSWER, DIGEST, STATUS, REPORT])
def test_json_has_the_attributes_names(result: Any) -> None:
    found = json.loads(json.dumps(result.to_dict()))
    assert list(found) == [item.name for item in fields(result)]


def test_dates_tuples_and_what_is_inside_become_json() -> None:
    found = json.loads(json.dumps(ANSWER.to_dict()))
    passage = found["citations"][0]["passage"]
    assert passage["article"]["published"] == "2024-10-25"
    assert passage["article"]["modified"] is None
    assert passage["article"]["authors"] == ["A. B."]
    assert passage["also_in"][0]["uri"] == "x:1"
    assert passage["scores"] == {"dense": 0.5}
    assert found["sentences"][0]["citations"][0]["quote"] == "Es regnet."


@pytest.mark.parametrize("result", [INFO, PASSAGE, CITATION, ANSWER, DIGEST, STATUS, REPORT])
def test_results_cannot_be_changed(result: Any) -> None:
    with pytest.raises(FrozenInstanceError, match="cannot assign"):
        setattr(result, fields(result)[0].name, "other")


def test_the_time_taken_does_not_make_reports_differ() -> None:
    assert AddReport(1, seconds=1.0) == AddReport(1, seconds=2.0)
    assert AddReport(1) != AddReport(2)


def test_an_answer_with_a_digest_is_the_same_after_json() -> None:
    answer = replace(ANSWER, kind="timeline", digest=DIGEST)
    assert restore(Answer, json.loads(json.dumps(answer.to_dict()))) == answer
    assert DIGEST.parts[0].entries[0].article == INFO
