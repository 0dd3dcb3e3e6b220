"""Reading: offsets, windows, bad input. The reader's weights are random, its form is not."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from index.encoder import SentenceTransformerEncoder
from qa.reader import EncoderReader, Reading, reader_from
from qa.reader.model import MASKED, TorchNetwork, network_from
from qa.reader.read import NOTHING, window_starts

PASSAGE = "Die Brücke wurde im Mai 1894 gebaut. Sie steht noch heute."


@pytest.fixture
def reader(weights_folder: Path, encoder: SentenceTransformerEncoder) -> EncoderReader:
    return reader_from(weights_folder, encoder)


def test_a_reading_points_into_its_passage(reader: EncoderReader) -> None:
    passages = [PASSAGE, "Kurz.", PASSAGE * 20]
    readings = reader.read("Wann wurde die Brücke gebaut?", passages)
    assert len(readings) == 3
    for reading, passage in zip(readings, passages, strict=True):
        assert 0 <= reading.start < reading.end <= len(passage)
        assert 0 < reading.answerable < 1
        assert not passage[reading.start].isspace()


def test_answerable_is_the_sigmoid_of_the_score(reader: EncoderReader) -> None:
    (reading,) = reader.read("Wann?", [PASSAGE])
    assert reading.answerable == pytest.approx(1 / (1 + np.exp(-reading.score)))


def test_passages_do_not_influence_one_another(reader: EncoderReader) -> None:
    passages = [PASSAGE, "Ein anderer, längerer Satz über das Wetter im Mai.", "Nein."]
    together = reader.read("Wann wurde die Brücke gebaut?", passages)
    for passage, reading in zip(passages, together, strict=True):
        (alone,) = reader.read("Wann wurde die Brücke gebaut?", [passage])
        # Padding changes the order of sums, and bfloat16 shows it.
        assert alone.score == pytest.approx(reading.score, abs=0.1)


@pytest.mark.parametrize("question", ["", "   ", "\n\x01"])
def test_an_empty_question_finds_nothing(reader: EncoderReader, question: str) -> None:
    assert reader.read(question, [PASSAGE]) == [NOTHING]


@pytest.mark.parametrize("passage", ["", " \n ", "\x01"])
def test_an_empty_passage_answers_nothing(reader: EncoderReader, passage: str) -> None:
    empty, full = reader.read("Wann?", [passage, PASSAGE])
    assert empty == NOTHING == Reading(0, 0, -20.0, 0.0)
    assert full.end > 0


def test_no_passages_give_no_readings(reader: EncoderReader) -> None:
    assert reader.read("Wann?", []) == []


def test_a_long_passage_is_read_in_windows(reader: EncoderReader, words: str) -> None:
    (reading,) = reader.read("Wer?", [words])
    assert 0 <= reading.start < reading.end <= len(words)
    # The best window of the whole is at least as good as that of the beginning.
    (beginning,) = reader.read("Wer?", [words[:200]])
    assert reading.score > beginning.score - 3


def test_a_long_question_is_cut(reader: EncoderReader, words: str) -> None:
    (long,) = reader.read(words, [PASSAGE])
    (cut,) = reader.read(words[:1000], [PASSAGE])
    assert long == cut


@pytest.mark.parametrize(
    "text", ["ประเทศไทยมีประชากรมาก", "ᚠᚢᚦᚨᚱᚲ", "🚂🚂🚂", "a\ud800b", "\u202eabc", "x" * 3000]
)
def test_strange_scripts_are_read_without_an_error(reader: EncoderReader, text: str) -> None:
    for question, passage in ((text, PASSAGE), (PASSAGE, text)):
        (reading,) = reader.read(question, [passage])
        assert 0 <= reading.start <= reading.end <= len(passage)


def test_threads_read_the_same(reader: EncoderReader) -> None:
    passages = [PASSAGE, "Nein, im Juni. " * 9]
    expected = reader.read("Wann?", passages)
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda _: reader.read("Wann?", passages), range(12))
        assert all(readings == expected for readings in found)


def test_the_encoder_is_not_changed_by_its_reader(
    weights_folder: Path, encoder: SentenceTransformerEncoder
) -> None:
    before = encoder.encode([PASSAGE], "document")
    reader_from(weights_folder, encoder).read("Wann?", [PASSAGE])
    assert (encoder.encode([PASSAGE], "document") == before).all()


def test_torch_shares_the_encoders_words(
    weights_folder: Path, encoder: SentenceTransformerEncoder
) -> None:
    bert: Any = encoder.model[0].auto_model
    table = bert.embeddings.word_embeddings.weight
    network = network_from(encoder.model, 1)
    assert network.embedding.words.data_ptr() == table.data_ptr()


def test_without_openvino_torch_reads_alike(
    weights_folder: Path, encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages = [PASSAGE, "Kurz.", PASSAGE * 20]
    expected = reader_from(weights_folder, encoder).read("Wann?", passages)
    monkeypatch.setattr(SentenceTransformerEncoder, "compiled", None)
    reader = reader_from(weights_folder, encoder)
    assert isinstance(reader._network, TorchNetwork)
    for mine, theirs in zip(reader.read("Wann?", passages), expected, strict=True):
        assert mine.score == pytest.approx(theirs.score, abs=0.3)


def test_the_network_computes_what_the_encoder_computes(
    encoder: SentenceTransformerEncoder,
) -> None:
    model = encoder.model
    bert: Any = model[0].auto_model
    batch = model.tokenizer(["abc def", "g"], padding=True, return_tensors="pt")
    network = network_from(model, 1)
    with torch.inference_mode():
        expected = bert(**batch).last_hidden_state
        states = network.embedding(batch["input_ids"])
        mask = batch["attention_mask"] == 0
        bias = torch.zeros(mask.shape, dtype=states.dtype).masked_fill(mask, MASKED)
        for layer in network.layers:
            states = layer(states, bias[:, None, None, :])
    kept = batch["attention_mask"].bool()
    assert torch.allclose(states[kept].float(), expected[kept].float(), atol=0.05)


def test_training_and_reading_attend_alike(encoder: SentenceTransformerEncoder) -> None:
    network = network_from(encoder.model, 0)
    states = torch.randn(2, 9, 32, generator=torch.Generator().manual_seed(1))
    bias = torch.zeros(2, 1, 1, 9)
    bias[1, ..., 5:] = MASKED
    layer = network.layers[0]
    with torch.no_grad():
        reading = layer(states, bias)
    assert torch.allclose(layer(states, bias), reading, atol=1e-5)


@pytest.mark.parametrize(
    ("length", "size", "overlap"), [(1, 5, 2), (5, 5, 2), (23, 5, 2), (6, 5, 4)]
)
def test_windows_cover_every_token(length: int, size: int, overlap: int) -> None:
    covered = {
        at for begin in window_starts(length, size, overlap) for at in range(begin, begin + size)
    }
    assert covered >= set(range(length))


def test_what_an_article_is_counts_and_is_no_answer(reader: EncoderReader) -> None:
    about = ["12. Mai 1894: Brücke über die Wupper eröffnet", "", "T" * 4000]
    plain = reader.read("Wann?", [PASSAGE] * 3)
    told = reader.read("Wann?", [PASSAGE] * 3, about)
    assert told[0].score != pytest.approx(plain[0].score, abs=1e-4)
    assert told[1].score == pytest.approx(plain[1].score, abs=0.1)
    assert all(0 <= item.start < item.end <= len(PASSAGE) for item in told)
