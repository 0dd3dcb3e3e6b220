"""Fixtures over the tiny encoder."""

import random
from pathlib import Path

import pytest

from index.encoder import SentenceTransformerEncoder
from tests.qa.reader.tiny import encoder_in, random_weights
from training.reader.weights_file import save


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return encoder_in(tmp_path_factory.mktemp("encoders") / "one", 1)


@pytest.fixture(scope="session")
def other_encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformerEncoder:
    return encoder_in(tmp_path_factory.mktemp("encoders") / "two", 2)


@pytest.fixture
def weights_folder(encoder: SentenceTransformerEncoder, tmp_path: Path) -> Path:
    folder = tmp_path / "reader"
    save(folder, random_weights(encoder), {"seed": 3})
    return folder


@pytest.fixture
def words() -> str:
    """Return some 20,000 characters of made-up words."""
    rng = random.Random(5)
    made = ["".join(rng.choices("abcdefghij", k=rng.randint(2, 9))) for _ in range(3100)]
    return " ".join(made)[:20_000]
