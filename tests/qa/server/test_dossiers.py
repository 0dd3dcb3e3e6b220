"""Dossiers over HTTP: made, filled, asked by themselves, exported."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from qa.collection import Collection, open_collection
from qa.server import Options, application
from tests.conftest import BRIDGE, FERRY, MUSEUM
from tests.fakes import FakeEncoder, write


@pytest.fixture(params=["files", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where a collection can be made."""
    if request.param == "files":
        return str(tmp_path / "held")
    return str(request.getfixturevalue("postgres_url"))


def test_a_dossier_from_its_making_to_its_document(place: str, tmp_path: Path) -> None:
    press = write(tmp_path / "press", ferry=FERRY, museum=MUSEUM, bridge=BRIDGE)
    with open_collection(place, create=True, encoder=FakeEncoder()) as opened:
        opened.add(press)
        client = client_of(opened)
        name = client.post("/api/dossiers", json={"title": "Fähre"}).json()["id"]
        uri = (press / "museum.txt").as_uri()
        items = f"/api/dossiers/{name}/items"
        first = client.post(items, json={"uri": uri, "note": "Zum <b>Museum</b>"}).json()["id"]
        question = "Was kostet ein Fahrschein?"
        client.post(items, json={"question": question})
        held = client.get(f"/api/dossiers/{name}").json()
        assert [bool(item["answer"]) for item in held["items"]] == [False, True]
        assert client.get("/api/dossiers").json()[0]["size"] == 2
        page = client.get(f"/api/dossiers/{name}/export", params={"format": "html"}).text
        assert "Zum &lt;b&gt;Museum" in page
        assert "vier Euro und achtzig Cent" in page
        assert client.get(f"/api/dossiers/{name}/export?format=docx").content[:2] == b"PK"
        asked = {"question": "How long will the swing bridge at Ellery close?"}
        alone = client.post(f"/api/dossiers/{name}/ask", json=asked).json()
        found = {item["article"]["uri"] for item in alone["passages"]}
        assert (press / "bridge.txt").as_uri() not in found
        assert client.delete(f"{items}/{first}").status_code == 204
        assert client.get(f"/api/dossiers/{name}").json()["size"] == 1
        assert client.post(items, json={}).status_code == 422
        assert client.get("/api/dossiers/nowhere").status_code == 404
        assert client.post(items, json={"uri": "x:nowhere"}).status_code == 404
        shut = client_of(opened, any_address=True)
        assert shut.post("/api/dossiers", json={"title": "A"}).status_code == 403
        assert shut.get("/api/dossiers").status_code == 200
        assert client.delete(f"/api/dossiers/{name}").status_code == 204
        assert client.get("/api/dossiers").json() == []


def client_of(collection: Collection, **options: bool) -> TestClient:
    hosts = None if options else ("testserver",)
    app = application(collection, Options(hosts=hosts, **options), page=False)  # type: ignore[arg-type]
    return TestClient(app)
