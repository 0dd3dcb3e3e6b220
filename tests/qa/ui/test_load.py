"""Twenty people at once, each with a conversation of their own."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any


def call(address: str, target: dict[str, Any], data: list[Any], cookie: str) -> list[Any]:
    body = json.dumps({"data": data, "fn_index": target["id"], "session_hash": cookie[-8:]})
    request = urllib.request.Request(
        f"{address}/gradio_api/run/predict",
        body.encode(),
        {"Content-Type": "application/json", "Origin": address, "Cookie": cookie},
    )
    with urllib.request.urlopen(request, timeout=60) as reply:
        found: list[Any] = json.load(reply)["data"]
    return found


def arrive(address: str) -> str:
    """Open the front page as a browser that was never here; return the cookie it gets."""
    with urllib.request.urlopen(address, timeout=60) as reply:
        cookie: str = reply.headers["set-cookie"].partition(";")[0]
    return cookie


def test_twenty_people_at_once(addresses: dict[str, str]) -> None:
    address = addresses["plain"]
    with urllib.request.urlopen(f"{address}/config", timeout=60) as reply:
        config = json.load(reply)
    events, names = config["dependencies"], {}
    for component in config["components"]:
        names[component["id"]] = component["props"].get("elem_id")
    ask = next(event for event in events if event["targets"][0][1] == "submit")
    settle = next(event for event in events if event["trigger_after"] == ask["id"])
    show = next(event for event in events if event["trigger_after"] == settle["id"])

    def shown(event: dict[str, Any], data: list[Any]) -> dict[str, Any]:
        return dict(zip((names[key] for key in event["outputs"]), data, strict=True))

    def converse(person: int) -> float:
        cookie, here = arrive(address), ""
        started = time.monotonic()
        for turn in range(1, 4):
            question = f"Seilbahn {person} {turn}"
            asked = call(address, ask, [question, here, "", "", "", [], []], cookie)
            here = shown(ask, asked)["here"]
            call(address, settle, [here], cookie)
            page = shown(show, call(address, show, [here], cookie))
            assert len(page["chat"]) == 2 * turn
            assert question in json.dumps(page["chat"])
            assert f"Seilbahn {(person + 1) % 20} " not in json.dumps(page["chat"])
            assert page["sources"].count('class="turn"') == turn
            assert "pending" not in json.dumps(page["chat"])
            # One conversation, which nobody else's cookie opens.
            assert page["list"].count("<li>") == 1
        other = shown(show, call(address, show, [here], arrive(address)))
        assert other["chat"]["value"] == []
        assert other["here"] == ""
        return (time.monotonic() - started) / 3

    with ThreadPoolExecutor(20) as people:
        seconds = list(people.map(converse, range(20)))
    assert median(seconds) < 10  # a hang, not the speed, is what fails here
