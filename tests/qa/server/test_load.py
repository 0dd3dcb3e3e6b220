"""Clients that hang up, read slowly or come in crowds; a stop; a collection being written."""

import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from qa.collection import Collection, open_collection
from qa.server import Options, application, serve
from qa.server.security import Rate
from tests.conftest import FERRY
from tests.fakes import FakeEncoder, write
from tests.qa.server.conftest import ANSWER, QUESTION, Serve, Slow, running, waited_for

ASKED = {"question": QUESTION}


@pytest.mark.parametrize("stream", [True, False])
def test_work_stops_when_the_client_hangs_up(library: Collection, stream: bool) -> None:
    slow = Slow(library)
    app = application(slow, Options(hosts=None, workers=1), page=False)
    with running(app) as address:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        body = json.dumps({"question": "endless", "stream": stream}).encode()
        with socket.create_connection((host, port)) as client:
            head = f"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
            client.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
            assert slow.begun.acquire(timeout=60)
            assert waited_for(lambda: slow.pieces > 3)
        assert slow.closed.wait(10), "nobody waits, and the work goes on"
        assert waited_for(lambda: app.state.service.workers.taken == 0)
        assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_slow_reader_holds_up_nobody_else(library: Collection) -> None:
    slow = Slow(library)
    app = application(slow, Options(hosts=None, workers=1, send_timeout_s=1.0), page=False)
    with running(app) as address:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        body = b'{"question": "endless", "stream": true}'
        with socket.create_connection((host, port)) as client:
            client.sendall(
                b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            assert slow.begun.acquire(timeout=60)
            # It reads nothing, and is given up; the one worker is free again.
            assert slow.closed.wait(15)
            slow.go_on.set()
            assert httpx.post(f"{address}/api/ask", json=ASKED, timeout=60).status_code == 200


def test_a_full_server_says_so_and_when_to_come_again(library: Collection) -> None:
    slow = Slow(library)
    app = application(slow, Options(hosts=None, workers=1, waiting=1), page=False)
    with running(app) as address, ThreadPoolExecutor(2) as others:
        first = [
            others.submit(httpx.post, f"{address}/api/ask", json=ASKED, timeout=60)
            for _ in range(2)
        ]
        assert waited_for(lambda: app.state.service.workers.taken == 2)
        for path in ("/api/ask", "/v1/chat/completions"):
            message = {"model": "article-qa", "messages": [{"role": "user", "content": "Wann?"}]}
            body: dict[str, Any] = ASKED if path == "/api/ask" else message
            refused = httpx.post(f"{address}{path}", json=body)
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) >= 1
        assert httpx.get(f"{address}/healthz").status_code == 200
        slow.go_on.set()
        assert [item.result().json()["text"] for item in first] == [f"{ANSWER} [1]"] * 2
        assert httpx.post(f"{address}/api/ask", json=ASKED, timeout=60).status_code == 200


def test_a_question_that_takes_too_long_is_504(serve: Serve, library: Collection) -> None:
    slow = Slow(library)
    client = serve(slow, timeout_s=0.2)
    reply = client.post("/api/ask", json=ASKED)
    assert (reply.status_code, reply.json()["status"]) == (504, 504)
    streamed = client.post("/api/ask", json={**ASKED, "stream": True})
    assert 'event: error\ndata: {"status": 504' in streamed.text
    slow.go_on.set()


def test_a_silent_stream_says_that_it_is_alive(library: Collection) -> None:
    slow = Slow(library)
    app = application(slow, Options(hosts=None, keep_alive_s=0.05), page=False)
    lines: list[str] = []
    asked = {**ASKED, "stream": True}
    with (
        running(app) as address,
        httpx.stream("POST", f"{address}/api/ask", json=asked, timeout=60) as reply,
    ):
        for line in reply.iter_lines():
            lines.append(line)
            if lines.count(": still here") == 3:
                slow.go_on.set()
    assert "event: finished" in lines


