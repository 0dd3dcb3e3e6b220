"""What MCP adds to a call: `python -m benchmarks.doors.mcp [--questions N] [--out FILE]`.

The samples with the default model. Each question is asked twice over, directly of a
`Collection` in this process and of `article-qa mcp` in another, by the official client over
standard input and output, in turns, so that a busy machine slows both. The figure is the ratio
of the two medians. Both have to cite the same characters.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from corpus.samples import samples_folder
from qa.collection import Collection, open_collection

QUESTIONS = Path(__file__).parents[2] / "tests" / "data" / "sample_questions.jsonl"
RESULTS = Path(__file__).with_name("mcp.json")
WARMING = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--out", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        found = anyio.run(measure, Path(folder) / "collection", arguments.questions)
    arguments.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


async def measure(folder: Path, count: int) -> dict[str, Any]:
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = list(islice(cycle(json.loads(line)["question"] for line in lines), count))
    with open_collection(folder, create=True) as collection:
        collection.add(samples_folder() / "de", samples_folder() / "en")
        collection.warm_up()
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "qa.cli.app", "--collection", str(folder), "mcp"],
            env=dict(os.environ),
        )
        async with Client(stdio_client(server)) as client:
            results = {
                tool: await compare(tool, questions, collection, client)
                for tool in ("ask", "retrieve")
            }
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "mcp": version("mcp"),
        "questions": len(questions),
        "articles": 26,
        "load_at_the_end": round(os.getloadavg()[0], 1),
        **results,
    }


async def compare(
    tool: str, questions: list[str], collection: Collection, client: Client
) -> dict[str, float]:
    """Return both medians in milliseconds, and how the second compares with the first."""
    times: dict[str, list[float]] = {"direct": [], "mcp": []}
    for number, text in enumerate(questions[:WARMING] + questions):
        places: dict[str, list[tuple[str, int, int]]] = {}
        for name in ("direct", "mcp") if number % 2 else ("mcp", "direct"):
            began = time.perf_counter()
            if name == "direct":
                places[name] = direct(tool, collection, text)
            else:
                places[name] = read_result(tool, await client.call_tool(tool, {"question": text}))
            if number >= WARMING:
                times[name].append(time.perf_counter() - began)
        assert places["direct"] == places["mcp"], text
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        **{f"{name}_median_ms": round(1000 * value, 2) for name, value in medians.items()},
        "ratio": round(medians["mcp"] / medians["direct"], 3),
    }


def direct(tool: str, collection: Collection, text: str) -> list[tuple[str, int, int]]:
    if tool == "ask":
        cited = collection.ask(text).citations
        return [(item.passage.article.uri, item.start, item.end) for item in cited]
    return [(item.article.uri, item.start, item.end) for item in collection.retrieve(text)]


def read_result(tool: str, result: Any) -> list[tuple[str, int, int]]:
    assert not result.is_error, result.content
    items = result.structured_content["citations" if tool == "ask" else "passages"]
    return [(item["uri"], item["start"], item["end"]) for item in items]


if __name__ == "__main__":
    main()
