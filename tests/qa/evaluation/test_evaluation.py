"""Evaluation on a collection of three articles, whose figures can be counted by hand."""

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import InputError, QuestionError, SettingsError
from corpus.samples import samples_folder
from qa import Collection
from qa.evaluation import evaluate, evaluate_known_items
from qa.evaluation.known_items import cloze, known_items
from qa.evaluation.questions import parse_questions, read_questions

PRICE = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
WATCHES = "Wie viele Taschenuhren zeigt das Uhrenmuseum von Immersen ab Sonntag?"
BRIDGE = "When will the swing bridge at Ellery close for eleven weeks?"
ALIEN = "Wer gewann 1974 die Weltmeisterschaft im Synchronschwimmen?"


@pytest.fixture
def filled(collection: Collection, press: Path) -> Collection:
    collection.add(press)
    return collection


def uri(collection: Collection, name: str) -> str:
    (found,) = (info.uri for info in collection.articles() if info.uri.endswith(f"{name}.txt"))
    return found


def test_retrieval_and_answers_are_counted(filled: Collection) -> None:
    found = evaluate(
        filled,
        [
            {"question": PRICE, "quote": "unverändert vier Euro", "answers": ["vier Euro"]},
            {"question": WATCHES, "uri": uri(filled, "museum"), "answers": ["vierhundert"]},
            {
                "question": BRIDGE,
                "title": "Swing bridge closes for repairs",
                "answers": ["4 March"],
            },
            {"question": ALIEN, "answers": []},
        ],
        k=5,
    )
    assert found.questions == 4
    assert found.problems == ()
    assert [item.rank for item in found.asked] == [1, 1, 1, None]
    retrieval, answers = found.overall.retrieval, found.overall.answers
    assert retrieval
    assert answers
    assert retrieval.questions == 3
    assert set(retrieval.measures) == {"recall@1", "recall@5", "mrr@5", "ndcg@5"}
    assert {value.mean for value in retrieval.measures.values()} == {1.0}
    confusion = answers.confusion
    assert confusion.unanswerable_refused == 1
    assert confusion.answerable_answered + confusion.answerable_refused == 3
    assert answers.measures["citation_recall"].mean == 1.0
    assert answers.quotes.citations > 0
    assert (answers.quotes.wrong_quotes, answers.quotes.loose_markers) == (0, 0)
    assert set(found.languages) == {"de", "en"}
    english = found.languages["en"].retrieval
    assert english
    assert english.questions == 1
    assert json.loads(json.dumps(found.to_dict()))["overall"]["retrieval"]["questions"] == 3


def test_a_label_that_is_not_found_first_is_no_hit(filled: Collection) -> None:
    wrong = uri(filled, "museum")
    found = evaluate(filled, [{"question": PRICE, "uri": wrong}], k=1)
    assert found.asked[0].rank == 0
    assert found.overall.answers is None
    assert found.overall.retrieval
    assert found.overall.retrieval.measures["recall@1"].mean == 0.0


def test_a_paragraph_is_named_by_its_number(filled: Collection) -> None:
    ferry = uri(filled, "ferry")
    number = next(
        p.number
        for p in filled.article(ferry).paragraphs
        if "Fahrschein" in filled.article(ferry).paragraph_text(p)
    )
    rows = [{"question": PRICE, "uri": ferry, "paragraph": at} for at in (number, number - 1)]
    found = evaluate(filled, rows)
    assert found.asked[0].rank == 1
    assert found.asked[1].rank != 1


def test_quote_and_number_stand_in_for_each_other(filled: Collection) -> None:
    ferry = uri(filled, "ferry")
    rows = [
        {"question": PRICE, "uri": ferry, "paragraph": 99, "quote": "unverändert vier Euro"},
        {"question": PRICE, "uri": ferry, "paragraph": 4, "quote": "seither fünf Euro"},
        {"question": PRICE, "uri": ferry, "paragraph": 99, "quote": "seither fünf Euro"},
    ]
    found = evaluate(filled, rows)
    assert [item.rank for item in found.asked] == [1, 1]
    assert [(item.line, item.reason) for item in found.problems] == [
        (3, "the article has no paragraph 99")
    ]


