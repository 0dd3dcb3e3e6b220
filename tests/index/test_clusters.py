"""Vectors in clusters: what is found, with filters and changes, and what is kept on disk."""

from pathlib import Path

import numpy as np
import pytest

from corpus.vector_codes import encode_vectors, rows_of
from index.dense import Clusters, DenseIndex, Vectors
from index.encoder import normalise_rows
from index.filters import Allowed
from index.store.local import Snapshot
from qa.collection import Collection, open_collection

COUNT, DIMENSION = 3000, 16


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Vectors in some hundred bunches, as texts on some hundred topics have them."""
    rng = np.random.default_rng(4)
    topics = rng.standard_normal((100, DIMENSION))
    near = topics[rng.integers(0, 100, COUNT)] + 0.4 * rng.standard_normal((COUNT, DIMENSION))
    return normalise_rows(near.astype(np.float32))


@pytest.fixture
def index(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> DenseIndex:
    monkeypatch.setattr("index.dense.FEWEST", 1000)
    monkeypatch.setattr("index.dense.PROBED", 20)
    return exact(vectors).with_clusters()


def exact(vectors: Vectors) -> DenseIndex:
    return DenseIndex(2 * np.arange(len(vectors)), rows_of(encode_vectors(vectors)))


def share_found(index: DenseIndex, truth: DenseIndex, allowed: Allowed | None = None) -> float:
    questions = truth.vectors(truth.ids[::150])
    shares = []
    for question in questions:
        wanted = truth.search(question, 10, allowed)[0]
        found = index.search(question, 10, allowed)[0]
        assert len(found) == len(wanted)
        shares.append(len(set(found.tolist()) & set(wanted.tolist())) / max(1, len(wanted)))
    return float(np.mean(shares))


def test_few_vectors_are_all_compared(vectors: Vectors) -> None:
    index = exact(vectors)
    assert index.with_clusters() is index
    assert index.clusters is None


def test_nearly_all_neighbours_are_found(index: DenseIndex, vectors: Vectors) -> None:
    assert index.clusters is not None
    assert len(index.clusters.middles) > 100
    assert share_found(index, exact(vectors)) >= 0.97


@pytest.mark.parametrize("every", [2, 50, 1500])
def test_a_filter_loses_nothing_more(index: DenseIndex, vectors: Vectors, every: int) -> None:
    allowed = Allowed.of(index.ids[::every])
    assert share_found(index, exact(vectors), allowed) >= 0.97


def test_changes_keep_the_clusters(index: DenseIndex, vectors: Vectors) -> None:
    new = rows_of(encode_vectors(normalise_rows(vectors[:2500] + vectors[500:])))
    added = 2 * np.arange(2500) + 1
    removed = index.ids[:700]
    for changed in (
        index.with_changes(added[:5], lambda _: new[:5], removed[:3]),  # beside the large part
        index.with_changes(added, lambda _: new, removed),  # all made anew
    ):
        ids, codes = changed.codes()
        clusters = changed.clusters
        assert clusters is not None
        assert index.clusters is not None
        assert clusters.middles is index.clusters.middles
        np.testing.assert_array_equal(clusters.of, clusters.assign(codes))
        assert share_found(changed, DenseIndex(ids, codes)) >= 0.96
        assert changed.with_clusters() is changed


def test_clusters_that_are_outgrown_are_made_anew(index: DenseIndex) -> None:
    few = index.with_changes(index.ids[:0], lambda _: index.codes()[1][:0], index.ids[1400:])
    assert few.clusters is not None
    again = few.with_clusters().clusters
    assert again is not None
    assert again.made_for == 1400
    fewer = few.with_changes(index.ids[:0], lambda _: index.codes()[1][:0], index.ids[900:1400])
    assert fewer.with_clusters().clusters is None


def test_the_same_vectors_give_the_same_clusters(vectors: Vectors) -> None:
    codes = rows_of(encode_vectors(vectors))
    one, two = Clusters.make(codes), Clusters.make(codes)
    np.testing.assert_array_equal(one.of, two.of)


def test_a_collection_keeps_its_clusters_on_the_disk(
    collection: Collection, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.dense.FEWEST", 4)
    collection.add(press)
    question = "Was kostet ein Fahrschein?"
    found = [item.text for item in collection.retrieve(question)]
    made = collection._sync.snapshot()
    assert isinstance(made, Snapshot)
    assert made.dense.clusters is not None
    monkeypatch.setattr(Clusters, "make", lambda _: pytest.fail("they are there"))
    with open_collection(collection.path, encoder=collection.encoder) as again:
        assert [item.text for item in again.retrieve(question)] == found
        kept = again._sync.snapshot()
    assert isinstance(kept, Snapshot)
    assert kept.dense.clusters is not None
    np.testing.assert_array_equal(kept.dense.clusters.of, made.dense.clusters.of)
    assert kept.dense.clusters.made_for == made.dense.clusters.made_for
