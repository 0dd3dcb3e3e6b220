"""OpenVINO's vectors against torch's, and what is imported for them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.encoder import SentenceTransformerEncoder
from index.runtime import compile as runtime_compile
from index.runtime.compile import has_openvino
from index.runtime.compiled_encoder import CompiledEncoder
from index.runtime.cpu import Precision
from index.runtime.folder import ModelFolder, read_model_folder
from index.runtime.torch_encoder import TorchEncoder
from tests.qa.reader.tiny import encoder_in

TEXTS = ["Die Fähre fährt.", "x", "", "Ein längerer Satz über die Fähre und den Hafen. " * 9]
TOLERANCE: dict[Precision, float] = {"f32": 1e-5, "bf16": 2e-2, "int8": 5e-2}

pytestmark = pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "one"
    encoder_in(path, 1)
    return path


@pytest.fixture(scope="module")
def model(folder: Path) -> ModelFolder:
    found = read_model_folder(folder)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def exact(folder: Path) -> TorchEncoder:
    from sentence_transformers import SentenceTransformer

    return TorchEncoder(SentenceTransformer(str(folder), device="cpu").float())


@pytest.mark.parametrize("precision", ["f32", "bf16", "int8"])
def test_vectors_and_states_are_those_of_torch(
    model: ModelFolder, exact: TorchEncoder, precision: Precision
) -> None:
    encoder = CompiledEncoder(model, precision)
    near = TOLERANCE[precision]
    for mine, theirs in (
        (encoder.encode_documents(TEXTS), exact.encode_documents(TEXTS)),
        (encoder.encode_queries(TEXTS), exact.encode_queries(TEXTS)),
    ):
        mine /= np.linalg.norm(mine, axis=1, keepdims=True)
        np.testing.assert_allclose(mine, theirs, atol=near)
    for text in ("Wer?", TEXTS[3]):
        states, expected = encoder.encode_question(text)[1], exact.encode_question(text)[1]
        assert states is not None
        assert expected is not None
        np.testing.assert_allclose(states, expected, atol=10 * near)


def test_a_text_is_encoded_alike_in_any_company(model: ModelFolder) -> None:
    encoder = CompiledEncoder(model, "f32")
    together = encoder.encode_documents(TEXTS)
    for text, vector in zip(TEXTS, together, strict=True):
        np.testing.assert_allclose(encoder.encode_documents([text])[0], vector, atol=1e-5)


def test_more_texts_than_are_tokenised_together(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = CompiledEncoder(model, "f32")
    expected = encoder.encode_documents(TEXTS)
    monkeypatch.setattr("index.runtime.compiled_encoder.TEXTS_AT_ONCE", 3)
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), expected, atol=1e-5)


def test_more_cores_run_several_passes_at_once(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = CompiledEncoder(model, "f32").encode_documents(TEXTS * 40)
    for module in ("compile", "compiled_encoder"):
        monkeypatch.setattr(f"index.runtime.{module}.available_cores", lambda: 4)
    encoder = CompiledEncoder(model, "f32")
    assert encoder._graph.streams == 2
    np.testing.assert_allclose(encoder.encode_documents(TEXTS * 40), expected, atol=1e-5)


def test_threads_share_an_encoder(model: ModelFolder) -> None:
    encoder = CompiledEncoder(model, "f32")
    questions = [f"Wo ist die Fähre {number}?" for number in range(12)]
    expected = [encoder.encode_question(question)[0] for question in questions]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(encoder.encode_question, questions))
    for (vector, _), alone in zip(found, expected, strict=True):
        np.testing.assert_allclose(vector, alone, atol=1e-5)


def test_lone_surrogates_are_no_error(model: ModelFolder) -> None:
    encoder = CompiledEncoder(model, "f32")
    assert np.isfinite(encoder.encode_question("a\ud800b")[0]).all()


def test_neither_torch_nor_what_tells_its_maker_is_imported(folder: Path) -> None:
    program = (
        "import sys\n"
        "from index.encoder import SentenceTransformerEncoder\n"
        f"SentenceTransformerEncoder({str(folder)!r}).encode(['x'], 'query')\n"
        "strange = {'torch', 'sentence_transformers', 'transformers', 'sklearn', 'onnxruntime',\n"
        "           'openvino_telemetry', 'openvino.tools.ovc'}\n"
        "print(*sorted(strange & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == ""


def test_without_openvino_torch_encodes_and_one_line_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = SentenceTransformerEncoder(str(folder)).encode(TEXTS, "document")
    monkeypatch.setitem(sys.modules, "openvino", None)
    encoder = SentenceTransformerEncoder(str(folder))
    found = encoder.encode(TEXTS, "document")
    assert encoder.compiled is None
    assert [record.getMessage() for record in caplog.records] == [
        "OpenVINO is missing, so torch runs the model, in twice the time."
    ]
    np.testing.assert_allclose(found, expected, atol=4e-2)


def test_a_graph_that_is_not_taken_is_left_to_torch(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no such\ninstruction")

    monkeypatch.setattr(runtime_compile.CompiledGraph, "__init__", refuse)
    encoder = SentenceTransformerEncoder(str(folder))
    assert encoder.compiled is None
    assert "(no such instruction), so torch runs it" in caplog.text
