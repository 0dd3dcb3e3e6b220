"""Dossiers: what is put in, annotated, taken out, and forgotten."""

from pathlib import Path

import pytest

from corpus.errors import QuestionError
from qa.chat_history import ConversationStore
from qa.conversation_file import FILE
from qa.server.dossiers.store import Dossiers
from tests.qa.server.chat.fake import CABLE_CAR, LIBRARY, FakeCollection, info, passage


def test_articles_passages_and_answers_are_kept_with_their_notes(tmp_path: Path) -> None:
    dossiers = Dossiers(tmp_path / FILE)
    name = dossiers.create("  Seilbahn \n 2025 ")
    answer = FakeCollection().ask("Seilbahn")
    first = dossiers.put(name, info(LIBRARY))
    dossiers.put(name, passage(CABLE_CAR, 4), "Der Termin")
    dossiers.put(name, answer, "Zwei Quellen")
    dossiers.annotate(name, first, "Zum Vergleich")
    dossiers.close()
    found = Dossiers(tmp_path / FILE).find(name)
    assert found is not None
    assert (found.title, found.size) == ("Seilbahn 2025", 3)
    assert [item.note for item in found.items] == ["Zum Vergleich", "Der Termin", "Zwei Quellen"]
    assert found.items[0].article == info(LIBRARY)
    assert found.items[1].passage == passage(CABLE_CAR, 4)
    assert found.items[2].answer == answer
    assert found.uris == [LIBRARY.uri, CABLE_CAR.uri, "file:///press/umland.txt"]


def test_what_is_taken_out_or_deleted_is_gone() -> None:
    dossiers = Dossiers(None)
    one, other = dossiers.create("A"), dossiers.create("B")
    number = dossiers.put(one, info(LIBRARY))
    dossiers.take_out(other, number)  # it is in the other one
    assert [item.size for item in dossiers.all() if item.id == one] == [1]
    dossiers.take_out(one, number)
    dossiers.rename(one, "C")
    assert {item.title: item.size for item in dossiers.all()} == {"B": 0, "C": 0}
    dossiers.delete(one)
    assert dossiers.find(one) is None
    with pytest.raises(QuestionError, match="no dossier"):
        dossiers.put(one, info(LIBRARY))
    with pytest.raises(QuestionError, match="needs a title"):
        dossiers.create(" \n")


def test_a_forgotten_article_leaves_the_dossiers(tmp_path: Path) -> None:
    dossiers = Dossiers(tmp_path / FILE)
    name = dossiers.create("A")
    dossiers.put(name, info(LIBRARY))
    dossiers.put(name, FakeCollection().ask("Seilbahn"))
    store = ConversationStore(tmp_path / FILE)
    store.forget_article(CABLE_CAR.uri)
    store.close()
    found = dossiers.find(name)
    assert found is not None
    assert [item.article for item in found.items] == [info(LIBRARY)]
