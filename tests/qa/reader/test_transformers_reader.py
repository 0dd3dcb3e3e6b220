"""A reader in the transformers format: the same bad input, and models that cannot be loaded."""

import shutil
from pathlib import Path

import pytest
import torch

from corpus.errors import ModelError
from index.encoder import SentenceTransformerEncoder
from qa.reader import TransformersReader
from qa.reader.read import NOTHING

PASSAGE = "Die Brücke wurde im Mai 1894 gebaut. Sie steht noch heute."


@pytest.fixture(scope="module")
def folder(encoder: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    source = Path(str(encoder._name))
    target = tmp_path_factory.mktemp("models") / "extractive"
    torch.manual_seed(4)
    config = AutoConfig.from_pretrained(source)
    model = AutoModelForQuestionAnswering.from_config(config)  # type: ignore[no-untyped-call]
    model.save_pretrained(target)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, target)
    return target


def test_it_points_into_each_passage(folder: Path, words: str) -> None:
    passages = [PASSAGE, "Kurz.", words]
    readings = TransformersReader(folder).read("Wann wurde die Brücke gebaut?", passages)
    for reading, passage in zip(readings, passages, strict=True):
        assert 0 <= reading.start < reading.end <= len(passage)
        assert 0 < reading.answerable < 1


def test_empty_input_finds_nothing(folder: Path) -> None:
    reader = TransformersReader(folder)
    assert reader.read("", [PASSAGE]) == [NOTHING]
    assert reader.read("Wann?", []) == []
    empty, full = reader.read("Wann?", [" \n", PASSAGE])
    assert empty == NOTHING
    assert full.end > 0


@pytest.mark.parametrize("text", ["ประเทศไทย", "🚂", "a\ud800b", "x" * 3000], ids=ascii)
def test_strange_text_is_read_without_an_error(folder: Path, text: str) -> None:
    reader = TransformersReader(folder)
    for question, passage in ((text, PASSAGE), (PASSAGE, text)):
        (reading,) = reader.read(question, [passage])
        assert 0 <= reading.start <= reading.end <= len(passage)


@pytest.mark.parametrize("how", ["empty folder", "damaged weights"])
def test_a_model_that_cannot_be_loaded_says_what_to_do(
    folder: Path, tmp_path: Path, how: str
) -> None:
    broken = tmp_path / "broken"
    if how == "empty folder":
        broken.mkdir()
    else:
        shutil.copytree(folder, broken)
        (broken / "model.safetensors").write_bytes(b"no")
    with pytest.raises(ModelError, match=r"could not be loaded.*or leave the setting out"):
        TransformersReader(broken).read("Wann?", [PASSAGE])
