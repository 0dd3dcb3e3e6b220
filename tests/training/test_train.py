"""A training run of a second on a tiny model: it learns, goes on, and writes what it says."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from index.encoder import SentenceTransformerEncoder
from qa.reader import reader_from
from qa.reader.model import network_from
from qa.reader.weights import Calibration, load
from tests.training.test_data import TEXTS, write_set
from training.reader.batches import Tokens, collate, keep_tokens, load_tokens, tokenise
from training.reader.card import data_rows
from training.reader.data import Pair
from training.reader.export import average, differences, finish, labels_of
from training.reader.export import main as export
from training.reader.label import main as label
from training.reader.sets import read_set
from training.reader.train import BATCH, Plan, is_orphaned, origin, stream, work
from training.reader.trainer import WARM_UP_STEPS, Trainer, is_trained, loss_of
from training.reader.weights_file import save


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for name in ("xquad-de", "train-norquad-no", "train-squad2-rt-en"):
        write_set(folder / name, 30, zipped=False)
    return folder


def planned(data: Path, out: Path, encoder: SentenceTransformerEncoder, minutes: float) -> Plan:
    out.mkdir(exist_ok=True)
    return Plan(data, out, (), minutes, 1, 1, "cpu", encoder._name)


def settings(minutes: float) -> dict[str, object]:
    return {"seed": 1, "minutes": minutes, "processes": 1, "device": "cpu"}


def state_of(out: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(out / "state.pt", weights_only=True)
    return state


def test_a_run_goes_on_and_writes_a_reader(
    data: Path, tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    out = tmp_path / "run"
    work(0, planned(data, out, encoder, 0.02))
    first = state_of(out)
    assert first["step"] > 0
    # A busy machine may have spent more than its time on the first step.
    spent = first["progress"]["seconds"]
    work(0, planned(data, out, encoder, spent / 60 + 0.02))
    second = state_of(out)
    assert second["step"] > first["step"]
    assert second["progress"]["pairs"] == second["step"] * BATCH
    assert second["progress"]["seconds"] > spent

    finish(data, out, encoder, settings(0.03))
    reader = reader_from(out, encoder)
    (reading,) = reader.read("Wann wurde der Turm gebaut?", [TEXTS[0]])
    assert reading.end > reading.start
    sidecar = json.loads((out / "reader.json").read_text())
    assert sidecar["development"]["xquad-de"]["questions"] == 48
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert sidecar["sha256"] in card
    assert encoder.fingerprint in card
    assert f"{second['step']:,} in 1 process (cpu)" in card
    assert "| NorQuAD | no | CC0 |" in card
    assert "PIAF" not in card, "a set that was not there"

    other = replace(load(out), calibration=Calibration(0.1, 0.2, 0.3))
    save(out, other, {"training": sidecar["training"]})
    export(["--data", str(data), "--reader", str(out), "--model", str(encoder._name)])
    assert json.loads((out / "reader.json").read_text()) == sidecar
    assert (out / "MODEL_CARD.md").read_text(encoding="utf-8") == card

    label(
        [
            *("--data", str(data / "train-norquad-no"), "--reader", str(out)),
            *("--out", str(tmp_path / "labelled"), "--model", str(encoder._name)),
        ]
    )
    labels = {"set": "train-norquad-no", "reader": sidecar["sha256"]}
    assert labels_of(tmp_path / "labelled") == labels
    (row,) = data_rows({"sets": [], "also": ["labelled"], "labelled": {"labelled": labels}})
    assert row.startswith(f"| NorQuAD, spans labelled by the reader {sidecar['sha256'][:12]}")
    labelled = read_set(tmp_path / "labelled")
    for question in labelled.questions:
        (answer,) = question["answers"]
        text = labelled.paragraphs[question["paragraph_id"]]["text"]
        assert text[answer["start"] :].startswith(answer["text"])


def test_a_spent_run_takes_no_step(
    data: Path, tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    plan = planned(data, tmp_path / "run", encoder, 0.01)
    work(0, plan)
    before = state_of(plan.out)["step"]
    work(0, plan)
    assert state_of(plan.out)["step"] == before


def test_a_run_begins_with_an_earlier_reader(
    data: Path, tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    first = tmp_path / "first"
    minutes = 0.02
    work(0, planned(data, first, encoder, minutes))
    while state_of(first)["step"] < 20:
        # A busy machine: the rate has hardly risen from 0.
        minutes *= 2
        work(0, planned(data, first, encoder, minutes))
    finish(data, first, encoder, settings(minutes))

    began = replace(planned(data, tmp_path / "second", encoder, 0.0), start=first)
    work(0, began)
    kept = state_of(began.out)["mean"]
    fresh = planned(data, tmp_path / "fresh", encoder, 0.0)
    work(0, fresh)
    learned = state_of(first)["mean"]
    # 4 bits a weight lose a little of what was learned, not most of it.
    away = (state_of(fresh.out)["mean"] - learned).norm()
    assert (kept - learned).norm() < away / 2

    about = settings(0.0) | {"began_with": origin(first), "rate": 1.0}
    finish(data, began.out, encoder, about, [first])
    sidecar = json.loads((first / "reader.json").read_text())
    card = (began.out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"begun with the reader {sidecar['sha256'][:12]}" in card
    assert f"averaged with reader {sidecar['sha256'][:12]}" in card
    assert "--start READER --rate 1 --average READER" in card


def test_weights_are_averaged_with_an_earlier_state_and_with_a_reader(
    data: Path, tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    states = []
    for name in ("one", "two"):
        out = tmp_path / name
        work(0, planned(data, out, encoder, 0.0))
        state = state_of(out)
        state["mean"] += torch.randn(state["mean"].shape) * 0.01
        torch.save(state, out / "state.pt")
        states.append(differences(state, encoder))
    one, two = states
    save(tmp_path / "two", two, {})
    of_state = average(one, [tmp_path / "two" / "state.pt"], encoder)
    of_reader = average(one, [tmp_path / "two"], encoder)
    for name, values in one.tensors.items():
        middle = (values + two.tensors[name]) / 2
        assert np.allclose(of_state.tensors[name], middle, atol=1e-6)
        # As stored, in 4 bits.
        assert np.abs(of_reader.tensors[name] - middle).max() < 0.005
    with pytest.raises(ValueError, match="two is of another encoder"):
        average(replace(one, fingerprint="another"), [tmp_path / "two"], encoder)


def test_training_lowers_the_loss_and_leaves_the_encoder_alone(
    encoder: SentenceTransformerEncoder,
) -> None:
    network = network_from(encoder.model, 0)
    trainer = Trainer(network, ranks=1)
    start = TEXTS[0].index("1894")
    pairs = [Pair("Wann?", TEXTS[0], start, start + 4, "x"), Pair("Wer?", TEXTS[1], -1, -1, "x")]
    batch = collate(tokenise(pairs, encoder.model.tokenizer), 0, 2, 1)
    before = encoder.encode(["x"], "query")
    words = network.embedding.words.clone()
    network.train()
    trainer.step = WARM_UP_STEPS
    losses = [trainer.learn(batch, 0.0) for _ in range(150)]
    assert losses[-1] < losses[0] - 0.5
    assert torch.equal(network.embedding.words, words)
    assert (encoder.encode(["x"], "query") == before).all()


def test_a_restored_trainer_goes_on_alike(encoder: SentenceTransformerEncoder) -> None:
    pairs = [Pair("Wann?", TEXTS[0], 4, 8, "x")]
    batch = collate(tokenise(pairs, encoder.model.tokenizer), 0, 2, 1)
    one = Trainer(network_from(encoder.model, 0), ranks=1)
    for _ in range(7):
        one.learn(batch, 0.0)
    two = Trainer(network_from(encoder.model, 0), ranks=1)
    two.restore(copy.deepcopy(one.state()))
    assert one.learn(batch, 0.5) == pytest.approx(two.learn(batch, 0.5))
    assert torch.allclose(one.master, two.master)
    assert torch.allclose(one.mean, two.mean)


def test_only_heads_and_upper_layers_are_trained() -> None:
    assert is_trained("span.weight")
    assert is_trained("layers.4.up.weight")
    assert not is_trained("layers.3.up.weight")
    assert not is_trained("embedding.words")


def test_the_loss_knows_an_answer_from_none(encoder: SentenceTransformerEncoder) -> None:
    network = network_from(encoder.model, 3)
    pairs = [Pair("Wann?", TEXTS[0], 4, 8, "x"), Pair("Wann?", TEXTS[0], -1, -1, "x")]
    tokens = tokenise(pairs, encoder.model.tokenizer)
    with torch.no_grad():
        network.span.weight.zero_()
        network.span.bias.zero_()
        network.answerable.bias.fill_(8.0)
        network.answerable.weight.zero_()
        answered, unanswered = (float(loss_of(network, collate([t], 0, 2, 1))) for t in tokens)
    # Even span scores cost the same; being sure of an answer costs 8 where there is none.
    assert unanswered - answered == pytest.approx(4.0, abs=0.01)


def test_a_run_with_another_set_begins_a_new_cycle(
    data: Path, tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    plan = planned(data, tmp_path / "run", encoder, 1)
    place: dict[str, Any] = {"cycle": 0, "at": 0}
    rows = stream(plan, encoder.model.tokenizer, place)
    next(rows)
    next(rows)
    assert place == {"cycle": 0, "at": 2, "also": []}
    also = Plan(data, plan.out, (data / "train-norquad-no",), 1, 1, 1, "cpu", None)
    next(stream(also, encoder.model.tokenizer, place))
    assert (place["cycle"], place["at"]) == (1, 1)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_tokens_that_are_kept_come_back(tmp_path: Path, count: int) -> None:
    given = [
        Tokens(np.arange(n + 1, dtype=np.int32), np.arange(2 * n, dtype=np.int32), n, -1)
        for n in range(count)
    ]
    keep_tokens(tmp_path / "a.npz", given)
    back = load_tokens(tmp_path / "a.npz")
    assert [(t.question.tolist(), t.passage.tolist(), t.start, t.end) for t in back] == [
        (t.question.tolist(), t.passage.tolist(), t.start, t.end) for t in given
    ]
    assert all(t.passage.dtype == np.int32 for t in back)


ORPHANS = """
import multiprocessing, os, pathlib, signal, sys, time
from training.reader.train import is_orphaned

def wait(path, began):
    began.set()
    while not is_orphaned():
        time.sleep(0.02)
    pathlib.Path(path).write_text("noticed")

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    began = context.Event()
    context.Process(target=wait, args=(sys.argv[1], began)).start()
    began.wait()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_notices_that_the_one_that_started_it_was_killed(tmp_path: Path) -> None:
    script, said = tmp_path / "orphans.py", tmp_path / "said"
    script.write_text(ORPHANS, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    # It ends when its last process has closed the pipe.
    subprocess.run(
        [sys.executable, str(script), str(said)],
        env=environment,
        stdout=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    assert said.read_text() == "noticed"
    assert not is_orphaned()
