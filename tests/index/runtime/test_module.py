"""The compiled model where a sentence-transformers model is wanted."""

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.runtime.compile import has_openvino
from index.runtime.compiled_encoder import CompiledEncoder
from index.runtime.folder import read_model_folder
from tests.qa.reader.tiny import encoder_in

pytestmark = pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")

TEXTS = ["Die Fähre fährt.", "x", "Ein längerer Satz über die Fähre und den Hafen. " * 30]


def test_it_encodes_as_the_encoder_does_and_is_not_saved(tmp_path: Path) -> None:
    from index.runtime.module import CompiledModule, as_sentence_transformer

    encoder_in(tmp_path / "model", 1)
    folder = read_model_folder(tmp_path / "model")
    assert folder is not None
    encoder = CompiledEncoder(folder, "f32")
    model = as_sentence_transformer(encoder)
    assert (model.max_seq_length, model.get_embedding_dimension()) == (512, 32)
    for mine, theirs in (
        (model.encode_document(TEXTS), encoder.encode_documents(TEXTS)),
        (model.encode_query(TEXTS), encoder.encode_queries(TEXTS)),
    ):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)
    with pytest.raises(ModelError, match=r"Save the encoder's `model`"):
        CompiledModule(encoder).save(str(tmp_path))
