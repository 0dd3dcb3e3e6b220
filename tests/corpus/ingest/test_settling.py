"""What is gone and what is a duplicate are decided together: a text that is there stays."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.corrections import Corrections
from corpus.catalog.database import Database
from corpus.catalog.removed import RemovedArticles
from corpus.ingest.pipeline import ingest
from corpus.ingest.writer import Tally
from tests.corpus.ingest.test_pipeline import GOOD, counts, uris
from tests.fakes import write


def sync(database: Database, *inputs: Path, answer: bool = False) -> Tally:
    return ingest(database, inputs, sync=True, confirm=lambda _uris, _total: answer)


def ids(database: Database) -> dict[str, int]:
    return {row["uri"]: row["id"] for row in database.all("SELECT id, uri FROM articles")}


def test_files_that_were_moved_keep_their_articles(database: Database, press: Path) -> None:
    sync(database, press)
    before = ids(database)
    inner = press / "2025"
    inner.mkdir()
    for path in press.glob("*.txt"):
        path.rename(inner / path.name)
    tally = sync(database, press)
    assert (counts(tally), tally.moved, tally.removed) == ((0, 0, 0, 0), 3, 0)
    assert ids(database) == {
        uri.replace("/press/", "/press/2025/"): key for uri, key in before.items()
    }
    tally = sync(database, press)
    assert (counts(tally), tally.moved, tally.removed) == ((0, 0, 3, 0), 0, 0)


@pytest.mark.parametrize("order", ["a.txt b.txt", "b.txt a.txt"])
def test_a_copy_that_was_there_before_takes_the_article(
    database: Database, tmp_path: Path, order: str
) -> None:
    original, copy = order.split()
    folder = write(tmp_path / "press", other="Etwas anderes steht hier.")
    (folder / original).write_text(GOOD)
    sync(database, folder)
    (folder / copy).write_text(GOOD)
    sync(database, folder)
    (folder / original).unlink()
    tally = sync(database, folder)
    assert (counts(tally), tally.moved, tally.removed) == ((0, 0, 1, 0), 1, 0)
    assert (folder / copy).as_uri() in uris(database)


def test_a_copy_in_a_folder_that_is_not_looked_at_takes_the_article(
    database: Database, press: Path, tmp_path: Path
) -> None:
    other = write(tmp_path / "other", copy=(press / "ferry.txt").read_text())
    ingest(database, [press, other])
    (press / "ferry.txt").unlink()
    assert (sync(database, press).moved, len(uris(database))) == (1, 3)
    (other / "copy.txt").unlink()
    write(other, more=GOOD)
    assert (sync(database, other).removed, len(uris(database))) == (1, 3)


def test_the_history_comes_along(database: Database, press: Path) -> None:
    ingest(database, [press])
    old, new = press / "ferry.txt", press / "faehre.txt"
    old.write_text(old.read_text() + "\n\nNachtrag: Sie fährt.\n")
    ingest(database, [press])
    Corrections(database).correct(old.as_uri(), {"title": "Meiner", "source": "Bote"})
    with database.transaction():
        database.run("UPDATE articles SET added_at = '2024-05-03T10:00:00+00:00'")
    before = Catalog(database).article(old.as_uri())
    old.rename(new)
    sync(database, press)
    after = Catalog(database).article(new.as_uri())
    assert (after.title, after.source, after.versions) == ("Meiner", "Bote", before.versions)
    assert Corrections(database).of(new.as_uri()) == {"source": "Bote", "title": "Meiner"}
    row = database.one("SELECT added_at FROM articles WHERE uri = ?", (new.as_uri(),))
    assert row["added_at"] == "2024-05-03T10:00:00+00:00"
    Corrections(database).undo(new.as_uri(), ["title"])
    assert Catalog(database).article(new.as_uri()).title == "Neue Fähre für Osterholm"
    assert sync(database, press).moved == 0


def test_what_has_no_title_of_its_own_moves_too(database: Database, tmp_path: Path) -> None:
    folder = write(tmp_path / "press", eins="ein satz ohne überschrift, klein geschrieben.")
    write(folder, other=GOOD)
    sync(database, folder)
    key = ids(database)[(folder / "eins.txt").as_uri()]
    (folder / "eins.txt").rename(folder / "zwei.txt")
    tally = sync(database, folder)
    assert (tally.moved, tally.removed) == (1, 0)
    assert ids(database)[(folder / "zwei.txt").as_uri()] == key


def test_paragraphs_that_are_the_same_stay(database: Database, press: Path) -> None:
    ingest(database, [press])
    rows = "SELECT id, article_id, text_hash FROM paragraphs ORDER BY id"
    before = [tuple(row) for row in database.all(rows)]
    press.joinpath("ferry.txt").rename(press / "faehre.txt")
    sync(database, press)
    assert [tuple(row) for row in database.all(rows)] == before


def test_a_duplicate_is_an_article_of_its_own_when_the_other_gets_a_new_text(
    database: Database, tmp_path: Path
) -> None:
    folder = write(tmp_path / "press", m=GOOD)
    ingest(database, [folder])
    other = write(tmp_path / "other", a=GOOD, b=GOOD)
    ingest(database, [other])
    write(folder, m="Hier steht nun etwas ganz anderes.")
    # The other folder is not looked at, and its text is there all the same.
    ingest(database, [folder])
    assert uris(database) == [(other / "a.txt").as_uri(), (folder / "m.txt").as_uri()]
    assert Catalog(database).article((other / "a.txt").as_uri()).text == GOOD.strip()
    assert counts(ingest(database, [folder, other])) == (0, 0, 2, 1)


def test_a_row_that_repeats_another_takes_its_article(database: Database, tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    row = '{{"uri": "x:{0}", "title": "T", "text": "Die Zeile sagt etwas."}}\n'
    table.write_text(row.format(1) + row.format(2))
    assert counts(sync(database, table)) == (1, 0, 0, 1)
    table.write_text(row.format(2))
    tally = sync(database, table)
    assert (tally.moved, tally.removed, uris(database)) == (1, 0, ["x:2"])


def test_the_other_file_of_an_article_has_the_last_word(database: Database, tmp_path: Path) -> None:
    page = "---\nuri: https://bote.example/1\ntitle: T\ndate: 2024-05-{0:02}\n---\n\nStand {0}.\n"
    folder = tmp_path / "press"
    folder.mkdir()
    (folder / "a.md").write_text(page.format(5))
    (folder / "b.md").write_text(page.format(3))
    sync(database, folder)
    assert Catalog(database).article("https://bote.example/1").text == "Stand 5."
    (folder / "a.md").unlink()
    assert sync(database, folder).removed == 0
    assert Catalog(database).article("https://bote.example/1").text == "Stand 3."


def test_an_interrupted_reading_forgets_nothing(database: Database, tmp_path: Path) -> None:
    from corpus.catalog.inputs import InputLog

    folder = write(tmp_path / "press", a=GOOD, b="Etwas anderes steht hier.")
    sync(database, folder)
    # What a kill leaves behind: the reading has begun.
    InputLog(database).begin((folder / "a.txt").as_uri())
    (folder / "a.txt").unlink()
    assert (sync(database, folder).removed, uris(database)) == (1, [(folder / "b.txt").as_uri()])


# Many


@pytest.fixture
def many(database: Database, tmp_path: Path) -> Path:
    """Return a folder of 30 articles, all in the catalog."""
    folder = write(
        tmp_path / "many", **{f"n{at}": f"Meldung {at}.\n\nStand {at}." for at in range(30)}
    )
    ingest(database, [folder])
    return folder


@pytest.mark.parametrize(("gone", "asked"), [(3, False), (4, True)])
def test_more_than_a_tenth_is_asked_about(
    database: Database, many: Path, gone: int, asked: bool
) -> None:
    for at in range(gone):
        (many / f"n{at}.txt").unlink()
    write(many, new="Etwas anderes steht hier.")
    questions: list[tuple[int, int]] = []

    def refuse(found: Sequence[str], total: int) -> bool:
        questions.append((len(found), total))
        return False

    tally = ingest(database, [many], sync=True, confirm=refuse)
    assert questions == ([(gone, 30)] if asked else [])
    assert tally.removed == (0 if asked else gone)
    assert counts(tally) == (1, 0, 30 - gone, 0)
    assert (tally.unconfirmed is not None) == asked
    if tally.unconfirmed is not None:
        assert "4 of 30 articles would be removed" in str(tally.unconfirmed)
        assert "Nothing was removed" in str(tally.unconfirmed)
    assert sync(database, many, answer=True).removed == (gone if asked else 0)


@pytest.mark.parametrize("synced", [True, False])
@pytest.mark.parametrize(
    "rows", [{"a": "leer"}, {"a": "leer", "b": "neu"}, {"b": "neu", "a": "leer"}], ids=" ".join
)
def test_a_row_that_was_a_duplicate_and_is_gone_leaves_nothing(
    database: Database, tmp_path: Path, synced: bool, rows: dict[str, str]
) -> None:
    """Its text is kept as an article while the row that it was a duplicate of is changed."""

    def write_rows(rows: dict[str, str]) -> None:
        lines = [json.dumps({"uri": f"x:{key}", "text": text}) for key, text in rows.items()]
        table.write_text("\n".join(lines))

    def texts() -> set[str]:
        return {row["text"] for row in database.all("SELECT text FROM articles")}

    table = tmp_path / "rows.jsonl"
    write_rows({"a": "voll", "b": "voll", "c": "neu"})
    sync(database, table)
    write_rows({**rows, "c": "neu"})
    ingest(database, [table], sync=synced)
    assert texts() == {"leer", "neu"} | (set() if synced or "b" in rows else {"voll"})
    sync(database, table)
    assert texts() == {"leer", "neu"}


def test_what_a_row_was_a_duplicate_of_does_not_overwrite_what_it_says_now(
    database: Database, tmp_path: Path
) -> None:
    table = tmp_path / "rows.jsonl"

    def write_rows(**rows: str) -> None:
        lines = [json.dumps({"uri": f"x:{key}", "text": text}) for key, text in rows.items()]
        table.write_text("\n".join(lines))

    write_rows(a="voll", b="voll")
    sync(database, table)
    write_rows(b="leer", a="neu")
    tally = sync(database, table)
    assert (counts(tally), tally.removed) == ((1, 1, 0, 0), 0)
    texts = {row["uri"]: row["text"] for row in database.all("SELECT uri, text FROM articles")}
    assert texts == {"x:a": "neu", "x:b": "leer"}


def test_a_small_collection_is_not_asked_about(database: Database, press: Path) -> None:
    sync(database, press)
    for name in ("ferry", "museum"):
        (press / f"{name}.txt").unlink()
    assert sync(database, press).removed == 2


def test_what_was_moved_counts_as_nothing_removed(database: Database, many: Path) -> None:
    (many / "2025").mkdir()
    for path in many.glob("*.txt"):
        shutil.move(path, many / "2025")
    tally = sync(database, many)
    assert (tally.moved, tally.removed, tally.unconfirmed) == (30, 0, None)


def test_what_sync_removes_can_be_brought_back(database: Database, press: Path) -> None:
    sync(database, press)
    (press / "ferry.txt").unlink()
    sync(database, press)
    uri = (press / "ferry.txt").as_uri()
    (found,) = RemovedArticles(database).all()
    assert (found.uri, found.title) == (uri, "Neue Fähre für Osterholm")
    assert found.until - datetime.now(UTC) > timedelta(days=29)
    RemovedArticles(database).restore(uri)
    assert len(uris(database)) == 3
    # It was asked for: the next sync leaves it.
    assert sync(database, press).removed == 0
