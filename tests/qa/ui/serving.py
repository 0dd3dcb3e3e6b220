"""Serves the fake collections, each on a port of its own, and writes their addresses as JSON.

A process of its own, as a user's would be: `python -m tests.qa.ui.serving`.
"""

import json
import logging
import sys
import threading

from qa.ui import serve
from tests.qa.ui.fake import FakeCollection

COLLECTIONS = {
    "plain": FakeCollection(),
    "empty": FakeCollection(held=()),
    "slow": FakeCollection(warm_seconds=8.0),
    "broken": FakeCollection(model_missing=True),
}


def main(names: list[str]) -> None:
    logging.basicConfig(level=logging.WARNING)
    addresses: dict[str, str] = {}
    for name in names or COLLECTIONS:
        ready = threading.Event()

        def up(address: str, name: str = name, ready: threading.Event = ready) -> None:
            addresses[name] = address
            ready.set()

        # One after the other: Gradio builds one page at a time.
        options = {"port": 0, "on_ready": up}
        threading.Thread(
            target=serve, args=(COLLECTIONS[name],), kwargs=options, daemon=True
        ).start()
        ready.wait(60)
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started this closes the pipe


if __name__ == "__main__":
    main(sys.argv[1:])
