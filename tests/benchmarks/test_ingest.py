"""The benchmark of adding: what its steps measure, on a small table."""

import json
from pathlib import Path

from benchmarks.ingest.__main__ import Setting, add, add_again, index, rows


def test_a_table_is_added_added_again_and_indexed(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    lines = [
        {
            "article": f"Ort {number // 3}",
            "text": f"Absatz {number} erzählt von der Stadt am Fluss.",
        }
        for number in range(12)
    ]
    table.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    setting = Setting(table, "article", tmp_path / "collection")
    first = add(setting)
    assert (first["articles"], first["paragraphs"], first["skipped"]) == (4, 12, 0)
    assert first["wall_s"] > 0
    assert first["articles_per_s"] > 0
    assert add_again(setting)["unchanged"] == 4
    assert index(setting)["passages"] > 0
    each = rows(setting)
    assert (each["articles"], each["embedded"], each["skipped"]) == (12, 12, 0)
