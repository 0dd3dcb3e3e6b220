"""Rows that have changed on the disk are noticed wherever they are read."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import Database
from corpus.catalog.embeddings import SEAL_SETTING, Seal, lift_seal, seal_of
from corpus.catalog.inputs import InputLog
from corpus.catalog.integrity import HASHED, hash_of, mismatch_sql, row_hash_sql
from corpus.catalog.removed import RemovedArticles
from corpus.errors import CollectionDamaged
from tests.fakes import article
from tests.index.rig import Rig

TEXT = "Die Fähre fährt seit Mai. Sie ist leise."
FIRST = "text_hash = (SELECT text_hash FROM windows LIMIT 1)"
WINDOW = "text_hash IN (SELECT text_hash FROM windows)"
SENTENCE = f"text_hash IN (SELECT text_hash FROM sentences) AND NOT {WINDOW}"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path / "collection")
    made.put("x:ferry", TEXT)
    made.catalog.put(article("x:ferry", TEXT, "Ein Fahrschein kostet vier Euro.", title="Fähre"))
    made.brought_up()
    return made


def rot(database: Database, sql: str) -> None:
    """Change rows as a failing disk would: the hashes stay."""
    triggers = database.all("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    with database.transaction():
        for trigger in triggers:
            database.run(f"DROP TRIGGER {trigger['name']}")
        assert database.run(sql)
        for trigger in triggers:
            database.run(trigger["sql"])


def without_copies(rig: Rig) -> Rig:
    """Open the collection as a process does that finds no indexes, and reads every row."""
    shutil.rmtree(rig.folder / "copies")
    return Rig(rig.folder, rig.encoder)


def test_lengths_and_nothing_are_hashed_too() -> None:
    assert len(hash_of("a")) == 16
    assert hash_of("a", "bc") != hash_of("ab", "c")
    assert hash_of(None) != hash_of("")
    assert hash_of(None) != hash_of("-")
    assert hash_of("ä") == hash_of("ä".encode())
    assert hash_of(12) == hash_of("12")


def test_whatever_is_written_has_its_hash(rig: Rig) -> None:
    rig.catalog.correct(article("x:ferry", TEXT, title="Neue Fähre", source="Bote"))
    rig.put("x:old", "Ein anderer Text.")
    RemovedArticles(rig.database).remove("x:old")
    InputLog(rig.database).begin("file:///copy.txt")
    copy = article("x:copy", TEXT, title="Neue Fähre", source="Bote")
    assert rig.catalog.put(copy, "file:///copy.txt") is Outcome.DUPLICATE
    rig.brought_up()
    for table in HASHED.keys() - {"corrections"}:
        assert rig.database.one(f"SELECT count(*) FROM {table}")[0], table
        bad = rig.database.one(f"SELECT count(*) FROM {table} WHERE {mismatch_sql(table)}")
        assert bad[0] == 0, table


@pytest.mark.parametrize(
    ("sql", "read", "message"),
    [
        (
            "UPDATE articles SET title = 'Fahre'",
            lambda rig: rig.catalog.articles(),
            "The article x:ferry has changed on the disk since.*doctor --deep --repair",
        ),
        (
            "UPDATE articles SET text = replace(text, 'Mai', 'Mei')",
            lambda rig: rig.catalog.article("x:ferry"),
            "The text of x:ferry has changed",
        ),
        (
            "UPDATE articles SET text = replace(text, 'Mai', 'Mei')",
            lambda rig: list(rig.catalog.paragraphs([1, 2, 3])),
            "The text of paragraph 1 of “Fähre” has changed",
        ),
        (
            "UPDATE articles SET text = CAST(x'ff' || substr(text, 2) AS TEXT)",
            lambda rig: rig.catalog.article("x:ferry"),
            "The catalog cannot be read",
        ),
        (
            "UPDATE paragraphs SET number = 9 WHERE number = 2",
            lambda rig: rig.catalog.article("x:ferry"),
            "Paragraph 9 of x:ferry",
        ),
        (
            "UPDATE paragraphs SET role = 'promo'",
            lambda rig: without_copies(rig).sync.snapshot(),
            "Paragraph 1 of article 1",
        ),
        (
            "UPDATE versions SET text = 'Sie steht.'",
            lambda rig: rig.catalog.article("x:ferry"),
            "Version 1 of x:ferry",
        ),
        (
            "UPDATE windows SET paragraph_id = 3 WHERE paragraph_id = 2",
            lambda rig: without_copies(rig).sync.snapshot(),
            "A window of paragraph 3",
        ),
        (
            "UPDATE embeddings SET vector = zeroblob(2048)",
            lambda rig: rig.sync._store.vectors("fake", [1, 2, 3]),
            "An embedding has changed",
        ),
        (
            "UPDATE embeddings SET vector = zeroblob(2048)",
            lambda rig: rig.sync._store.sentence_vectors("fake", 0, [1, 2, 3]),
            "A sentence's embedding has changed",
        ),
    ],
)
def test_what_has_rotted_is_an_error_and_not_shown(
    rig: Rig, sql: str, read: Callable[[Rig], Any], message: str
) -> None:
    rig.encoder.fingerprint = "fake"
    rot(rig.database, sql)
    if "vector" in sql:
        model = rig.database.one("SELECT model FROM embeddings")[0]
        rot(rig.database, f"UPDATE embeddings SET model = 'fake' WHERE model = '{model}'")
    else:
        rig.encoder.fingerprint = rig.database.setting("model") or ""
    with pytest.raises(CollectionDamaged, match=message):
        read(rig)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE paragraphs SET role = 'promo'",
        "UPDATE windows SET paragraph_id = 3 WHERE paragraph_id = 2",
        f"DELETE FROM embeddings WHERE {WINDOW}",
    ],
)
def test_what_a_sound_copy_holds_is_searched_whatever_became_of_the_rows(
    rig: Rig, sql: str
) -> None:
    sound = rig.sync.snapshot()
    rot(rig.database, sql)
    again = Rig(rig.folder, rig.encoder).sync.snapshot()
    assert again.table.roles.tolist() == sound.table.roles.tolist()
    assert again.window_paragraphs.tolist() == sound.window_paragraphs.tolist()
    assert (again.dense.codes()[1] == sound.dense.codes()[1]).all()


def test_a_rotten_row_is_not_blessed_by_a_change_beside_it(rig: Rig) -> None:
    rot(rig.database, "UPDATE articles SET title = 'Fahre'")
    with rig.database.transaction():
        rig.database.run("UPDATE articles SET content_origin = 'file:///x'")
    with pytest.raises(CollectionDamaged, match="x:ferry"):
        Catalog(rig.database).articles()


@pytest.mark.parametrize(
    ("which", "what"),
    [
        (FIRST, "The embedding of 1 stretches of text"),
        (WINDOW, "The embedding of 2 stretches of text"),
        (SENTENCE, "The embedding of a sentence"),
        (f"NOT {WINDOW} AND NOT ({SENTENCE})", "The embedding of a text that questions are"),
    ],
)
def test_an_embedding_that_was_there_and_is_not_is_an_error(
    rig: Rig, which: str, what: str
) -> None:
    with rig.database.transaction():
        assert rig.database.run(f"DELETE FROM embeddings WHERE {which}")
    rig = without_copies(rig)
    with pytest.raises(CollectionDamaged, match=f"{what}.*lost.*doctor --deep --repair"):
        rig.sync.snapshot().sentences([1, 2, 3, 4, 5, 6])
    # It is only missing, and not by another model's account.
    assert seal_of(rig.database, "another") == Seal()
    lift_seal(rig.database)
    rig.sync.embed()
    snapshot = rig.sync.snapshot()
    assert len(snapshot.sentences(snapshot.table.ids.tolist())[0]) == 2


def test_what_cannot_be_embedded_is_not_missed(rig: Rig) -> None:
    # A window whose hash is of another text, as a catalog of an early version may have it.
    rig.put("x:new", "Der Kutter liegt im Hafen.")
    rig.sync._window()
    rot(
        rig.database,
        "UPDATE windows SET text_hash = x'01' WHERE id = (SELECT max(id) FROM windows)",
    )
    rig.sync.embed()
    rig.database.run_alone(f"UPDATE windows SET row_hash = {row_hash_sql('windows')}")
    assert len(Rig(rig.folder, rig.encoder).sync.snapshot().windows) == 2


@pytest.mark.parametrize("note", ["{", "[]", '{"model": 1}', '{"model": "M", "seal": {}}', "7"])
def test_a_note_that_is_damaged_protects_nothing_and_is_made_again(rig: Rig, note: str) -> None:
    model = rig.encoder.fingerprint
    assert seal_of(rig.database, model) != Seal()
    rig.database.set_setting(SEAL_SETTING, note.replace("M", model))
    assert seal_of(rig.database, model) == Seal()
    assert len(Rig(rig.folder, rig.encoder).sync.snapshot().windows) == 2
    rig.sync.embed()
    assert seal_of(rig.database, model) != Seal()


def test_what_was_never_embedded_is_waited_for(rig: Rig) -> None:
    rig.put("x:new", "Der Kutter liegt im Hafen. Er ist blau.")
    snapshot = rig.sync.snapshot()
    assert len(snapshot.sentences(snapshot.table.ids.tolist())[0]) == 2
    assert len(snapshot.windows) == 2
    assert len(rig.brought_up().windows) == 3
