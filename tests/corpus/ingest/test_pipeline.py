"""Files and folders into the catalog: nothing is read twice, and a bad one stops no other."""

import json
import os
import re
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import CATALOG_FILE, Database
from corpus.catalog.inputs import InputLog
from corpus.errors import CollectionDamaged
from corpus.ingest.pipeline import ingest
from corpus.ingest.writer import Tally
from corpus.readers import read as real
from tests.fakes import write

GOOD = "Ein Titel\n\nDer erste Absatz erzählt etwas.\n\nDer zweite erzählt mehr."


def counts(tally: Tally) -> tuple[int, int, int, int]:
    """Return added, updated, unchanged, duplicates."""
    return tuple(tally.counts[name] for name in list(Outcome)[:4])  # type: ignore[return-value]


def uris(database: Database) -> list[str]:
    return sorted(item.uri for item in Catalog(database).articles().values())


def test_a_folder_is_read_through_and_through_by_name(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "press", b=GOOD, a=GOOD + " A")
    write(tmp_path / "press" / "2024", c=GOOD + " C")
    write(tmp_path / "press" / ".hidden", d=GOOD + " D")
    (tmp_path / "press" / ".e.txt").write_text(GOOD + " E")
    steps: list[tuple[int, int]] = []
    tally = ingest(database, [tmp_path / "press"], progress=lambda *step: steps.append(step))
    assert counts(tally) == (3, 0, 0, 0)
    assert tally.skipped == []
    assert steps == [(1, 3), (2, 3), (3, 3)]
    base = (tmp_path / "press").as_uri()
    assert uris(database) == [f"{base}/2024/c.txt", f"{base}/a.txt", f"{base}/b.txt"]


def test_again_nothing_is_read(database: Database, press: Path) -> None:
    ingest(database, [press])
    before = database.generation
    assert counts(ingest(database, [press, press / "ferry.txt"])) == (0, 0, 4, 0)
    assert database.generation == before


def test_a_changed_file_is_updated_and_a_new_one_added(database: Database, press: Path) -> None:
    ingest(database, [press])
    write(press, ferry=(press / "ferry.txt").read_text() + "\n\nNachtrag: Sie fährt.", new=GOOD)
    assert counts(ingest(database, [press])) == (1, 1, 2, 0)


def test_other_options_read_a_file_again(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "Erster.", "body": "Zweiter."}\n')
    ingest(database, [table])
    tally = ingest(database, [table], columns={"text": "body"})
    assert counts(tally) == (0, 1, 0, 0)
    assert Catalog(database).article(f"{table.as_uri()}#1").text == "Zweiter."


def test_a_removed_article_comes_back_with_its_file(database: Database, press: Path) -> None:
    ingest(database, [press])
    Catalog(database).remove((press / "ferry.txt").as_uri())
    assert counts(ingest(database, [press])) == (1, 0, 2, 0)


def test_a_copy_of_a_file_is_a_duplicate_until_its_original_changes_or_goes(
    database: Database, tmp_path: Path
) -> None:
    folder = write(tmp_path / "press", a=GOOD, b=GOOD)
    assert counts(ingest(database, [folder])) == (1, 0, 0, 1)
    assert counts(ingest(database, [folder])) == (0, 0, 1, 1)
    Catalog(database).remove((folder / "a.txt").as_uri())
    assert counts(ingest(database, [folder])) == (1, 0, 0, 1)
    (folder / "a.txt").write_text("Die Fähre fährt wieder. Das sagte der Kapitän am Montag.\n")
    assert counts(ingest(database, [folder])) == (1, 1, 0, 0)


def test_two_files_that_claim_one_uri_are_two_versions_of_one_article(
    database: Database, tmp_path: Path
) -> None:
    page = "---\nuri: https://bote.example/1\ntitle: T\n---\n\n{} Absatz, der etwas sagt.\n"
    (tmp_path / "a.md").write_text(page.format("Erster"))
    (tmp_path / "b.md").write_text(page.format("Zweiter"))
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    assert counts(ingest(database, files)) == (1, 1, 0, 0)
    found = Catalog(database).article("https://bote.example/1")
    assert found.text == "Zweiter Absatz, der etwas sagt."
    assert [item.text for item in found.versions] == ["Erster Absatz, der etwas sagt."]
    assert counts(ingest(database, files)) == (0, 0, 2, 0)


HTML = """<!doctype html><html lang="de"><head><title>Die Brücke</title>
<link rel="canonical" href="https://bote.example/bruecke"></head><body><article><h1>Die Brücke</h1>
<p>Der Stadtrat hat am Montag den Bau der neuen Brücke über den Fluss beschlossen.</p>
<p>{} Die Bauzeit soll ungefähr zwei Jahre betragen, heißt es in der Vorlage.</p>
</article></body></html>"""


