"""Catalog to indexes: whatever happened before, they hold what the catalog holds."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.selection import EVERYTHING
from corpus.errors import ModelMismatch
from corpus.vector_codes import decode_vectors, encode_vectors
from index.fusion import Spread
from index.reference import background_texts
from index.search import analyse_many, search
from index.store.local import Snapshot
from tests.fakes import FakeEncoder
from tests.index.rig import Rig

TEXTS = (
    "Die Fähre fährt mit Strom.",
    "Der Rat berät über die Brücke.",
    "The ferry runs on power.",
    "Ein Museum zeigt Uhren.",
    "Der Hafen wird teurer als geplant.",
)
QUESTION = "Wann fährt die Fähre zur Brücke im Hafen?"


def ranked(rig: Rig, snapshot: Snapshot) -> list[tuple[str, float, dict[str, float]]]:
    """Return text, score and scores of each paragraph, the best first."""
    (question,) = analyse_many([QUESTION], rig.encoder, snapshot.languages)
    hits = search(snapshot, question, 100, snapshot.select(EVERYTHING))
    rows = {row.id: row for row in rig.catalog.paragraphs(hit.paragraph_id for hit in hits)}
    return [(rows[hit.paragraph_id].text, hit.score, dict(hit.scores)) for hit in hits]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path / "collection")
    made.put("x:1", TEXTS[0], TEXTS[1])
    made.put("x:2", TEXTS[2], TEXTS[3])
    return made


def check(rig: Rig, snapshot: Snapshot) -> None:
    """See that a snapshot holds the catalog's paragraphs, no more and no less."""
    rows = {row.id: row for row in rig.catalog.paragraphs(rig.catalog.paragraph_table().ids)}
    assert snapshot.generation == rig.database.generation
    assert snapshot.table.ids.tolist() == sorted(rows)
    assert sorted(snapshot.lexical.ids().tolist()) == sorted(rows)
    assert snapshot.window_paragraphs.tolist() == sorted(rows)
    assert sorted(snapshot.dense.ids.tolist()) == snapshot.windows.tolist()
    for window, paragraph in zip(snapshot.windows, snapshot.window_paragraphs, strict=True):
        expected = rig.encoder.vector(rows[paragraph].text)
        np.testing.assert_allclose(snapshot.dense.vectors([window])[0], expected, atol=0.005)


def test_everything_is_embedded_once(rig: Rig) -> None:
    steps: list[tuple[int, int]] = []
    assert rig.sync.embed(lambda *step: steps.append(step)) == 4
    assert steps == [(0, 4), (4, 4)]
    assert sorted(rig.encoder.documents) == sorted([*background_texts(), *TEXTS[:4]])
    check(rig, rig.sync.snapshot())
    rig.encoder.batches.clear()
    assert rig.sync.embed(lambda *step: steps.append(step)) == 0
    assert rig.encoder.documents == []
    assert len(steps) == 2


def test_what_is_new_alone_is_embedded(rig: Rig) -> None:
    rig.brought_up()
    rig.encoder.batches.clear()
    rig.put("x:1", TEXTS[0], "Der Rat verschiebt die Brücke.", TEXTS[3])
    check(rig, rig.brought_up())
    assert rig.encoder.documents == ["Der Rat verschiebt die Brücke."]


def test_a_snapshot_stays_while_nothing_changes(rig: Rig) -> None:
    first = rig.brought_up()
    assert rig.sync.snapshot() is first
    rig.put("x:3", TEXTS[4])
    assert rig.brought_up() is not first
    assert len(first.dense) == 4


def test_the_spread_is_that_of_all_vectors_and_the_background(rig: Rig) -> None:
    snapshot = rig.brought_up()
    own, other = (
        Spread.of(decode_vectors(encode_vectors(rig.encoder.encode(texts, "document"))))
        for texts in (TEXTS[:4], background_texts())
    )
    expected = own.mix(other, 64 / (64 + 4))
    assert snapshot.spread is not None
    np.testing.assert_allclose(snapshot.spread.mean, expected.mean, atol=1e-6)
    np.testing.assert_allclose(snapshot.spread.covariance, expected.covariance, atol=1e-6)


