"""A tiny random encoder and weights for it: no download, no training, milliseconds."""

import string
from pathlib import Path

import numpy as np

from index.default_model import write_model
from index.encoder import SentenceTransformerEncoder
from index.model_file import ModelFile
from qa.reader.model import network_from
from qa.reader.weights import Calibration, ReaderWeights

HIDDEN, LAYERS, FEED_FORWARD, POSITIONS = 32, 6, 64, 512
FIRST_TRAINED = 1
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
LETTERS = string.ascii_letters + string.digits + "äöüÄÖÜß.,?!()-"
PIECES = [*SPECIAL, "▁", *LETTERS, "<mask>"]


def tiny_model(seed: int) -> ModelFile:
    rng = np.random.default_rng(seed)

    def drawn(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) * 0.3).astype(np.float32)

    tensors = {
        "emb.word": drawn(len(PIECES), HIDDEN),
        "emb.pos": drawn(POSITIONS, HIDDEN),
        "emb.type": drawn(2, HIDDEN),
        "emb.ln.w": np.ones(HIDDEN, np.float32),
        "emb.ln.b": np.zeros(HIDDEN, np.float32),
    }
    for layer in range(LAYERS):
        sizes = dict.fromkeys(("q", "k", "v", "ao"), (HIDDEN, HIDDEN))
        sizes |= {"fi": (FEED_FORWARD, HIDDEN), "fo": (HIDDEN, FEED_FORWARD)}
        for name, shape in sizes.items():
            tensors[f"l{layer}.{name}.w"] = drawn(*shape)
            tensors[f"l{layer}.{name}.b"] = drawn(shape[0])
        for name in ("aln", "oln"):
            tensors[f"l{layer}.{name}.w"] = np.ones(HIDDEN, np.float32)
            tensors[f"l{layer}.{name}.b"] = np.zeros(HIDDEN, np.float32)
    return ModelFile(
        hidden=HIDDEN,
        layers=LAYERS,
        heads=4,
        feed_forward=FEED_FORWARD,
        vocabulary=len(PIECES),
        positions=POSITIONS,
        token_types=2,
        layer_norm_epsilon=1e-12,
        pieces=tuple((piece, -float(i)) for i, piece in enumerate(PIECES)),
        bos=0,
        eos=2,
        pad=1,
        unknown=3,
        normalisation={1: "", 9: " "},
        tensors=tensors,
    )


def encoder_in(folder: Path, seed: int) -> SentenceTransformerEncoder:
    folder.mkdir()
    write_model(tiny_model(seed), folder)
    return SentenceTransformerEncoder(str(folder))


def random_weights(encoder: SentenceTransformerEncoder, seed: int = 3) -> ReaderWeights:
    """Return weights of the right shapes, as if training had changed everything a little."""

    rng = np.random.default_rng(seed)
    network = network_from(encoder.model, FIRST_TRAINED)
    names = {
        name: parameter.shape
        for name, parameter in network.named_parameters()
        if not name.startswith(("embedding.", "layers.0."))
    }
    tensors = {
        name: (rng.standard_normal(shape) * 0.2).astype(np.float32) for name, shape in names.items()
    }
    return ReaderWeights(
        encoder.fingerprint, FIRST_TRAINED, tensors, Calibration(0.5, 0.25, -0.125)
    )
