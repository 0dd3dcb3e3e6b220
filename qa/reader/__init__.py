"""The reader: the words of a passage that answer a question, or that they are not there."""

import logging
from pathlib import Path
from typing import Any

from corpus.errors import ModelError
from index.encoder import Encoder, SentenceTransformerEncoder
from qa.reader.read import EncoderReader, Reader, Reading
from qa.reader.weights import RETRAIN, ReaderWeights, apply, load, read_sidecar

__all__ = [
    "EncoderReader",
    "Reader",
    "Reading",
    "default_reader",
    "reader_from",
]

log = logging.getLogger(__name__)


def default_reader(encoder: Encoder) -> Reader | None:
    """Return the reader that comes with the package, or None where it does not fit the encoder.

    The weights hold differences from the encoder's own and mean nothing with another
    encoder. Missing, damaged and foreign weights are told in one line of the log.
    """
    try:
        return reader_from(Path(__file__).parent, encoder)
    except ModelError as exc:
        log.warning("%s", exc)
        return None


def reader_from(folder: Path, encoder: Encoder) -> EncoderReader:
    """Return the reader whose weights lie in `folder`, as training wrote them.

    Raises:
        ModelError: they are missing, damaged, or belong to another encoder.
    """
    trained_for = read_sidecar(folder)["encoder"]
    if trained_for != encoder.fingerprint:
        raise ModelError(
            f"The reader in {folder} was trained for the encoder {trained_for}, not for "
            f"{encoder.fingerprint}. {RETRAIN}"
        )
    if not isinstance(encoder, SentenceTransformerEncoder):
        raise ModelError(
            "The reader goes through the layers of a SentenceTransformerEncoder, and "
            f"{type(encoder).__name__} shows none. Answering goes on with whole sentences. For a "
            "reader, give the encoder itself, or a reader of your own."
        )
    weights = load(folder)
    if (compiled := encoder.compiled) is not None:
        from qa.reader.compiled import CompiledNetwork

        network = CompiledNetwork(compiled, weights)
        return EncoderReader(network, compiled.tokenizer, weights.calibration)
    return _torch_reader(encoder, weights)


def _torch_reader(encoder: SentenceTransformerEncoder, weights: ReaderWeights) -> EncoderReader:
    from index.runtime.cpu import has_native_bfloat16
    from index.runtime.tokens import TextTokenizer
    from qa.reader.model import TorchNetwork, network_from

    network = network_from(encoder.model, weights.first_trained)
    apply(network, weights)
    if has_native_bfloat16():
        network.bfloat16()
    fast: Any = encoder.model.tokenizer
    tokenizer = TextTokenizer(fast.backend_tokenizer.to_str())
    return EncoderReader(TorchNetwork(network, tokenizer.end), tokenizer, weights.calibration)
