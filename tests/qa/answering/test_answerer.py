"""Answers quote their articles letter for letter, or say why there is none."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.article import Article
from corpus.errors import ArticleNotFound, QuestionError
from qa import Collection
from qa.answering.answerability import load_model
from qa.answering.answerer import answer, refuse
from qa.answering.context import Context
from qa.answering.question import Question, read_question
from qa.answering.sentences import Found
from qa.collection import open_collection
from qa.reader import Reading
from qa.results import Answer, Passage, Refusal
from qa.retrieval.reading import READ, read_passages
from tests.fakes import FakeEncoder, FakeReader, write

QUESTIONS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "sample_questions.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


def check(collection: Collection, found: Answer) -> None:
    """See that an answer is made of what it cites, or a refusal of nothing."""
    assert 0 <= found.confidence <= 1
    if not found.answered:
        assert found.reason
        assert (found.sentences, found.citations, found.short) == ((), (), "")
        return
    assert found.reason == ""
    assert found.sentences
    assert found.short in found.sentences[0].text
    cited = [citation for sentence in found.sentences for citation in sentence.citations]
    assert sorted(map(repr, cited)) == sorted(map(repr, found.citations))
    markers = [citation.marker for citation in found.citations]
    assert markers == sorted(markers)
    assert set(markers) == set(range(1, max(markers) + 1))
    for sentence in found.sentences:
        assert sentence.citations
        for citation in sentence.citations:
            article = collection.article(citation.passage.article.uri)
            assert article.text[citation.start : citation.end] == citation.quote
            assert article.text[citation.passage.start : citation.passage.end] == (
                citation.passage.text
            )
            assert _known(citation.passage) in {_known(item) for item in found.passages}
        # The first citation is the sentence's own; the others say the same in their words.
        assert sentence.text == sentence.citations[0].quote
        shown = " ".join(f"[{citation.marker}]" for citation in sentence.citations)
        assert f"{sentence.text} {shown}" in found.text


def _known(passage: Passage) -> tuple[str, int, str]:
    return passage.article.uri, passage.paragraph, passage.text


@pytest.fixture
def filled(collection: Collection, press: Path) -> Collection:
    collection.add(press)
    return collection


@pytest.mark.parametrize(
    ("question", "quote", "language"),
    [
        (
            "Was kostet ein Fahrschein auf der Fähre nach Osterholm?",
            "Ein Fahrschein kostet unverändert vier Euro und achtzig Cent.",
            "de",
        ),
        (
            "When will the swing bridge at Ellery close?",
            "The swing bridge at Ellery will close for eleven weeks from 4 March 2025.",
            "en",
        ),
    ],
)
def test_the_answer_is_the_sentence_that_holds_it(
    filled: Collection, question: str, quote: str, language: str
) -> None:
    found = filled.ask(question)
    check(filled, found)
    assert found.answered
    assert found.citations[0].quote == quote
    assert found.text.startswith(f"{quote} [1]")
    assert found.language == language
    assert found.question == question


@pytest.mark.parametrize(
    ("question", "reason", "nearest"),
    [
        (
            "Welche Hauptstadt hat Australien?",
            "nichts gefunden",
            "Am nächsten kommt: ",
        ),
        ("How many strings does a cello have?", "found nothing", "Closest: "),
    ],
)
def test_a_refusal_says_why_and_what_comes_nearest(
    filled: Collection, question: str, reason: str, nearest: str
) -> None:
    found = filled.ask(question)
    check(filled, found)
    assert not found.answered
    assert found.refusal is Refusal.NOTHING_NEAR
    assert reason in found.reason
    assert nearest in found.text


def test_a_refusal_says_that_all_articles_are_in_other_languages(filled: Collection) -> None:
    found = filled.ask("Combien de cordes a un violoncelle ?")
    check(filled, found)
    assert found.refusal is Refusal.OTHER_LANGUAGE
    assert "another language" in found.text
    assert found.passages[0].citation in found.text


def test_a_refusal_quotes_the_nearest_sentence_whole_and_says_what_to_try(
    filled: Collection,
) -> None:
    refused = filled.ask("Wie hoch ist der Turm von Treuenhall?")
    assert not refused.answered
    quoted = re.search("kommt: „(.+)“ [(]", refused.text)
    assert quoted
    assert quoted[1] in refused.passages[0].text
    assert "nennen Sie einen Namen" in refused.text
    assert "%" not in refused.text
    none = filled.ask("Was kostet ein Fahrschein?", since="2099-01-01")
    assert none.refusal is Refusal.FILTERED
    assert "Filter" in none.reason


@pytest.mark.parametrize("question", ["Klimageld", "Tarifstreit Bahn", "AfD Verbot"])
def test_a_few_nouns_are_refused_in_the_language_of_the_articles(
    filled: Collection, question: str
) -> None:
    found = filled.ask(question)
    assert (found.answered, found.language) == (False, "de")
    assert "Artikel" in found.text


def test_an_answer_says_what_kind_of_question_it_was_asked(filled: Collection) -> None:
    assert filled.ask("Wann öffnet die Bahn?").kind == "fact"
    assert filled.ask("Wann öffnet die Bahn?", kind="timeline").kind == "timeline"
    with pytest.raises(QuestionError, match="kind='essay'"):
        filled.ask("Wann öffnet die Bahn?", kind="essay")


def test_strictness_moves_the_line(filled: Collection) -> None:
    question = "Was kostet eine Karte für Osterholm im Winter?"
    confidence = filled.ask(question).confidence
    for name, least in load_model().least.items():
        assert filled.ask(question, strictness=name).answered is (confidence >= least)
    with pytest.raises(QuestionError, match="lenient, balanced, strict"):
        filled.ask(question, strictness="loose")


def test_a_question_without_words_is_told_so(filled: Collection) -> None:
    found = filled.ask("???")
    check(filled, found)
    assert "no words" in found.reason


def test_a_follow_up_is_read_with_the_question_before(filled: Collection) -> None:
    first = filled.ask("Was kostet ein Fahrschein auf der Fähre nach Osterholm?")
    second = filled.ask("Und warum?", [first])
    assert (second.question, second.asked) == ("Und warum?", "Und warum?")
    assert second.context == first.question
    assert second.about == first.citations[0].passage.article.title
    assert second.passages[0].article == first.citations[0].passage.article
    third = filled.ask("Und wann?", [first, second])
    assert third.context == first.question
    alone = filled.ask("Und warum?")
    assert (alone.context, alone.about) == ("", "")
    long = {"role": "user", "content": "Wer? " * 3000}
    assert len(filled.ask("Und warum?", [long]).context) <= 300


def test_the_reader_is_given_what_was_asked_before(filled: Collection) -> None:
    seen: list[str] = []

    class Noting(FakeReader):
        def read(
            self, question: str, passages: Sequence[str], about: Sequence[str] = ()
        ) -> list[Reading]:
            seen.append(question)
            return super().read(question, passages, about)

    found = found_for(filled, FERRY_QUESTION)
    for context in (None, Context(FERRY_QUESTION), Context(FERRY_QUESTION, before="Warum?")):
        question = read_question("Und wann?", context=context)
        answer(question, found, filled.encoder, filled.article, Noting("vier"))
    assert seen == [
        "Und wann?",
        f"Und wann? ({FERRY_QUESTION})",
        f"Und wann? ({FERRY_QUESTION} Warum?)",
    ]


def found_for(collection: Collection, question: str) -> Found:
    """Return what retrieval hands to answering."""
    seen: list[Found] = []

    def keep(question: Question, found: Found, *_: Any) -> Answer:
        seen.append(found)
        return refuse(question, Refusal.NOTHING_NEAR, ())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qa.answerer.answer", keep)
        collection.ask(question)
    return seen[0]


def gone(uri: str) -> Article:
    raise ArticleNotFound(uri)


@pytest.mark.parametrize("source", ["gone", "changed"])
def test_a_quote_that_no_longer_stands_is_never_shown(
    filled: Collection, press: Path, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = found_for(filled, "Was kostet ein Fahrschein auf der Fähre nach Osterholm?")
    assert answer(
        read_question(found.question.text), found, filled.encoder, filled.article
    ).answered
    text = (press / "ferry.txt").read_text()
    (press / "ferry.txt").write_text(text.replace("vier Euro", "neun Euro"))
    filled.add(press)
    reader: Callable[[str], Article] = gone if source == "gone" else filled.article
    late = answer(read_question(found.question.text), found, filled.encoder, reader)
    assert "vier Euro" not in late.text.replace(late.passages[0].text, "")
    assert all("vier Euro" not in citation.quote for citation in late.citations)
    assert "was left out" in caplog.text


FERRY_QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"


def answer_with(
    collection: Collection, found: Found, words: str, strictness: str = "balanced"
) -> Answer:
    """Answer what retrieval found, with a reader that finds these words."""
    question = read_question(found.question.text)
    reader = FakeReader(words)
    return answer(question, found, collection.encoder, collection.article, reader, strictness)


def test_the_readers_span_is_the_short_answer(filled: Collection) -> None:
    found = found_for(filled, FERRY_QUESTION)
    read = answer_with(filled, found, "vier Euro und achtzig Cent")
    check(filled, read)
    assert read.short == "vier Euro und achtzig Cent"
    assert read.passages[0].scores["answerable"] == pytest.approx(0.99)
    assert (
        read.confidence
        > answer(
            read_question(found.question.text), found, filled.encoder, filled.article
        ).confidence
    )


def test_a_number_is_nobodys_name(filled: Collection) -> None:
    asked = "Wer fährt auf der Fähre nach Osterholm mit einem Fahrschein?"
    read = answer_with(filled, found_for(filled, asked), "vier Euro und achtzig Cent", "lenient")
    assert read.answered
    assert read.short == ""


def test_the_reader_refuses_a_near_miss(filled: Collection) -> None:
    found = found_for(filled, FERRY_QUESTION)
    unread = answer(
        read_question(found.question.text), found, filled.encoder, filled.article, None, "strict"
    )
    assert unread.answered
    read = answer_with(filled, found, "neun Euro", "strict")
    check(filled, read)
    assert not read.answered
    assert read.refusal is Refusal.NOT_SAID
    assert read.confidence < unread.confidence
    assert read.passages[0].citation in read.text


def test_the_reader_orders_what_it_reads(filled: Collection) -> None:
    found = found_for(filled, FERRY_QUESTION)
    passages, spans = read_passages(FERRY_QUESTION, found.passages, FakeReader("Taschenuhren"))
    read = [passage for passage in passages if "answerable" in passage.scores]
    assert len(read) == len(spans) == min(READ, len(passages))
    assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
    assert sorted(passage.text for passage in passages) == sorted(
        passage.text for passage in found.passages
    )
    scores = [passage.score for passage in read]
    assert scores == sorted(scores, reverse=True)


def test_the_passage_most_likely_to_answer_comes_first(filled: Collection) -> None:
    found = found_for(filled, FERRY_QUESTION)
    for passage in found.passages[:READ]:
        phrase = passage.text[-25:]
        if sum(phrase in item.text for item in found.passages[:READ]) > 1:
            continue
        given = answer(
            read_question(found.question.text),
            found,
            filled.encoder,
            filled.article,
            FakeReader(phrase),
        )
        assert given.passages[0].text == passage.text
        assert [item.rank for item in given.passages] == list(range(1, len(found.passages) + 1))


def test_clutter_answers_no_question(tmp_path: Path) -> None:
    text = (
        "Neue Fähre für Osterholm\n\n"
        "Die Fähre nach Osterholm fährt seit dem 3. Mai 2024 mit Strom aus Windkraft.\n\n"
        "Abonnieren Sie unseren Newsletter: Was kostet ein Fahrschein? Jeden Montag.\n\n"
        "Kapitänin Jule Brandt lobt den leisen Antrieb und die kurze Ladezeit.\n\n"
        "Lesetipp: Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
    )
    press = write(tmp_path / "press", ferry=text)
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(press)
        found = collection.ask("Was kostet ein Fahrschein auf der Fähre nach Osterholm?")
        check(collection, found)
        assert all("Newsletter" not in item.quote for item in found.citations)
        assert all("Lesetipp" not in item.quote for item in found.citations)


# The real model over the sample articles; the bounds are loose, the benchmark has the figures.


@pytest.fixture(scope="module")
def answers(samples: Collection) -> list[tuple[dict[str, Any], Answer]]:
    # A third of them is enough to see that the parts fit together.
    return [(row, samples.ask(row["question"])) for row in QUESTIONS[::3]]


def test_every_answer_over_the_samples_stands(
    samples: Collection, answers: list[tuple[dict[str, Any], Answer]]
) -> None:
    for _, found in answers:
        check(samples, found)


def test_most_questions_are_answered_from_the_right_passage(
    answers: list[tuple[dict[str, Any], Answer]],
) -> None:
    rows = [pair for pair in answers if pair[0]["answer"]]
    right = [
        row["question"]
        for row, found in rows
        if any(row["quote_contains"] in item.passage.text for item in found.citations)
    ]
    assert len(right) >= 0.5 * len(rows)


def test_most_questions_without_an_answer_are_refused(
    answers: list[tuple[dict[str, Any], Answer]],
) -> None:
    rows = [found for row, found in answers if not row["answer"]]
    assert sum(not found.answered for found in rows) >= 0.6 * len(rows)


def test_answers_speak_the_language_of_the_question(
    answers: list[tuple[dict[str, Any], Answer]],
) -> None:
    right = sum(found.language == row["language"] for row, found in answers)
    assert right >= 0.95 * len(answers)
