"""Known texts are not encoded again, and what comes back is what the model would say."""

from pathlib import Path

import numpy as np

from corpus.catalog.database import open_database
from corpus.catalog.embeddings import EmbeddingStore
from index.catalog_encoder import CatalogEncoder
from tests.fakes import FakeEncoder


def kept(folder: Path, model: str, text: str) -> EmbeddingStore:
    store = EmbeddingStore(open_database(folder / "press", create=True))
    store.put(model, [text], FakeEncoder().encode([text], "document"))
    return store


def test_only_unknown_texts_reach_the_model(tmp_path: Path) -> None:
    model = FakeEncoder()
    encoder = CatalogEncoder(model, kept(tmp_path, model.fingerprint, "Die Seilbahn"))
    texts = ["Ein Turm", "Die Seilbahn", "Ein Turm"]
    found = encoder.encode(texts, "document")
    assert model.documents == ["Ein Turm"]
    np.testing.assert_allclose(found, FakeEncoder().encode(texts, "document"), rtol=1e-6)


def test_questions_and_other_models_are_always_encoded(tmp_path: Path) -> None:
    model = FakeEncoder()
    encoder = CatalogEncoder(model, kept(tmp_path, "another", "Ein Turm"))
    encoder.encode(["Ein Turm"], "document")
    encoder.encode(["Ein Turm"], "query")
    assert (model.documents, model.questions) == (["Ein Turm"], ["Ein Turm"])
    assert encoder.encode([], "document").shape[0] == 0
