"""The JSON API: the same as `Collection` gives, and what it says to bad requests."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from corpus.article import Article
from corpus.errors import CollectionLocked, ModelError
from corpus.serialise import plain
from qa.collection import Collection
from qa.results import Answer
from tests.qa.server.conftest import ANSWER, QUESTION, Serve, Slow


def uri_of(library: Collection, title: str) -> str:
    return next(info.uri for info in library.articles() if title in info.title)


def test_passages_are_those_of_retrieve(client: TestClient, library: Collection) -> None:
    reply = client.post("/api/retrieve", json={"question": QUESTION, "k": 2, "languages": ["de"]})
    assert reply.status_code == 200
    expected = library.retrieve(QUESTION, 2, languages="de")
    assert reply.json() == {"passages": json.loads(json.dumps(plain(expected)))}
    assert len(expected) == 2


def test_an_answer_is_that_of_ask_and_fits_its_schema(
    client: TestClient, library: Collection
) -> None:
    reply = client.post("/api/ask", json={"question": QUESTION})
    assert reply.status_code == 200
    assert reply.json() == json.loads(json.dumps(library.ask(QUESTION).to_dict()))
    (citation,) = reply.json()["citations"]
    article = client.get("/api/article", params={"uri": citation["passage"]["article"]["uri"]})
    assert article.json()["text"][citation["start"] : citation["end"]] == citation["quote"]
    assert TypeAdapter(Answer).validate_json(reply.content).text == f"{ANSWER} [1]"


def test_questions_are_suggested(client: TestClient, library: Collection) -> None:
    found = client.get("/api/suggestions", params={"language": "de"}).json()
    assert found == {"questions": list(library.suggest("de"))}
    assert found["questions"]
    assert client.get("/api/suggestions").json() == {"questions": list(library.suggest())}
    assert client.get("/api/suggestions", params={"language": "xx"}).status_code == 400


def test_filters_reach_the_collection(client: TestClient) -> None:
    body = {"question": QUESTION, "sources": ["Immersener Tageblatt"]}
    found = client.post("/api/retrieve", json=body).json()["passages"]
    assert found
    assert {item["article"]["title"] for item in found} == {"Uhrenmuseum öffnet wieder"}
    nothing = client.post("/api/ask", json={**body, "sources": ["Nobody"]}).json()
    assert (nothing["answered"], nothing["refusal"]) == (False, "filtered")


def test_a_question_is_read_with_its_history(client: TestClient) -> None:
    history = [
        {"role": "user", "content": "Was zeigt das Uhrenmuseum von Immersen?"},
        {"role": "assistant", "content": "Vierhundert Taschenuhren."},
    ]
    body = {"question": "Und wer leitet es?", "history": history}
    found = client.post("/api/ask", json=body).json()
    assert found["asked"] == "Und wer leitet es?"
    assert "Uhrenmuseum" in found["context"]


@pytest.mark.parametrize("how", ["accept", "stream"])
def test_a_stream_ends_with_the_answer(client: TestClient, library: Collection, how: str) -> None:
    body = {"question": QUESTION, **({"stream": True} if how == "stream" else {})}
    headers = {"accept": "text/event-stream"} if how == "accept" else {}
    reply = client.post("/api/ask", json=body, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [
        (block.split("\n")[0].removeprefix("event: "), json.loads(block.partition("data: ")[2]))
        for block in reply.text.strip().split("\n\n")
    ]
    assert [name for name, _ in events] == ["stage", "stage", "finished"]
    assert events[-1][1] == json.loads(json.dumps(library.ask(QUESTION).to_dict()))


def test_articles_are_listed_by_page_and_filter(client: TestClient, library: Collection) -> None:
    everything = client.get("/api/articles").json()
    assert everything["total"] == 3
    assert [item["uri"] for item in everything["articles"]] == [
        info.uri for info in library.articles()
    ]
    second = client.get("/api/articles?offset=1&limit=1").json()
    assert second["articles"] == everything["articles"][1:2]
    for query in ("source=immersener tageblatt", "author=Ute Kern", "since=2024-05-03",
                  "until=2024-12-31", "source=x&source=Immersener Tageblatt"):  # fmt: skip
        found = client.get(f"/api/articles?{query}").json()
        assert [item["title"] for item in found["articles"]] == ["Uhrenmuseum öffnet wieder"], query
    assert client.get("/api/articles?language=en").json()["total"] == 1
    assert client.get("/api/articles?since=2025-01-01").json()["total"] == 0


def test_an_article_is_found_by_its_uri_in_query_or_path(
    client: TestClient, library: Collection
) -> None:
    uri = uri_of(library, "Fähre")
    by_query = client.get("/api/article", params={"uri": uri})
    assert by_query.json() == json.loads(json.dumps(plain(library.article(uri))))
    assert client.get(f"/api/articles/{quote(uri, safe='')}").json() == by_query.json()
    assert client.get(f"/api/articles/{uri}").json() == by_query.json()
    assert TypeAdapter(Article).validate_json(by_query.content) == library.article(uri)


@pytest.mark.parametrize(
    "uri",
    ["nothing", "file:///etc/passwd", "../../etc/passwd", "%00", "ü",
     "https://bote.example/uploads/2024/a.html", "file:///dev/shm/a.html"],
)  # fmt: skip
def test_an_unknown_uri_is_404(client: TestClient, uri: str) -> None:
    for path in (f"/api/articles/{quote(uri, safe='')}", f"/api/article?uri={quote(uri)}"):
        reply = client.get(path)
        assert reply.status_code == 404
        assert reply.headers["content-type"] == "application/problem+json"
        assert "passwd" not in reply.text


BAD: list[tuple[Any, str]] = [
    ({}, "body.question"),
    ({"question": ""}, "body.question"),
    ({"question": "  \n "}, "body.question"),
    ({"question": "x" * 4001}, "body.question"),
    ({"question": 7}, "body.question"),
    ({"question": None}, "body.question"),
    ({"question": "Wann?", "k": 0}, "body.k"),
    ({"question": "Wann?", "k": 101}, "body.k"),
    ({"question": "Wann?", "k": "8"}, "body.k"),
    ({"question": "Wann?", "k": True}, "body.k"),
    ({"question": "Wann?", "limit": 3}, "body.limit"),
    ({"question": "Wann?", "generator": "http://evil.example"}, "body.generator"),
    ({"question": "Wann?", "rerank": "/etc/passwd"}, "body.rerank"),
    ({"question": "Wann?", "since": "yesterday"}, "body.since"),
    ({"question": "Wann?", "since": "2024-02-31"}, "body.since"),
    ({"question": "Wann?", "sources": "one"}, "body.sources"),
    ({"question": "Wann?", "roles": ["king"]}, "body.roles.0"),
    ({"question": "Wann?", "recency": "-1d"}, "body.recency"),
    ({"question": "Wann?", "strictness": "very"}, "body.strictness"),
    ({"question": "Wann?", "kind": "essay"}, "body.kind"),
    ({"question": "Wann?", "history": [{"role": "system", "content": "x"}]}, "body.history.0.role"),
    ([], "body"),
    ("Wann?", "body"),
    (None, "body"),
]


@pytest.mark.parametrize(("body", "where"), BAD, ids=[json.dumps(item)[:50] for item, _ in BAD])
def test_what_the_schema_does_not_allow_is_400(client: TestClient, body: Any, where: str) -> None:
    path = "/api/retrieve" if isinstance(body, dict) and "rerank" in body else "/api/ask"
    reply = client.post(path, json=body)
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"
    found = reply.json()
    assert found["status"] == 400
    assert found["request_id"] == reply.headers["x-request-id"]
    assert where in [item["where"] for item in found["errors"]]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b'{"question": "Wann?"', b"\xff\xfe", b"[" * 100_000, b"9" * 10_000, b"nul",
     b'{"question": "\\ud800"}'],
    ids=["none", "brace", "cut off", "not UTF-8", "deep", "a huge number", "word", "surrogate"],
)  # fmt: skip
def test_malformed_json_is_400(client: TestClient, content: bytes) -> None:
    reply = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["status"] == 400


def test_what_is_wrong_with_a_body_is_said(client: TestClient) -> None:
    form = client.post("/api/ask", data={"question": "Wann?"})
    assert form.status_code == 400
    assert "Content-Type: application/json" in form.json()["detail"]
    headers = {"content-type": "application/json"}
    deep = client.post("/api/ask", content=b"[" * 100_000, headers=headers)
    assert "cannot be read as JSON" in deep.json()["detail"]


def test_what_only_the_collection_can_tell_is_422(client: TestClient) -> None:
    body = {"question": "Wann?", "since": "2025-01-02", "until": "2025-01-01"}
    for path in ("/api/ask", "/api/retrieve"):
        reply = client.post(path, json=body)
        assert reply.status_code == 422
        assert "since=2025-01-02" in reply.json()["detail"]
    streamed = client.post("/api/ask", json={**body, "stream": True})
    assert (streamed.status_code, streamed.json()["status"]) == (422, 422)


def test_an_unknown_query_parameter_is_refused(client: TestClient) -> None:
    reply = client.get("/api/articles?limt=3")
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["where"] == "query.limt"


def test_an_enormous_body_is_413_with_its_length_or_without(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    body = b'{"question": "' + b"x" * 1_000_001 + b'"}'
    assert client.post("/api/ask", content=body, headers=headers).status_code == 413
    unsized = client.post("/api/ask", content=iter([body[:600_000], body[600_000:]]))
    assert unsized.status_code == 413
    assert unsized.json()["title"] == "The request is too large"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RuntimeError("secret detail"), 500),
        (ModelError("/home/secret/model is missing"), 503),
        (CollectionLocked("process 7 secret"), 503),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_no_error_of_ours_shows_its_inside(
    serve: Serve, library: Collection, error: Exception, status: int, stream: bool
) -> None:
    slow = Slow(library)
    slow.crash = error
    client = serve(slow)
    reply = client.post("/api/ask", json={"question": QUESTION, "stream": stream})
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    if stream:
        assert reply.status_code == 200
        assert f'event: error\ndata: {{"status": {status}' in reply.text
    else:
        assert reply.status_code == status
        assert reply.json()["status"] == status


def test_unknown_paths_and_methods_are_problems(client: TestClient) -> None:
    assert client.get("/nothing").json()["status"] == 404
    assert client.get("/api/").json()["status"] == 404
    reply = client.put("/api/ask")
    assert (reply.status_code, reply.json()["status"]) == (405, 405)
    assert reply.headers["allow"] == "POST"
    assert client.put("/api/articles").headers["allow"] == "GET, PATCH, POST"


def test_what_it_is_like_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/retrieve", "/api/ask", "/api/articles", "/api/article", "/api/articles/{uri}",
        "/api/preview", "/api/suggestions", "/api/standing", "/api/standing/{number}/feed",
        "/api/dossiers", "/api/dossiers/{name}", "/api/dossiers/{name}/ask",
        "/api/dossiers/{name}/export", "/api/dossiers/{name}/items",
        "/api/dossiers/{name}/items/{number}",
        "/v1/models", "/v1/models/{model}", "/v1/chat/completions",
        "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    names = set(described["components"]["schemas"]["Answer"]["properties"])
    assert names == set(Answer.__dataclass_fields__)