def test_a_body_that_does_not_arrive_is_408(library: Collection) -> None:
    options = Options(hosts=None, body_timeout_s=0.3)
    with running(application(library, options, page=False)) as address:
        host, port = urlsplit(address).hostname, urlsplit(address).port
        with socket.create_connection((host, port), timeout=60) as client:
            client.sendall(b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
            assert client.recv(4096).startswith(b"HTTP/1.1 408 ")


def test_asking_goes_on_while_articles_are_added(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(write(tmp_path / "first", ferry=FERRY))
        done = threading.Event()

        def add() -> None:
            # Another process would open it anew too.
            with open_collection(tmp_path / "c", encoder=FakeEncoder()) as writing:
                for number in range(8):
                    text = f"Meldung {number}\n\nDer Hafen meldet {number} Schiffe am Kai {number}."
                    writing.add(write(tmp_path / f"more{number}", news=text))
            done.set()

        app = application(collection, Options(hosts=None), page=False)
        with running(app) as address, httpx.Client(base_url=address, timeout=60) as client:
            thread = threading.Thread(target=add)
            thread.start()
            asked = 0
            while not done.is_set() or not asked:
                reply = client.post("/api/ask", json=ASKED)
                assert (reply.status_code, reply.json()["text"]) == (200, f"{ANSWER} [1]")
                assert client.get("/api/articles").status_code == 200
                asked += 1
            thread.join()
            assert client.get("/api/articles").json()["total"] == 9
            found = client.post("/api/retrieve", json={"question": "Schiffe am Kai 7", "k": 1})
            assert "7 Schiffe" in found.json()["passages"][0]["text"]


def test_a_stop_answers_what_is_under_way(
    library: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    import uvicorn

    slow = Slow(library)
    servers: list[uvicorn.Server] = []
    plain = uvicorn.Server.__init__

    def kept(self: uvicorn.Server, config: uvicorn.Config) -> None:
        servers.append(self)
        plain(self, config)

    monkeypatch.setattr(uvicorn.Server, "__init__", kept)
    addresses: list[str] = []
    options = Options(hosts=None, drain_s=20)
    thread = threading.Thread(
        target=serve,
        args=(slow, "127.0.0.1", 0, options),
        kwargs={"page": False, "on_ready": addresses.append},
    )
    thread.start()
    assert waited_for(lambda: bool(addresses))
    with ThreadPoolExecutor(1) as other:
        under_way = other.submit(httpx.post, f"{addresses[0]}/api/ask", json=ASKED, timeout=60)
        assert slow.begun.acquire(timeout=60)
        servers[0].should_exit = True
        ready = f"{addresses[0]}/readyz"
        assert waited_for(lambda: httpx.get(ready).json()["draining"])
        assert httpx.get(ready).status_code == 503
        assert httpx.post(f"{addresses[0]}/api/ask", json=ASKED).status_code == 503
        slow.go_on.set()
        assert under_way.result().json()["text"] == f"{ANSWER} [1]"
    thread.join(60)
    assert not thread.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(ready)


def test_each_client_has_its_rate(serve: Serve) -> None:
    client = serve(rate=3)
    assert [client.get("/api/articles").status_code for _ in range(4)] == [200, 200, 200, 429]
    reply = client.get("/v1/models")
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 21
    now = [0.0]
    rate = Rate(60, clock=lambda: now[0])
    assert [rate.take("a", 1) for _ in range(61)][-2:] == [0.0, 1.0]
    now[0] = 30.0
    assert [rate.take("a", 1) > 0 for _ in range(31)] == [False] * 30 + [True]


def test_readiness_follows_the_model_and_the_collection(serve: Serve, tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(write(tmp_path / "first", ferry=FERRY))
        client = serve(collection)
        client.get("/readyz")
        assert waited_for(lambda: client.get("/readyz").status_code == 200)
        state = {"ready": True, "model": "loaded", "indexes": "current", "draining": False}
        assert client.get("/readyz").json() == state
        with open_collection(tmp_path / "c", encoder=FakeEncoder()) as writing:
            writing.add(write(tmp_path / "second", more="Mehr\n\nDer Hafen meldet sieben Schiffe."))
        assert client.get("/readyz").json()["indexes"] == "behind"
        assert waited_for(lambda: client.get("/readyz").json() == state)


def test_counts_are_kept_without_any_text(serve: Serve) -> None:
    client = serve()
    client.post("/api/ask", json=ASKED)
    client.post("/api/ask", json={"question": "Wer gewann das Endspiel in Lissabon?"})
    client.get("/api/articles/nothing%20secret")
    client.request("BREW", "/secret")
    shown = client.get("/metrics").text
    assert 'article_qa_requests_total{method="POST",route="/api/ask",status="200"} 2.0' in shown
    assert 'route="/api/articles/{uri}",status="404"} 1.0' in shown
    assert 'article_qa_answers_total{outcome="answered"} 1.0' in shown
    assert 'method="other",route="other"' in shown
    assert "secret" not in shown
    assert "BREW" not in shown


@pytest.mark.parametrize("questions", [False, True])
def test_the_log_holds_questions_only_when_told(
    serve: Serve, questions: bool, caplog: pytest.LogCaptureFixture
) -> None:
    client = serve(log_questions=questions)
    with caplog.at_level(logging.INFO, "qa.server.requests"):
        reply = client.post("/api/ask", json=ASKED, headers={"x-request-id": "mine-1"})
        client.get("/api/articles/file%3A%2F%2Fsecret", headers={"x-request-id": "no\tgood"})
    assert reply.headers["x-request-id"] == "mine-1"
    first, second = (json.loads(record.message) for record in caplog.records)
    assert (first["id"], first["route"], first["status"]) == ("mine-1", "/api/ask", 200)
    assert first.get("question") == (QUESTION if questions else None)
    assert second["id"] != "no\tgood"
    assert "secret" not in caplog.text
    assert "Fahrschein kostet" not in caplog.text


def test_a_request_by_another_name_or_from_another_site_is_refused(serve: Serve) -> None:
    client = serve(hosts=("qa.example.org",), any_address=True)
    ask = client.post
    good = {"host": "qa.example.org:7860"}
    assert ask("/api/ask", json=ASKED, headers=good).status_code == 200
    assert ask("/api/ask", json=ASKED, headers={"host": "10.1.2.3:80"}).status_code == 200
    for host in ("evil.example", "qa.example.org.evil.example", ""):
        assert ask("/api/ask", json=ASKED, headers={"host": host}).status_code == 400
    for origin in (
        "http://evil.example",
        "null",
        "http://qa.example.org:1",
        "http://qa.example.org",
    ):
        assert ask("/api/ask", json=ASKED, headers={**good, "origin": origin}).status_code == 403
    own = {**good, "origin": "https://qa.example.org:7860"}
    assert ask("/api/ask", json=ASKED, headers=own).status_code == 200
    sent = {**good, "sec-fetch-site": "cross-site"}
    assert ask("/api/ask", json=ASKED, headers=sent).status_code == 403
    assert "access-control-allow-origin" not in ask("/api/ask", json=ASKED, headers=own).headers


def test_every_response_has_the_headers(serve: Serve) -> None:
    client = serve()
    for path in ("/api/articles", "/healthz", "/nothing", "/api/articles/x", "/openapi.json"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
