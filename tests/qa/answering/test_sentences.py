"""Sentences as candidates: cut from their passages, ranked by score."""

from pathlib import Path

import pytest

from qa import Collection
from qa.answering.sentences import HOLDS_SPAN, score_sentences
from qa.retrieval.reading import SpanFound, key
from tests.fakes import FakeEncoder, write
from tests.qa.answering.test_answerer import found_for

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
    ranked = score_sentences(found, found.passages, encoder, {})
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
    assert score_sentences(found, [], encoder, {}) == []


@pytest.mark.parametrize("answerable", [0.9, 0.3])
def test_a_sentence_with_the_readers_span_gains_by_the_chance_that_it_answers(
    filled: Collection, encoder: FakeEncoder, answerable: float
) -> None:
    found = found_for(filled, QUESTION)
    plain = {item.text: item.score for item in score_sentences(found, found.passages, encoder, {})}
    passage = next(item for item in found.passages if "Hund" in item.text)
    start = passage.start + passage.text.index("Ein Hund")
    spans = {key(passage): SpanFound(start, start + len("Ein Hund"), answerable)}
    read = {
        item.text: item.score for item in score_sentences(found, found.passages, encoder, spans)
    }
    gained = read.pop("Ein Hund lief über den Kai.") - plain.pop("Ein Hund lief über den Kai.")
    assert gained == pytest.approx(HOLDS_SPAN * answerable)
    assert read == plain


def test_a_passage_without_sentences_is_cut_between_words(
    collection: Collection, encoder: FakeEncoder, tmp_path: Path
) -> None:
    endless = "Liste der Namen " + " ".join(f"Wort{n}" for n in range(2500))
    assert len(endless) > 20_000
    collection.add(write(tmp_path / "press", endless=endless, short="Fahrschein"))
    found = found_for(collection, "Wo steht Wort1200 in der Liste der Namen?")
    spans = {}
    for passage in found.passages:
        if "Wort1200" in passage.text:
            start = passage.start + passage.text.index("Wort1200")
            spans[key(passage)] = SpanFound(start, start + len("Wort1200"), 0.9)
    ranked = score_sentences(found, found.passages, encoder, spans)
    assert "Wort1200" in ranked[0].text
    assert all(0 < len(item.text) <= 600 for item in ranked)
    assert len(ranked) <= 80
    for item in ranked:
        article = collection.article(item.passage.article.uri)
        assert article.text[item.start : item.end] == item.text