def test_a_quote_may_hold_what_cannot_be_seen(filled: Collection) -> None:
    quote = "\ufeffunver\u00adändert vier\u200b Euro"
    found = evaluate(filled, [{"question": PRICE, "quote": quote}])
    assert [item.rank for item in found.asked] == [1]


def test_paragraph_ids_come_from_the_table_beside_the_questions(
    collection: Collection, tmp_path: Path
) -> None:
    rows = [
        {"id": "p1", "article": "a", "text": "Die Fähre nach Osterholm kostet vier Euro."},
        {"id": "p2", "article": "a", "text": "Das Museum zeigt am Sonntag  vierhundert Uhren."},
    ]
    table = tmp_path / "paragraphs.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    collection.add(table, group_by="article")
    asked = tmp_path / "questions.jsonl"
    lines = [
        {"question": "Was kostet die Fähre?", "paragraph_id": "p1", "answers": [{"text": "vier"}]},
        {"question": "Wann zeigt das Museum Uhren?", "paragraph_id": "p2"},
        {"question": "Wo ist p3?", "paragraph_id": "p3"},
        {"question": "Wer taucht?", "paragraph_id": None, "answers": []},
    ]
    asked.write_text("".join(json.dumps(row) + "\n" for row in lines), encoding="utf-8")
    found = evaluate(collection, asked)
    assert [item.rank for item in found.asked] == [1, 1, None]
    assert [(item.line, item.reason[:33]) for item in found.problems] == [
        (3, "nothing is known of paragraph_id ")
    ]


def test_the_id_of_a_table_that_became_the_uri_needs_no_table(
    collection: Collection, tmp_path: Path
) -> None:
    table = tmp_path / "rows.jsonl"
    row = {"id": "urn:p1", "text": "Die Fähre nach Osterholm kostet vier Euro."}
    table.write_text(json.dumps(row) + "\n", encoding="utf-8")
    collection.add(table, columns={"uri": "id"})
    found = evaluate(collection, [{"question": "Was kostet es?", "paragraph_id": "urn:p1"}])
    assert found.asked[0].rank == 1


