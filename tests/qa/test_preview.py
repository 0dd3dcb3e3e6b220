"""What would be an article, changed before it is added; and corrections of many at once."""

from base64 import b64encode
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.article import Role
from corpus.errors import ArticleNotFound, SettingsError
from qa.collection import Collection
from qa.server import Options, application
from tests.fakes import write
from tests.qa.cli.test_app import Run, run

__all__ = ["run"]

TEXT = """Stadtwerke Harbeck bauen Speicher
Von Lore Winkel, 3. Februar 2025
Die Stadtwerke Harbeck bauen am Hafen einen Wärmespeicher für neun Millionen Euro.
Er fasst 40.000 Kubikmeter Wasser und soll im Herbst 2027 fertig sein.
Besuchen kann man die Baustelle jeden zweiten Samstag im Monat, der Eintritt ist frei.
Im Rathaus hängen die Pläne bis Ostern aus, Einwände nimmt das Bauamt entgegen."""


def roles(collection: Collection, uri: str) -> list[str]:
    return [str(paragraph.role) for paragraph in collection.article(uri).paragraphs]


def test_a_preview_keeps_nothing(collection: Collection, tmp_path: Path) -> None:
    (article,) = collection.preview(text=TEXT)
    assert (article.title, article.authors) == (
        "Stadtwerke Harbeck bauen Speicher",
        ("Lore Winkel",),
    )
    assert str(article.published) == "2025-02-03"
    assert [str(paragraph.role) for paragraph in article.paragraphs][:3] == [
        "headline",
        "source",
        "lead",
    ]
    file = write(tmp_path, speicher=TEXT) / "speicher.txt"
    assert collection.preview(file)[0].text == article.text
    assert collection.articles() == []
    with pytest.raises(SettingsError, match="a file or a text"):
        collection.preview()


def test_a_text_is_added_with_other_roles(collection: Collection) -> None:
    report = collection.add_text(TEXT, metadata={"roles": {5: Role.PROMO}, "source": "Bote"})
    assert report.added == 1
    (info,) = collection.articles()
    assert info.uri.startswith("text:")
    assert info.source == "Bote"
    assert roles(collection, info.uri)[4] == "promo"
    assert collection.add_text(TEXT).unchanged == 1
    assert roles(collection, info.uri)[4] == "promo"
    found = collection.retrieve("Wann kann man die Baustelle besuchen?", k=8)
    assert not any("Besuchen kann man" in passage.text for passage in found)


def test_the_address_of_a_text_is_its_uri(collection: Collection) -> None:
    collection.add_text(TEXT, metadata={"url": "https://harbeck.example/speicher"})
    assert collection.article("https://harbeck.example/speicher").title.startswith("Stadtwerke")


def test_roles_stay_with_their_words_when_the_article_changes(
    collection: Collection, tmp_path: Path
) -> None:
    file = write(tmp_path, speicher=TEXT) / "speicher.txt"
    collection.add(file)
    uri = file.as_uri()
    collection.edit(uri, roles={4: "caption"})
    collection.edit(uri, roles={6: "promo"})
    assert roles(collection, uri)[3:] == ["caption", "body", "promo"]
    lines = TEXT.split("\n")
    new = "Der Rat hat am Montag mit großer Mehrheit zugestimmt, drei Mitglieder enthielten sich."
    file.write_text("\n".join([*lines[:3], new, *lines[3:]]), encoding="utf-8")
    assert collection.add(file).updated == 1
    assert roles(collection, uri)[3:] == ["body", "caption", "body", "promo"]
    collection.edit(uri, undo="roles")
    assert roles(collection, uri)[3:] == ["body", "body", "body", "body"]
    assert collection.corrections(uri) == {}


def test_roles_that_there_are_not(collection: Collection) -> None:
    collection.add_text(TEXT, uri="x:1")
    with pytest.raises(SettingsError, match="are no roles"):
        collection.edit("x:1", roles={4: "advert"})
    with pytest.raises(SettingsError, match="are no roles"):
        collection.edit("x:1", roles={"last": "promo"})
    collection.edit("x:1", roles={99: "promo"})
    assert "promo" not in roles(collection, "x:1")


