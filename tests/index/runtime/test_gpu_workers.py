"""Much text on a GPU, which the CPU plays here: when it is tried, used, and left."""

import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.encoder import SentenceTransformerEncoder, normalise_rows
from index.runtime import gpu_workers as module
from index.runtime.compile import has_openvino
from index.runtime.gpu_workers import GpuEncoder, GpuWorkers, describe_device, gpu_workers, try_gpu
from tests.fakes import FakeEncoder
from tests.qa.reader.tiny import encoder_in

TEXTS = [f"Die Fähre Nummer {number} fährt. " * (1 + number % 7) for number in range(24)]
BATCHES = [TEXTS[at : at + 4] for at in range(0, 24, 4)]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return encoder_in(tmp_path_factory.mktemp("models") / "one", 1)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the CPU be the GPU; the tiny model's random weights round worse than a trained one's."""
    monkeypatch.setattr(module, "has_gpu_sign", lambda: True)
    monkeypatch.setattr(module, "find_device", lambda: "cpu")
    monkeypatch.setattr(module, "LEAST_COSINE", 0.99)
    monkeypatch.setattr(module, "LEAST_TEXTS", 8)


def test_half_precision_has_the_same_fingerprint_and_vectors(
    encoder: SentenceTransformerEncoder,
) -> None:
    import torch

    model, fingerprint = encoder.load_in_half("cpu")
    assert fingerprint == encoder.fingerprint
    assert {value.dtype for value in model.state_dict().values()} == {torch.float16}
    # Against float32, so that only the rounding to half precision counts.
    exact = encoder.load_in_half("cpu")[0].float()
    expected = normalise_rows(exact.encode_document(TEXTS, convert_to_numpy=True))
    found = GpuEncoder(model).encode(TEXTS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)
    assert (found * expected).sum(axis=1).min() > 0.9999


def test_batches_hold_texts_of_one_length_up_to_the_budget(
    encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = encoder.load_in_half("cpu")
    gpu, batches = GpuEncoder(model), []
    encode: Any = model.encode_document

    def note(texts: list[str], **options: object) -> object:
        batches.append(texts)
        return encode(texts, **options)

    monkeypatch.setattr(model, "encode_document", note)
    monkeypatch.setattr(module, "BATCH_TOKENS", 600)
    gpu.encode(TEXTS)
    lengths = [gpu._lengths(texts) for texts in batches]
    assert all(len(some) * max(some) <= 600 for some in lengths)
    assert [max(some) for some in lengths] == sorted((max(some) for some in lengths), reverse=True)
    assert sorted(text for texts in batches for text in texts) == sorted(TEXTS)


@pytest.mark.usefixtures("device")
def test_the_cpu_begins_and_the_gpu_goes_on(
    encoder: SentenceTransformerEncoder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    on_gpu: list[str] = []
    encode = GpuEncoder.encode

    def note(self: GpuEncoder, texts: list[str]) -> np.ndarray:
        on_gpu.extend(texts)
        return encode(self, texts)

    expected = encoder.encode(TEXTS, "document")
    monkeypatch.setattr(GpuEncoder, "encode", note)
    workers = gpu_workers(encoder)
    assert workers is not None
    done = list(workers.encode_batches(iter([*BATCHES, []]), encoder.fingerprint))
    assert [texts for texts, _ in done] == [*BATCHES, []]
    found = np.concatenate([vectors for _, vectors in done])
    assert (found * expected).sum(axis=1).min() > 0.99
    assert set(on_gpu) == set(TEXTS[8:])
    (line,) = [record.getMessage() for record in caplog.records if "GPU" in record.getMessage()]
    assert line.startswith("The GPU (cpu) embeds in float16, at a cosine of ")


@pytest.mark.usefixtures("device")
@pytest.mark.parametrize("factor", [0.9, float("nan")])
def test_other_vectors_than_the_cpus_are_not_used(
    encoder: SentenceTransformerEncoder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    factor: float,
) -> None:
    expected = encoder.encode(TEXTS, "document")
    right = GpuEncoder.encode
    monkeypatch.setattr(GpuEncoder, "encode", lambda self, texts: right(self, texts) * factor)
    done = list(GpuWorkers(encoder).encode_batches(BATCHES, encoder.fingerprint))
    found = np.concatenate([vectors for _, vectors in done])
    np.testing.assert_allclose(found, expected, atol=2e-2)
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("The GPU (cpu) is not used (its vectors have a cosine of ")
    assert line.endswith("is needed), so the CPU embeds.")


@pytest.mark.usefixtures("device")
def test_another_model_is_not_used(
    encoder: SentenceTransformerEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = encoder_in(tmp_path / "other", 2)
    monkeypatch.setattr(encoder, "load_in_half", other.load_in_half)
    trial = try_gpu(encoder, TEXTS)
    assert trial.gpu is None
    assert f"what was loaded for it is {other.fingerprint}" in trial.message


@pytest.mark.usefixtures("device")
def test_a_gpu_that_fails_on_the_way_leaves_the_rest_to_the_cpu(
    encoder: SentenceTransformerEncoder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    right = GpuEncoder.encode

    def fail(self: GpuEncoder, texts: list[str]) -> np.ndarray:
        if len(texts) > 10:
            raise RuntimeError("CUDA out of\nmemory")
        return right(self, texts)

    monkeypatch.setattr(GpuEncoder, "encode", fail)
    # The batch at which the GPU is looked for, and those behind it.
    monkeypatch.setattr(module, "LEAST_TEXTS", 4)
    done = list(GpuWorkers(encoder).encode_batches(BATCHES, encoder.fingerprint))
    assert [texts for texts, _ in done] == BATCHES
    assert [record.getMessage() for record in caplog.records] == [
        "The GPU (cpu) is not used (CUDA out of memory), so the CPU embeds."
    ]


def test_what_embeds_is_told(
    encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "has_gpu_sign", lambda: False)
    assert "There is no sign of a GPU" in describe_device(encoder, TEXTS)
    assert gpu_workers(encoder) is None
    monkeypatch.setattr(module, "has_gpu_sign", lambda: True)
    monkeypatch.setattr(module, "find_device", lambda: None)
    assert describe_device(encoder, TEXTS) == "torch sees no GPU, so the CPU embeds."
    assert describe_device(FakeEncoder(), TEXTS) == "The encoder that was given embeds."
    assert gpu_workers(FakeEncoder()) is None


def test_cuda_comes_before_apples_and_torch_may_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    found = []
    for cuda, mps in ((True, True), (False, True), (False, False)):
        monkeypatch.setattr(torch.cuda, "is_available", lambda yes=cuda: yes)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda yes=mps: yes)
        found.append(module.find_device())
    monkeypatch.setitem(sys.modules, "torch", None)
    assert [*found, module.find_device()] == ["cuda", "mps", None, None]


@pytest.mark.parametrize(
    ("system", "machine", "signs", "expected"),
    [
        ("Darwin", "arm64", (), True),
        ("Darwin", "x86_64", ("/",), False),
        ("Linux", "x86_64", ("/no/such", "/"), True),
        ("Linux", "x86_64", ("/no/such",), False),
    ],
)
def test_a_gpu_leaves_signs(
    monkeypatch: pytest.MonkeyPatch,
    system: str,
    machine: str,
    signs: tuple[str, ...],
    expected: bool,
) -> None:
    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    monkeypatch.setattr(module, "_SIGNS", signs)
    assert module.has_gpu_sign() is expected


@pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")
def test_neither_questions_nor_a_few_texts_import_torch(
    encoder: SentenceTransformerEncoder,
) -> None:
    program = (
        "import sys\n"
        "from index.encoder import SentenceTransformerEncoder\n"
        "from index.runtime import gpu_workers as module\n"
        "module.has_gpu_sign = lambda: True\n"
        f"encoder = SentenceTransformerEncoder({encoder._target()!r})\n"
        "encoder.encode(['x'], 'query')\n"
        "list(module.gpu_workers(encoder).encode_batches([['x', 'y']], encoder.fingerprint))\n"
        "strange = {'torch', 'sentence_transformers', 'transformers'}\n"
        "print(*sorted(strange & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.strip() == ""
