"""Take the page's pictures: `python -m tools.screenshots` (--all for every theme and width).

Writes docs/images/chat.png, which the README shows, from the sample articles; --all has the
library and the inspector too.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from corpus.samples import samples_folder
from qa import open_collection
from tests.qa.server.chat.conftest import ARGUMENTS, ask, chromium, opened_at, served

QUESTIONS = (
    "For how much was the stolen lighthouse lens insured?",
    "Wann soll die Seilbahn in Bad Lauten wieder fahren?",
)
IMAGES = Path(__file__).parents[1] / "docs" / "images"
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}}


def take(
    browser: Browser, address: str, target: Path, *, beside: bool = False, **options: Any
) -> None:
    for open_page in opened_at(browser, {"samples": address}):
        page = open_page("samples", **options)
        for question in QUESTIONS:
            ask(page, question, timeout_s=300)
        page.locator("#a-2 a.cite").first.click()
        if beside:
            for name in ("#ui-side", "#ui-filters"):
                page.locator(name).click()
        page.wait_for_timeout(2000)  # until the card has come to rest
        page.screenshot(path=target)
        sys.stdout.write(f"{target}\n")


def take_pages(browser: Browser, address: str, folder: Path) -> None:
    """Take the pages beside the chat, in both themes and widths."""
    looks: dict[str, dict[str, Any]] = {"": {"locale": "en-GB"}, "-phone": {"locale": "de-DE"}}
    for width, view in (("", DESKTOP), ("-phone", PHONE)):
        for theme in ("light", "dark"):
            options: dict[str, Any] = {**view, **looks[width], "color_scheme": theme}
            context = browser.new_context(**options)
            page = context.new_page()
            page.goto(f"{address}/library")
            article = page.locator("table.articles tbody a").nth(5).get_attribute("href") or ""
            paths = {
                "library": "/library",
                "library-article": article,
                "library-add": "/library/add",
                "inspect": f"/inspect?q={quote(QUESTIONS[1])}",
            }
            for name, path in paths.items():
                target = folder / f"{name}{width}{'-dark' if theme == 'dark' else ''}.png"
                page.goto(f"{address}{path}")
                page.screenshot(path=target, full_page=True)
                sys.stdout.write(f"{target}\n")
            context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every theme and width")
    parser.add_argument("--collection", type=Path, help="a collection that is there already")
    parser.add_argument("--to", type=Path, default=IMAGES, help="folder for the pictures")
    options = parser.parse_args()
    path = chromium() or sys.exit("no chromium on this machine: apt-get install chromium")
    views: dict[str, dict[str, Any]] = {"chat": DESKTOP}
    if options.all:
        dark = {"color_scheme": "dark"}
        for name, size in (("chat", DESKTOP), ("chat-phone", PHONE)):
            views |= {name: size, f"{name}-dark": {**size, **dark}}
            open_, named = {"beside": True}, f"{name}-open"
            views |= {named: {**size, **open_}, f"{named}-dark": {**size, **dark, **open_}}
    options.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = options.collection or Path(folder) / "collection"
        with open_collection(home, create=True) as collection:
            collection.add(samples_folder() / "de", samples_folder() / "en")
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        with served(os.fspath(home)) as addresses:
            for name, view in views.items():
                take(browser, addresses[os.fspath(home)], options.to / f"{name}.png", **view)
            if options.all:
                take_pages(browser, addresses[os.fspath(home)], options.to)
        browser.close()


if __name__ == "__main__":
    main()
