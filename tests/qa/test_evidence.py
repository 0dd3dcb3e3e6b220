"""Sentences as candidates: cut from their passages, ranked by score."""

from pathlib import Path

import pytest

from qa import Collection
from qa.evidence import candidates
from qa.reading import SpanFound, key
from tests.fakes import FakeEncoder, write
from tests.qa.test_answering import found_for

TEXT = (
    "Fähre\n\n"
    "Die Fähre kam am 3. Mai an. Ein Fahrschein kostet vier Euro, z. B. nach Osterholm. Es war "
    "kalt.\n\n"
    "Der Rat lobte den Kapitän. Ein Hund lief über den Kai."
)
QUESTION = "Was kostet ein Fahrschein nach Osterholm?"


@pytest.fixture
def filled(collection: Collection, tmp_path: Path) -> Collection:
    collection.add(write(tmp_path / "press", ferry=TEXT))
    return collection


def test_candidates_are_all_sentences_the_best_first(
    filled: Collection, encoder: FakeEncoder
) -> None:
    found = found_for(filled, QUESTION)
    ranked = candidates(found, found.passages, encoder, {})
    assert ranked[0].text == ("Ein Fahrschein kostet vier Euro, z. B. nach Osterholm.")
    assert {item.text for item in ranked[1:]} == {
        "Die Fähre kam am 3. Mai an.",
        "Es war kalt.",
        "Der Rat lobte den Kapitän.",
        "Ein Hund lief über den Kai.",
    }
    scores = [item.score for item in ranked]
    assert scores == sorted(scores, reverse=True)
    for item in ranked:
        article = filled.article(item.passage.article.uri)
        assert article.text[item.start : item.end] == item.text


def test_no_passages_are_no_candidates(filled: Collection, encoder: FakeEncoder) -> None:
    found = found_for(filled, QUESTION)
    assert candidates(found, [], encoder, {}) == []


def test_a_sentence_that_holds_the_readers_span_counts_for_more(
    filled: Collection, encoder: FakeEncoder
) -> None:
    found = found_for(filled, QUESTION)
    plain = {item.text: item.score for item in candidates(found, found.passages, encoder, {})}
    passage = next(item for item in found.passages if "Hund" in item.text)
    start = passage.start + passage.text.index("Ein Hund")
    spans = {key(passage): SpanFound(start, start + len("Ein Hund"), 0.9)}
    read = {item.text: item.score for item in candidates(found, found.passages, encoder, spans)}
    assert read.pop("Ein Hund lief über den Kai.") > plain.pop("Ein Hund lief über den Kai.")
    assert read == plain


def test_support_follows_the_evidence(filled: Collection) -> None:
    found = found_for(filled, QUESTION)
    best, other = found.passages[0], found.passages[-1]
    assert found.support(best).chance > found.support(other).chance
    assert set(found.rarities("de")) == set(found.question.terms["de"])
    assert found.rarities("en") == {}
