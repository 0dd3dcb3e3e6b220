"""The collection as its users meet it: alone, in threads, and in several processes."""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.catalog.database import CATALOG_FILE, SCHEMA_VERSION
from corpus.catalog.lock import writer_lock
from corpus.errors import (
    ArticleNotFound,
    CollectionLocked,
    CollectionNewer,
    CollectionNotFound,
    ModelMismatch,
    QuestionError,
)
from index.reference import background_texts
from qa import Collection, open_collection
from qa.options import MAX_K
from qa.places import default_folder
from qa.results import Passage
from tests.fakes import FakeEncoder, write

FERRY_QUESTION = "Was kostet ein Fahrschein für die Fähre?"


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def check(collection: Collection, passages: list[Passage]) -> None:
    """See that passages are what they say: cut from their articles, ranked by score."""
    assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
    scores = [passage.score for passage in passages]
    assert scores == sorted(scores, reverse=True)
    for passage in passages:
        article = collection.article(passage.article.uri)
        assert article.text[passage.start : passage.end] == passage.text
        paragraph = article.paragraphs[passage.paragraph - 1]
        assert (paragraph.start, paragraph.role) == (passage.start, passage.role)
        assert passage.article.title == article.title


# Adding, changing, removing


def test_a_folder_is_added_once(collection: Collection, press: Path, encoder: FakeEncoder) -> None:
    steps: list[tuple[str, int, int]] = []
    report = collection.add(press, progress=lambda *step: steps.append(step))
    assert (report.added, report.embedded, report.skipped) == (3, 7, ())
    assert [step for step in steps if step[0] == "reading"][-1] == ("reading", 3, 3)
    assert [step for step in steps if step[0] == "embedding"][-1] == ("embedding", 7, 7)
    encoder.batches.clear()
    again = collection.add(press)
    assert (again.added, again.updated, again.unchanged, again.embedded) == (0, 0, 3, 0)
    assert encoder.documents == []


def test_a_changed_file_costs_its_changed_paragraphs(
    collection: Collection, press: Path, encoder: FakeEncoder
) -> None:
    collection.add(press)
    encoder.batches.clear()
    text = (press / "ferry.txt").read_text()
    (press / "ferry.txt").write_text(text.replace("vier Euro", "fünf Euro"))
    report = collection.add(press)
    assert (report.updated, report.unchanged, report.embedded) == (1, 2, 1)
    (embedded,) = encoder.documents
    assert embedded.endswith("Ein Fahrschein kostet unverändert fünf Euro und achtzig Cent.")
    found = collection.retrieve(FERRY_QUESTION, 1)[0]
    assert "fünf Euro" in found.text
    assert not [text for text in texts(collection.retrieve("Euro", 50)) if "vier Euro" in text]
    assert "vier Euro" in collection.article(found.article.uri).versions[0].text


@pytest.mark.parametrize("named", ["uri", "file", "path", "folder"])
def test_removed_articles_are_gone_everywhere(
    collection: Collection, press: Path, named: str
) -> None:
    collection.add(press)
    path = press / "ferry.txt"
    names: dict[str, str | Path] = {
        "uri": path.as_uri(), "file": str(path), "path": path, "folder": press,
    }  # fmt: skip
    left = 0 if named == "folder" else 2
    assert collection.remove(names[named]) == 3 - left
    assert len(collection.articles()) == left
    assert all("Fähre" not in text for text in texts(collection.retrieve(FERRY_QUESTION, 100)))
    assert collection.status().articles == left
    with pytest.raises(ArticleNotFound, match="article-qa list"):
        collection.article(path.as_uri())
    with pytest.raises(ArticleNotFound, match="none came from a file, folder or feed of that name"):
        collection.remove(path)
    # The file is still there: adding it again embeds nothing.
    assert collection.add(press).embedded == 0
    assert len(collection.articles()) == 3


@pytest.mark.parametrize("uri", ["", "nowhere", "~nobody-of-this-name", "x" * 9000, "a\x00b"])
def test_unknown_names_are_said_so(collection: Collection, uri: str) -> None:
    with pytest.raises(ArticleNotFound, match="No article has the URI"):
        collection.remove(uri)
    with pytest.raises(ArticleNotFound, match="No article has the URI"):
        collection.article(uri)