def test_many_are_corrected_at_once_or_none(collection: Collection, press: Path) -> None:
    collection.add(press)
    uris = sorted(info.uri for info in collection.articles())
    assert sorted(collection.edit_all(uris, source="Kreisbote")) == uris
    assert collection.edit_all(uris, source="Kreisbote") == []
    assert {info.source for info in collection.articles()} == {"Kreisbote"}
    with pytest.raises(ArticleNotFound):
        collection.edit_all([*uris, "x:nowhere"], section="Kreis")
    assert {info.section for info in collection.articles()} == {""}


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))


def test_the_command_line_adds_from_a_pipe_and_shows_first(
    run: Run, press: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(press.parent / "one", speicher=TEXT) / "speicher.txt"
    shown = run("preview", file)
    assert "Stadtwerke Harbeck bauen Speicher · Lore Winkel · 2025-02-03 · de" in shown.out
    assert "2 source   Von Lore Winkel" in shown.out
    pipe(monkeypatch, TEXT)
    assert run("preview", "-", "--json").json[0]["authors"] == ["Lore Winkel"]
    pipe(monkeypatch, TEXT)
    assert run("add", "-", "--source", "Bote", "--json").json["added"] == 1
    (info,) = run("list", "--json").json
    assert info["source"] == "Bote"
    assert run("add", "-", press).code == 2
    pipe(monkeypatch, " ")
    assert run("add", "-").code == 1


def test_the_command_line_corrects_all_of_a_source(run: Run, press: Path) -> None:
    run("add", press, "--source", "Kurier Verlag")
    result = run("edit", "--of-source", "Kurier Verlag", "--source", "Kurier")
    assert result.err == "Corrected 3 of 3 articles."
    uri = (press / "ferry.txt").as_uri()
    assert run("edit", uri, "--role", "2=caption").err.startswith("roles: caption")
    assert run("edit", uri, "--role", "2").code == 2
    assert run("edit").code == 2
    assert run("edit", "--of-source", "Kurier").code == 2


@pytest.fixture
def client(collection: Collection) -> TestClient:
    return TestClient(application(collection, Options(hosts=None, editable=True), page=False))


def test_over_http(client: TestClient, collection: Collection) -> None:
    (article,) = client.post("/api/preview", json={"text": TEXT}).json()
    assert [item["role"] for item in article["paragraphs"]][:2] == ["headline", "source"]
    body = {"text": TEXT, "roles": {"5": "promo"}, "authors": ["L. Winkel"], "uri": "x:1"}
    assert client.post("/api/articles", json=body).json()["added"] == 1
    found = collection.article("x:1")
    assert found.authors == ("L. Winkel",)
    assert roles(collection, "x:1")[4] == "promo"
    page = b64encode(b"<html><title>T</title><h1>Ein Titel</h1><p>Ein Satz.</p></html>").decode()
    (article,) = client.post("/api/preview", json={"data": page, "name": "a.html"}).json()
    assert article["title"] == "Ein Titel"
    change = {"uris": ["x:1"], "published": "2025-02-04", "undo": ["roles"]}
    assert client.patch("/api/articles", json=change).json() == {"changed": ["x:1"]}
    assert str(collection.article("x:1").published) == "2025-02-04"
    assert roles(collection, "x:1")[4] != "promo"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/preview", {}, 422),
        ("POST", "/api/preview", {"text": "a", "data": "YQ=="}, 422),
        ("POST", "/api/preview", {"data": "?"}, 422),
        ("POST", "/api/preview", {"text": "  "}, 422),
        ("PATCH", "/api/articles", {"uris": ["x:nowhere"], "title": "T"}, 404),
        ("PATCH", "/api/articles", {"uris": ["x:nowhere"], "url": "ftp://x"}, 422),
        ("PATCH", "/api/articles", {"uris": []}, 400),
    ],
)
def test_what_http_refuses(
    client: TestClient, method: str, path: str, body: dict[str, object], status: int
) -> None:
    assert client.request(method, path, json=body).status_code == status


def test_a_server_that_may_not_be_edited_changes_nothing(collection: Collection) -> None:
    client = TestClient(application(collection, Options(editable=False, hosts=None), page=False))
    assert client.post("/api/articles", json={"text": TEXT}).status_code == 403
    assert client.patch("/api/articles", json={"uris": ["x:1"], "title": "T"}).status_code == 403
    assert collection.articles() == []