def test_bad_lines_are_told_and_stop_no_other(filled: Collection, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    lines: list[Any] = [
        "no json",
        "[]",
        {"answers": ["vier"]},
        {"question": "?!", "answers": []},
        {"question": PRICE},
        {"question": PRICE, "answers": "vier Euro", "quote": 4},
        {"question": PRICE, "answers": [4]},
        {"question": PRICE, "answers": [""]},
        {"question": PRICE, "paragraph": 2, "answers": ["vier"]},
        {"question": PRICE, "uri": "urn:none", "answers": ["vier"]},
        {"question": PRICE, "title": "Nichts", "answers": ["vier"]},
        {"question": PRICE, "title": "Neue Fähre für Osterholm", "paragraph": 99},
        {"question": PRICE, "quote": "steht nirgends"},
        {"question": PRICE, "title": "Neue Fähre für Osterholm", "paragraph": True},
        {"question": "x" * 100_000, "quote": "vier Euro"},
        {"question": PRICE, "quote": "vier Euro", "answers": "vier Euro"},
        "",
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    file.write_text("\ufeff" + text, encoding="utf-8")
    found = evaluate(filled, file)
    assert [item.line for item in found.problems] == list(range(1, 16))
    assert [item.line for item in found.asked] == [16]
    assert all(item.reason for item in found.problems)


def test_a_file_without_a_usable_question_is_an_error(filled: Collection, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("nothing\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no question to evaluate with\. line 1: no JSON object"):
        evaluate(filled, file)
    with pytest.raises(InputError, match=r"gone\.jsonl cannot be read"):
        evaluate(filled, tmp_path / "gone.jsonl")
    file.write_text('[{"question": "Wer?"}]', encoding="utf-8")
    with pytest.raises(InputError, match="JSON array"):
        read_questions(file)


@pytest.mark.parametrize(("k", "limit"), [(0, None), (101, None), (True, None), (5, 0)])
def test_impossible_options_are_refused(filled: Collection, k: int, limit: int | None) -> None:
    with pytest.raises(QuestionError, match="is not possible"):
        evaluate(filled, [{"question": PRICE, "answers": []}], k=k, limit=limit)


def test_a_sample_is_the_same_each_time(filled: Collection) -> None:
    rows = [{"question": f"Was kostet Fahrschein {n}?", "quote": "vier Euro"} for n in range(20)]
    first = evaluate(filled, rows, limit=5, seed=3)
    assert first.questions == 5
    assert [i.line for i in first.asked] == [
        i.line for i in evaluate(filled, rows, limit=5, seed=3).asked
    ]
    assert [i.line for i in first.asked] != [
        i.line for i in evaluate(filled, rows, limit=5, seed=4).asked
    ]


def test_what_is_missing_names_the_extra(
    filled: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pytrec_eval", None)
    with pytest.raises(SettingsError, match=r"pip install 'article-qa\[evaluate\]'"):
        evaluate(filled, [{"question": PRICE, "answers": []}])


def test_known_items_are_made_of_the_collection(collection: Collection) -> None:
    collection.add(samples_folder() / "de")
    items = known_items(collection, 30)
    assert len(items) == 30
    assert {item.kind for item in items} == {"heading", "title", "cloze"}
    texts = {
        article.paragraph_text(paragraph)
        for info in collection.articles()
        for article in [collection.article(info.uri)]
        for paragraph in article.paragraphs
    }
    assert all(item.target.texts <= texts for item in items)
    assert items == known_items(collection, 30)
    assert items != known_items(collection, 30, seed=2)
    found = evaluate_known_items(collection, 30)
    assert found.questions == 30
    assert "without labels" in found.remark
    assert found.overall.answers is None
    assert set(found.kinds) == {"heading", "title", "cloze"}
    # Words of the paragraph itself: the fake encoder and BM25 find nearly all.
    assert found.overall.retrieval
    assert found.overall.retrieval.measures["recall@5"].mean > 0.7


def test_known_items_of_nothing_are_an_error(collection: Collection) -> None:
    with pytest.raises(InputError, match="no question to evaluate with"):
        evaluate_known_items(collection, 5)


def test_a_cloze_needs_a_name_and_a_sentence_of_some_length() -> None:
    rng = random.Random(1)
    assert cloze("Nele Durchholz kam.", rng) == ""
    assert cloze("die bahn fährt ab april wieder bis ganz oben ins tal", rng) == ""
    assert "Nele" not in cloze("Am Montag sagte dann auch Nele Durchholz kein Wort mehr dazu.", rng)


def test_a_question_may_hold_a_line_separator(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "Wer\u2028kam?", "answers": []}\n', encoding="utf-8")
    questions, problems = read_questions(file)
    assert (len(questions), problems) == (1, [])


def test_languages_may_be_given(filled: Collection) -> None:
    rows = [{"question": PRICE, "quote": "vier Euro", "language": "nds"}]
    assert list(evaluate(filled, rows).languages) == ["nds"]
    assert parse_questions([(1, {"question": PRICE, "answers": []})])[0][0].language == "de"


def test_the_documented_lines_can_be_read() -> None:
    page = (Path(__file__).parents[3] / "docs" / "evaluation.md").read_text(encoding="utf-8")
    lines = [line.strip() for line in page.splitlines() if line.startswith('    {"question"')]
    questions, problems = parse_questions(enumerate(lines, start=1))
    assert len(questions) == 4
    assert problems == []


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\xff\xfe\x89PNG" * 50, b"\xff\xfe", b"{" * 5000]
)
def test_files_that_are_no_questions_are_errors(
    filled: Collection, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)
    with pytest.raises(InputError):
        evaluate(filled, file)
    with pytest.raises(InputError, match="cannot be read"):
        evaluate(filled, tmp_path)
