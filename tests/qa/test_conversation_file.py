"""The file of conversations is brought from each version to the next."""

import sqlite3
from pathlib import Path

import pytest

from corpus.errors import CollectionNewer
from qa.chat_history import ConversationStore
from qa.conversation_file import FILE, open_conversation_file
from qa.standing import StandingQuestions


def test_a_file_of_the_first_version_keeps_its_conversations(tmp_path: Path) -> None:
    store = ConversationStore(tmp_path / FILE)
    name = store.start("me", "Wann?")
    store.close()
    with sqlite3.connect(tmp_path / FILE) as before:
        for table in ("standing", "dossier_items", "dossiers"):
            before.execute(f"DROP TABLE {table}")
        before.execute("PRAGMA user_version = 1")
    standing = StandingQuestions(tmp_path / FILE)
    standing.add("Was ist neu?")
    standing.close()
    store = ConversationStore(tmp_path / FILE)
    assert store.find("me", name) is not None
    store.close()


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(CollectionNewer, match="later version"):
        open_conversation_file(tmp_path / FILE)
