"""A newcomer's visit to the page, in Chromium: `python -m tools.visit`.

Adds sixteen articles (dropped with the mouse, pasted, by address from a server on loopback),
asks forty questions, corrects metadata, follows two stories and exports the press review; all
but the drop by keyboard alone. Then a shorter visit by touch, on a phone's screen. Prints what
went wrong, and ends with 1 where something did.
"""

import argparse
import functools
import html
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.qa.server.chat.conftest import ARGUMENTS, ask, chromium
from tools.visit_articles import ARTICLES, NEWS, QUESTIONS, STORIES

DROPPED, PASTED = 10, 4
"""Of the articles; the rest comes by address."""
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
DROP = """files => {
  const held = new DataTransfer();
  for (const [name, text] of files) held.items.add(new File([text], name));
  for (const type of ["dragover", "drop"]) {
    const options = { dataTransfer: held, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent(type, options));
  }
}"""


class Visitor:
    """One visitor with a page, and what went wrong on the visit."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page = context.new_page()
        self.address = address
        self.problems: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._see)

    def _hear(self, said: Any) -> None:
        if said.type == "error":
            self.problems.append(f"console: {said.text}")

    def _see(self, request: Any) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("127.0.0.1", None):
            self.problems.append(f"a request to {host}")

    def tab_to(self, selector: str, most: int = 250) -> None:
        """Press the tabulator key until something has the focus."""
        for _ in range(most):
            if self.page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise RuntimeError(f"the keyboard does not reach {selector}")

    def press(self, selector: str, key: str = "Enter") -> None:
        """Reach something by keyboard and press a key on it."""
        self.tab_to(selector)
        self.page.keyboard.press(key)

    def type_in(self, selector: str, text: str) -> None:
        """Reach a field by keyboard and write into it."""
        self.tab_to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def go(self, path: str) -> None:
        """Open an address of the page, as from a bookmark."""
        self.page.goto(self.address + path)

    def wait_for_job(self) -> None:
        """Wait until a job is done, and see that it says so."""
        expect(self.page.locator("#job:not([data-job])")).to_be_visible(timeout=300_000)
        if self.page.locator(".outcome.refused, .outcome.skipped, .outcome.partly").count():
            self.problems.append(self.page.locator(".job table").inner_text())

    def judge(self, number: int, question: str, wanted: str | None) -> None:
        """Note an answer that does not hold what it should."""
        shown = self.page.locator(f"#a-{number}")
        refused = shown.evaluate("node => node.classList.contains('refusal')")
        if wanted is None and not refused:
            self.problems.append(f"answered: {question}")
        elif wanted is not None and wanted not in shown.inner_text():
            self.problems.append(f"{question} -> {' '.join(shown.inner_text().split())[:160]}")


def write_file(article: tuple[str, str, str, str]) -> tuple[str, str]:
    """Return the name and the content of an article's page."""
    title, source, day, text = (html.escape(part) for part in article)
    name = re.sub(r"\W+", "-", article[0].lower()).strip("-")
    meta = f'<meta property="og:site_name" content="{source}">'
    meta += f'<meta property="article:published_time" content="{day}">'
    body = f"<article><h1>{title}</h1><p>{text}</p></article>"
    page = f'<!doctype html><html lang="{"en" if "Penwick" in title else "de"}"><head>'
    return f"{name}.html", f"{page}<title>{title}</title>{meta}</head><body>{body}</body></html>"


def add_articles(visitor: Visitor, elsewhere: str) -> None:
    """Drop, paste and fetch the articles."""
    visitor.go("/")
    visitor.press("#pages a[href='/library']")
    visitor.page.wait_for_url("**/library")
    visitor.page.evaluate(DROP, [write_file(article) for article in ARTICLES[:DROPPED]])
    visitor.page.wait_for_url("**/library/jobs/*")
    visitor.wait_for_job()
    for title, source, day, text in ARTICLES[DROPPED : DROPPED + PASTED]:
        visitor.go("/library")
        visitor.press("a[href='/library/add']")
        visitor.page.wait_for_url("**/library/add")
        visitor.type_in("#title", title)
        visitor.type_in("#text", text)
        visitor.press("button[formaction='/library/preview']")
        visitor.page.wait_for_url("**/library/preview")
        visitor.type_in("#new-source", source)
        visitor.tab_to("#new-published")
        visitor.page.locator("#new-published").fill(day)  # each browser has keys of its own here
        visitor.press(".stack .button.strong")
        visitor.wait_for_job()
    visitor.go("/library/add")
    rest = [write_file(article)[0] for article in ARTICLES[DROPPED + PASTED :]]
    visitor.type_in("#addresses", "\n".join(f"{elsewhere}/{name}" for name in rest))
    visitor.press("form[action='/library/addresses'] .button")
    visitor.wait_for_job()
    visitor.go("/library")
    expect(visitor.page.locator("p.count")).to_contain_text(str(len(ARTICLES)))


def ask_questions(visitor: Visitor) -> None:
    """Ask all questions, in conversations of ten."""
    visitor.go("/")
    expect(visitor.page.locator("#chat .welcome")).to_be_visible(timeout=120_000)
    for at, (question, wanted) in enumerate(QUESTIONS):
        number = at % 10 + 1
        if number == 1 and at:
            visitor.press("#new")
            expect(visitor.page.locator("#chat .asked")).to_have_count(0)
            visitor.tab_to("#question textarea")
        ask(visitor.page, question, timeout_s=300)
        visitor.judge(number, question, wanted)


