"""Standing questions and their feeds over HTTP."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from qa.collection import Collection, open_collection
from qa.conversation_file import FILE, conversation_place
from qa.server import Options, application
from qa.standing import StandingQuestions
from tests.fakes import FakeEncoder, write

ATOM = "{http://www.w3.org/2005/Atom}"
PIER = "Seebrücke <Quendel>\n\nDie Seebrücke in Quendel wird für 3 Millionen Euro & mehr saniert."


@pytest.fixture
def client(collection: Collection) -> TestClient:
    return TestClient(application(collection, Options(hosts=None), page=False))


def keep(collection: Collection, question: str) -> None:
    standing = StandingQuestions(conversation_place(collection.place))
    standing.add(question)
    standing.close()


def test_questions_are_listed(client: TestClient, collection: Collection) -> None:
    assert client.get("/api/standing").json() == []
    assert not (collection.path / FILE).exists()
    keep(collection, "Was ist mit der Seebrücke in Quendel?")
    (found,) = client.get("/api/standing").json()
    assert (found["id"], found["question"]) == (1, "Was ist mit der Seebrücke in Quendel?")


def test_a_feed_has_an_entry_for_each_article(
    client: TestClient, collection: Collection, tmp_path: Path
) -> None:
    keep(collection, "Was ist mit der Seebrücke in Quendel?")
    empty = ElementTree.fromstring(client.get("/api/standing/1/feed").content)
    assert empty.findall(f"{ATOM}entry") == []
    collection.add(write(tmp_path / "press", pier=PIER))
    reply = client.get("/api/standing/1/feed")
    assert reply.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(reply.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert feed.findtext(f"{ATOM}title") == "Was ist mit der Seebrücke in Quendel?"
    assert entry.findtext(f"{ATOM}title") == "Seebrücke <Quendel>"
    assert "für 3 Millionen Euro & mehr saniert" in (entry.findtext(f"{ATOM}summary") or "")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"].startswith("http://testserver/library/article?uri=file")


def test_there_is_no_feed_of_no_question(client: TestClient) -> None:
    assert client.get("/api/standing/7/feed").status_code == 404
    assert client.get("/api/standing/x/feed").status_code in (400, 422)


def test_they_are_in_postgresql_where_the_collection_is(postgres_url: str, tmp_path: Path) -> None:
    with open_collection(postgres_url, create=True, encoder=FakeEncoder()) as collection:
        keep(collection, "Was ist mit der Seebrücke in Quendel?")
        collection.add(write(tmp_path / "press", pier=PIER))
        client = TestClient(application(collection, Options(hosts=None), page=False))
        (found,) = client.get("/api/standing").json()
        assert found["question"] == "Was ist mit der Seebrücke in Quendel?"
        reply = client.get("/api/standing/1/feed")
        assert "Seebrücke" in reply.content.decode()