def test_bad_inputs_are_reported_and_stop_nothing(collection: Collection, press: Path) -> None:
    (press / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    report = collection.add(press, "nowhere.txt", press / "bad.txt")
    assert report.added == 3
    assert [name for name, _ in report.skipped] == [
        "nowhere.txt", str(press / "bad.txt"), str(press / "bad.txt"),
    ]  # fmt: skip
    assert report.useless == ("nowhere.txt", str(press / "bad.txt"))
    assert json.loads(json.dumps(report.to_dict()))["added"] == 3


def test_a_table_is_read_with_its_columns(collection: Collection, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "line": "Die Fähre fährt mit Strom.", "when": "2024-05-03"},
        {"id": "b", "line": "Der Rat tagt am Montag.", "when": "2024-05-04"},
        {"id": "a", "line": "Ein Fahrschein kostet vier Euro.", "when": "2024-05-03"},
    ]
    table = tmp_path / "t.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)))
    report = collection.add(table, columns={"text": "line", "published": "when"}, group_by="id")
    assert report.added == 2
    found = collection.retrieve("Was kostet ein Fahrschein?", 1)[0]
    assert (found.article.uri, found.paragraph) == (f"{table.as_uri()}#a", 2)
    assert found.article.published == date(2024, 5, 3)


def test_finished_work_survives_an_encoder_that_breaks_down(tmp_path: Path) -> None:
    paragraphs = "\n\n".join(f"Der Absatz mit der Nummer {at} erzählt etwas." for at in range(300))
    press = write(tmp_path / "press", long=f"Ein Titel\n\n{paragraphs}")
    encoder = FakeEncoder(fails_at=3)
    with open_collection(tmp_path / "c", create=True, encoder=encoder) as collection:
        with pytest.raises(RuntimeError, match="broke down"):
            collection.add(press)
        done = len(encoder.documents) - len(background_texts())
        assert done == 256
        status = collection.status()
        assert (status.articles, status.embedded) == (1, done)
        assert collection.add(press).embedded == 300 - done
        assert len(encoder.documents) == len(set(encoder.documents))
        check(collection, collection.retrieve("Absatz Nummer 299", 5))


# Questions


def test_passages_are_the_articles_own_words(collection: Collection, press: Path) -> None:
    collection.add(press)
    passages = collection.retrieve(FERRY_QUESTION)
    check(collection, passages)
    assert len(passages) == 7
    assert passages[0].text.startswith("Ein Fahrschein kostet")
    assert passages[0].citation == "Neue Fähre für Osterholm, Abs. 4"
    assert set(passages[0].scores) == {
        "dense", "dense_z", "sentence_z", "lexical", "coverage",
    }  # fmt: skip
    assert texts(collection.retrieve(FERRY_QUESTION, 3)) == texts(passages)[:3]


def test_a_titles_words_are_found_with_their_role_only(collection: Collection, press: Path) -> None:
    collection.add(press)
    found = collection.retrieve("Uhrenmuseum öffnet wieder", roles="headline")
    assert {passage.role for passage in found} == {"headline"}
    assert found[0].text == "Uhrenmuseum öffnet wieder"
    everywhere = collection.retrieve("Uhrenmuseum öffnet wieder", 50)
    assert "headline" not in {passage.role for passage in everywhere}


WIRE = "Der Sender meldet: Die Brücke über den Sund bleibt bis Mai gesperrt."


def test_a_wire_text_in_two_papers_is_one_passage(collection: Collection, tmp_path: Path) -> None:
    rows = [
        {"uri": f"https://{name}.example/1", "source": name, "title": "Sund", "text": text}
        for name, text in [
            ("Bote", f"{WIRE}\n\nDer Bote ergänzt: Schiffe fahren weiter."),
            ("Kurier", f"{WIRE}\n\n{WIRE}"),
            ("Bote2", "Etwas ganz anderes steht hier über das Wetter."),
        ]
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert collection.add(tmp_path / "t.jsonl").added == 3
    passages = collection.retrieve("Wie lange bleibt die Brücke über den Sund gesperrt?")
    assert texts(passages).count(WIRE) == 1
    assert passages[0].article.source == "Bote"
    assert [info.source for info in passages[0].also_in] == ["Kurier"]
    only = collection.retrieve("Brücke über den Sund", sources="kurier")[0]
    assert (only.article.source, only.also_in) == ("Kurier", ())


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"since": "2024-03-02"}, {"c"}),
    ({"until": date(2024, 3, 1)}, {"b"}),
    ({"sources": "kurier"}, {"b", "c"}),
    ({"authors": ["Jule Brandt", "niemand"]}, {"a", "b"}),
    ({"sections": "Sport"}, {"c"}),
    ({"languages": "de"}, {"a", "b", "c"}),
    ({"languages": ["fr"]}, set()),
    ({"uris": ["x:a", "x:nowhere"]}, {"a"}),
    ({"since": "2030-01-01"}, set()),
    ({"sources": "Kurier", "until": "1990-01-01"}, set()),
]