def test_an_empty_catalog_has_an_empty_snapshot(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection")
    snapshot = rig.brought_up()
    assert (len(snapshot.dense), len(snapshot.lexical), snapshot.spread) == (0, 0, None)
    rig.put("x:1", TEXTS[0])
    check(rig, rig.brought_up())
    rig.catalog.remove("x:1")
    assert len(rig.sync.snapshot().dense) == 0
    rig.put("x:2", TEXTS[1])
    check(rig, rig.brought_up())


def test_what_is_not_embedded_yet_is_found_by_its_words(rig: Rig) -> None:
    rig.brought_up()
    rig.put("x:3", "Die Fähre zur Brücke im Hafen.")
    snapshot = rig.sync.snapshot()
    scores = next(scores for text, _, scores in ranked(rig, snapshot) if "im Hafen" in text)
    assert scores["dense"] == scores["dense_z"] == 0
    assert scores["lexical"] > 0


def test_another_process_sees_the_new_generation(rig: Rig) -> None:
    rig.brought_up()
    reader = Rig(rig.folder)
    before = reader.sync.snapshot()
    rig.put("x:3", TEXTS[4])
    rig.catalog.remove("x:1")
    rig.brought_up()
    check(reader, reader.sync.snapshot())
    assert before.generation < reader.sync.snapshot().generation
    assert reader.encoder.documents == []


def scores_of(found: list[tuple[str, float, dict[str, float]]]) -> dict[str, float]:
    """Return every score by the paragraph's text and the score's name."""
    parts = {f"{text} {name}": score for text, _, scores in found for name, score in scores.items()}
    return parts | {text: score for text, score, _ in found}


ACTION = st.tuples(
    st.sampled_from(["put", "remove", "sync", "reopen"]),
    st.integers(1, 4),
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3),
)