def test_pages_with_one_canonical_address_lose_no_text(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(HTML.format("Sie wird teuer."))
    (tmp_path / "b.html").write_text(HTML.format("Sie wird billig."))
    (tmp_path / "c.html").write_text(HTML.format("Sie wird billig."))
    tally = ingest(database, [tmp_path / "a.html", tmp_path / "b.html", tmp_path / "c.html"])
    assert tally.skipped == []
    assert sum(counts(tally)) == 3
    kept = [Catalog(database).article(uri) for uri in uris(database)]
    texts = "\n".join(
        text for item in kept for text in (item.text, *(old.text for old in item.versions))
    )
    assert "Sie wird teuer." in texts
    assert "Sie wird billig." in texts
    assert {item.url for item in kept} == {"https://bote.example/bruecke"}
    again = ingest(database, [tmp_path / "a.html", tmp_path / "b.html", tmp_path / "c.html"])
    assert counts(again) == (0, 0, 3, 0)


BAD: dict[str, tuple[Callable[[Path], Any], str]] = {
    "empty.txt": (lambda path: path.write_bytes(b""), "the file is empty"),
    "blank.txt": (lambda path: path.write_bytes(b" \n\t "), "only blanks"),
    "binary.txt": (lambda path: path.write_bytes(bytes(range(256)) * 20), "no text|not text"),
    "picture.txt": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 99), "PNG"),
    "report.pdf": (lambda path: path.write_bytes(b"%PDF-1.7\n..."), "PDF"),
    "notes.xyz": (lambda path: path.write_text(GOOD), r"no reader for \.xyz.*rename it"),
    "broken.jsonl": (lambda path: path.write_text("{nope\n"), "no row"),
    "no-text.jsonl": (lambda path: path.write_text('{"a": 1}\n'), "--map text=COLUMN"),
    "dangling.txt": (lambda path: path.symlink_to("nowhere"), "No such file"),
    "loop.txt": (lambda path: path.symlink_to(path.name), "symbolic links"),
    "pipe.txt": (os.mkfifo, "pipe or a device"),
    "device.txt": (lambda path: path.symlink_to("/dev/zero"), "pipe or a device"),
    "large.txt": (lambda path: path.write_bytes(b"a " * 600_000), r"1\.2 MB.*--max-mb"),
}


def test_a_collections_own_files_are_not_opened(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "collection"
    files = [path for path in folder.iterdir() if path.name.startswith(CATALOG_FILE)]
    assert len(files) == 3  # the catalog, its log and the log's index
    opened = Path.open

    def watched(path: Path, *arguments: Any, **options: Any) -> Any:
        assert path not in files
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", watched)
    report = ingest(database, [*files, write(tmp_path / "press", a=GOOD)])
    assert [reason for _, reason in report.skipped] == [
        "it is a part of a collection, not an article"
    ] * 3
    assert counts(report)[0] == 1


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_skipped_with_its_reason_and_the_others_go_on(
    database: Database, tmp_path: Path, name: str
) -> None:
    folder = write(tmp_path / "press", a=GOOD, z=GOOD + " Z")
    make, reason = BAD[name]
    make(folder / name)
    tally = ingest(database, [folder], max_bytes=1_000_000)
    assert counts(tally) == (2, 0, 0, 0)
    assert tally.skipped[-1][0] == str(folder / name)
    assert re.search(reason, tally.skipped[-1][1])
    assert tally.useless == []


def test_a_folder_named_like_a_file_is_a_folder(database: Database, tmp_path: Path) -> None:
    write(tmp_path / "press" / "x.txt", inner=GOOD)
    assert counts(ingest(database, [tmp_path / "press"])) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere", "no such file or folder"),
        ("http://", "there is no host"),
        ("www.bote.example/1", "write https:// before it"),
        ("ftp://bote.example/1", "begin with http"),
        ("~nobody-of-this-name/x", "names no file or folder"),
        ("x" * 5000, "names no file or folder"),
        ("nul\x00byte", "no file or folder|no such file"),
    ],
)
def test_names_of_nothing_are_told_apart(database: Database, name: str, reason: str) -> None:
    tally = ingest(database, [name])
    assert len(tally.skipped) == 1
    assert re.search(reason, tally.skipped[0][1])
    assert tally.useless == [name]


