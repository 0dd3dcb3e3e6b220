"""Any sentence-transformers model: its prompts, its fingerprint, rows of length 1."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.catalog.database import open_database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.errors import ModelError
from index.encoder import CatalogEncoder, SentenceTransformerEncoder
from index.runtime.torch_encoder import model_fingerprint
from tests.fakes import FakeEncoder
from tests.qa.reader.tiny import encoder_in

TEXTS = ["Die Fähre fährt.", "x", "", "Ein längerer Satz über die Fähre und den Hafen."]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return encoder_in(tmp_path_factory.mktemp("encoders") / "one", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    encoder_in(tmp_path / "model", 1)
    return tmp_path / "model"


def test_rows_have_length_one_in_the_texts_order(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode(TEXTS, "document")
    assert vectors.dtype == np.float32
    assert vectors.shape == (4, 32)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    one = encoder.encode(TEXTS[:1], "document")
    # Padding to the longest text of a batch costs the last digits.
    np.testing.assert_allclose(one[0], vectors[0], atol=2e-2)


def test_no_texts_are_no_rows(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.encode([], "query").shape == (0, 32)


def test_questions_and_documents_have_the_models_own_prompts(
    encoder: SentenceTransformerEncoder,
) -> None:
    raw = encoder.model.encode(["query: Fähre", "passage: Fähre"], normalize_embeddings=True)
    query, document = encoder.encode(["Fähre"], "query"), encoder.encode(["Fähre"], "document")
    np.testing.assert_allclose(query[0], raw[0], atol=2e-2)
    np.testing.assert_allclose(document[0], raw[1], atol=2e-2)
    assert not np.allclose(query, document, atol=1e-2)


def test_the_model_reads_so_many_tokens(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.max_tokens == 512
    long = "Fähre " * 2000
    np.testing.assert_array_equal(
        encoder.encode([long], "document"), encoder.encode([long + "Hafen"], "document")
    )


def test_fingerprints_name_the_weights(
    encoder: SentenceTransformerEncoder, folder: Path, tmp_path: Path
) -> None:
    assert len(encoder.fingerprint) == 16
    assert SentenceTransformerEncoder(str(folder)).fingerprint == encoder.fingerprint
    assert encoder_in(tmp_path / "two", 2).fingerprint != encoder.fingerprint


def test_fingerprints_name_prompts_and_length(folder: Path) -> None:
    found = {SentenceTransformerEncoder(str(folder)).fingerprint}
    path = folder / "config_sentence_transformers.json"
    settings = json.loads(path.read_text())
    settings["prompts"]["query"] = "question: "
    path.write_text(json.dumps(settings))
    found.add(SentenceTransformerEncoder(str(folder)).fingerprint)
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 128}')
    found.add(SentenceTransformerEncoder(str(folder)).fingerprint)
    assert len(found) == 3


def test_fingerprints_do_not_depend_on_the_precision(encoder: SentenceTransformerEncoder) -> None:
    import copy

    import torch

    for kind in (torch.float32, torch.bfloat16):
        assert model_fingerprint(copy.deepcopy(encoder.model).to(kind)) == encoder.fingerprint


def test_threads_share_an_encoder(encoder: SentenceTransformerEncoder) -> None:
    expected = encoder.encode(TEXTS, "query")
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: encoder.encode(TEXTS, "query"), range(12)):
            np.testing.assert_array_equal(found, expected)


def test_one_pass_gives_a_questions_vector_and_its_states_in_each_layer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = SentenceTransformerEncoder(str(folder))
    passes = []
    engine: Any = encoder._load()
    encode = engine.encode_question

    def count(text: str) -> Any:
        passes.append(text)
        return encode(text)

    monkeypatch.setattr(engine, "encode_question", count, raising=False)
    states = encoder.layer_states("Wo ist die Fähre?")
    assert states is not None
    assert states.shape == (6, 32)
    vector = encoder.encode(["Wo ist die Fähre?"], "query")
    again = encoder.layer_states("Wo ist die Fähre?")
    assert again is not None
    np.testing.assert_array_equal(again, states)
    assert len(passes) == 1
    together = encoder.encode(["Wo ist die Fähre?", "Wer?"], "query")
    np.testing.assert_allclose(vector[0], together[0], atol=2e-2)


def test_states_are_the_means_of_the_layers_own(encoder: SentenceTransformerEncoder) -> None:
    import torch

    model = encoder.model
    tokens = model.tokenizer("query: Wer?", return_tensors="pt")
    inner: Any = model[0]
    with torch.inference_mode():
        layers = inner.auto_model(**tokens, output_hidden_states=True).hidden_states
    prompt = len(model.tokenizer("query: ", add_special_tokens=False)["input_ids"])
    expected = [layer[0, prompt:-1].float().mean(0).numpy() for layer in layers[1:]]
    found = encoder.layer_states("Wer?")
    assert found is not None
    np.testing.assert_allclose(found, expected, atol=2e-2)


def test_a_question_without_tokens_has_no_states(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.layer_states("") is None


@pytest.mark.parametrize("damage", ["empty", "no weights", "weights cut", "config no JSON"])
def test_a_folder_without_a_whole_model_is_said_so(folder: Path, damage: str) -> None:
    weights = folder / "model.safetensors"
    if damage == "empty":
        folder = folder.parent / "other"
        folder.mkdir()
    elif damage == "no weights":
        weights.unlink()
    elif damage == "weights cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        (folder / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"could not be loaded .*leave --model out"):
        SentenceTransformerEncoder(str(folder)).encode(["x"], "query")


def test_nothing_is_loaded_before_it_is_needed() -> None:
    SentenceTransformerEncoder("no such model anywhere")


def kept(folder: Path, model: str, text: str) -> EmbeddingStore:
    store = EmbeddingStore(open_database(folder / "press", create=True))
    store.put(model, [text], FakeEncoder().encode([text], "document"))
    return store


def test_only_unknown_texts_reach_the_model(tmp_path: Path) -> None:
    model = FakeEncoder()
    encoder = CatalogEncoder(model, kept(tmp_path, model.fingerprint, "Die Seilbahn"))
    texts = ["Ein Turm", "Die Seilbahn", "Ein Turm"]
    found = encoder.encode(texts, "document")
    assert model.documents == ["Ein Turm"]
    np.testing.assert_allclose(found, FakeEncoder().encode(texts, "document"), rtol=1e-6)


def test_questions_and_other_models_are_always_encoded(tmp_path: Path) -> None:
    model = FakeEncoder()
    encoder = CatalogEncoder(model, kept(tmp_path, "another", "Ein Turm"))
    encoder.encode(["Ein Turm"], "document")
    encoder.encode(["Ein Turm"], "query")
    assert (model.documents, model.questions) == (["Ein Turm"], ["Ein Turm"])
    assert encoder.encode([], "document").shape[0] == 0
