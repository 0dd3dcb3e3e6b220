"""Forgetting: no file of the collection holds a word of the article afterwards."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.catalog.database import open_database
from corpus.catalog.embeddings import EmbeddingStore
from corpus.errors import ArticleNotFound, CollectionLocked, CollectionNotWritable
from index.reference import background_texts
from qa.chat_history import FORGOTTEN, ConversationStore, TurnState
from qa.cli.app import main
from qa.collection import Collection, open_collection
from qa.conversation_file import FILE
from qa.maintenance.erase import NotForgotten
from tests.fakes import FakeEncoder, write

SECRET = (
    "Verhandlung über Quellwasser\n\n"
    "Zeuge Balthasar Immerquell berichtete dem Gericht von vergrabenen Zählwerken.\n\n"
    "Die Zählwerke lagen drei Jahre im Keller. Niemand hatte sie vermisst.\n\n"
    + " ".join(f"Aktenzeichen{number}" for number in range(900))
)
WORDS = (
    "Immerquell",
    "Zählwerk",
    "Quellwasser",
    "Aktenzeichen4",
    "immerquell",
    "zahlwerk",
    "Erstfassung",
)


@pytest.fixture
def secret(collection: Collection, press: Path) -> str:
    """Add three articles and another with an earlier version; return that one's address."""
    path = press / "secret.txt"
    path.write_text("Die Erstfassung\n\nDie Erstfassung nannte keine Namen.", encoding="utf-8")
    collection.add(press)
    path.write_text(SECRET, encoding="utf-8")
    collection.add(press)
    return path.as_uri()


