"""The benchmark of answers: unseen questions, baselines, resumed runs, the check and its page."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.answers import __main__ as command
from benchmarks.answers import check, records, systems
from benchmarks.answers.data import AnswerSet, Question, read_answer_set, sample
from benchmarks.answers.records import Records
from benchmarks.answers.report import section
from benchmarks.retrieval.ours import RememberingEncoder
from qa.evaluation.answers import AnswerOutcome
from tests.fakes import FakeEncoder

TEXTS = [
    "The ferry to Osterholm runs on wind power. It began on the third of May this year.",
    "The museum of clocks in Immersen shows four hundred pocket watches. It opens on Sunday.",
]
ASKED = [
    ("What does the ferry to Osterholm run on?", 0, "wind power"),
    ("How many pocket watches does the museum of clocks show?", 1, "four hundred"),
    ("Who painted the ceiling of the chapel?", None, ""),
]


def write_set(folder: Path, articles: int = 14) -> Path:
    """Write a set of `articles` articles, the last two with the texts above."""
    folder.mkdir()
    texts = [f"Article {n} says nothing of note." for n in range(articles - len(TEXTS))] + TEXTS
    rows = [
        {"id": f"p{n}", "article": f"a{n}", "title": f"Title {n}", "text": text}
        for n, text in enumerate(texts)
    ]
    questions: list[dict[str, Any]] = [
        {"id": "early", "question": "What?", "paragraph_id": "p0", "answers": [{"text": "Article"}]}
    ]
    for number, (question, place, answer) in enumerate(ASKED):
        held = f"p{articles - len(TEXTS) + place}" if place is not None else None
        questions.append(
            {
                "id": f"q{number}",
                "question": question,
                "paragraph_id": held,
                "answers": [{"text": answer}] if answer else [],
                "gold_text_paragraph": f"p{articles - 1}",
            }
        )
    for name, items in (("paragraphs", rows), ("questions", questions)):
        lines = "".join(json.dumps(item) + "\n" for item in items)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_set(tmp_path / "xquad-xx")


@pytest.fixture
def data(folder: Path) -> AnswerSet:
    return read_answer_set(folder)


def test_questions_on_articles_of_the_training_are_left_out(folder: Path) -> None:
    assert [q.key for q in read_answer_set(folder).questions] == ["q0", "q1", "q2"]
    assert len(read_answer_set(folder, unseen=False).questions) == 4
    assert len(read_answer_set(folder).texts) == 14


def test_paragraphs_are_as_the_collection_holds_them(folder: Path) -> None:
    table = folder / "paragraphs.jsonl"
    hidden = "\ufeff" + TEXTS[0].replace("ferry", "fer\u200bry")
    rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    rows[-2]["text"] = hidden
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    target = read_answer_set(folder).questions[0].target
    assert target is not None
    assert target.texts == {TEXTS[0]}


def test_a_set_with_articles_removed_counts_those_of_the_whole(tmp_path: Path) -> None:
    # Its own last twelve articles begin earlier than those of the set it was cut from.
    write_set(tmp_path / "xquad-xx", 14)
    part = write_set(tmp_path / "xquad-xx-abstain-article", 14)
    rows = (part / "paragraphs.jsonl").read_text(encoding="utf-8").splitlines()
    (part / "paragraphs.jsonl").write_text("\n".join([*rows[:5], *rows[-1:]]), encoding="utf-8")
    lines = (part / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if json.loads(line)["paragraph_id"] in ("p0", "p13", None)]
    (part / "questions.jsonl").write_text("\n".join(kept), encoding="utf-8")
    assert [q.key for q in read_answer_set(part).questions] == ["q1", "q2"]


def test_a_larger_sample_holds_the_smaller_one() -> None:
    questions = [Question(str(n), "?", (), None, "de") for n in range(50)]
    small, large = sample(questions, 10), sample(questions, 30)
    assert len(small) == 10
    assert {q.key for q in small} < {q.key for q in large}
    assert [int(q.key) for q in large] == sorted(int(q.key) for q in large)
    assert sample(questions, None) == questions


def test_baselines_quote_the_best_sentence(data: AnswerSet, tmp_path: Path) -> None:
    encode = RememberingEncoder(FakeEncoder(), tmp_path)
    for scores in (systems.by_words, systems.by_meaning(encode)):
        best = systems.BestSentence(data, scores)
        first, second, alien = (best(question) for question in data.questions)
        assert first.predicted == "The ferry to Osterholm runs on wind power."
        assert (first.holds, first.first_right) == (True, True)
        assert (second.holds, second.first_right) == (True, True)
        assert (alien.answered, alien.answerable, alien.right) == (True, False, False)


def test_a_stopped_run_goes_on_where_it_was(
    data: AnswerSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def system(name: str, data: AnswerSet, cache: Path) -> systems.System:
        def answer(question: Question) -> AnswerOutcome:
            asked.append(question.key)
            if len(asked) > 3:
                raise KeyboardInterrupt
            return AnswerOutcome(True, True, 0.5, question.text, 1.0, True)

        return answer

    monkeypatch.setattr(records, "system", system)
    with pytest.raises(KeyboardInterrupt):
        list(Records(tmp_path, data, "x", "code").answer_all(data.questions))
    kept = next(tmp_path.rglob("*.jsonl"))
    kept.write_text(kept.read_text(encoding="utf-8") + '{"key": "q', encoding="utf-8")
    asked.clear()
    found = list(Records(tmp_path, data, "x", "code").answer_all(data.questions))
    assert [outcome.predicted for outcome, _ in found] == [q.text for q in data.questions]
    assert "q0" not in asked
    asked.clear()
    list(Records(tmp_path, data, "x", "other code").answer_all(data.questions[:1]))
    assert asked == ["q0", "q0"]  # once to load what it needs
    again = Records(tmp_path, data, "x", "other code")
    assert [again.is_new(question) for question in data.questions] == [False, True, True]


def test_the_code_has_a_fingerprint() -> None:
    assert records.code_fingerprint() == records.code_fingerprint()
    assert len(records.code_fingerprint()) == 16


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every question answered with one good citation, or a loose marker for q1."""

    def system(name: str, data: AnswerSet, cache: Path) -> systems.System:
        return lambda question: AnswerOutcome(
            bool(question.answers), True, 0.9, "x", 1.0, True, first_right=True, holds=True,
            sentences=1, cited=1, citations=1, right_citations=1,
            loose_markers=int(question.key == "q1" and name == "article-qa"),
        )  # fmt: skip

    monkeypatch.setattr(records, "system", system)


