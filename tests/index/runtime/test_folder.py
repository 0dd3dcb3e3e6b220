"""A model's folder as sentence-transformers reads it, and the folders that are left to it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from index.runtime.folder import map_tensors, read_model_folder, round_to_bfloat16
from index.runtime.torch_encoder import load_sentence_transformer, model_fingerprint
from tests.qa.reader.tiny import encoder_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    encoder_in(tmp_path / "model", 1)
    return tmp_path / "model"


def change(path: Path, alter: Callable[[dict[str, Any]], object]) -> None:
    settings = json.loads(path.read_text())
    alter(settings)
    path.write_text(json.dumps(settings))


def test_what_decides_the_vectors_is_read(folder: Path) -> None:
    model = read_model_folder(folder)
    assert model is not None
    assert (model.query_prompt, model.document_prompt) == ("query: ", "passage: ")
    assert (model.shape.hidden, model.shape.layers, model.max_tokens) == (32, 6, 512)


def test_the_fingerprint_is_that_of_the_loaded_model(folder: Path) -> None:
    model = read_model_folder(folder)
    assert model is not None
    assert model.fingerprint == model_fingerprint(load_sentence_transformer(str(folder)))


def test_tensors_are_those_of_the_file(folder: Path) -> None:
    path = folder / "model.safetensors"
    expected, found = load_file(path), map_tensors(path)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
    del found


def test_half_precision_is_widened(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file as save_torch

    values = torch.linspace(-3, 3, 24).reshape(4, 6)
    for kind in (torch.float16, torch.bfloat16):
        save_torch({"one": values.to(kind)}, tmp_path / "half.safetensors")
        found = map_tensors(tmp_path / "half.safetensors")["one"]
        np.testing.assert_array_equal(found, values.to(kind).float().numpy())


def test_rounding_is_that_of_torch() -> None:
    import torch

    values = np.random.default_rng(1).standard_normal(1000).astype(np.float32)
    expected = torch.from_numpy(values).to(torch.bfloat16).float().numpy()
    np.testing.assert_array_equal(round_to_bfloat16(values), expected)


def add_prompt(settings: dict[str, Any]) -> None:
    settings["prompts"] = {"query": "query: "}


@pytest.mark.parametrize(
    ("name", "alter"),
    [
        ("config.json", lambda it: it.update(model_type="xlm-roberta")),
        ("config.json", lambda it: it.update(hidden_act="relu")),
        ("config.json", lambda it: it.update(num_hidden_layers=5)),
        ("config.json", lambda it: it.pop("layer_norm_eps")),
        ("1_Pooling/config.json", lambda it: it.update(pooling_mode_cls_token=True)),
        ("1_Pooling/config.json", lambda it: it.update(include_prompt=False)),
        ("sentence_bert_config.json", lambda it: it.update(do_lower_case=True)),
        ("config_sentence_transformers.json", add_prompt),
        ("config_sentence_transformers.json", lambda it: it.update(truncate_dim=8)),
        ("tokenizer_config.json", lambda it: it.update(tokenizer_class="BertTokenizer")),
    ],
)
def test_other_models_are_left_to_sentence_transformers(
    folder: Path, name: str, alter: Callable[[dict[str, Any]], object]
) -> None:
    change(folder / name, alter)
    assert read_model_folder(folder) is None


def test_another_last_module_is_left_to_sentence_transformers(folder: Path) -> None:
    path = folder / "modules.json"
    path.write_text(path.read_text().replace("models.Normalize", "models.Dense"))
    assert read_model_folder(folder) is None


@pytest.mark.parametrize("damage", ["missing", "cut", "no JSON", "strange"])
def test_damaged_folders_are_left_to_sentence_transformers(folder: Path, damage: str) -> None:
    weights = folder / "model.safetensors"
    if damage == "missing":
        weights.unlink()
    elif damage == "cut":
        weights.write_bytes(weights.read_bytes()[:-400])
    elif damage == "no JSON":
        (folder / "config.json").write_text("{")
    else:
        save_file({"one": np.zeros(3, np.float32)}, weights)
    assert read_model_folder(folder) is None
