"""The benchmark of adding: what its steps measure, on a small table."""

import json
from pathlib import Path

from benchmarks.ingest.__main__ import Setting, add, add_again, index


def test_a_table_is_added_added_again_and_indexed(tmp_path: Path) -> None:
    rows = [
        {
            "article": f"Ort {number // 3}",
            "text": f"Absatz {number} erzählt von der Stadt am Fluss.",
        }
        for number in range(12)
    ]
    table = tmp_path / "t.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    setting = Setting(table, "article", tmp_path / "collection")
    first = add(setting)
    assert (first["articles"], first["paragraphs"], first["skipped"]) == (4, 12, 0)
    assert first["wall_s"] > 0
    assert first["articles_per_s"] > 0
    assert add_again(setting)["unchanged"] == 4
    assert index(setting)["passages"] > 0