def correct_metadata(visitor: Visitor) -> None:
    """Give an article another author."""
    visitor.go("/library?q=Störche")
    visitor.press("table.articles tbody th a")
    visitor.page.wait_for_url("**/library/article*")
    visitor.press(".about > summary")
    visitor.type_in("#authors", "Enna Dirks")
    visitor.press(".about .button")
    expect(visitor.page.locator(".byline")).to_contain_text("Enna Dirks")


def follow_stories(visitor: Visitor, folder: Path) -> None:
    """Keep two questions, add news, and take the review along."""
    for story in STORIES:
        visitor.go("/")
        expect(visitor.page.locator("#chat .welcome")).to_be_visible(timeout=120_000)
        ask(visitor.page, story, timeout_s=300)
        visitor.press("#do-watch-1")
        expect(visitor.page.locator("#do-watch-1.on")).to_be_visible()
    visitor.go("/library/add")
    visitor.type_in("#title", NEWS[0])
    visitor.type_in("#text", NEWS[1])
    visitor.press("form[action='/library/text'] .button:not(.strong)")
    visitor.wait_for_job()
    visitor.go("/")
    expect(visitor.page.locator("#chat .welcome .go")).to_be_visible(timeout=120_000)
    with visitor.page.expect_download(timeout=120_000) as download:
        visitor.press("#chat .welcome form[action$=md] button")
    download.value.save_as(folder / "review.md")
    if "Tempo 30" not in (folder / "review.md").read_text(encoding="utf-8"):
        visitor.problems.append("the review does not tell the news")


def visit_by_touch(visitor: Visitor) -> None:
    """Ask, look at a source, filter, and read an article, with the finger."""
    page = visitor.page
    visitor.go("/")
    page.locator("#chat .welcome .suggestions button").first.tap()
    expect(page.locator("#chat .pending")).to_have_count(0, timeout=300_000)
    expect(page.locator("#a-1")).to_be_visible()
    for number, (question, wanted) in enumerate(QUESTIONS[13:16], start=2):
        page.locator("#question textarea").tap()
        page.keyboard.insert_text(question)
        page.locator("#question button").tap()
        expect(page.locator("#chat .asked")).to_have_count(number)
        expect(page.locator("#chat .pending")).to_have_count(0, timeout=300_000)
        visitor.judge(number, question, wanted)
    marker = page.locator("#a-4 a.cite").first
    card = (marker.get_attribute("href") or "")[1:]
    marker.tap()
    expect(page.locator(f"#{card} .passage")).to_be_in_viewport()
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        visitor.problems.append("the phone's page is wider than its screen")
    page.locator("#ui-side").tap()
    expect(page.locator("#list .open").first).to_be_in_viewport()
    page.locator("#pages a[href='/library']").tap()
    page.locator(".strip a").last.tap()
    page.locator("table.articles tbody th a").first.tap()
    expect(page.locator(".reading > p").first).to_be_visible()


@contextmanager
def serve_articles() -> Iterator[str]:
    """Serve the articles that come by address, on loopback."""
    with tempfile.TemporaryDirectory() as folder:
        for article in ARTICLES[DROPPED + PASTED :]:
            name, page = write_file(article)
            (Path(folder) / name).write_text(page, encoding="utf-8")
        handler = functools.partial(_Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def serve_page(folder: str) -> Iterator[str]:
    """Serve a new collection from a process of its own; yields the address."""
    command = [sys.executable, "-m", "tools.visit", "--serve", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def serve_collection(folder: str) -> None:
    """Serve a collection that fetches from loopback too, where the articles are."""
    from qa import open_collection
    from qa.server import serve

    with open_collection(folder, create=True) as collection:
        add: Any = functools.partial(collection.add, allow_private=True)
        vars(collection)["add"] = add
        serve(collection, port=0, on_ready=lambda url: print(url, flush=True))


def main() -> int:
    """Make both visits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve_collection(options.serve)
        return 0
    path = chromium() or sys.exit("no chromium on this machine: apt-get install chromium")
    problems: list[str] = []
    with (
        tempfile.TemporaryDirectory() as made,
        serve_articles() as elsewhere,
        serve_page(os.fspath(Path(made) / "collection")) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800})
        visitor = Visitor(context, address)
        touching = Visitor(browser.new_context(locale="de-DE", **PHONE), address)
        steps: dict[str, Callable[[], None]] = {
            "adding": lambda: add_articles(visitor, elsewhere),
            "asking": lambda: ask_questions(visitor),
            "correcting": lambda: correct_metadata(visitor),
            "following": lambda: follow_stories(visitor, Path(made)),
            "touching": lambda: visit_by_touch(touching),
        }
        for name, step in steps.items():
            print(f"{name} …", flush=True)
            try:
                step()
            except (AssertionError, PlaywrightError, RuntimeError) as error:
                visitor.problems.append(f"{name}: {str(error)[:500]}")
        problems = [*visitor.problems, *(f"phone: {item}" for item in touching.problems)]
        browser.close()
    for problem in problems:
        print(problem)
    print(f"{len(ARTICLES)} articles, {len(QUESTIONS)} questions, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