@pytest.fixture
def papers(collection: Collection, tmp_path: Path) -> Collection:
    text = "Der Absatz {} erzählt ausführlich von der alten Brücke über den Fluss."
    rows: list[dict[str, Any]] = [
        {"uri": "x:a", "source": "Der Bote", "authors": "Jule Brandt", "section": "Politik"},
        {"uri": "x:b", "source": "Kurier", "authors": "Jule Brandt", "published": "2024-03-01"},
        {"uri": "x:c", "source": "Kurier", "section": "Sport", "published": "2024-03-02"},
    ]
    lines = [json.dumps(row | {"title": "", "text": text.format(row["uri"])}) for row in rows]
    (tmp_path / "papers.jsonl").write_text("\n".join(lines))
    collection.add(tmp_path / "papers.jsonl")
    return collection


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=[str(item[0]) for item in FILTERS])
def test_filters_meet_their_conditions(
    papers: Collection, filters: dict[str, Any], expected: set[str]
) -> None:
    found = papers.retrieve("Brücke", **filters)
    assert {passage.article.uri[2:] for passage in found} == expected
    answer = papers.ask("Wovon erzählt der Absatz?", **filters)
    assert {passage.article.uri[2:] for passage in answer.passages} == expected
    if not expected:
        assert not answer.answered
        assert "Filter" in answer.reason


def test_articles_come_newest_first(papers: Collection) -> None:
    assert [info.uri for info in papers.articles()] == ["x:c", "x:b", "x:a"]
    status = papers.status()
    assert (status.first, status.last) == (date(2024, 3, 1), date(2024, 3, 2))
    assert status.sources == {"Kurier": 2, "Der Bote": 1}
    assert status.languages == {"de": 3}
    assert (status.windows, status.embedded, status.unwindowed) == (3, 3, 0)
    assert json.loads(json.dumps(status.to_dict()))["first"] == "2024-03-01"


def test_at_most_so_many_of_one_article(collection: Collection, press: Path) -> None:
    collection.add(press)
    found = collection.retrieve(FERRY_QUESTION, per_article=1)
    assert len({passage.article.uri for passage in found}) == len(found) == 3


BAD_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"k": 0}, r"k=0 is not possible\. Give a number from 1 to 1000"),
    ({"k": -1}, "k=-1"),
    ({"k": True}, "k=True"),
    ({"k": 10**9}, "k=1000000000"),
    ({"k": 2.0}, r"k=2\.0"),
    ({"k": "5"}, "k='5'"),
    ({"per_article": 0}, "per_article=0"),
    ({"since": "gestern"}, "since='gestern' is no date"),
    ({"until": "2024-02-30"}, "is no date"),
    ({"since": "2024-02-02", "until": "2024-02-01"}, "Swap the two"),
    ({"roles": "body2"}, "roles are"),
    ({"sources": 5}, "no name"),
]


@pytest.mark.parametrize(
    ("options", "reason"), BAD_OPTIONS, ids=[str(item[0]) for item in BAD_OPTIONS]
)
@pytest.mark.parametrize("method", ["retrieve", "ask"])
def test_impossible_options_are_refused(
    collection: Collection, press: Path, options: dict[str, Any], reason: str, method: str
) -> None:
    with pytest.raises(QuestionError, match=reason):
        getattr(collection, method)("Wann?", **options)
    collection.add(press)
    with pytest.raises(QuestionError, match=reason):
        getattr(collection, method)("Wann?", **options)


def test_unknown_filters_are_refused(papers: Collection) -> None:
    with pytest.raises(QuestionError, match=r"'autor'.*help\(Collection\.retrieve\)"):
        papers.ask("Wann?", autor="x")  # type: ignore[call-arg]


