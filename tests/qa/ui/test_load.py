"""Twenty people at once, each with a conversation of their own."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any


def post(address: str, fn_index: int, data: list[Any], session: str) -> list[Any]:
    body = json.dumps({"data": data, "fn_index": fn_index, "session_hash": session})
    request = urllib.request.Request(
        f"{address}/gradio_api/run/predict",
        body.encode(),
        {"Content-Type": "application/json", "Origin": address},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        found: list[Any] = json.load(reply)["data"]
    return found


def test_twenty_people_at_once(addresses: dict[str, str]) -> None:
    address = addresses["plain"]
    with urllib.request.urlopen(f"{address}/config", timeout=60) as reply:
        events = json.load(reply)["dependencies"]
    begin = next(event["id"] for event in events if event["targets"][0][1] == "submit")
    finish = next(event["id"] for event in events if event["trigger_after"] == begin)

    def converse(person: int) -> float:
        started = time.monotonic()
        for turn in range(1, 4):
            question = f"Seilbahn {person} {turn}"
            post(address, begin, [question], f"person-{person}")
            chat, panel, _status = post(address, finish, [], f"person-{person}")
            assert len(chat) == 2 * turn
            assert question in json.dumps(chat)
            assert f"Seilbahn {(person + 1) % 20} " not in json.dumps(chat)
            assert panel.count('class="turn"') == turn
        return (time.monotonic() - started) / 3

    with ThreadPoolExecutor(20) as people:
        seconds = list(people.map(converse, range(20)))
    assert median(seconds) < 10  # a hang, not the speed, is what fails here
