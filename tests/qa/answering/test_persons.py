"""Who somebody is, and what somebody said, is quoted where a sentence has it beside the name."""

from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering.persons import find_person, introduces
from qa.answering.question import read_question
from qa.answering.sentences import score_sentences
from qa.collection import Collection
from qa.options import Choice
from tests.fakes import FakeEncoder, write

TEXT = (
    "Streit um die Fähre in Wellin\n\n"
    "Der Kreistag in Wellin stritt über die Fähre. „Eine Fähre, die nicht fährt, ist ein Denkmal“, "
    "sagte Hafenmeister Ole Brook. Ole Brook wohnt in Moorsen."
)


@pytest.fixture
def port(collection: Collection, tmp_path: Path) -> Collection:
    collection.add(write(tmp_path / "port", a=TEXT))
    return collection


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Es sprach Hafenmeister Ole Brook.", True),
        ("Ole Brook (SPD) sprach.", True),
        ("Ole Brook, der Hafenmeister, sprach.", True),
        ("Ole Brook sprach.", False),
        ("Hafenmeister Ole Brandt sprach.", False),
        ("Hafenmeister Brook sprach.", False),
    ],
)
def test_what_a_person_is_stands_beside_the_name(sentence: str, expected: bool) -> None:
    assert introduces(sentence, {"ole", "brook"}, "de") is expected


def find(port: Collection, text: str, kind: str) -> str:
    found = port._answerer.finder.find(text, 8, Choice.of({}))
    assert found is not None
    ranked = score_sentences(found, found.passages, FakeEncoder(), {})
    person = find_person(replace(read_question(text), kind=kind), ranked)
    return person.text if person else ""


def test_a_person_is_quoted_on_what_the_passage_is_about(port: Collection) -> None:
    assert find(port, "Was sagte Ole Brook zur Fähre?", "quote").startswith("„Eine Fähre")
    assert not find(port, "Was sagte Ole Brook zum Schulhaus?", "quote")
    assert not find(port, "Was sagte Ada Quast zur Fähre?", "quote")


def test_who_a_person_is_is_quoted(port: Collection) -> None:
    assert "Hafenmeister Ole Brook" in find(port, "wer war nochmal ole brook", "definition")
    assert not find(port, "Wer ist Ada Brook?", "definition")
    assert not find(port, "Wer ist Ole Brook?", "fact")
