"""One question through every door: the same passages, and citations of the same characters."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from qa.cli.app import main
from qa.collection import Collection, open_collection
from qa.mcp import make_server, streamable_http_app
from qa.server import Options, application
from qa.streaming import Finished
from tests.conftest import BRIDGE, FERRY, MUSEUM
from tests.fakes import FakeEncoder, adapter, write

QUESTIONS = [
    "Was kostet ein Fahrschein auf der Fähre nach Osterholm?",
    "Wann öffnet das Uhrenmuseum von Immersen?",
    "How long will the swing bridge at Ellery close?",
    "Wer gewann die Wahl in Neuseeland?",
]

Place = tuple[str, int, int, str]
"""A URI, the first and the last character, and what stands there."""
Door = Callable[[Collection, str], list[Place]]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Yield three articles, only for reading."""
    folder = tmp_path_factory.mktemp("doors")
    press = write(folder / "press", ferry=FERRY, museum=MUSEUM, bridge=BRIDGE)
    with open_collection(folder / "collection", create=True, encoder=FakeEncoder()) as opened:
        opened.add(press)
        yield opened


def nested(citations: list[dict[str, Any]]) -> list[Place]:
    """Return the places of citations that hold their whole passage."""
    return [
        (item["passage"]["article"]["uri"], item["start"], item["end"], item["quote"])
        for item in citations
    ]


def flat(items: list[dict[str, Any]], words: str) -> list[Place]:
    return [(item["uri"], item["start"], item["end"], item[words]) for item in items]


def by_mcp(collection: Collection, tool: str, question: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with Client(make_server(collection)) as client:
            result = await client.call_tool(tool, {"question": question})
            assert isinstance(result.structured_content, dict)
            return result.structured_content

    return anyio.run(run)


def by_mcp_over_http(collection: Collection, tool: str, question: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        tools = streamable_http_app(collection, hosts=["*"])
        app = application(collection, Options(), page=False, mounted={"/mcp": tools})
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as http,
            Client(streamable_http_client("http://127.0.0.1:7860/mcp", http_client=http)) as client,
        ):
            result = await client.call_tool(tool, {"question": question})
            assert isinstance(result.structured_content, dict)
            return result.structured_content

    return anyio.run(run)


def by_http(collection: Collection, path: str, body: dict[str, Any]) -> Any:
    app = application(collection, Options(), page=False)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.fixture
def by_command(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run(collection: Collection, *arguments: str) -> Any:
        with pytest.raises(SystemExit, match=r"^0$"):
            main(
                ["--collection", str(collection.path), *arguments, "--json"],
                encoder=FakeEncoder(),
            )
        return json.loads(capsys.readouterr().out)

    return run


ASKING = ["command line", "mcp", "mcp over http", "http", "chat completions", "stream"]
RETRIEVING = ["command line", "mcp", "http", "many", "langchain", "llamaindex", "haystack"]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("door", ASKING)
def test_an_answer_has_the_same_citations_through_each_door(
    library: Collection, by_command: Callable[..., Any], door: str, question: str
) -> None:
    direct = library.ask(question)
    expected = [
        (item.passage.article.uri, item.start, item.end, item.quote) for item in direct.citations
    ]
    assert bool(expected) is direct.answered
    if door == "command line":
        found = nested(by_command(library, "ask", question)["citations"])
    elif door == "mcp":
        found = flat(by_mcp(library, "ask", question)["citations"], "quote")
    elif door == "mcp over http":
        found = flat(by_mcp_over_http(library, "ask", question)["citations"], "quote")
    elif door == "http":
        found = nested(by_http(library, "/api/ask", {"question": question})["citations"])
    elif door == "chat completions":
        body = {"model": "article-qa", "messages": [{"role": "user", "content": question}]}
        given = by_http(library, "/v1/chat/completions", body)
        found = nested(given["article_qa"]["citations"])
    else:
        *_, last = library.ask_stream(question)
        assert isinstance(last, Finished)
        found = nested([item.to_dict() for item in last.answer.citations])
    assert found == expected
    for uri, start, end, quote in found:
        assert library.article(uri).text[start:end] == quote


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("door", RETRIEVING)
def test_passages_are_the_same_through_each_door(
    library: Collection, by_command: Callable[..., Any], door: str, question: str
) -> None:
    expected = [
        (item.article.uri, item.start, item.end, item.text) for item in library.retrieve(question)
    ]
    assert expected
    if door == "many":
        found = [
            (item.article.uri, item.start, item.end, item.text)
            for item in library.retrieve_many([question])[0]
        ]
    elif door == "mcp":
        found = flat(by_mcp(library, "retrieve", question)["passages"], "text")
    elif door in ("command line", "http"):
        given = (
            by_command(library, "search", question)
            if door == "command line"
            else by_http(library, "/api/retrieve", {"question": question})["passages"]
        )
        found = [(i["article"]["uri"], i["start"], i["end"], i["text"]) for i in given]
    else:
        found = by_framework(door, library, question)
    assert found == expected


def by_framework(name: str, library: Collection, question: str) -> list[Place]:
    retriever = adapter(name).ArticleRetriever
    if name == "langchain":
        documents = retriever(collection=library).invoke(question)
        items = [{**item.metadata, "text": item.page_content} for item in documents]
    elif name == "llamaindex":
        nodes = retriever(library).retrieve(question)
        items = [{**item.node.metadata, "text": item.node.text} for item in nodes]
    else:
        documents = retriever(library).run(question)["documents"]
        items = [{**item.meta, "text": item.content} for item in documents]
    return flat(items, "text")


def test_the_page_that_lists_the_doors_is_not_behind() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for word in ("article-qa ask", "article-qa ui", "article-qa serve", "mcp", "LangChain"):
        assert word in text
