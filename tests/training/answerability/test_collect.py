"""What was collected is read back, and what a pool holds."""

import json
from dataclasses import asdict
from pathlib import Path

from training.answerability.collect import Asked, Pool, Seen, read_collected


def test_what_was_collected_is_read_back(tmp_path: Path) -> None:
    seen = Seen((1.0, 0.5), 1.0, True, True, 1.0, "ja")
    items = [
        Asked("train-news-de", f"q{n}", f"a{n}", "Wer?", "answered", ("ja",), (seen,) * n)
        for n in range(3)
    ]
    lines = "\n".join(json.dumps(asdict(item)) for item in items)
    (tmp_path / "train-news-de.jsonl").write_text(lines + "\n", encoding="utf-8")
    assert read_collected(tmp_path) == items


def test_a_pool_holds_whole_articles_where_there_are_some(tmp_path: Path) -> None:
    rows = [{"id": "n1", "title": "Halle", "source": "Bote", "paragraphs": ["Eins.", "Zwei."]}]
    (tmp_path / "articles.jsonl").write_text(json.dumps(rows[0]) + "\n", encoding="utf-8")
    assert [row["text"] for row in Pool("p", (tmp_path,)).rows()] == ["Eins.", "Zwei."]
    assert not list(Pool("p", (tmp_path,), frozenset({"n2"})).rows())
