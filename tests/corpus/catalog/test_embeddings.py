"""Windows and embeddings: kept by text and model, found again exactly."""

import numpy as np
import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.embeddings import MAX_TITLE, EmbeddingStore
from corpus.catalog.rows import ParagraphRow
from tests.fakes import FakeEncoder, article


@pytest.fixture
def store(database: Database) -> EmbeddingStore:
    catalog = Catalog(database)
    catalog.put(article("x:1", "Der Anfang. Die Mitte.", "Der Schluß."))
    catalog.put(article("x:2", "Der Schluß.", "Etwas anderes."))
    return EmbeddingStore(database)


def whole(row: ParagraphRow) -> list[tuple[int, int]]:
    return [(0, len(row.text))]


def divide(store: EmbeddingStore) -> None:
    store.windows.put((row, whole(row)) for row in store.windows.find_undivided(100))


def test_paragraphs_wait_until_they_have_windows(store: EmbeddingStore) -> None:
    assert store.windows.count_undivided() == 4
    first = store.windows.find_undivided(3)
    assert len(first) == 3
    store.windows.put((row, whole(row)) for row in first)
    assert store.windows.count_undivided() == 1
    assert {row.id for row in first}.isdisjoint(row.id for row in store.windows.find_undivided(10))


def test_windows_are_cut_out_of_their_paragraph(store: EmbeddingStore) -> None:
    rows = {row.text: row for row in store.windows.find_undivided(10)}
    store.windows.put([(rows["Der Anfang. Die Mitte."], [(0, 11), (12, 22)])])
    store.windows.put([(row, whole(row)) for row in rows.values() if "Anfang" not in row.text])
    texts = store.windows.texts(store.windows.find_unembedded("m"))
    assert sorted(texts.values()) == ["Der Anfang.", "Der Schluß.", "Die Mitte.", "Etwas anderes."]


def test_a_text_in_two_places_is_embedded_once_and_found_in_both(store: EmbeddingStore) -> None:
    divide(store)
    encoder = FakeEncoder()
    texts = list(store.windows.texts(store.windows.find_unembedded("m")).values())
    assert texts.count("Der Schluß.") == 1
    store.put("m", texts, encoder.encode(texts, "document"))
    assert store.windows.find_unembedded("m") == []
    assert store.count_embedded("m") == 4
    windows, paragraphs = store.embedded_windows("m")
    assert windows.tolist() == sorted(windows.tolist())
    assert len(set(paragraphs.tolist())) == 4
    vectors = store.vectors("m", windows.tolist())
    for window, text in store.windows.texts(windows.tolist()).items():
        np.testing.assert_allclose(vectors[window], encoder.vector(text), atol=0.005)


def test_a_title_is_embedded_with_each_window(database: Database) -> None:
    Catalog(database).put(article("x:1", "Die Bahn steht.", title="Sturm " * 100))
    store = EmbeddingStore(database)
    divide(store)
    (text,) = store.windows.texts(store.windows.find_unembedded("m")).values()
    assert text == ("Sturm " * 100)[:MAX_TITLE] + "\nDie Bahn steht."
    store.put("m", [text], FakeEncoder().encode([text], "document"))
    assert store.windows.find_unembedded("m") == []
    Catalog(database).put(article("x:1", "Die Bahn steht.", title="Wind"))
    divide(store)
    assert list(store.windows.texts(store.windows.find_unembedded("m")).values()) == [
        "Wind\nDie Bahn steht."
    ]


def test_models_do_not_share_vectors(store: EmbeddingStore) -> None:
    divide(store)
    store.put("m", ["Der Schluß."], FakeEncoder().encode(["Der Schluß."], "document"))
    assert store.count_embedded("m") == 2
    assert store.count_embedded("n") == 0
    assert len(store.windows.find_unembedded("n")) == 3
    assert store.embedded_windows("n")[0].tolist() == []
    assert store.look_up("n", ["Der Schluß."]) == {}


def test_vectors_of_texts_come_in_the_texts_order(store: EmbeddingStore) -> None:
    encoder = FakeEncoder()
    assert store.find_unknown("m", ["eins", "zwei"]) == ["eins", "zwei"]
    store.put("m", ["eins", "zwei"], encoder.encode(["eins", "zwei"], "document"))
    assert store.find_unknown("m", ["zwei", "drei", "eins"]) == ["drei"]
    np.testing.assert_allclose(
        store.vectors_of("m", ["zwei", "eins", "drei"]),
        [encoder.vector("zwei"), encoder.vector("eins")],
        atol=0.005,
    )


def test_nothing_to_put_raises_no_generation(store: EmbeddingStore, database: Database) -> None:
    before = database.generation
    store.put("m", [], np.zeros((0, 4), dtype=np.float32))
    assert database.generation == before


def test_vectors_and_texts_must_be_as_many(store: EmbeddingStore, database: Database) -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        store.put("m", ["a", "b"], np.zeros((1, 4), dtype=np.float32))
    assert store.find_unknown("m", ["a"]) == ["a"]


def test_removed_articles_windows_go_and_their_embeddings_stay(
    store: EmbeddingStore, database: Database
) -> None:
    divide(store)
    texts = list(store.windows.texts(store.windows.find_unembedded("m")).values())
    store.put("m", texts, FakeEncoder().encode(texts, "document"))
    Catalog(database).remove("x:1")
    assert store.count_embedded("m") == 2
    Catalog(database).put(article("x:3", "Der Anfang. Die Mitte."))
    divide(store)
    assert store.windows.find_unembedded("m") == []


def test_forgetting_windows_keeps_embeddings(store: EmbeddingStore) -> None:
    divide(store)
    store.put("m", ["Der Schluß."], FakeEncoder().encode(["Der Schluß."], "document"))
    store.windows.forget()
    assert store.windows.count_undivided() == 4
    assert store.count_embedded("m") == 0
    divide(store)
    assert store.count_embedded("m") == 2
