"""People who ask at once, each with a conversation of their own: `python -m tools.people`.

Asks the samples' questions of a warm server, 20 people at a time, and prints seconds from a
question to its answer, as the page's own requests are answered. An error ends it.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from corpus.samples import samples_folder
from qa import open_collection

QUESTIONS = Path(__file__).parents[1] / "tests" / "data" / "sample_questions.jsonl"


class Site:
    """The page at an address, asked without a browser by the requests that its script makes."""

    def __init__(self, address: str) -> None:
        self._address = address
        with urllib.request.urlopen(f"{address}/config", timeout=60) as reply:
            config = json.load(reply)
        events = config["dependencies"]
        self._names = {
            component["id"]: component["props"].get("elem_id") for component in config["components"]
        }
        self._ask = next(event for event in events if event["targets"][0][1] == "submit")
        self._settle = next(e for e in events if e["trigger_after"] == self._ask["id"])
        self._show = next(e for e in events if e["trigger_after"] == self._settle["id"])

    def arrive(self) -> str:
        """Open the front page as a browser that was never here; return the cookie it gets."""
        with urllib.request.urlopen(self._address, timeout=60) as reply:
            cookie: str = reply.headers["set-cookie"].partition(";")[0]
        return cookie

    def ask(self, question: str, here: str, cookie: str) -> tuple[str, dict[str, Any]]:
        """Ask in a conversation ("" begins one); return it, and what the page shows in the end."""
        asked = self._call(self._ask, [question, here, "", "", "", [], [], False, ""], cookie)
        here = self._read_event(self._ask, asked)["here"]
        self._call(self._settle, [here], cookie)
        return here, self.show(here, cookie)

    def show(self, here: str, cookie: str) -> dict[str, Any]:
        """Return what the page shows of a conversation, by the components' names."""
        return self._read_event(self._show, self._call(self._show, [here], cookie))

    def _call(self, target: dict[str, Any], data: list[Any], cookie: str) -> list[Any]:
        body = json.dumps({"data": data, "fn_index": target["id"], "session_hash": cookie[-8:]})
        request = urllib.request.Request(
            f"{self._address}/gradio_api/run/predict",
            body.encode(),
            {"Content-Type": "application/json", "Origin": self._address, "Cookie": cookie},
        )
        with urllib.request.urlopen(request, timeout=600) as reply:
            found: list[Any] = json.load(reply)["data"]
        return found

    def _read_event(self, event: dict[str, Any], data: list[Any]) -> dict[str, Any]:
        return dict(zip((self._names[key] for key in event["outputs"]), data, strict=True))


def converse(site: Site, questions: Sequence[str]) -> list[float]:
    """Ask some questions in a conversation of one's own; return the seconds of each."""
    cookie, here, seconds = site.arrive(), "", []
    for number, question in enumerate(questions, start=1):
        started = time.monotonic()
        here, page = site.ask(question, here, cookie)
        seconds.append(time.monotonic() - started)
        shown = json.dumps(page["chat"])
        if len(page["chat"]) != 2 * number or "pending" in shown or "wrong" in shown:
            raise RuntimeError(f"{question!r} got no answer: {shown[-500:]}")
    return seconds


def main() -> None:
    from tests.qa.server.chat.conftest import served

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", type=Path, help="a collection of the samples, if there")
    parser.add_argument("--people", type=int, default=20)
    options = parser.parse_args()
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = [row["question"] for row in rows]
    with tempfile.TemporaryDirectory() as made:
        folder = os.fspath(options.collection or Path(made) / "collection")
        with open_collection(folder, create=True) as collection:
            collection.add(samples_folder() / "de", samples_folder() / "en")
        with served(folder) as addresses, ThreadPoolExecutor(options.people) as people:
            site = Site(addresses[folder])
            converse(site, questions[:1])  # the model is loaded behind this one
            each = [questions[at * 3 % len(questions) :][:3] for at in range(options.people)]
            took = people.map(lambda own: converse(site, own), each)
            found = sorted(seconds for own in took for seconds in own)
    sys.stdout.write(
        f"{options.people} people, {len(found)} answers, no error; seconds: median "
        f"{median(found):.1f}, slowest {found[-1]:.1f}; load {os.getloadavg()[0]:.1f} on "
        f"{os.cpu_count()} cores\n"
    )


if __name__ == "__main__":
    main()