def grep(folder: Path, word: str) -> list[str]:
    """Return the files that hold a word; another process reads, see corpus.bytes_search."""
    forms = [argument for form in (word, json.dumps(word)[1:-1]) for argument in ("-e", form)]
    result = subprocess.run(
        ["grep", "-r", "--text", "--fixed-strings", "--files-with-matches", *forms, folder],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode in (0, 1), result.stderr
    return result.stdout.splitlines()


def test_no_file_holds_a_word_of_it(collection: Collection, secret: str) -> None:
    answer = collection.ask("Wer berichtete von vergrabenen Zählwerken?", strictness="lenient")
    assert secret in {item.article.uri for item in answer.passages}
    store = ConversationStore(collection.path / FILE)
    conversation = store.start("me", "Gericht")
    turn = store.ask("me", conversation, "Wer war vor Gericht?")
    other = store.ask("me", conversation, "Und sonst?")
    assert turn is not None
    assert other is not None
    store.settle(turn.key, TurnState.ANSWERED, answer=answer)
    store.settle(other.key, TurnState.FAILED, said="nichts")
    store.close()
    kept = collection.path / "catalog.schema-4.sqlite3"
    kept.write_text("an earlier catalog with Immerquell")
    before = [item.text for item in collection.retrieve("Was kostet ein Fahrschein?")]
    embedded = collection._database.one("SELECT count(*) FROM embeddings")[0]
    for word in ("Immerquell", "Zählwerk", "Aktenzeichen4", "Erstfassung"):
        assert grep(collection.path, word), word
    found = collection.forget(secret)
    assert found.answers == 1
    assert found.embeddings == embedded - collection._database.one(
        "SELECT count(*) FROM embeddings"
    )[0] > 3  # fmt: skip
    for word in WORDS:
        assert grep(collection.path, word) == [], word
    assert grep(collection.path, "secret.txt") == []
    assert not kept.exists()
    # The rest is as it was, and is found without being embedded again.
    encoder = collection.encoder
    assert isinstance(encoder, FakeEncoder)
    batches = len(encoder.batches)
    after = [item.text for item in collection.retrieve("Was kostet ein Fahrschein?")]
    assert after[:3] == before[:3]
    assert len(encoder.batches) == batches
    for word in WORDS:
        assert grep(collection.path, word) == [], word
    store = ConversationStore(collection.path / FILE)
    turns = store.turns("me", conversation)
    assert [item.question for item in turns] == ["Wer war vor Gericht?", "Und sonst?"]
    assert [(item.answer, item.said) for item in turns] == [(None, FORGOTTEN), (None, "nichts")]
    store.close()


def test_what_another_article_says_too_stays_there(
    collection: Collection, secret: str, press: Path
) -> None:
    (press / "other.txt").write_text(f"Nachlese\n\n{SECRET}", encoding="utf-8")
    collection.add(press)
    collection.forget(secret)
    other = collection.article((press / "other.txt").as_uri())
    assert "Immerquell" in other.text
    assert collection.retrieve("Balthasar Immerquell")[0].article.uri == other.uri


def test_what_was_removed_before_has_left_no_embedding(
    collection: Collection, secret: str, press: Path
) -> None:
    collection.remove(secret)
    collection.forget((press / "ferry.txt").as_uri())
    used = collection._database.one(
        "SELECT count(*) FROM embeddings WHERE text_hash NOT IN (SELECT text_hash FROM windows) "
        "AND text_hash NOT IN (SELECT text_hash FROM sentences)"
    )[0]
    background = EmbeddingStore(collection._database).look_up(
        collection.encoder.fingerprint, background_texts()
    )
    assert used == len(background)
    # The text is kept for a while, until that is forgotten too.
    assert grep(collection.path, "Immerquell") != []
    assert collection.forget(secret).uri == secret
    assert grep(collection.path, "Immerquell") == []
    assert collection.removed() == []


def test_what_was_removed_with_the_same_text_goes_too(
    collection: Collection, secret: str, press: Path
) -> None:
    (press / "secret.txt").rename(press / "other.txt")
    collection.remove(secret)
    collection.add(press)
    collection.forget((press / "other.txt").as_uri())
    assert collection.removed() == []
    assert grep(collection.path, "Immerquell") == []


def test_text_that_is_still_there_is_told(collection: Collection, secret: str) -> None:
    store = ConversationStore(collection.path / FILE)
    store.ask("me", store.start("me", "x"), SECRET.split("\n\n")[1])
    store.close()
    with pytest.raises(NotForgotten, match=r"still in 'conversations.sqlite3: Zeuge Balthasar"):
        collection.forget(secret)
    with pytest.raises(ArticleNotFound):
        collection.article(secret)


def test_a_reader_of_what_was_there_holds_it_up_and_it_is_finished_later(
    collection: Collection, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.catalog.erase._PATIENCE_S", 0.1)
    other = open_database(collection.path, create=False)
    collection._database.one("PRAGMA busy_timeout = 10")
    with other.transaction(write=False):
        assert other.generation
        with pytest.raises(CollectionLocked):
            collection.forget(secret)
    other.close()
    assert collection.forget(secret).uri == secret
    for word in WORDS:
        assert grep(collection.path, word) == [], word
    with pytest.raises(ArticleNotFound, match="article-qa list"):
        collection.forget(secret)


def test_without_room_nothing_is_changed(
    collection: Collection, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.maintenance.erase.free_bytes", lambda folder: 1000)
    with pytest.raises(CollectionNotWritable, match=r"Make room and try again. Nothing was"):
        collection.forget(secret)
    assert collection.article(secret).text


def test_the_command(
    collection: Collection, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    collection.close()
    for code, said in ((0, "none of its text is in"), (1, "No article has the URI")):
        with pytest.raises(SystemExit) as stop:
            main(["--collection", str(collection.path), "forget", secret], encoder=FakeEncoder())
        assert (stop.value.code or 0) == code
        assert said in capsys.readouterr().err.replace("\n", " ")
    with open_collection(collection.path, encoder=FakeEncoder()) as opened:
        assert len(opened.articles()) == 3


OTHER = """
import sys
from qa.collection import open_collection
from tests.fakes import FakeEncoder
with open_collection(sys.argv[1], encoder=FakeEncoder()) as collection:
    print(len(collection.articles()))
"""


def test_other_processes_see_what_is_added_after_it(
    collection: Collection, secret: str, tmp_path: Path
) -> None:
    def seen_elsewhere() -> int:
        command = [sys.executable, "-c", OTHER, str(collection.path)]
        root = Path(__file__).parents[3]
        result = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        return int(result.stdout)

    collection.forget(secret)
    # The search has left the catalog's locks alone: the other process must not take it for
    # unused when it ends, and put the log aside in which this one goes on writing.
    assert seen_elsewhere() == 3
    collection.add(write(tmp_path / "new", lamp="Der Leuchtturm\n\nDer Leuchtturm blinkt wieder."))
    assert seen_elsewhere() == 4


def test_files_that_cannot_be_searched_are_told(
    collection: Collection, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("sys.executable", "/no/such/python")
        with pytest.raises(NotForgotten, match=r"could not be searched .*Run the same command"):
            collection.forget(secret)
    assert collection.forget(secret).uri == secret
