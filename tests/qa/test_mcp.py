"""MCP by the official client: four tools, typed results, typed errors, on each transport."""

import logging
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from qa.collection import Collection
from qa.mcp import make_server, streamable_http_app
from tests.fakes import run_python

ROOT = Path(__file__).parents[2]
QUESTION = "Was kostet ein Fahrschein auf der Fähre nach Osterholm?"
COMMAND = (
    "import sys; from qa.cli.app import main; from tests.fakes import FakeEncoder;"
    " main(['--collection', sys.argv[1], 'mcp'], encoder=FakeEncoder())"
)
ADDRESS = "http://127.0.0.1:8000"

Session = Callable[[Client], Awaitable[Any]]


@pytest.fixture
def filled(collection: Collection, press: Path) -> Collection:
    collection.add(press)
    return collection


def stdio(folder: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-c", COMMAND, str(folder)],
        env={"PYTHONPATH": str(ROOT), "ARTICLE_QA_CONFIG": os.devnull},
        cwd=ROOT,
    )


@asynccontextmanager
async def connected(transport: str, collection: Collection) -> AsyncIterator[Client]:
    if transport == "memory":
        async with Client(make_server(collection)) as client:
            yield client
    elif transport == "stdio":
        with Path(os.devnull).open("w") as quiet:
            async with Client(stdio_client(stdio(collection.path), errlog=quiet)) as client:
                yield client
    else:
        app = streamable_http_app(collection)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as http,
            Client(streamable_http_client(f"{ADDRESS}/mcp", http_client=http)) as client,
        ):
            yield client


def talk(collection: Collection, session: Session, transport: str = "memory") -> Any:
    async def run() -> Any:
        with anyio.fail_after(120):
            async with connected(transport, collection) as client:
                return await session(client)

    return anyio.run(run)


def call(collection: Collection, name: str, **arguments: Any) -> CallToolResult:
    async def session(client: Client) -> CallToolResult:
        return await client.call_tool(name, arguments)

    result = talk(collection, session)
    assert isinstance(result, CallToolResult)
    return result


