"""Each migration, from a catalog of the version before with articles in it; the copy it leaves."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from corpus.catalog.articles import Catalog
from corpus.catalog.database import (
    CATALOG_FILE,
    SCHEMA_VERSION,
    migration_backup,
    open_database,
)
from corpus.catalog.embeddings import EmbeddingStore
from corpus.catalog.integrity import HASHED, hash_of, mismatch_sql, text_hash
from corpus.catalog.statistics import count_articles, wrong_counts
from corpus.errors import CollectionNotWritable
from corpus.ingest.pipeline import ingest

TEXT = "Die Fähre fährt wieder.\n\nEin Fahrschein kostet vier Euro."
SPANS = [(0, 23), (25, 57)]
SCRIPTS = sorted(
    (
        item
        for item in (resources.files("corpus.catalog") / "migrations").iterdir()
        if item.name[:4] > "0"
    ),
    key=lambda item: item.name,
)

DATA = {
    1: f"""
INSERT INTO articles (id, uri, title, text, authors, published, source, section, language, url,
    text_hash, content_hash, added_at, updated_at)
    VALUES (7, 'x:ferry', 'Fähre', '{TEXT}', '["Jule Brandt"]', '2024-05-03', 'Bote', '', 'de', '',
    x'{text_hash(TEXT).hex()}', x'00', '2024-05-04T10:00:00+00:00', '2024-05-04T10:00:00+00:00');
INSERT INTO versions (article_id, number, title, text, replaced_at)
    VALUES (7, 1, 'Fähre', 'Die Fähre steht.', '2024-05-04T10:00:00+00:00');
INSERT INTO windows (id, paragraph_id, start, "end", text_hash) VALUES (3, 1, 0, 23, x'aa');
INSERT INTO embeddings (text_hash, model, vector) VALUES (x'aa', 'm', x'0000803f00000000');
INSERT INTO inputs (origin, sha256, options, articles)
    VALUES ('file:///ferry.txt', x'bb', '{{}}', 1);
INSERT INTO input_articles (origin, article_id) VALUES ('file:///ferry.txt', 7);
""",
    2: "INSERT INTO duplicate_groups (article_id, group_id) VALUES (7, 7);",
    3: "INSERT INTO corrections (article_id, field, value, read)"
    """ VALUES (7, 'source', '"Bote"', '"Der Bote"');""",
    4: "INSERT INTO sentences (paragraph_id, start, \"end\", text_hash) VALUES (1, 0, 23, x'aa');",
}


def make(folder: Path, version: int) -> Path:
    """Make a catalog of that version with an article in it."""
    path = folder / CATALOG_FILE
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("hash_of", -1, hash_of, deterministic=True)
        connection.execute("PRAGMA journal_mode = WAL")
        for number, script in enumerate(SCRIPTS[:version], start=1):
            connection.executescript(script.read_text(encoding="utf-8"))
            if number == 1:
                for paragraph, (start, end) in enumerate(SPANS, start=1):
                    connection.execute(
                        'INSERT INTO paragraphs (article_id, number, start, "end", role, '
                        "language, heading, text_hash, windowed) "
                        "VALUES (7, ?, ?, ?, 'body', 'de', '', ?, 1)",
                        (paragraph, start, end, text_hash(TEXT[start:end])),
                    )
            connection.executescript(DATA.get(number, ""))
        connection.execute(f"PRAGMA user_version = {version}")
    return path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_every_migration_is_known_here() -> None:
    assert [int(script.name[:4]) for script in SCRIPTS] == list(range(1, SCHEMA_VERSION + 1))


@pytest.mark.parametrize("before", range(1, SCHEMA_VERSION))
def test_a_catalog_of_before_is_brought_up_with_all_it_holds(before: int, tmp_path: Path) -> None:
    path = make(tmp_path, before)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO meta VALUES ('model', 'm')")
    database = open_database(tmp_path, create=False)
    found = Catalog(database).article("x:ferry")
    assert (found.text, found.title, found.authors) == (TEXT, "Fähre", ("Jule Brandt",))
    assert [found.text[item.start : item.end] for item in found.paragraphs] == TEXT.split("\n\n")
    assert [item.text for item in found.versions] == ["Die Fähre steht."]
    store = EmbeddingStore(database)
    assert store.vectors("m", [3])[3].tolist() == [1.0, 0.0]
    assert store.count_embedded("m") == 1
    assert len(store.sentence_vectors("m", 0, [1])[0]) == (before >= 4)
    assert wrong_counts(database) == 0
    assert count_articles(database).authors == {"Jule Brandt": 1}
    assert database.one("SELECT articles FROM inputs")[0] == 1
    for table in HASHED:
        rows = database.one(f"SELECT count(*) FROM {table} WHERE {mismatch_sql(table)}")
        assert rows[0] == 0, table
    corrections = database.all("SELECT * FROM corrections")
    assert len(corrections) == (before >= 3)
    assert len(database.all("SELECT * FROM duplicate_groups")) == (before >= 2)
    ingest(database, [])
    database.close()
    # What the file was lies beside it, whole.
    kept = migration_backup(path, before)
    assert version_of(kept) == before
    assert version_of(path) == SCHEMA_VERSION
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT text FROM articles").fetchall() == [(TEXT,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [item.name for item in tmp_path.glob(".*")] == []


def test_a_new_catalog_and_one_of_today_leave_no_copy(tmp_path: Path) -> None:
    open_database(tmp_path, create=True).close()
    open_database(tmp_path, create=True).close()
    assert [item.name for item in tmp_path.glob("*.schema-*")] == []


def test_without_room_for_the_copy_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path, 1)

    def full(part: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        with pytest.raises(CollectionNotWritable, match=r"Nothing was changed\. Make room"):
            open_database(tmp_path, create=False)
    assert version_of(path) == 1
    assert [item.name for item in tmp_path.glob(".*")] == []
    database = open_database(tmp_path, create=False)
    assert Catalog(database).article("x:ferry").text == TEXT
    database.close()


def test_two_processes_bring_one_catalog_up(tmp_path: Path) -> None:
    path = make(tmp_path, 1)
    code = (
        "import sys; from pathlib import Path; from corpus.catalog.database import open_database\n"
        "open_database(Path(sys.argv[1]), create=False).close()"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=os.environ)
        for _ in range(2)
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert version_of(path) == SCHEMA_VERSION
    assert version_of(migration_backup(path, 1)) == 1
