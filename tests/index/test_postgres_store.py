"""The index in PostgreSQL while others write: nothing half visible, nothing twice, nothing lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from corpus.catalog.selection import EVERYTHING, Filters
from corpus.errors import CollectionUnavailable, SettingsError
from index.store.postgres_keeper import prepare_search
from index.store.postgres_plan import plan_partitions
from index.store.postgres_terms import key_of, rounded_length
from qa.maintenance.plan import plan_tables
from tests.fakes import FakeEncoder, article
from tests.index.rig import PostgresRig
from tests.index.test_store import find, named, questions, write_articles
from tests.postgres_server import PostgresServer

WRITERS = 4
EACH = 6


@pytest.fixture
def rig(postgres_url: str) -> Iterator[PostgresRig]:
    made = PostgresRig(postgres_url)
    yield made
    made.close()


def count(rig: PostgresRig, table: str) -> int:
    return int(rig.database.one(f"SELECT count(*) FROM {table}")[0])


def check_writing(rig: PostgresRig) -> None:
    """Check that what comes, changes and goes is found as it is, and counted."""

    def put(*texts: str, day: date) -> None:
        rig.catalog.put(article("x:written", *texts, published=day))
        rig.brought_up()

    def check_counts() -> None:
        (lost,) = rig.database.one(
            "SELECT count(*) FROM (SELECT id FROM windows EXCEPT SELECT window_id FROM chunks)"
        )
        assert (lost, count(rig, "chunks")) == (0, count(rig, "windows"))
        assert count(rig, "paragraph_terms") == count(rig, "paragraphs")
        moments = rig.sync._moments()
        assert moments is not None
        assert moments.count == count(rig, "chunks")
        wrong = rig.database.all(
            "SELECT key, sum(number) FROM (SELECT key, number FROM term_counts UNION ALL "
            "SELECT unnest(keys), -1 FROM paragraph_terms UNION ALL "
            "SELECT field_key, -tokens FROM paragraph_terms UNION ALL "
            "SELECT 0, -1 FROM paragraph_terms) AS said GROUP BY key HAVING sum(number) <> 0"
        )
        assert wrong == []

    late = Filters.of(since="2031-01-01")
    put("Die Windmühle mahlt.", "Der Müller schläft.", day=date(2031, 5, 5))
    assert named(rig, find(rig, "Windmühle", filters=late))[0] == ("x:written", 1)
    check_counts()
    put("Die Windmühle mahlt.", "Der Müller schläft.", day=date(2001, 5, 5))
    assert find(rig, "Windmühle", filters=late) == []
    check_counts()
    put("Die Wassermühle steht.", day=date(2001, 5, 5))
    assert named(rig, find(rig, "Wassermühle", k=1)) == [("x:written", 1)]
    assert not rig.sync.snapshot().lexical.holds("de", "windmuhl")
    check_counts()
    rig.sync._store.windows.forget()
    rig.brought_up()
    check_counts()
    rig.catalog.remove("x:written")
    check_counts()


def test_what_is_not_committed_is_not_found_and_then_at_once(rig: PostgresRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt."))
    rig.brought_up()
    with closing(PostgresRig(rig.url)) as writer:
        with writer.database.transaction():
            writer.catalog.put(article("x:2", "Die Mühle mahlt.", "Der Müller schläft."))
            assert not rig.sync.snapshot().lexical.holds("de", "muhl")
        index = rig.sync.snapshot()
        assert index.lexical.document_frequencies("de", ["muhl", "mull"]) == {"muhl": 1, "mull": 1}
        assert index.paragraph_count == 3
        writer.sync.embed()
    (first, *_) = find(rig, "Wer mahlt in der Mühle?")
    assert named(rig, [first]) == [("x:2", 1)]
    assert first.scores["dense"] > 0


def test_a_search_is_of_one_state(rig: PostgresRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt.", "Der Rat berät."))
    index = rig.brought_up()
    vector = rig.encoder.vector("Fähre")
    with index.hold():
        before = index.cosines(vector, np.array([1, 2]))
        with closing(PostgresRig(rig.url)) as writer:
            writer.catalog.remove("x:1")
        np.testing.assert_array_equal(index.cosines(vector, np.array([1, 2])), before)
    assert np.isnan(rig.sync.snapshot().cosines(vector, np.array([1, 2]))).all()


def test_several_add_and_embed_at_once(rig: PostgresRig) -> None:
    def work(number: int) -> None:
        with closing(PostgresRig(rig.url)) as own:
            for at in range(EACH):
                texts = f"Bericht {number} von Tag {at}. Die Fähre fährt.", "Überall derselbe Satz."
                own.database.retry(
                    lambda uri=f"x:{number}-{at}", texts=texts: own.catalog.put(  # type: ignore[misc]
                        article(uri, *texts)
                    )
                )
                own.sync.embed()
                own.sync.tidy()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    index = rig.sync.snapshot()
    assert index.paragraph_count == 2 * WRITERS * EACH
    assert count(rig, "chunks") == count(rig, "paragraph_terms") == 2 * WRITERS * EACH
    assert (count(rig, "without_terms"), count(rig, "vector_changes")) == (0, 0)
    frequencies = index.lexical.document_frequencies("de", ["fahr", "uberall", "nirgend"])
    assert frequencies == {"fahr": WRITERS * EACH, "uberall": WRITERS * EACH, "nirgend": 0}
    (twice,) = rig.database.one("SELECT count(*) - count(DISTINCT text_hash) FROM embeddings")
    assert twice == 0
    # What is kept up to date says the same as everything counted anew.
    moments, again = rig.sync._moments(), rig.brought_up()
    rows = np.array(sorted(row["id"] for row in rig.database.all("SELECT id FROM articles")))
    vectors = np.concatenate([again.article_vectors(int(row)) for row in rows])
    assert moments is not None
    assert moments.count == len(vectors)
    np.testing.assert_allclose(moments.total, vectors.sum(axis=0), atol=1e-4)


def test_another_analysis_makes_the_terms_anew(
    rig: PostgresRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt.", "Der Rat berät."))
    before = rig.database.all("SELECT key, sum(number) FROM term_counts GROUP BY key ORDER BY key")
    monkeypatch.setattr("index.store.postgres_keeper.VERSION", 99)
    prepare_search(rig.database)
    after = rig.database.all("SELECT key, sum(number) FROM term_counts GROUP BY key ORDER BY key")
    assert [tuple(row) for row in after if row[1]] == [tuple(row) for row in before if row[1]]


def test_a_catalog_that_was_filled_before_gets_its_index(rig: PostgresRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt.", "Der Rat berät."))
    rig.brought_up()
    before = find(rig, "Wann fährt die Fähre?")
    rig.database.run_script(
        "DROP TABLE chunks, vector_changes, vector_sums, paragraph_terms, term_counts, "
        "without_terms CASCADE; DROP INDEX paragraphs_language; "
        "DROP FUNCTION numbers_of, scale_of, put_chunk, put_chunks_again, note_vector, "
        "follow_paragraph, follow_title, follow_date, uncount_terms CASCADE; "
        "DELETE FROM meta WHERE key LIKE 'search_%'"
    )
    with closing(PostgresRig(rig.url)) as again:
        assert find(again, "Wann fährt die Fähre?") == before


def test_a_database_without_vectors_is_refused(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    postgres_server.execute("CREATE DATABASE bare STRATEGY file_copy", "postgres")
    try:
        with pytest.raises(CollectionUnavailable, match="CREATE EXTENSION vector"):
            PostgresRig(postgres_server.url("press", database="bare"))
        # As one of 2024 is: there are vectors, and no search that goes on behind a filter.
        postgres_server.execute(
            "CREATE EXTENSION vector; "
            "UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'",
            "bare",
        )
        with pytest.raises(CollectionUnavailable, match="ALTER EXTENSION vector UPDATE"):
            PostgresRig(postgres_server.url("press", database="bare"))
    finally:
        postgres_server.execute("DROP DATABASE bare WITH (FORCE)", "postgres")


def test_a_folder_has_nothing_to_plan(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is a folder"):
        plan_tables(tmp_path)


def test_keys_and_lengths() -> None:
    assert key_of("de", "fahr") == key_of("de", "fahr") != key_of("en", "fahr")
    assert -(2**63) <= key_of("de", "") < 2**63
    lengths = [rounded_length(tokens) for tokens in range(5000)]
    assert lengths[:41] == list(range(41))
    assert lengths == sorted(lengths)
    assert all(0.88 * tokens <= length <= tokens for tokens, length in enumerate(lengths))


def test_no_vector_is_lost_by_its_way_into_the_tables(rig: PostgresRig) -> None:
    rig.catalog.put(article("x:1", "Die Fähre fährt nach Osterholm."))
    index = rig.brought_up()
    (mine,) = index.article_vectors(1)
    (kept,) = rig.sync._store.vectors_of(
        FakeEncoder().fingerprint, ["Die Fähre fährt nach Osterholm."]
    )
    np.testing.assert_array_equal(mine, kept)


def test_partitions_by_month_answer_the_same_and_follow(
    rig: PostgresRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.store.postgres.FEW", 20)
    monkeypatch.setattr("index.store.postgres_keeper.FEW", 20)
    for item in write_articles()[3:9]:
        rig.catalog.put(item)
    rig.catalog.put(article("x:undated", "Die Fähre hat kein Datum."))
    rig.brought_up()
    spring = Filters.of(since="2020-01-01", until="2023-12-31")
    asked = [(question, choice) for question in questions(4) for choice in (EVERYTHING, spring)]
    before = [find(rig, question, 30, choice) for question, choice in asked]
    sql = plan_tables(rig.url)
    assert sql == plan_partitions(rig.database)
    rig.database.run_script(sql)
    kind = rig.database.one("SELECT relkind FROM pg_class WHERE oid = CAST('chunks' AS regclass)")
    assert kind[0] == b"p"
    assert rig.database.one("SELECT CAST(to_regclass('chunks_near') AS TEXT)")[0] == "chunks_near"
    for (question, choice), expected in zip(asked, before, strict=True):
        assert find(rig, question, 30, choice) == expected
    plan = rig.database.all(
        "EXPLAIN SELECT paragraph_id FROM chunks WHERE published >= '2023-06-01' "
        "AND published <= '2023-06-30'"
    )
    assert 1 <= sum("Scan" in row[0] for row in plan) <= 3
    # Once a year it is run again.
    rig.database.run_script(plan_tables(rig.url))
    for (question, choice), expected in zip(asked, before, strict=True):
        assert find(rig, question, 30, choice) == expected
    # What comes, goes and changes its date is followed as before.
    rig.catalog.put(article("x:new", "Die Mühle mahlt im Mai.", published=date(2031, 5, 5)))
    rig.catalog.remove("x:undated")
    rig.catalog.put(
        article("x:4", "Die Fähre kam an einem anderen Tag.", published=date(2001, 1, 1))
    )
    index = rig.brought_up()
    assert not index.lexical.holds("de", "datum")
    assert named(rig, find(rig, "Mühle", filters=Filters.of(since="2031-01-01"))) == [("x:new", 1)]
    assert named(rig, find(rig, "Tag", filters=Filters.of(until="2001-12-31"))) == [("x:4", 1)]
    assert count(rig, "chunks") == count(rig, "paragraph_terms") == index.paragraph_count


_CITUS = """
CREATE TABLE distributed (name TEXT, key TEXT, beside TEXT);
CREATE FUNCTION create_distributed_table(name REGCLASS, key TEXT, colocate_with TEXT)
RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO distributed VALUES (name::TEXT, key, colocate_with);
    EXECUTE format('CREATE TRIGGER as_citus BEFORE UPDATE OF %I ON %s FOR EACH STATEMENT '
        'EXECUTE FUNCTION refuse()', key, name);
