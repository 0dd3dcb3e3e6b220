"""What is trained on: the parts of the sets, negatives, windows around answers."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from index.encoder import SentenceTransformerEncoder
from training.reader.batches import Tokens, batches, collate, cut, tokenise
from training.reader.data import Pair, Source, build_cycle, draw, draw_repeatedly, parts
from training.reader.sets import read_set

TEXTS = [
    "Der Turm in Alten wurde 1894 gebaut und steht am Markt, wo jeden Samstag gehandelt wird. ",
    "Das Tor in Alten wurde 1650 gebaut und steht am Fluss, wo jeden Sonntag gebadet wird.",
    "Der Brunnen in Alten wurde 1710 gebaut und steht im Hof, wo jeden Montag getanzt wird.",
    "Die Schule in Alten wurde 1820 gebaut und steht im Park, wo jeden Dienstag geturnt wird.",
]


def numbers(first: int, stop: int) -> NDArray[np.int32]:
    return np.arange(first, stop, dtype=np.int32)


def rows_of(articles: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    paragraphs, questions = [], []
    for article in range(articles):
        for number, text in enumerate(TEXTS):
            key = f"p{article}-{number}"
            paragraphs.append({"id": key, "article": f"a{article}", "title": "", "text": text})
            year = text[text.index("wurde ") + 6 :][:4]
            answer = {"text": year, "start": text.index(year)}
            what = " ".join(text.split()[:2])
            questions.append(
                {
                    "id": f"q{key}",
                    "question": f"Wann wurde {what} in Alten gebaut?",
                    "paragraph_id": key,
                    "answers": [answer],
                    "confidence": 0.5 if number == 3 else 0.9,
                }
            )
        questions.append(
            {
                "id": f"n{article}",
                "question": "Wann wurde der Hafen gebaut?",
                "paragraph_id": f"p{article}-0",
                "answers": [],
            }
        )
    return paragraphs, questions


def write_set(folder: Path, articles: int, *, zipped: bool) -> None:
    folder.mkdir(parents=True)
    for name, rows in zip(("paragraphs", "questions"), rows_of(articles), strict=True):
        text = "\n".join(json.dumps(row) for row in rows) + "\n"
        if zipped:
            (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzip"])
def test_the_last_articles_are_never_trained_on(tmp_path: Path, zipped: bool) -> None:
    write_set(tmp_path / "xquad-de", 20, zipped=zipped)
    training, development = parts(read_set(tmp_path / "xquad-de"))
    assert {row["article"] for row in training.paragraphs.values()} == {f"a{i}" for i in range(8)}
    assert {row["article"] for row in development.paragraphs.values()} == {
        f"a{i}" for i in range(8, 20)
    }
    assert not {q["id"] for q in training.questions} & {q["id"] for q in development.questions}
    assert len(training.questions) + len(development.questions) == 100


def test_the_same_articles_are_held_out_of_all_sets_written_for_this_project(
    tmp_path: Path,
) -> None:
    held_out = []
    for name in ("train-news-de", "train-news-qen-pde", "train-turns-de"):
        write_set(tmp_path / name, 40, zipped=True)
        training, development = parts(read_set(tmp_path / name))
        held_out.append({row["article"] for row in development.paragraphs.values()})
        assert not held_out[-1] & {row["article"] for row in training.paragraphs.values()}
        assert len(training.questions) + len(development.questions) == 200
    assert held_out[0] == held_out[1] == held_out[2]
    assert 4 <= len(held_out[0]) <= 12


def test_other_sets_are_trained_on_whole(tmp_path: Path) -> None:
    write_set(tmp_path / "train-qed-en", 3, zipped=True)
    training, development = parts(read_set(tmp_path / "train-qed-en"))
    assert len(training.questions) == 15
    assert development.questions == []


def test_a_source_gives_what_it_says(tmp_path: Path) -> None:
    write_set(tmp_path / "some", 3, zipped=False)
    data = read_set(tmp_path / "some")
    source = Source("some", 12, unanswered=2, mined=5, confidence=0.8)
    pairs = draw(data, source, random.Random(1))
    answered = [pair for pair in pairs if pair.answerable]
    assert len(answered) == 12
    assert all(pair.passage[pair.start : pair.end].isdigit() for pair in answered)
    # Spans inferred with little confidence are left out.
    assert not any("Schule" in pair.question for pair in answered)
    mined = [pair for pair in pairs if pair.source == "some:mined"]
    assert len(mined) == 5
    years = {pair.question: pair.passage[pair.start : pair.end] for pair in answered}
    for pair in mined:
        assert years.get(pair.question, "never") not in pair.passage
    assert len(pairs) == 12 + 2 + 5


def test_a_cycle_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    write_set(tmp_path / "some", 3, zipped=False)
    mixture = (Source("some", 5, mined=2), Source("absent", 5))
    assert build_cycle(tmp_path, 7, mixture) == build_cycle(tmp_path, 7, mixture)
    assert build_cycle(tmp_path, 7, mixture) != build_cycle(tmp_path, 8, mixture)


def test_every_row_comes_before_one_comes_again() -> None:
    rows = [{"n": n} for n in range(5)]
    drawn = draw_repeatedly(rows, 12, random.Random(1))
    counts = [drawn.count(row) for row in rows]
    assert len(drawn) == 12
    assert sorted(counts) == [2, 2, 2, 3, 3]
    assert draw_repeatedly([], 4, random.Random(1)) == []


def test_tokens_cover_the_answer(encoder: SentenceTransformerEncoder) -> None:
    text = TEXTS[0]
    start = text.index("1894")
    pair = Pair("Wann?", text, start, start + 4, "x")
    (tokens,) = tokenise([pair], encoder.model.tokenizer)
    read = encoder.model.tokenizer.decode(tokens.passage[tokens.start : tokens.end + 1])
    assert read.replace(" ", "") == "1894"


def test_a_window_keeps_the_answer() -> None:
    rng = random.Random(2)
    whole = Tokens(numbers(0, 5), numbers(1000, 2000), 700, 703)
    for _ in range(200):
        part = cut(whole, rng)
        assert part.passage[part.start : part.end + 1].tolist() == [1700, 1701, 1702, 1703]
        assert len(part.passage) <= 272
    assert len(cut(Tokens(numbers(0, 5), numbers(0, 1000), -1, -1), rng).passage) <= 272


def test_a_batch_has_its_targets_in_the_passage() -> None:
    rows = [
        Tokens(numbers(7, 9), numbers(20, 30), 3, 5),
        Tokens(numbers(7, 8), numbers(0, 4), -1, -1),
    ]
    batch = collate(rows, bos=0, eos=2, pad=1)
    assert batch.ids[0].tolist()[:5] == [0, 7, 8, 2, 2]
    assert batch.ids[0, batch.start[0] : batch.end[0] + 1].tolist() == [23, 24, 25]
    assert (int(batch.start[1]), int(batch.end[1])) == (0, 0)
    assert batch.answerable.tolist() == [1.0, 0.0]
    assert batch.mask.sum(1).tolist() == [16, 9]
    assert batch.passage.sum(1).tolist() == [10, 4]


def test_all_processes_get_batches_and_no_pair_twice() -> None:
    data = [Tokens(numbers(5, 6), np.full(9, n, np.int32), 0, 0) for n in range(100)]
    steps = list(batches(data, 4, 2, 1, 0, 2, 1))
    assert all(len(step) == 2 for step in steps)
    seen = [int(batch.ids[row, 4]) for step in steps for batch in step for row in range(4)]
    assert len(seen) == len(set(seen)) == 96
