"""Serves the collection of a folder, page included, and writes the address.

A process of its own: `python -m tests.qa.server.serving FOLDER USERS`. Gradio leaves event
loops open that pytest would find.
"""

import sys
from pathlib import Path

from qa.collection import open_collection
from qa.server import Options, serve
from tests.fakes import FakeEncoder


def up(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


def main(folder: str, users: str) -> None:
    options = Options(auth=Path(users), hosts=None)
    with open_collection(folder, encoder=FakeEncoder()) as collection:
        serve(collection, "127.0.0.1", 0, options, on_ready=up)


if __name__ == "__main__":
    main(*sys.argv[1:])
