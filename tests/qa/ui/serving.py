"""Serves collections, each on a port of its own, and writes their addresses as JSON.

A process of its own, as a user's would be: `python -m tests.qa.ui.serving` for the fakes,
`python -m tests.qa.ui.serving FOLDER` for the real collection in a folder.
"""

import json
import logging
import sys
import threading

from qa import open_collection
from qa.ui import serve
from qa.ui.dialogue import Asked
from tests.qa.ui.fake import FakeCollection

COLLECTIONS = {
    "plain": FakeCollection(),
    "empty": FakeCollection(held=()),
    "slow": FakeCollection(warm_seconds=8.0),
    "broken": FakeCollection(model_missing=True),
}


def main(folders: list[str]) -> None:
    logging.basicConfig(level=logging.WARNING)
    collections: dict[str, Asked] = dict(COLLECTIONS)
    if folders:
        collections = {folder: open_collection(folder) for folder in folders}
    addresses: dict[str, str] = {}
    for name, collection in collections.items():
        ready = threading.Event()

        def up(address: str, name: str = name, ready: threading.Event = ready) -> None:
            addresses[name] = address
            ready.set()

        # One after the other: Gradio builds one page at a time.
        options = {"port": 0, "on_ready": up}
        threading.Thread(target=serve, args=(collection,), kwargs=options, daemon=True).start()
        ready.wait(60)
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started this closes the pipe


if __name__ == "__main__":
    main(sys.argv[1:])
