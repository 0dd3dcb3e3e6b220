"""The retrieval benchmark: pools, the way through a real collection, intervals and tables.

ranx is left out: it compiles for half a minute, and its metrics are its own tests' matter.
"""

import json
import subprocess
import venv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.retrieval import __main__ as command
from benchmarks.retrieval import environments, report
from benchmarks.retrieval.data import Pool, read_pool, with_distractors
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


def test_a_page_keeps_what_stands_around_its_table() -> None:
    text = f"before\n{report.BEGIN}\nreplaced\n{report.END}\nafter\n"
    made = report.with_figures(text, "a table")
    assert made == f"before\n{report.BEGIN}\n\na table\n\n{report.END}\nafter\n"
    assert report.with_figures(made, "a table") == made


def test_distractors_are_whole_articles_and_the_same_each_time(
    pool: Pool, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    rows = [
        {"id": f"w{n}", "article": f"w{n // 3}", "title": "", "text": f"Paragraph {n} of others."}
        for n in range(30)
    ]
    rows.append({"id": "copy", "article": "w0", "title": "", "text": PARAGRAPHS[0][2]})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (other / "paragraphs.jsonl").write_text(lines, encoding="utf-8")
    larger = with_distractors(pool, other, 6)
    assert larger.name == "small+6"
    assert len(larger.paragraphs) == 10
    # A copy of a paragraph of the pool would answer too.
    assert "copy" not in with_distractors(pool, other, 30).paragraphs
    assert len({larger.articles[key] for key in larger.paragraphs if key.startswith("w")}) == 2
    assert with_distractors(pool, other, 6) == larger
    assert larger.questions == pool.questions
    with pytest.raises(SystemExit, match="holds only 30 paragraphs"):
        with_distractors(pool, other, 31)


def test_only_the_wanted_rankings_are_made(pool: Pool, tmp_path: Path) -> None:
    fake = FakeEncoder()
    assert set(rankings(pool, RememberingEncoder(fake, tmp_path), ["bm25s"])) == {"fused"}


def test_a_run_that_was_stopped_keeps_the_vectors_made_so_far(tmp_path: Path) -> None:
    texts = [f"text {n}" for n in range(600)]
    with pytest.raises(RuntimeError, match="broke down"):
        RememberingEncoder(FakeEncoder(fails_at=2), tmp_path).encode(texts, "document")
    fake = FakeEncoder()
    RememberingEncoder(fake, tmp_path).encode(texts, "document")
    assert len(fake.documents) == 600 - 256


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x", "--systems", "fused,nobody"], "no such system: nobody"),
        (["x", "--systems", "rrf"], "rrf fuses dense and lexical"),
        (["x", "--distractors", "5"], "needs --distractor-folder"),
        (["x", "--add"], "need --out"),
        (["x", "--resume"], "need --out"),
    ],
)
def test_wrong_usage_is_said(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        command.main(arguments)
    assert said in capsys.readouterr().err


def test_a_foreign_system_gets_files_and_gives_a_ranking(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **_: object) -> None:
        commands.append([str(part) for part in command])
        if command[1].endswith("_ranks.py"):
            given = Path(command[2])
            assert len(json.loads((given / "texts.json").read_text(encoding="utf-8"))) == 4
            assert np.load(given / "questions.npy").shape[0] == 3
            found = [[0], [1, 0], [3]]
            (given / "found.json").write_text(json.dumps(found), encoding="utf-8")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(venv, "create", lambda place, **_: place.mkdir(parents=True))
    small = RememberingEncoder(FakeEncoder(), tmp_path)
    for _ in range(2):
        found = environments.rankings("chroma", pool, small, small, tmp_path)
        assert found == {"q-0": ["a-0"], "q-1": ["b-0", "a-0"], "q-2": ["b-1"]}
    # Installed once.
    assert [command[1] == "-m" for command in commands] == [True, False, False]
    assert "chromadb==" in commands[0][-1]


def test_the_plot_names_every_system(tmp_path: Path) -> None:
    plot = pytest.importorskip("benchmarks.retrieval.plot")
    pytest.importorskip("matplotlib")
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    names = {"fused": "ours", "bm25s": "theirs", "nobody": "never measured"}
    for name in ("one.svg", "two.svg"):
        plot.draw(results, names, {"xquad-de": "German"}, tmp_path / name)
    text = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert "theirs" in text
    assert "ours" in text
    assert "never measured" not in text
    assert "German" in text
    assert text == (tmp_path / "two.svg").read_text(encoding="utf-8")


def test_a_remark_on_the_results_is_told_with_both_tables() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8")) | {"remark": "Of old."}
    assert "\n\nOf old.\n\n" in report.page(results, [])
    assert report.figures(results).endswith("|\n\nOf old.")
    del results["remark"]
    assert report.figures(results).endswith("|")


def test_a_set_is_measured_again_where_search_or_systems_are_others() -> None:
    found = {"search": command.search_fingerprint(), "systems": {"fused": {}, "dense": {}}}
    assert command.is_measured(found, ["dense"])
    assert not command.is_measured(found, ["dense", "bm25s"])
    assert not command.is_measured(found | {"search": "another"}, ["dense"])
    assert not command.is_measured({}, [])


def test_sets_of_an_earlier_search_are_named() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    one, two = list(results["sets"])[:2]
    results["sets"] = {name: results["sets"][name] | {"search": name} for name in (one, two)}
    text = report.page(results, ["## Answers"])
    assert f"earlier version of article-qa's search: {two}." in text
    assert text.endswith("## Answers")
    results["sets"][two]["search"] = one
    assert "earlier version" not in report.page(results, [])
