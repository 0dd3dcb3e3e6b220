"""Synchronising, ignoring and correcting: what the user says wins, and what is gone goes."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.corrections import Corrections, check_metadata, with_metadata
from corpus.catalog.database import Database
from corpus.catalog.inputs import InputLog
from corpus.errors import ArticleNotFound, SettingsError
from corpus.ingest.pipeline import ingest
from tests.corpus.ingest.test_pipeline import GOOD, counts, uris
from tests.fakes import article, write


def test_without_sync_what_disappeared_stays(database: Database, press: Path) -> None:
    ingest(database, [press])
    (press / "ferry.txt").unlink()
    tally = ingest(database, [press])
    assert (counts(tally), tally.removed) == ((0, 0, 2, 0), 0)
    assert len(uris(database)) == 3


def test_with_sync_what_disappeared_goes(database: Database, press: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other", a=GOOD)
    ingest(database, [press, other])
    (press / "ferry.txt").unlink()
    (other / "a.txt").unlink()
    tally = ingest(database, [press], sync=True)
    assert (counts(tally), tally.removed) == ((0, 0, 2, 0), 1)
    # Only what was named is looked at.
    assert (other / "a.txt").as_uri() in uris(database)
    assert ingest(database, [press], sync=True).removed == 0


def test_a_folder_that_is_empty_or_missing_takes_nothing_with_it(
    database: Database, press: Path
) -> None:
    # A disk that is not mounted looks like this.
    ingest(database, [press])
    for file in press.iterdir():
        file.unlink()
    tally = ingest(database, [press], sync=True)
    assert (tally.removed, tally.skipped[0][1]) == (0, "the folder holds no files")
    press.rmdir()
    assert ingest(database, [press], sync=True).removed == 0
    assert len(uris(database)) == 3


def test_a_file_that_cannot_be_read_now_is_not_gone(database: Database, press: Path) -> None:
    ingest(database, [press])
    (press / "ferry.txt").write_bytes(b"")
    assert ingest(database, [press], sync=True).removed == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every folder")
def test_files_in_a_folder_that_cannot_be_read_now_are_not_gone(
    database: Database, press: Path
) -> None:
    inner = write(press / "inner", a=GOOD)
    ingest(database, [press])
    inner.chmod(0)
    try:
        assert ingest(database, [press], sync=True).removed == 0
    finally:
        inner.chmod(0o700)


def test_an_unreadable_folder_below_is_left_as_it_was(
    database: Database, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = write(press / "inner", a=GOOD)
    ingest(database, [press])
    real = os.scandir

    def scandir(path: Any) -> Any:
        if Path(path) == inner:
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    tally = ingest(database, [press], sync=True)
    assert tally.removed == 0
    assert tally.skipped == [(str(inner), "the folder cannot be read: Permission denied")]


def test_rows_that_disappeared_go_with_sync_also_later(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    row = '{{"uri": "x:{0}", "text": "Zeile {0} sagt etwas."}}\n'
    table.write_text("".join(row.format(at) for at in range(4)))
    ingest(database, [table])
    table.write_text("".join(row.format(at) for at in (0, 1)))
    assert counts(ingest(database, [table])) == (0, 0, 2, 0)
    assert uris(database) == ["x:0", "x:1", "x:2", "x:3"]
    assert InputLog(database).uris(table.as_uri()) == ["x:0", "x:1", "x:2", "x:3"]
    # The table itself is the same as last time and is not read again.
    tally = ingest(database, [table], sync=True)
    assert (counts(tally), tally.removed) == ((0, 0, 2, 0), 2)
    assert uris(database) == ["x:0", "x:1"]


def test_a_row_that_comes_back_was_not_gone(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    row = '{{"uri": "x:{0}", "text": "Zeile {0} sagt etwas."}}\n'
    for rows in ((0, 1), (0,), (0, 1)):
        table.write_text("".join(row.format(at) for at in rows))
        ingest(database, [table])
    assert ingest(database, [table], sync=True).removed == 0


def test_a_row_that_cannot_be_read_is_not_gone(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    table.write_text('{"uri": "x:1", "text": "Eins."}\n{"uri": "x:2", "text": "Zwei."}\n')
    ingest(database, [table])
    table.write_text('{"uri": "x:1", "text": "Eins."}\n{"uri": "x:2", "text": "Zw\n')
    tally = ingest(database, [table], sync=True)
    assert (tally.removed, len(tally.skipped)) == (0, 1)


def test_an_article_that_another_file_gives_stays(database: Database, tmp_path: Path) -> None:
    page = "---\nuri: https://bote.example/1\ntitle: T\n---\n\nEin Absatz, der etwas sagt.\n"
    folder = tmp_path / "press"
    folder.mkdir()
    for name in ("a.md", "b.md"):
        (folder / name).write_text(page)
    ingest(database, [folder])
    (folder / "a.md").unlink()
    assert ingest(database, [folder], sync=True).removed == 0
    assert uris(database) == ["https://bote.example/1"]


def test_patterns_leave_files_and_folders_out(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "press", a=GOOD, b=GOOD + " B", draft_c=GOOD + " C")
    write(folder / "old", d=GOOD + " D")
    write(folder / "inner", e=GOOD + " E", f=GOOD + " F")
    (folder / "a.txt.bak").write_text(GOOD)
    (folder / ".articleqaignore").write_text("# Entwürfe\ndraft_*\nold/\n")
    (folder / "inner" / ".articleqaignore").write_text("/f.txt\n")
    tally = ingest(database, [folder], ignore=["*.bak", "b.*"])
    assert tally.skipped == []
    assert uris(database) == [
        (folder / "a.txt").as_uri(), (folder / "inner" / "e.txt").as_uri()
    ]  # fmt: skip
    # A file that is named is meant.
    assert counts(ingest(database, [folder / "b.txt"], ignore=["b.*"])) == (1, 0, 0, 0)


def test_with_sync_what_is_ignored_now_goes(database: Database, press: Path) -> None:
    ingest(database, [press])
    assert ingest(database, [press], ignore=["ferry*"], sync=True).removed == 1


def test_ignoring_everything_is_said(database: Database, press: Path) -> None:
    tally = ingest(database, [press], ignore=["*"])
    assert tally.skipped == [(str(press), "the folder holds no files but 3 that are ignored")]


def test_patterns_that_are_none(database: Database, press: Path) -> None:
    with pytest.raises(SettingsError, match=r"as in a \.gitignore"):
        ingest(database, [press], ignore=["!"])
    (press / ".articleqaignore").write_bytes(b"\xff\xfe*")
    tally = ingest(database, [press])
    assert sum(counts(tally)) == 3
    assert "patterns in it cannot be used" in tally.skipped[0][1]


def test_metadata_given_with_the_files_wins(database: Database, press: Path) -> None:
    given = {"source": " Harlesunder  Bote ", "published": date(2024, 5, 3), "authors": ["A B"]}
    ingest(database, [press], metadata=given)
    found = Catalog(database).article((press / "ferry.txt").as_uri())
    assert (found.source, found.published, found.authors) == (
        "Harlesunder Bote", date(2024, 5, 3), ("A B",)
    )  # fmt: skip
    # Also later, when nothing is given and the file has changed.
    write(press, ferry=(press / "ferry.txt").read_text() + "\n\nNachtrag: Sie fährt.")
    ingest(database, [press])
    found = Catalog(database).article((press / "ferry.txt").as_uri())
    assert (found.source, len(found.versions)) == ("Harlesunder Bote", 1)


def test_metadata_given_later_goes_into_files_that_have_not_changed(
    database: Database, press: Path
) -> None:
    ingest(database, [press])
    assert counts(ingest(database, [press], metadata={"section": "Hafen"})) == (0, 3, 0, 0)
    assert counts(ingest(database, [press], metadata={"section": "Hafen"})) == (0, 0, 3, 0)
    assert {item.section for item in Catalog(database).articles().values()} == {"Hafen"}
    assert counts(ingest(database, [press])) == (0, 0, 3, 0)


URI = "https://bote.example/1"


@pytest.fixture
def corrections(database: Database) -> Corrections:
    Catalog(database).put(article(URI, "Ein Satz.", title="Alt", source="Bote", authors=("A",)))
    return Corrections(database)


def test_a_correction_survives_and_makes_no_version(
    database: Database, corrections: Corrections
) -> None:
    catalog = Catalog(database)
    assert corrections.correct(URI, {"title": "Neu", "published": "2024-05-03"})
    assert not corrections.correct(URI, {"title": "Neu"})
    found = catalog.article(URI)
    assert (found.title, found.published, found.versions) == ("Neu", date(2024, 5, 3), ())
    assert corrections.of(URI) == {"published": "2024-05-03", "title": "Neu"}


def test_an_undone_correction_gives_back_what_the_article_says(
    database: Database, corrections: Corrections
) -> None:
    corrections.correct(URI, {"title": "Neu", "authors": ["B", "C"]})
    corrections.correct(URI, {"title": "Neuer"})
    assert corrections.undo(URI, ["title", "section"]) == ["title"]
    found = Catalog(database).article(URI)
    assert (found.title, found.authors) == ("Alt", ("B", "C"))
    assert corrections.of(URI) == {"authors": ["B", "C"]}
    assert corrections.undo(URI, ["authors"]) == ["authors"]
    assert Catalog(database).article(URI).authors == ("A",)


def test_what_is_undone_is_what_the_file_says_now(database: Database, press: Path) -> None:
    uri = (press / "ferry.txt").as_uri()
    ingest(database, [press])
    Corrections(database).correct(uri, {"title": "Meiner"})
    text = (press / "ferry.txt").read_text().replace("Neue Fähre", "Neueste Fähre")
    (press / "ferry.txt").write_text(text)
    ingest(database, [press])
    assert Catalog(database).article(uri).title == "Meiner"
    Corrections(database).undo(uri, ["title"])
    assert Catalog(database).article(uri).title == "Neueste Fähre für Osterholm"


def test_corrections_go_with_their_article(database: Database, corrections: Corrections) -> None:
    corrections.correct(URI, {"title": "Neu"})
    Catalog(database).remove(URI)
    assert Catalog(database).put(article(URI, "Ein Satz.", title="Alt")) is Outcome.ADDED
    assert corrections.of(URI) == {}


def test_no_article_to_correct(corrections: Corrections) -> None:
    with pytest.raises(ArticleNotFound, match="x:nowhere"):
        corrections.correct("x:nowhere", {"title": "Neu"})


def test_the_language_goes_into_paragraphs_that_have_the_articles() -> None:
    found = with_metadata(article("x:1", "Een zin.", "Nog een.", language="de"), {"language": "nl"})
    assert {item.language for item in found.paragraphs} == {"nl"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"colour": "red"}, r"no metadata colour; there are authors"),
        ({"published": "gestern"}, "is no date; write 2024-10-25"),
        ({"published": 2024}, "is no date"),
        ({"title": None}, "is no text"),
        ({"authors": [1]}, "is no list of names"),
        ({"authors": 5}, "is no list of names"),
        ({"language": "Deutsch"}, "is no language code"),
        ({"url": "javascript:alert(1)"}, "does not begin with http"),
    ],
)
def test_metadata_that_there_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        check_metadata(given)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"published": datetime(2024, 5, 3, 23, 0)}, {"published": "2024-05-03"}),
        ({"published": ""}, {"published": None}),
        ({"authors": ["A", "", " B  C"]}, {"authors": ["A", "B C"]}),
        ({"language": "DE"}, {"language": "de"}),
        ({"url": ""}, {"url": ""}),
    ],
)
def test_metadata_in_one_form(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert check_metadata(given) == expected