def test_an_empty_folder_is_useless(database: Database, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    tally = ingest(database, [tmp_path / "empty"])
    assert tally.skipped == [(str(tmp_path / "empty"), "the folder holds no files")]
    assert tally.useless == [str(tmp_path / "empty")]


def test_a_collection_in_the_folder_is_not_taken_for_articles(
    database: Database, tmp_path: Path
) -> None:
    write(tmp_path, a=GOOD)
    (tmp_path / "collection" / "copies" / "1").mkdir(parents=True)
    (tmp_path / "collection" / "copies" / "1" / "manifest.json").write_text("{}")
    assert (tmp_path / "collection" / CATALOG_FILE).exists()
    tally = ingest(database, [tmp_path])
    assert counts(tally) == (1, 0, 0, 0)
    assert tally.skipped == []


def test_names_that_are_no_text_can_be_printed(database: Database, tmp_path: Path) -> None:
    (tmp_path / "press").mkdir()
    path = os.fsencode(tmp_path / "press") + b"/\xff.txt"
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    os.close(descriptor)
    tally = ingest(database, [tmp_path / "press"])
    assert tally.skipped == [(f"{tmp_path}/press/\\udcff.txt", "the file is empty")]
    descriptor = os.open(path, os.O_WRONLY)
    os.write(descriptor, GOOD.encode())
    os.close(descriptor)
    assert counts(ingest(database, [tmp_path / "press"])) == (1, 0, 0, 0)
    assert uris(database) == [(tmp_path / "press").as_uri() + "/%FF.txt"]


def test_a_bad_row_is_named_and_the_others_are_added(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "Eins."}\n{"text": ""}\nnot json\n{"text": "Vier."}\n')
    tally = ingest(database, [table])
    assert counts(tally) == (2, 0, 0, 0)
    assert sorted(name for name, _ in tally.skipped) == [f"{table} row 2", f"{table} row 3"]
    assert uris(database) == [f"{table.as_uri()}#1", f"{table.as_uri()}#4"]


def test_a_file_gone_bad_keeps_its_article_and_its_link(database: Database, press: Path) -> None:
    ingest(database, [press])
    (press / "ferry.txt").write_bytes(b"")
    tally = ingest(database, [press])
    assert counts(tally) == (0, 0, 2, 0)
    assert tally.skipped == [(str(press / "ferry.txt"), "the file is empty")]
    origin = (press / "ferry.txt").as_uri()
    assert InputLog(database).uris(origin) == [origin]


def test_a_reader_that_breaks_down_costs_one_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "press", a=GOOD, b=GOOD + " B")

    def read(data: bytes, name: str, **options: Any) -> Any:
        if name == "a.txt":
            raise RecursionError("too deep")
        return real(data, name, **options)

    monkeypatch.setattr("corpus.ingest.pipeline.read_apart", read)
    tally = ingest(database, [folder])
    assert counts(tally) == (1, 0, 0, 0)
    assert tally.skipped == [
        (str(folder / "a.txt"), "the reader failed (RecursionError: too deep)")
    ]


def test_trouble_with_the_catalog_is_no_fault_of_the_file(
    database: Database, press: Path, tmp_path: Path
) -> None:
    with database.transaction():
        database.run("DROP TABLE input_articles")
    with pytest.raises(CollectionDamaged, match="no such table"):
        ingest(database, [press])


def test_threads_may_read_while_files_are_added(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "press", **{f"n{at}": f"{GOOD} {at}" for at in range(40)})
    catalog, problems, done = Catalog(database), list[BaseException](), threading.Event()

    def look() -> None:
        try:
            while not done.is_set():
                for item in catalog.articles().values():
                    assert catalog.article(item.uri).paragraphs
        except (AssertionError, sqlite3.Error, LookupError) as exc:
            problems.append(exc)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert counts(ingest(database, [folder])) == (40, 0, 0, 0)
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []


def test_progress_is_told_within_a_large_table(database: Database, tmp_path: Path) -> None:
    rows = [{"title": f"Nr. {i}", "text": f"Text {i} " + "über Wasser " * 1500} for i in range(80)]
    table = tmp_path / "t.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    ingest(database, [table], within=lambda done, total: told.append((done, total)))
    assert told[-1] == (80, 80)
    assert len(told) > 2
    # The estimate is near from the first batch on.
    assert all(done < total and 70 <= total <= 90 for done, total in told[:-1])


def test_who_is_told_of_progress_may_stop_within_a_table(
    database: Database, tmp_path: Path
) -> None:
    rows = [{"title": f"Nr. {i}", "text": f"Text {i} " + "über Wasser " * 1500} for i in range(80)]
    table = tmp_path / "t.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    def stop(done: int, total: int) -> None:
        raise TimeoutError(f"{done} of {total}")

    with pytest.raises(TimeoutError, match="of"):
        ingest(database, [table], within=stop)
    kept = len(uris(database))
    assert 0 < kept < 80
    assert ingest(database, [table]).counts[Outcome.ADDED] == 80 - kept
