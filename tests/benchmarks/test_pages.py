"""The measure of pages with what is right of each."""

import json
from pathlib import Path

from benchmarks.pages.cases import check_cases

PAGE = """<html lang="de"><head><title>Der Deich hält</title></head><body><h1>Der Deich hält</h1>
<p>Von Nele Harms, 3. Februar 2025</p><p>Am Deich vor Osterwold ist der letzte Abschnitt fertig
geworden, zwei Jahre nach dem ersten Spatenstich.</p><p>Die Arbeiten kosteten elf Millionen Euro und
dauerten ein Jahr länger als geplant.</p></body></html>"""


def test_files_are_right_where_all_that_is_expected_holds(tmp_path: Path) -> None:
    (tmp_path / "deich.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "leer.txt").write_text("", encoding="utf-8")
    own = {"file": "deich.html", "uri": "https://osterwold.example/deich"}
    cases = [
        own
        | {
            "kind": "right",
            "expect": [
                {"title": "Der Deich hält"},
                {"authors": ["Nele Harms"], "published": "2025-02-03"},
                {"text": "Die Arbeiten kosteten", "role": ["body"]},
                {"text": "elf Millionen", "role": ["body", "lead"]},
                {"text": "Newsletter", "role": ["promo"]},
                {"source_not": "https://osterwold.example"},
            ],
        },
        own | {"kind": "wrong", "expect": [{"text": "Am Deich", "role": ["caption"]}]},
        own
        | {"kind": "wrong", "expect": [{"title": "Der Deich"}, {"text": "Esel", "role": ["body"]}]},
        {"file": "leer.txt", "kind": "empty", "uri": "leer", "expect": []},
    ]
    lines = [json.dumps(case) for case in cases]
    (tmp_path / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    results = list(check_cases(tmp_path))
    assert [len(result.wrong) for result in results] == [0, 1, 2, 1]
    assert results[3].wrong[0].startswith("not read")