END $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'modifying the partition value of rows is not allowed'; END $$;
CREATE FUNCTION run_command_on_workers(command TEXT) RETURNS void LANGUAGE sql AS
    $$ INSERT INTO distributed VALUES (command) $$;
"""
"""Citus' functions as far as they are called, in a schema of the test: nothing is distributed."""


def test_the_sql_for_citus_runs_and_what_is_written_is_followed(rig: PostgresRig) -> None:
    for item in write_articles()[:6]:
        rig.catalog.put(item)
    rig.brought_up()
    asked = questions(4)
    before = [find(rig, question) for question in asked]
    rig.database.run_script(_CITUS)
    rig.database.run_script(plan_tables(rig.url, citus=True))
    rows = [tuple(row) for row in rig.database.all("SELECT * FROM distributed")]
    assert rows[:2] == [
        ("chunks", "article_id", "none"),
        ("paragraph_terms", "article_id", "chunks"),
    ]
    assert "ALTER DATABASE tests SET hnsw.iterative_scan" in rows[2][0]
    # What a distributed table cannot have.
    keys = rig.database.all(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype <> 'n' "
        "AND conrelid IN (CAST('chunks' AS regclass), CAST('paragraph_terms' AS regclass))"
    )
    assert sorted(row[0] for row in keys) == [
        "PRIMARY KEY (paragraph_id, article_id)",
        "PRIMARY KEY (window_id, article_id)",
    ]
    triggers = rig.database.all(
        "SELECT tgname FROM pg_trigger WHERE tgname <> 'as_citus' "
        "AND tgrelid IN (CAST('chunks' AS regclass), CAST('paragraph_terms' AS regclass))"
    )
    assert triggers == []
    assert [find(rig, question) for question in asked] == before
    check_writing(rig)
    with pytest.raises(SettingsError, match="several servers already"):
        plan_tables(rig.url)