@pytest.mark.parametrize("method", ["retrieve", "ask"])
@pytest.mark.parametrize(
    ("question", "reason"),
    [("", "empty"), (" \n\t\u00a0", "empty"), ("Wo? " * 25_000, "100,000 characters")],
)
def test_impossible_questions_are_refused(
    papers: Collection, method: str, question: str, reason: str
) -> None:
    with pytest.raises(QuestionError, match=reason):
        getattr(papers, method)(question)


@pytest.mark.parametrize(
    "question", ["???", "—", "🙂", "ლოკალური ამბები?", "何時ですか", "x" * 4000]
)
def test_strange_questions_get_their_answer_or_refusal(papers: Collection, question: str) -> None:
    check(papers, papers.retrieve(question))
    answer = papers.ask(question)
    assert not answer.answered
    assert answer.reason
    assert answer.text.startswith(answer.reason)
    assert (answer.sentences, answer.citations) == ((), ())


def test_the_largest_k_gives_all_there_is(papers: Collection) -> None:
    assert len(papers.retrieve("Brücke", MAX_K)) == 3


def test_an_empty_collection_says_so(collection: Collection, encoder: FakeEncoder) -> None:
    assert collection.retrieve("Wann?") == []
    answer = collection.ask("Wann fährt die Fähre?")
    assert not answer.answered
    assert "noch keine Artikel" in answer.reason
    assert "no articles yet" in collection.ask("When does the ferry run?").reason
    # A word of no language is answered in the reader's.
    assert "noch keine Artikel" in collection.ask("Osterholm?", language="de").reason
    assert "no articles yet" in collection.ask("When does it run?", language="de").reason
    assert collection.articles() == []
    assert collection.status().articles == 0
    assert collection.add().added == 0
    # No model was needed for any of it.
    assert (encoder.documents, encoder.questions) == ([], [])


def test_warming_up_loads_the_model(collection: Collection, encoder: FakeEncoder) -> None:
    collection.warm_up()
    assert encoder.questions == ["?"]


# Opening