@pytest.mark.usefixtures("answering")
def test_the_check_counts_and_fails_on_a_loose_marker(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "check.json"
    arguments = [str(folder), "--out", str(out), "--cache", str(tmp_path / "cache")]
    assert check.main(arguments) == 1
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["answers"], found["citations"], found["loose_markers"]) == (4, 4, 1)
    assert check.main([*arguments, "--answers", "1", "--questions", "2"]) in (0, 1)
    assert json.loads(out.read_text(encoding="utf-8"))["answers"] == 1


@pytest.mark.usefixtures("answering")
def test_results_are_measured_written_and_shown(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    command.main(
        [str(folder), "--out", str(out), "--cache", str(tmp_path / "cache"), "--questions", "3"]
    )
    results = json.loads(out.read_text(encoding="utf-8"))
    measured = results["sets"]["xquad-xx"]
    assert (measured["questions"], measured["unanswerable"], measured["of"]) == (3, 1, 3)
    assert set(measured["systems"]) == set(systems.SYSTEMS)
    text = "\n".join(section(results, {"answers": 4, "citations": 5, "sets": ["xquad-xx"],
                                       "wrong_quotes": 0, "loose_markers": 0}))  # fmt: skip
    assert "| xquad-xx | 14 | 3 of 3 | 1 |" in text
    assert "4 answers with 5 citations" in text
    assert text.count("1.000 (") > 3


def test_a_language_model_without_an_endpoint_is_said(data: AnswerSet, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="set ARTICLE_QA_ENDPOINT"):
        systems.system("language model", data, tmp_path)
    with pytest.raises(ValueError, match="no system 'x'"):
        systems.system("x", data, tmp_path)


def test_the_diagram_has_a_dot_for_each_tenth(tmp_path: Path) -> None:
    plot = pytest.importorskip("benchmarks.answers.plot")
    pytest.importorskip("matplotlib")
    kept = json.loads((plot.HERE / "answerability.json").read_text(encoding="utf-8"))
    for name in ("one.svg", "two.svg"):
        plot.draw(kept, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert drawn == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "German news, not fitted on: error " in drawn
    assert drawn.count("<use xlink:href") >= 12
    assert plot.OUT.read_text(encoding="utf-8").count("\n") == drawn.count("\n")