@pytest.mark.parametrize("small", [20_000, 0], ids=["written afresh", "changed in place"])
@settings(max_examples=12)
@given(actions=st.lists(ACTION, min_size=1, max_size=10))
def test_any_sequence_of_changes_ends_like_a_clean_build(
    tmp_path_factory: pytest.TempPathFactory, small: int, actions: list[tuple[str, int, list[str]]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.sync._SMALL", small)
        rig = Rig(tmp_path_factory.mktemp("worn") / "collection")
        for action, number, texts in actions:
            uri = f"x:{number}"
            if action == "put":
                rig.put(uri, *texts)
            elif action == "remove" and uri in {a.uri for a in rig.catalog.articles().values()}:
                rig.catalog.remove(uri)
            elif action == "sync":
                rig.brought_up()
            elif action == "reopen":
                rig.database.close()
                rig = Rig(rig.folder, rig.encoder)
        worn = rig.brought_up()
    check(rig, worn)
    clean = Rig(tmp_path_factory.mktemp("clean") / "collection")
    for info in sorted(rig.catalog.articles().items()):
        clean.catalog.put(rig.catalog.article(info[1].uri))
    fresh = clean.brought_up()
    check(clean, fresh)
    if small:
        found, expected = ranked(rig, worn), ranked(clean, fresh)
        assert scores_of(found) == pytest.approx(scores_of(expected), abs=1e-3)
        assert [score for _, score, _ in found] == sorted((s for _, s, _ in found), reverse=True)
    rig.database.close()
    clean.database.close()


def newest_copy(rig: Rig) -> Path:
    return max((rig.folder / "copies").iterdir(), key=lambda path: int(path.name))


def cut(*paths: Path) -> None:
    for path in paths:
        data = path.read_bytes()
        path.unlink()  # an older copy may share the file
        path.write_bytes(data[: len(data) // 2])


DAMAGES: dict[str, Callable[[Rig], object]] = {
    "dense removed": lambda rig: (newest_copy(rig) / "paragraphs.npz").unlink(),
    "dense truncated": lambda rig: cut(newest_copy(rig) / "paragraphs.npz"),
    "dense emptied": lambda rig: (newest_copy(rig) / "paragraphs.npz").write_bytes(b""),
    "lexical removed": lambda rig: shutil.rmtree(newest_copy(rig) / "lexical"),
    "lexical truncated": lambda rig: cut(newest_copy(rig) / "lexical" / "meta.json"),
    "segment truncated": lambda rig: cut(sorted((newest_copy(rig) / "lexical").glob("*.idx"))[0]),
    "manifest removed": lambda rig: (newest_copy(rig) / "manifest.json").unlink(),
    "copy removed": lambda rig: shutil.rmtree(newest_copy(rig)),
    "all removed": lambda rig: shutil.rmtree(rig.folder / "copies"),
    "all damaged": lambda rig: cut(*(rig.folder / "copies").glob("*/paragraphs.npz")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_copy_is_built_again_without_embedding(
    rig: Rig, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    rig.brought_up()
    rig.put("x:3", TEXTS[4])
    expected = ranked(rig, rig.brought_up())
    rig.database.close()
    DAMAGES[damage](rig)
    again = Rig(rig.folder)
    with caplog.at_level(logging.WARNING):
        snapshot = again.sync.snapshot()
    check(again, snapshot)
    assert again.encoder.documents == []
    found = ranked(again, snapshot)
    assert [text for text, _, _ in found] == [text for text, _, _ in expected]
    assert scores_of(found) == pytest.approx(scores_of(expected), abs=1e-4)
    said = [record for record in caplog.records if "built again" in record.getMessage()]
    # One line for each damaged copy; where an older one stands in, nothing needs to be said.
    assert len(said) == {"copy removed": 0, "all damaged": 2}.get(damage, 1)
    again.database.close()
    caplog.clear()
    third = Rig(rig.folder)
    check(third, third.sync.snapshot())
    assert caplog.records == []


def test_the_file_of_a_large_collection_lies_behind_until_much_has_changed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.sync._SMALL", 10)

    def file() -> int:
        return (newest_copy(rig) / "paragraphs.npz").stat().st_ino

    rig.put("x:many", *(f"Der Absatz hat die Nummer {number}." for number in range(60)))
    rig.brought_up()
    before = file()
    rig.put("x:3", TEXTS[4])
    rig.catalog.remove("x:1")
    rig.brought_up()
    assert file() == before
    again = Rig(rig.folder)
    with caplog.at_level(logging.WARNING):
        check(again, again.sync.snapshot())
    assert (again.encoder.documents, caplog.records) == ([], [])
    rig.put("x:more", *(f"Die Zeile hat die Nummer {number}." for number in range(30)))
    check(rig, rig.brought_up())
    assert file() != before
    again = Rig(rig.folder)
    check(again, again.sync.snapshot())


def test_an_article_more_reads_no_other_article(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.brought_up()
    rig.put("x:3", TEXTS[4])
    rig.sync.embed()

    def read(*_: object) -> None:
        raise AssertionError("everything is read again")

    monkeypatch.setattr("index.snapshots.Contents.read", read)
    check(rig, rig.sync.snapshot())


def test_a_first_build_is_no_damage(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rig.brought_up()
    assert caplog.records == []


def test_another_model_is_refused_until_it_is_adopted(rig: Rig) -> None:
    rig.brought_up()
    other = Rig(rig.folder, FakeEncoder("other", dimension=64))
    for call in (other.sync.embed, other.sync.snapshot):
        with pytest.raises(ModelMismatch, match=r"fingerprint fake; this one has other.*embed "):
            call()
    other.sync.adopt_model()
    check(other, other.brought_up())
    assert other.sync.snapshot().dense.dimension == 64
    with pytest.raises(ModelMismatch, match="fingerprint other; this one has fake"):
        rig.sync.snapshot()
    # And back: what the first model has embedded is still there.
    rig.encoder.batches.clear()
    rig.sync.adopt_model()
    check(rig, rig.brought_up())
    assert rig.encoder.documents == []


def test_a_model_that_reads_less_has_smaller_windows(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection", FakeEncoder(max_tokens=16))
    rig.put("x:1", f"{TEXTS[0]} {TEXTS[1]} {TEXTS[4]}")
    snapshot = rig.brought_up()
    store = EmbeddingStore(rig.database)
    texts = store.windows.texts(snapshot.windows.tolist())
    assert list(texts.values()) == [TEXTS[0], TEXTS[1], TEXTS[4]]
    assert set(snapshot.window_paragraphs.tolist()) == set(snapshot.table.ids.tolist())
    larger = Rig(rig.folder, FakeEncoder("large"))
    larger.sync.adopt_model()
    assert len(larger.brought_up().windows) == 1


def test_finished_batches_survive_a_break_down(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "collection", FakeEncoder(fails_at=4))
    rig.put("x:1", *(f"Absatz mit der Nummer {number}." for number in range(600)))
    with pytest.raises(RuntimeError, match="broke down"):
        rig.sync.embed()
    done = len(rig.encoder.documents) - len(background_texts())
    assert done == 512
    snapshot = rig.sync.snapshot()
    assert len(snapshot.dense) == 512
    assert len(snapshot.lexical) == 600
    again = Rig(rig.folder)
    assert again.sync.embed() == 600 - done
    assert len(again.encoder.documents) == 600 - done
    check(again, again.sync.snapshot())


def test_identities_keep_copies_of_other_catalogs_apart(rig: Rig, tmp_path: Path) -> None:
    rig.brought_up()
    other = Rig(tmp_path / "other")
    other.put("x:9", TEXTS[4])
    other.brought_up()
    other.database.close()
    shutil.rmtree(tmp_path / "other" / "copies")
    shutil.copytree(rig.folder / "copies", tmp_path / "other" / "copies")
    opened = Rig(tmp_path / "other")
    check(opened, opened.sync.snapshot())