def content(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def text(result: CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


def error(result: CallToolResult) -> dict[str, str]:
    assert result.is_error
    assert result.structured_content is not None
    problem = result.structured_content["error"]
    assert text(result) == f"{problem['type']}: {problem['message']}"
    assert "Traceback" not in text(result)
    return dict(problem)


@pytest.mark.parametrize("transport", ["memory", "http", "stdio"])
def test_a_question_has_the_same_answer_on_each_transport(
    filled: Collection, transport: str
) -> None:
    async def session(client: Client) -> tuple[Any, Any, Any]:
        tools = await client.list_tools()
        answer = await client.call_tool("ask", {"question": QUESTION})
        assert client.server_info is not None
        return client.server_info.name, [tool.name for tool in tools.tools], answer

    name, tools, result = talk(filled, session, transport)
    assert name == "article-qa"
    assert tools == ["retrieve", "ask", "list_articles", "read_article"]
    direct = filled.ask(QUESTION)
    assert direct.citations
    answer = content(result)
    assert answer["answered"] is True
    assert answer["text"] == direct.text
    assert answer["confidence"] == pytest.approx(direct.confidence)
    for given, citation in zip(answer["citations"], direct.citations, strict=True):
        assert given["marker"] == citation.marker
        article = filled.article(given["uri"])
        assert article.text[given["start"] : given["end"]] == given["quote"] == citation.quote
        assert given["citation"] == citation.passage.citation
        assert given["quote"] in text(result)
        assert given["uri"] in text(result)


def test_all_tools_say_what_they_take_and_return_and_only_read(filled: Collection) -> None:
    async def session(client: Client) -> Any:
        capabilities = client.server_capabilities
        assert capabilities.resources is None
        assert capabilities.prompts is None
        return (await client.list_tools()).tools

    for tool in talk(filled, session):
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert tool.output_schema["type"] == "object"
        assert tool.description


def test_passages_are_those_of_retrieve(filled: Collection) -> None:
    found = content(call(filled, "retrieve", question=QUESTION, k=2))
    direct = filled.retrieve(QUESTION, 2)
    assert [item["text"] for item in found["passages"]] == [item.text for item in direct]
    for item in found["passages"]:
        assert filled.article(item["uri"]).text[item["start"] : item["end"]] == item["text"]


def test_filters_reach_retrieval_and_a_hint_says_why_there_is_nothing(filled: Collection) -> None:
    english = content(call(filled, "retrieve", question=QUESTION, languages=["en"]))
    assert english["passages"]
    assert {item["language"] for item in english["passages"]} == {"en"}
    captions = content(call(filled, "retrieve", question=QUESTION, roles=["caption"]))
    assert captions["passages"] == []
    newest = {"recency": "30d", "diversity": 0.5, "boost_dates": True, "per_article": 1}
    ranked = content(call(filled, "retrieve", question=QUESTION, **newest))["passages"]
    direct = filled.retrieve(
        QUESTION, recency="30d", diversity=0.5, boost_dates=True, per_article=1
    )
    assert [item["text"] for item in ranked] == [item.text for item in direct]
    none = call(filled, "retrieve", question=QUESTION, languages=["fr"])
    assert content(none)["passages"] == []
    assert content(none)["hint"]
    assert text(none) == content(none)["hint"]


def test_a_refusal_says_why_and_what_is_nearest(filled: Collection) -> None:
    answer = content(call(filled, "ask", question="Wer gewann die Wahl in Neuseeland?"))
    assert answer["answered"] is False
    assert answer["reason"]
    assert answer["citations"] == []
    assert answer["nearest"]


def test_a_digest_has_its_parts_days_and_values_with_markers(filled: Collection) -> None:
    question = "Was wird zur Fähre nach Osterholm berichtet?"
    found = content(call(filled, "ask", question=question, kind="timeline"))
    (part,) = found["digest"]
    assert part["role"] == ""
    markers = {item["marker"] for item in found["citations"]}
    assert part["lines"]
    for line in part["lines"]:
        assert line["text"] in found["text"]
        assert set(line["markers"]) <= markers
        assert {"since", "until", "when", "certain", "corrects", "value", "differs"} <= set(line)
    assert content(call(filled, "ask", question=QUESTION, kind="fact"))["digest"] == []


def test_earlier_questions_complete_a_follow_up(filled: Collection) -> None:
    given = {"question": "Und was kostet das?", "earlier_questions": [QUESTION]}
    answer = content(call(filled, "ask", **given))
    history = [{"role": "user", "content": QUESTION}]
    assert answer["question"] == filled.ask("Und was kostet das?", history).question


def test_articles_are_listed_page_by_page(filled: Collection) -> None:
    whole = content(call(filled, "list_articles"))
    assert whole["total"] == 3
    assert [item["uri"] for item in whole["articles"]] == [info.uri for info in filled.articles()]
    rest = content(call(filled, "list_articles", limit=2, offset=2))
    assert (rest["articles"], rest["total"]) == (whole["articles"][2:], 3)
    past = call(filled, "list_articles", offset=9)
    assert content(past)["articles"] == []
    assert text(past) == "Articles, none of 3:"
    ferry = content(call(filled, "list_articles", matching="Windkraft"))
    assert [item["title"] for item in ferry["articles"]] == ["Neue Fähre für Osterholm"]
    english = content(call(filled, "list_articles", languages=["en-GB"]))
    assert [item["language"] for item in english["articles"]] == ["en"]


def test_an_article_is_read_in_stretches(filled: Collection) -> None:
    info = filled.articles()[0]
    whole = filled.article(info.uri).text
    assert content(call(filled, "read_article", uri=info.uri))["text"] == whole
    first = call(filled, "read_article", uri=info.uri, length=30)
    assert content(first)["text"] == whole[:30]
    assert text(first).endswith("(goes on: start=30)")
    rest = content(call(filled, "read_article", uri=info.uri, start=30))
    assert content(first)["text"] + rest["text"] == whole
    past = content(call(filled, "read_article", uri=info.uri, start=10**6))
    assert (past["text"], past["start"], past["end"]) == ("", len(whole), len(whole))


@pytest.mark.parametrize(
    ("name", "arguments", "kind", "says"),
    [
        ("ask", {}, "InvalidArguments", "question: Field required"),
        ("ask", {"question": ""}, "InvalidArguments", "question"),
        ("ask", {"question": "x" * 5000}, "InvalidArguments", "at most 4000"),
        ("ask", {"question": "Wer?", "strictness": "mild"}, "InvalidArguments", "strictness"),
        ("ask", {"question": "Wer?", "kind": "essay"}, "InvalidArguments", "kind"),
        ("ask", {"question": 7}, "InvalidArguments", "question"),
        ("retrieve", {"question": "Wer?", "k": 0}, "InvalidArguments", "k: "),
        ("retrieve", {"question": "Wer?", "k": "many"}, "InvalidArguments", "k: "),
        ("retrieve", {"question": "Wer?", "since": "gestern"}, "InvalidArguments", "since"),
        ("retrieve", {"question": "Wer?", "delete": True}, "InvalidArguments", "delete: Extra"),
        ("retrieve", {"question": "Wer?", "sources": ["x"] * 101}, "InvalidArguments", "sources"),
        (
            "read_article",
            {"uri": "file:///none"},
            "ArticleNotFound",
            "'file:///none'; list_articles",
        ),
        ("read_article", {"uri": "x", "start": -1}, "InvalidArguments", "start"),
        ("list_articles", {"matching": "!"}, "QuestionError", ""),
    ],
)
def test_what_cannot_be_done_is_a_typed_error(
    filled: Collection, name: str, arguments: dict[str, Any], kind: str, says: str
) -> None:
    problem = error(call(filled, name, **arguments))
    assert problem["type"] == kind
    assert says in problem["message"]


def test_an_unknown_tool_is_a_protocol_error_that_names_the_known(filled: Collection) -> None:
    async def session(client: Client) -> None:
        with pytest.raises(MCPError, match=r"no tool 'remove'.*read_article"):
            await client.call_tool("remove", {"uri": "x"})

    talk(filled, session)


def test_a_fault_of_ours_tells_the_client_nothing_and_the_log_all(
    filled: Collection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret path")

    monkeypatch.setattr(filled, "ask", broken)
    with caplog.at_level(logging.ERROR):
        problem = error(call(filled, "ask", question=QUESTION))
    assert problem["type"] == "InternalError"
    assert "secret" not in problem["message"]
    assert "secret path" in caplog.text


def test_what_articles_say_is_found_while_others_are_added(filled: Collection) -> None:
    async def session(client: Client) -> list[bool]:
        kinds = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, lambda: filled.add(ROOT / "README.md"))
            for _ in range(5):
                result = await client.call_tool("ask", {"question": QUESTION})
                kinds.append(content(result)["answered"])
        return kinds

    assert talk(filled, session) == [True] * 5


async def _post(app: Any, body: bytes, **headers: str) -> httpx2.Response:
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS) as http,
    ):
        kept = {
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            **headers,
        }
        return await http.post("/mcp", content=body, headers=kept)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}', {"host": "evil.example"}, 421),
        (
            b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}',
            {"origin": "http://evil.example"},
            403,
        ),
        (b'{"a": "' + b"x" * (5 << 20) + b'"}', {}, 413),
        (b"question=Wer", {"content-type": "application/x-www-form-urlencoded"}, 400),
    ],
    ids=["malformed", "not a message", "other host", "other origin", "enormous", "a form"],
)
def test_bad_requests_are_refused(
    filled: Collection, body: bytes, headers: dict[str, str], status: int
) -> None:
    async def run() -> httpx2.Response:
        return await _post(streamable_http_app(filled), body, **headers)

    response = anyio.run(run)
    assert response.status_code == status
    assert "Traceback" not in response.text


@pytest.mark.parametrize("name", ["press.example:*", "*"])
def test_a_host_that_is_named_is_let_in(filled: Collection, name: str) -> None:
    async def run() -> httpx2.Response:
        app = streamable_http_app(filled, hosts=[name])
        body = b'{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}'
        return await _post(app, body, host="press.example:80")

    assert anyio.run(run).json()["result"]["tools"]


def test_the_command_needs_a_collection(tmp_path: Path) -> None:
    result = run_python(COMMAND, tmp_path / "none")
    assert (result.returncode, result.stdout) == (1, "")
    assert "Error:" in result.stderr
    assert "Traceback" not in result.stderr


def test_without_the_sdk_the_error_names_the_extra() -> None:
    code = "import sys; sys.modules['mcp'] = None; from qa.cli.app import main; main(['mcp'])"
    result = run_python(code)
    assert result.returncode == 1
    assert "article-qa[mcp]" in result.stderr
