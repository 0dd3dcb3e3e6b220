"""Options of retrieval over a whole collection: batches, hints, explanations, dates, re-ranking."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import ModelError, QuestionError
from qa import Collection
from qa.collection import open_collection
from qa.results import Refusal
from qa.retrieval.rerankers import SCORE
from tests.fakes import FakeEncoder

ROWS = [
    ("Die neue Fähre nach Osterholm fährt seit Mai mit Strom.", "taz", "2021-03-04", "de"),
    ("Die neue Fähre nach Osterholm fährt seit Juni mit Strom.", "Der Bote", "2024-06-02", "de"),
    ("Ein Fahrschein für die Fähre kostet vier Euro.", "Der Bote", "2024-07-01", "de"),
    ("The new ferry to Osterholm runs on power from wind.", "The Ellery Post", "2023-01-05", "en"),
    ("Das Museum von Immersen zeigt vierhundert Taschenuhren.", "taz", "2022-02-02", "de"),
]
QUESTIONS = [
    "Womit fährt die neue Fähre nach Osterholm?",
    "Was kostet ein Fahrschein?",
    "When does the ferry to Osterholm run?",
    "Was war 2021 mit der Fähre nach Osterholm?",
]


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder = tmp_path_factory.mktemp("press")
    with (folder / "press.jsonl").open("w", encoding="utf-8") as lines:
        for at, (text, source, day, language) in enumerate(ROWS):
            row = {"uri": f"x:{at}", "title": f"Titel {at}", "text": text, "source": source,
                   "published": day, "language": language}  # fmt: skip
            lines.write(json.dumps(row) + "\n")
    with open_collection(folder / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(folder / "press.jsonl")
        yield collection


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"languages": "de", "per_article": 1},
        {"recency": "1y"},
        {"diversity": 0.5},
        {"boost_dates": True},
        {"sources": "nobody"},
    ],
)
def test_many_questions_find_what_each_finds_alone(
    press: Collection, options: dict[str, Any]
) -> None:
    together = press.retrieve_many(QUESTIONS, 3, **options)
    assert together == [press.retrieve(question, 3, **options) for question in QUESTIONS]


def test_many_questions_are_encoded_at_once(press: Collection) -> None:
    encoder = press.encoder
    assert isinstance(encoder, FakeEncoder)
    assert press.retrieve_many([]) == []
    encoder.questions.clear()
    press.retrieve_many(QUESTIONS)
    assert encoder.questions == QUESTIONS
    with pytest.raises(QuestionError, match="empty"):
        press.retrieve_many([QUESTIONS[0], " "])


def uris(press: Collection, question: str, **options: Any) -> list[str]:
    return [item.article.uri for item in press.retrieve(question, **options)]


def test_recency_puts_the_newer_of_two_alike_first(press: Collection) -> None:
    assert set(uris(press, QUESTIONS[0], k=2)) == {"x:0", "x:1"}
    assert uris(press, QUESTIONS[0], recency="30d")[0] == "x:1"
    assert len(uris(press, QUESTIONS[0], recency="30d")) == len(ROWS)


def test_the_time_in_a_question_excludes_nothing_and_may_lift(press: Collection) -> None:
    assert len(uris(press, QUESTIONS[3])) == len(ROWS)
    assert uris(press, QUESTIONS[3], boost_dates=True)[0] == "x:0"
    (found,) = press.recognised_dates(QUESTIONS[3])
    assert (found.text, found.since, found.until) == ("2021", date(2021, 1, 1), date(2021, 12, 31))
    assert press.ask(QUESTIONS[3]).dates == (found,)
    assert press.recognised_dates("Was war gestern?", date(2024, 3, 1))[0].since == date(
        2024, 2, 29
    )


def test_filters_that_match_nothing_are_said_with_what_is_nearest(press: Collection) -> None:
    filters: dict[str, Any] = {"sources": "taz", "until": "2020-12-31"}
    hint = press.filter_hint(**filters)
    assert hint is not None
    assert (hint.filter, hint.later) == ("dates", date(2021, 3, 4))
    assert "first one after that is from 2021-03-04" in hint.text
    assert hint.to_dict()["later"] == "2021-03-04"
    assert press.filter_hint(sources="taz") is None
    refused = press.ask(QUESTIONS[0], **filters)
    assert refused.refusal is Refusal.FILTERED
    assert "Der erste danach ist vom 04.03.2021." in refused.text
    assert press.facets(sources="taz").articles == 2
    assert press.facets(per_article=1, recency="1y").sources == press.facets().sources


def test_an_explanation_adds_up(press: Collection) -> None:
    found = press.explain(QUESTIONS[0], 5, recency="1y", since="2021-01-01")
    assert [item.passage for item in found.passages] == press.retrieve(
        QUESTIONS[0], 5, recency="1y", since="2021-01-01"
    )
    assert (found.language, found.searched, found.paragraphs) == ("de", 5, 5)
    assert found.filters == "since 2021-01-01"
    for item in found.passages:
        assert sum(item.parts.values()) == pytest.approx(item.passage.score, abs=1e-4)
        assert item.foreign == (item.passage.language == "en")
        rarities = [term.rarity for term in item.terms]
        assert rarities == sorted(rarities, reverse=True)
        held = sum(term.rarity for term in item.terms if term.held)
        if not item.foreign:
            assert item.passage.scores["coverage"] == pytest.approx(held / sum(rarities), abs=1e-4)
    first = found.passages[0]
    assert {term.text for term in first.terms if term.held} >= {"neu", "osterholm"}
    assert json.loads(json.dumps(found.to_dict()))["passages"][0]["parts"]


def test_an_empty_collection_explains_nothing(collection: Collection) -> None:
    found = collection.explain("Wann?")
    assert (found.passages, found.searched, found.language) == ((), 0, "und")
    assert collection.retrieve_many(["Wann?", "Wo?"]) == [[], []]
    assert collection.facets().articles == 0
    assert collection.filter_hint() is not None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"k": 0}, "k=0"),
        ({"k": -3}, "k=-3"),
        ({"k": 1001}, "k=1001"),
        ({"recency": "soon"}, "recency='soon'"),
        ({"diversity": 2}, "diversity=2"),
        ({"since": "2024-02-30"}, "since='2024-02-30' is no date"),
        ({"colour": "red"}, "colour"),
        ({"rerank": ""}, "rerank=''"),
        ({"rerank": 5}, "rerank=5"),
    ],
)
def test_impossible_options_are_refused(
    press: Collection, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(QuestionError, match=message):
        press.retrieve_many(QUESTIONS, **options)
    if not {"k", "rerank"} & set(options):
        with pytest.raises(QuestionError, match=message):
            press.facets(**options)


@pytest.mark.parametrize("questions", ["Wann?", b"Wann?", 5, None])
def test_one_question_is_not_several(press: Collection, questions: Any) -> None:
    for many in (press.retrieve_many, press.retrieve_each, press.ask_each):
        with pytest.raises(QuestionError, match="Give several questions as a list"):
            list(many(questions))


def test_no_reranker_may_be_none(press: Collection) -> None:
    assert press.retrieve(QUESTIONS[0], 2, rerank=None) == press.retrieve(QUESTIONS[0], 2)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a cross-encoder with random weights."""
    import torch
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "Fähre", "Uhr", "die", "neue", "Strom"]
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    fast: Any = PreTrainedTokenizerFast
    fast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
        sep_token="[SEP]", model_max_length=64,
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(1)
    sizes: dict[str, Any] = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 16, "num_labels": 1}  # fmt: skip
    config = BertConfig(vocab_size=len(words), max_position_embeddings=64, **sizes)
    BertForSequenceClassification(config).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu", local_files_only=True).save_pretrained(str(folder))
    return folder


def test_a_cross_encoder_orders_what_was_found(press: Collection, cross_encoder: Path) -> None:
    plain = press.retrieve(QUESTIONS[0], 5)
    found = press.retrieve(QUESTIONS[0], 5, rerank=cross_encoder)
    assert {item.article.uri for item in found} == {item.article.uri for item in plain}
    scores = [item.scores[SCORE] for item in found]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert [item.rank for item in found] == [1, 2, 3, 4, 5]
    assert press.retrieve(QUESTIONS[0], 1, rerank=str(cross_encoder)) == found[:1]
    assert press.retrieve(QUESTIONS[0], sources="nobody", rerank=cross_encoder) == []


@pytest.mark.parametrize("model", ["no-such/cross-encoder", "/no/such/folder"])
def test_a_missing_cross_encoder_is_said_so(press: Collection, model: str) -> None:
    with pytest.raises(ModelError, match=r"(?s)could not be loaded .* Give a folder"):
        press.retrieve(QUESTIONS[0], rerank=model)
