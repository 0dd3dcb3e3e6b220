"""Sentences of paragraphs: divided once, embedded once, read back by paragraph."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.catalog.embeddings import Stretches, lift_seal
from corpus.catalog.selection import EVERYTHING
from index.search import analyse_many, search
from tests.fakes import article
from tests.index.rig import Rig

TWO = "Die Fähre fährt wieder. Ein Hund lief über den Kai."
ONE = "Das Museum zeigt vierhundert Uhren."
QUESTION = "Wann fährt die Fähre?"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "collection")
    made.catalog.put(article("x:1", TWO, ONE, title="Osterholm"))
    made.catalog.put(article("x:2", "Die Fähre fährt wieder. Es war kalt.", title="Osterholm"))
    yield made
    made.database.close()


def test_sentences_are_embedded_with_their_title_and_each_text_once(rig: Rig) -> None:
    rig.brought_up()
    alone = [text for text in rig.encoder.documents if text.startswith("Osterholm\n")]
    assert sorted(alone) == sorted(
        f"Osterholm\n{text}"
        for text in (
            TWO, ONE, "Die Fähre fährt wieder. Es war kalt.",
            "Die Fähre fährt wieder.", "Ein Hund lief über den Kai.", "Es war kalt.",
        )
    )  # fmt: skip
    store = Stretches(rig.database, "sentences")
    assert store.is_complete(rig.encoder.fingerprint)
    assert not store.is_complete("another model")


def test_vectors_come_with_their_paragraphs(rig: Rig) -> None:
    snapshot = rig.brought_up()
    rows = {row.text: row.id for row in rig.catalog.paragraphs(snapshot.table.ids)}
    owners, vectors = snapshot.sentences([rows[TWO], rows[ONE], 99])
    assert owners.tolist() == [rows[TWO]] * 2
    expected = [
        rig.encoder.vector(f"Osterholm\n{text}")
        for text in ("Die Fähre fährt wieder.", "Ein Hund lief über den Kai.")
    ]
    np.testing.assert_allclose(vectors, expected, atol=0.005)
    none, empty = snapshot.sentences([rows[ONE]])
    assert (none.tolist(), len(empty)) == ([], 0)


def test_a_collection_of_before_is_searched_and_gets_its_sentences(rig: Rig) -> None:
    # As a migration from an earlier schema leaves it.
    rig.brought_up()
    lift_seal(rig.database)
    store = Stretches(rig.database, "sentences")
    with rig.database.transaction():
        rig.database.run(
            "DELETE FROM embeddings WHERE text_hash IN (SELECT text_hash FROM sentences) "
            "AND text_hash NOT IN (SELECT text_hash FROM windows)"
        )
    store.forget()

    def best() -> float:
        snapshot = rig.sync.snapshot()
        asked = analyse_many([QUESTION], rig.encoder, snapshot.languages)[0]
        hits = search(snapshot, asked, 3, snapshot.select(EVERYTHING))
        assert len(hits) == 3
        return max(hit.scores["sentence_z"] - hit.scores["dense_z"] for hit in hits)

    assert best() == 0
    assert not store.is_complete(rig.encoder.fingerprint)
    rig.sync.embed()
    assert store.is_complete(rig.encoder.fingerprint)
    assert best() > 0


def test_sentences_go_with_their_article(rig: Rig) -> None:
    rig.brought_up()
    for uri in ("x:1", "x:2"):
        rig.catalog.remove(uri)
    assert rig.database.one("SELECT count(*) FROM sentences")[0] == 0
