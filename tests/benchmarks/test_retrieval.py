"""The retrieval benchmark: pools, the way through a real collection, intervals and tables.

ranx is left out: it compiles for half a minute, and its metrics are its own tests' matter.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval import report
from benchmarks.retrieval.data import Pool, read_pool
from benchmarks.retrieval.measures import interval
from benchmarks.retrieval.others import bm25
from benchmarks.retrieval.ours import RememberingEncoder, rankings
from tests.fakes import FakeEncoder

PARAGRAPHS = [
    ("a-0", "a", "The ferry to Osterholm runs on wind power since the third of May this year."),
    ("b-0", "b", "The museum of clocks in Immersen shows four hundred pocket watches on Sunday."),
    ("a-1", "a", "A ticket costs four crowns and eighty pence, which is what it cost before."),
    ("b-1", "b", "A ticket costs four crowns and eighty pence, which is what it cost before."),
]
QUESTIONS = [
    ("q-0", "Where does the ferry run on wind power?", "a-0", "Osterholm"),
    ("q-1", "How many pocket watches does the museum show?", "b-0", "four hundred"),
    ("q-2", "What does a ticket cost in crowns?", "b-1", "four"),
    ("q-3", "Who painted the ceiling?", "a-0", ""),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "small"
    found.mkdir()
    rows = [{"id": i, "article": a, "title": a.upper(), "text": t} for i, a, t in PARAGRAPHS]
    asked = [
        {
            "id": key,
            "question": text,
            "paragraph_id": name,
            "answers": [{"text": answer, "start": 0}] if answer else [],
        }
        for key, text, name, answer in QUESTIONS
    ]
    for name, items in (("paragraphs", rows), ("questions", asked)):
        lines = "".join(json.dumps(item) + "\n" for item in items)
        (found / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return found


@pytest.fixture
def pool(folder: Path) -> Pool:
    return read_pool(folder)


def test_questions_without_an_answer_are_left_out(pool: Pool) -> None:
    assert list(pool.questions) == ["q-0", "q-1", "q-2"]
    assert pool.language == "en"


def test_paragraphs_of_the_same_text_count_as_the_first(pool: Pool) -> None:
    assert pool.first == {"a-0": "a-0", "b-0": "b-0", "a-1": "a-1", "b-1": "a-1"}


def test_rankings_come_through_a_real_collection(pool: Pool, tmp_path: Path) -> None:
    fake = FakeEncoder()
    found = rankings(pool, RememberingEncoder(fake, tmp_path))
    assert set(found) == {"titled", "fused", "dense", "lexical"}
    for ranked in found.values():
        firsts = {key: pool.first[names[0]] for key, names in ranked.items()}
        assert firsts == {"q-0": "a-0", "q-1": "b-0", "q-2": "a-1"}
    embedded = len(fake.documents), len(fake.questions)
    assert rankings(pool, RememberingEncoder(fake, tmp_path)) == found
    assert (len(fake.documents), len(fake.questions)) == embedded


def test_bm25_ranks_and_leaves_out_what_shares_no_term(pool: Pool) -> None:
    found = bm25(pool)
    assert [found[key][0] for key in ("q-0", "q-1")] == ["a-0", "b-0"]
    assert "b-0" not in found["q-2"]


def test_an_interval_holds_its_mean_and_is_the_same_each_time() -> None:
    values = np.array([1.0, 0.0, 1.0, 1.0])
    found = interval(values)
    assert found["mean"] == 0.75
    assert found["low"] < 0.75 < found["high"]
    assert interval(values) == found
    assert interval(np.ones(5)) == {"mean": 1.0, "low": 1.0, "high": 1.0}


def test_the_readme_keeps_what_stands_around_its_table() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    made = report.with_figures(text, results)
    assert made.startswith("before\n")
    assert made.endswith("\nafter\n")
    assert "old" not in made
    assert report.with_figures(made, results) == made
