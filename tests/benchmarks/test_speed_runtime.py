"""The benchmark of the runtime: what it takes as texts, and how it sums up."""

from pathlib import Path

from benchmarks.speed.runtime import run_quietly, spread, take_time, texts_of
from qa import open_collection
from qa.testing import FakeEncoder
from tests.fakes import write


def test_paragraphs_and_their_sentences_are_taken(tmp_path: Path) -> None:
    text = "Die Fähre fährt im Mai. Sie ist rot.\n\nDas Museum öffnet."
    folder = write(tmp_path / "press", ferry=text)
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(folder)
        found = texts_of(collection, 100)
        assert "Sie ist rot." in found
        assert len(texts_of(collection, 2)) == 2


def test_processor_time_of_children_counts() -> None:
    cpu, clock = take_time(run_quietly("-c", "sum(range(3_000_000))"))
    assert cpu > 0
    assert clock > 0
    assert spread([0.5]) == {"median": 0.5, "least": 0.5, "most": 0.5}
