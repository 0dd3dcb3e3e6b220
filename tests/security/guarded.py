"""The main paths of the product in a process that notes and refuses whatever leaves the machine.

`python -m tests.security.guarded FOLDER` does them all and prints what was tried as JSON.
"""

import io
import json
import os
import sys
import threading
import urllib.request
from contextlib import redirect_stderr, redirect_stdout
from ipaddress import ip_address
from pathlib import Path
from typing import Any

TRIED: list[str] = []
_EVENTS = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
           "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo")  # fmt: skip


def _is_here(host: Any) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        address = ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _guard(event: str, values: tuple[Any, ...]) -> None:
    if event not in _EVENTS:
        return
    target = values[0] if event in ("socket.getaddrinfo", "socket.gethostbyname") else values[1:]
    if event == "socket.gethostbyaddr":
        target = values[0]
    if isinstance(target, tuple):
        place = next((item for item in target if isinstance(item, tuple)), None)
        if place is None:
            return  # a socket of the file system, or one that is connected already
        target = place[0]
    if not _is_here(target):
        TRIED.append(f"{event} {target!r}")
        raise PermissionError(f"refused: {event} {target!r}")


def command(*arguments: str) -> str:
    """Run one command of article-qa in this process; return what it printed."""
    from qa.cli.app import main

    printed, said, code = io.StringIO(), io.StringIO(), None
    with redirect_stdout(printed), redirect_stderr(said):
        try:
            main(list(arguments))
        except SystemExit as stop:
            code = stop.code
    assert not code, f"{arguments}: {said.getvalue()}{printed.getvalue()}"
    return printed.getvalue()


def served(folder: str, question: str) -> str:
    """Start the server with its page, load the page, ask; return the answer."""
    from qa import open_collection
    from qa.server.serving import serve

    ready = threading.Event()
    addresses: list[str] = []

    def up(address: str) -> None:
        addresses.append(address)
        ready.set()

    with open_collection(folder) as collection:
        options: dict[str, Any] = {"port": 0, "on_ready": up}
        # It ends with the process: a server in a thread hears no signal.
        threading.Thread(target=serve, args=(collection,), kwargs=options, daemon=True).start()
        assert ready.wait(120)
        base = addresses[0].rstrip("/")
        with urllib.request.urlopen(f"{base}/") as page:
            assert b"article-qa" in page.read()
        asked = urllib.request.Request(
            f"{base}/api/ask",
            json.dumps({"question": question}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(asked) as answer:
            text = str(answer.read().decode())
    return text


def main() -> None:
    # Here, before anything of the product is imported; not where a test only looks at this file.
    sys.addaudithook(_guard)
    from corpus.samples import samples_folder

    folder = sys.argv[1]
    os.environ["ARTICLE_QA_CONFIG"] = os.devnull
    done = {}
    collection = ("--collection", f"{folder}/c")
    done["help"] = command("--help")
    files = ("de/seilbahn-bad-lauten-april.html", "en/lighthouse-lens-theft.txt")
    done["add"] = command(*collection, "add", *(str(samples_folder() / name) for name in files))
    other = ("--collection", f"{folder}/other")
    done["samples"] = command(*other, "add", "--samples", "--no-embed")
    done["search"] = command(*collection, "search", "Wann fährt die Seilbahn?")
    done["ask"] = command(*collection, "ask", "Wann soll die Seilbahn in Bad Lauten wieder fahren?")
    done["status"] = command(*other, "status", "--json")
    questions = Path(folder) / "questions.jsonl"
    asked = {"question": "Wann soll die Seilbahn in Bad Lauten wieder fahren?"}
    questions.write_text(json.dumps({**asked, "answers": ["im April"]}), encoding="utf-8")
    done["evaluate"] = command(*collection, "evaluate", str(questions))
    done["serve"] = served(f"{folder}/c", "Wann soll die Seilbahn in Bad Lauten wieder fahren?")
    probed = ""
    try:
        import socket

        socket.getaddrinfo("example.org", 80)
    except PermissionError as exc:
        probed = str(exc)
    tried = TRIED[:-1] if probed else TRIED
    print(json.dumps({"tried": tried, "probed": probed, "done": done}))  # noqa: T201


if __name__ == "__main__":
    main()
