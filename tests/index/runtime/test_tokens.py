"""Tokens from the pieces that a text needs, against those of the whole tokenizer."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.runtime import tokens
from index.runtime.pieces import FRAME, TABLE, open_table
from index.runtime.tokens import TextTokenizer
from tests.qa.reader.tiny import encoder_in

TEXTS = ["Die Brücke wurde 1894 gebaut.", "", "  x\ty ", "ประเทศไทย ½ ﬁ", "a\ud800b", "z" * 400]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "one"
    encoder_in(path, 1)
    TextTokenizer(folder=path)
    return path


@pytest.fixture(scope="module")
def whole(folder: Path) -> TextTokenizer:
    return TextTokenizer((folder / "tokenizer.json").read_text(encoding="utf-8"))


def assert_alike(found: TextTokenizer, expected: TextTokenizer, texts: list[str]) -> None:
    for mine, theirs in zip(found.spans(texts), expected.spans(texts), strict=True):
        np.testing.assert_array_equal(mine[0], theirs[0])
        np.testing.assert_array_equal(mine[1], theirs[1])
    for ids, others in zip(found.ids(texts), expected.ids(texts), strict=True):
        np.testing.assert_array_equal(ids, others)


def test_a_few_texts_do_not_load_the_whole_tokenizer(folder: Path, whole: TextTokenizer) -> None:
    few = TextTokenizer(folder=folder)
    assert (few.begin, few.end) == (whole.begin, whole.end) == (0, 2)
    assert_alike(few, whole, TEXTS)
    assert few._whole is None


def test_words_that_were_met_before_are_divided_alike(folder: Path, whole: TextTokenizer) -> None:
    few = TextTokenizer(folder=folder)
    for texts in (TEXTS, ["Die Brücke am Hafen wurde 1894 nicht gebaut."], TEXTS[::-1]):
        assert_alike(few, whole, texts)
    assert few._whole is None


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_has_the_tokens_of_the_whole_tokenizer(
    folder: Path, whole: TextTokenizer, texts: list[str]
) -> None:
    assert_alike(TextTokenizer(folder=folder), whole, texts)


@pytest.mark.parametrize("text", ["a<s>b", "<mask>", "Ä" * 50_000])
def test_special_and_long_texts_load_it(folder: Path, whole: TextTokenizer, text: str) -> None:
    found = TextTokenizer(folder=folder)
    assert_alike(found, whole, ["Ein Turm", text])
    assert found._whole is not None


def test_many_texts_load_it_in_time(
    folder: Path, whole: TextTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "SOON", 100)
    found = TextTokenizer(folder=folder)
    for _ in range(20):
        assert_alike(found, whole, ["Ein Turm steht am Hafen."])
    found._load()
    assert_alike(found, whole, ["Ein Turm steht am Hafen."])


@pytest.mark.parametrize("damage", ["cut", "no JSON", "another tokenizer", "another table"])
def test_a_table_that_does_not_fit_is_made_anew(
    folder: Path, whole: TextTokenizer, damage: str
) -> None:
    if damage == "cut":
        (folder / TABLE).write_bytes((folder / TABLE).read_bytes()[:-30])
    elif damage == "no JSON":
        (folder / FRAME).write_text("{")
    elif damage == "another tokenizer":
        path = folder / "tokenizer.json"
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    else:
        np.save(folder / TABLE, np.zeros(3))
    assert open_table(folder) is None
    assert_alike(TextTokenizer(folder=folder), whole, TEXTS)
    assert open_table(folder) is not None


def test_a_folder_that_cannot_be_written_has_the_whole_tokenizer(
    tmp_path: Path, whole: TextTokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise OSError("read-only")

    encoder_in(tmp_path / "model", 1)
    monkeypatch.setattr("index.runtime.pieces.tempfile.TemporaryDirectory", refuse)
    assert_alike(TextTokenizer(folder=tmp_path / "model"), whole, TEXTS)


@pytest.mark.parametrize("description", ["{", "[]", '{"model": 1}'])
def test_a_damaged_tokenizer_is_an_error(description: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        TextTokenizer(description)