def test_a_missing_collection_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CollectionNotFound, match="create=True"):
        open_collection(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_newer_collection_is_refused(collection: Collection, tmp_path: Path) -> None:
    import sqlite3

    collection.close()
    connection = sqlite3.connect(tmp_path / "collection" / CATALOG_FILE)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(CollectionNewer, match="Install the later version"):
        open_collection(tmp_path / "collection")


def test_the_default_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ARTICLE_QA_COLLECTION", str(tmp_path / "mine"))
    assert default_folder() == tmp_path / "mine"
    with open_collection(create=True, encoder=FakeEncoder()) as collection:
        assert collection.path == tmp_path / "mine"
    monkeypatch.delenv("ARTICLE_QA_COLLECTION")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder().name == "collection"
    assert "article-qa" in default_folder().parts


def test_module_functions_open_the_default_collection(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import qa

    monkeypatch.setenv("ARTICLE_QA_COLLECTION", str(tmp_path / "mine"))
    with pytest.raises(CollectionNotFound, match="mine"):
        qa.retrieve("Wann?")
    open_collection(create=True).close()
    assert qa.retrieve("Wann?", 3, since="2024-01-01") == []
    assert qa.ask("Wann?").answered is False


def test_what_was_kept_is_there_again(collection: Collection, press: Path, tmp_path: Path) -> None:
    collection.add(press)
    expected = collection.retrieve(FERRY_QUESTION)
    collection.close()
    encoder = FakeEncoder()
    with open_collection(tmp_path / "collection", encoder=encoder) as again:
        assert again.retrieve(FERRY_QUESTION) == expected
    assert encoder.documents == []


def test_a_collection_is_searched_without_its_copies(
    collection: Collection, press: Path, tmp_path: Path
) -> None:
    collection.add(press)
    expected = texts(collection.retrieve(FERRY_QUESTION))
    collection.close()
    shutil.rmtree(tmp_path / "collection" / "copies")
    with open_collection(tmp_path / "collection", encoder=FakeEncoder()) as again:
        assert texts(again.retrieve(FERRY_QUESTION)) == expected


def test_another_model_is_refused_until_it_is_adopted(
    collection: Collection, press: Path, tmp_path: Path
) -> None:
    collection.add(press)
    expected = texts(collection.retrieve(FERRY_QUESTION, 1))
    encoder = FakeEncoder("other", dimension=128)
    with open_collection(tmp_path / "collection", encoder=encoder) as other:
        calls: list[Callable[[], object]] = [
            lambda: other.retrieve("Wann?"),
            lambda: other.ask("Wann?"),
            lambda: other.add(press),
            other.embed,
            other.warm_up,
        ]
        for call in calls:
            with pytest.raises(ModelMismatch, match="article-qa embed --model NAME"):
                call()
        assert other.embed(adopt=True) == 7
        assert texts(other.retrieve(FERRY_QUESTION, 1)) == expected
        assert other.status().fingerprint == "other"


# Threads and processes


def test_a_second_writer_is_told_who_writes(collection: Collection, press: Path) -> None:
    with writer_lock(collection.path):
        for call in (lambda: collection.add(press), lambda: collection.remove("x")):
            with pytest.raises(CollectionLocked, match="is being written by process"):
                call()
        assert collection.retrieve("Wann?") == []
    assert collection.add(press).added == 3


READER = """
import sys
from qa import open_collection
from tests.fakes import FakeEncoder
encoder = FakeEncoder()
with open_collection(sys.argv[1], encoder=encoder) as collection:
    for line in sys.stdin:
        found = collection.retrieve(line, 1)
        print(found[0].text if found else "", flush=True)
assert encoder.documents == []
"""


def test_a_reader_in_another_process_sees_what_is_new(collection: Collection, press: Path) -> None:
    collection.add(press / "museum.txt")
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(collection.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as reader:

        def asked() -> str:
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write("Was kostet ein Fahrschein in Euro?\n")
            reader.stdin.flush()
            return reader.stdout.readline().strip()

        assert "Fahrschein" not in asked()
        collection.add(press)
        assert asked().startswith("Ein Fahrschein kostet unverändert vier Euro")
        (press / "ferry.txt").write_text("Neu\n\nEin Fahrschein kostet nun neun Euro.")
        collection.add(press)
        assert asked() == "Ein Fahrschein kostet nun neun Euro."
        collection.remove(press / "ferry.txt")
        assert "Fahrschein" not in asked()
        assert reader.stdin is not None
        reader.stdin.close()
        assert reader.wait(30) == 0


def test_threads_ask_while_one_adds(collection: Collection, tmp_path: Path) -> None:
    press = write(tmp_path / "press", first="Titel\n\nDie Fähre Nummer 0 fährt nach Osterholm.")
    collection.add(press)
    problems: list[BaseException] = []
    done = threading.Event()
    asked = [0] * 8

    def ask(at: int) -> None:
        try:
            while not done.is_set() or not asked[at]:
                passages = collection.retrieve(f"Fähre Nummer {at} nach Osterholm", 5)
                assert passages
                assert [passage.rank for passage in passages] == list(range(1, len(passages) + 1))
                assert all("Fähre Nummer" in passage.text for passage in passages)
                asked[at] += 1
                done.wait(0.02)
        except BaseException as exc:  # noqa: BLE001 - shown by the test itself
            problems.append(exc)

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for at in range(1, 8):
        text = f"Titel {at}\n\nDie Fähre Nummer {at} fährt nach Osterholm und zurück."
        (press / f"n{at}.txt").write_text(text)
        collection.add(press)
        if at % 3 == 0:
            collection.remove(press / f"n{at - 1}.txt")
            (press / f"n{at - 1}.txt").unlink()
    done.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert min(asked) > 0
    found = {passage.text for passage in collection.retrieve("Fähre Nummer", 50)}
    assert len(found) == collection.status().articles == 6


def test_numbers_of_numpy_are_no_numbers_of_passages(papers: Collection) -> None:
    with pytest.raises(QuestionError, match="not possible"):
        papers.retrieve("Brücke", np.int64(3))  # type: ignore[arg-type]


def test_default_names_the_offline_model_again(tmp_path: Path, encoder: FakeEncoder) -> None:
    with open_collection(tmp_path / "c", create=True, encoder=encoder, model="other") as collection:
        collection.add(write(tmp_path / "in", a="Die Fähre fährt wieder ab Montag."))
    with open_collection(tmp_path / "c", encoder=encoder) as collection:
        assert collection.status().model == "other"
    with open_collection(tmp_path / "c", encoder=encoder, model="default") as collection:
        collection.embed(adopt=True)
        assert "offline" in collection.status().model
