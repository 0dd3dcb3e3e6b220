"""Serves collections, each on a port of its own, and writes their addresses as JSON.

A process of its own, as a user's would be: `python -m tests.qa.server.chat.serving [WHAT]`.

    no WHAT        the fakes
    FOLDER         the real collection in a folder
    model:PORT:FOLDER  as words:FOLDER; "on this computer" a language model is looked for at a port
    words:FOLDER   a real collection, made if need be, with an encoder that counts words
    PORT:FOLDER    a fake whose conversations are kept in a folder
    slow:FILE      a fake whose model loads until the file is there
"""

import json
import logging
import sys
import threading
from pathlib import Path
from typing import Any

from qa import open_collection
from qa.chat_history import ConversationStore
from qa.conversation_file import FILE
from qa.server import language_model, serve
from qa.server.protocol import Served
from tests.fakes import FakeEncoder
from tests.qa.server.chat.fake import FakeCollection, hostile_articles

COLLECTIONS = {
    "plain": FakeCollection(),
    "empty": FakeCollection(held=()),
    "broken": FakeCollection(model_missing=True),
    "hostile": FakeCollection(held=hostile_articles()),
}


def opened(folder: str) -> Served:
    kind, _, path = folder.partition(":")
    if kind == "model":
        port, _, path = path.partition(":")
        known = (("Ollama", f"http://127.0.0.1:{port}/v1"), ("LM Studio", "http://127.0.0.1:9/v1"))
        vars(language_model)["KNOWN"] = known
        kind = "words"
    if kind == "words":
        return open_collection(path, create=True, encoder=FakeEncoder())
    if kind == "slow":
        return FakeCollection(warm_once=Path(path))
    return FakeCollection() if kind.isdigit() else open_collection(folder)


def main(folders: list[str]) -> None:
    logging.basicConfig(level=logging.WARNING)
    collections: dict[str, Served] = dict(COLLECTIONS)
    if folders:
        collections = {folder: opened(folder) for folder in folders}
    addresses: dict[str, str] = {}
    for name, collection in collections.items():
        ready = threading.Event()

        def up(address: str, name: str = name, ready: threading.Event = ready) -> None:
            addresses[name] = address
            ready.set()

        # One after the other: Gradio builds one page at a time.
        options: dict[str, Any] = {"port": 0, "on_ready": up}
        if isinstance(collection, FakeCollection):
            port, _, folder = name.partition(":")
            kept = port.isdigit()
            path = Path(folder) / FILE if kept else None
            options |= {"port": int(port) if kept else 0, "store": ConversationStore(path)}
        threading.Thread(target=serve, args=(collection,), kwargs=options, daemon=True).start()
        if not ready.wait(300):  # the next would take some of its components
            raise RuntimeError(f"{name} is not served")
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    sys.stdin.read()  # until whoever started this closes the pipe


if __name__ == "__main__":
    main(sys.argv[1:])
