"""A sentence-transformers model in a folder, read without sentence-transformers.

Leaves out whatever would not be computed exactly as sentence-transformers computes it: only
BERT with mean pooling and a tokenizer of its own file is read, and all else is None.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Floats

WEIGHTS = "model.safetensors"
_TYPES: dict[str, np.dtype[Any]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype("<u2"),
}
_SAMPLED = 4096
"""Values of a tensor that its fingerprint looks at: enough to tell models apart."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT-like encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What decides a model's vectors, and its weights, which stay on the disk until used."""

    path: Path
    shape: Shape
    query_prompt: str
    document_prompt: str
    max_tokens: int
    tensors: Mapping[str, Floats]
    """Under the names of transformers' BertModel; arrays that map the file into memory."""
    fingerprint: str


def read_model_folder(path: Path) -> ModelFolder | None:
    """Return the model in a folder, or None where it has to be run by sentence-transformers."""
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Damaged or of another form: sentence-transformers says what is wrong with it.
        return None


def _read(path: Path) -> ModelFolder | None:
    modules = _json(path / "modules.json")
    names = [str(module["type"]).rpartition(".")[2] for module in modules]
    config, settings = _json(path / "config.json"), _json(path / "sentence_bert_config.json")
    prompts = _json(path / "config_sentence_transformers.json")
    if names != ["Transformer", "Pooling", "Normalize"] or not (
        _is_plain_bert(config)
        and _is_mean(_json(path / modules[1]["path"] / "config.json"))
        and prompts.keys() <= _PROMPT_KEYS
        and prompts.get("default_prompt_name") is None
        and settings.keys() <= {"max_seq_length", "do_lower_case"}
        and not settings.get("do_lower_case")
        and _json(path / "tokenizer_config.json")["tokenizer_class"] == "PreTrainedTokenizerFast"
    ):
        return None
    tensors = map_tensors(path / WEIGHTS)
    shape = Shape(
        hidden=int(config["hidden_size"]),
        layers=int(config["num_hidden_layers"]),
        heads=int(config["num_attention_heads"]),
        feed_forward=int(config["intermediate_size"]),
        epsilon=float(config["layer_norm_eps"]),
    )
    if tensors.keys() != _tensor_names(shape.layers):
        return None
    texts = {str(name): str(text) for name, text in prompts["prompts"].items()}
    length = int(settings["max_seq_length"])
    return ModelFolder(
        path=path,
        shape=shape,
        query_prompt=texts["query"],
        document_prompt=texts["document"],
        max_tokens=length,
        tensors=tensors,
        fingerprint=_fingerprint(tensors, texts, names, length),
    )


_PROMPT_KEYS = {
    "prompts", "default_prompt_name", "similarity_fn_name", "__version__", "model_type",
}  # fmt: skip


def _is_plain_bert(config: dict[str, Any]) -> bool:
    return (
        config["model_type"] == "bert"
        and config["hidden_act"] == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and not config.get("is_decoder")
    )


def _is_mean(pooling: dict[str, Any]) -> bool:
    if not pooling.get("include_prompt", True):
        return False
    if "pooling_mode" in pooling:
        return bool(pooling["pooling_mode"] == "mean")
    modes = [name for name, value in pooling.items() if name.startswith("pooling_mode_") and value]
    return modes == ["pooling_mode_mean_tokens"]


def _tensor_names(layers: int) -> set[str]:
    parts = ["embeddings.LayerNorm", "pooler.dense"]
    for number in range(layers):
        attention, layer = f"encoder.layer.{number}.attention", f"encoder.layer.{number}"
        parts += [f"{attention}.self.{name}" for name in ("query", "key", "value")]
        parts += [f"{attention}.output.dense", f"{attention}.output.LayerNorm"]
        parts += [f"{layer}.intermediate.dense", f"{layer}.output.dense"]
        parts.append(f"{layer}.output.LayerNorm")
    tables = ("word", "position", "token_type")
    return {f"{part}.{kind}" for part in parts for kind in ("weight", "bias")} | {
        f"embeddings.{table}_embeddings.weight" for table in tables
    }


def map_tensors(path: Path) -> dict[str, Floats]:
    """Return the tensors of a safetensors file: its bytes are read when they are used.

    The file begins with u64 bytes of JSON and the JSON: name -> dtype, shape and the (begin,
    end) of its bytes behind the JSON. What is not float32 is converted, and lies in memory.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is cut off, or holds what is no floating-point number.
        KeyError: the JSON is of another form.
    """
    # Copies on write: OpenVINO shares only arrays that say they can be written to.
    data = np.memmap(path, dtype=np.uint8, mode="c")
    begin = 8 + int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8:begin].tobytes())
    found = {}
    for name, about in header.items():
        if name == "__metadata__":
            continue
        first, last = about["data_offsets"]
        values = data[begin + first : begin + last].view(_TYPES[about["dtype"]])
        found[name] = _as_float32(values, about["dtype"]).reshape(about["shape"])
    return found


def _as_float32(values: NDArray[Any], kind: str) -> Floats:
    if kind == "BF16":
        return (values.astype(np.uint32) << 16).view(np.float32)
    return np.asarray(values, dtype=np.float32)


def _fingerprint(
    tensors: Mapping[str, Floats], prompts: Mapping[str, str], modules: list[str], length: int
) -> str:
    """Return what `torch_encoder.model_fingerprint` returns for the same model."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        # The name that the weights have in sentence-transformers.
        digest.update(f"0.model.{name}".encode())
        digest.update(str(tensor.shape).encode())
        flat = tensor.reshape(-1)
        sample = flat[:: max(1, flat.size // _SAMPLED)]
        digest.update(round_to_bfloat16(sample).tobytes())
    digest.update(repr(sorted(prompts.items())).encode())
    digest.update(repr(modules).encode())
    digest.update(str(length).encode())
    return digest.hexdigest()[:16]


def round_to_bfloat16(values: Floats) -> Floats:
    """Round float32 to the nearest bfloat16, to the even one of two; the result is float32.

    >>> round_to_bfloat16(np.array([1.0, 1.00390625, 1.01171875], dtype=np.float32)).tolist()
    [1.0, 1.0, 1.015625]
    """
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).view(np.float32)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
