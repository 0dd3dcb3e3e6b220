"""A browser and the served fakes, once for all tests of the page."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

expect.set_options(timeout=60_000)  # a busy machine is slow, not wrong

Open = Callable[..., Page]


def chromium() -> str | None:
    """Return where Debian's Chromium is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


# A module at a time: while Playwright runs, its event loop counts as running in this thread,
# and no test after it could start one of its own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a machine without one skips, unless it is the one that must not."""
    path = chromium()
    if path is None:
        reason = "no chromium on this machine: apt-get install chromium"
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@contextmanager
def served(*folders: str) -> Iterator[dict[str, str]]:
    """Serve the fakes, or real collections, from a process of their own; yields addresses."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.qa.server.chat.serving", *folders],
        cwd=Path(__file__).parents[4],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        line = process.stdout.readline()
        assert line, "the server did not start; its messages are above"
        yield json.loads(line)
        process.stdin.close()
        process.terminate()


@pytest.fixture(scope="session")
def addresses() -> Iterator[dict[str, str]]:
    """Where each fake collection is served, by its name in `tests.qa.server.chat.serving`."""
    with served() as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, addresses: dict[str, str]) -> Iterator[Open]:
    """Open a fake collection's page; at the end, no request may have left the machine."""
    yield from opened_at(browser, addresses)


@pytest.fixture(scope="module")
def shared_page(browser: Browser, addresses: dict[str, str]) -> Iterator[Page]:
    """One English page for many small questions."""
    for opened in opened_at(browser, addresses):
        yield opened(locale="en")


def opened_at(browser: Browser, addresses: dict[str, str]) -> Iterator[Open]:
    """Yield what opens the pages at the addresses; then check where their requests went."""
    contexts = []
    asked_of: list[str] = []

    def opened(name: str = "plain", *, locale: str = "de-DE", **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(locale=locale, **options)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked_of.append(request.url))
        page.goto(addresses[name])
        # The welcome comes with the first event: from here on the page answers.
        expect(page.locator("#chat .welcome")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    strangers = {urlsplit(url).hostname for url in asked_of if not url.startswith("data:")}
    assert strangers == {"127.0.0.1"}


def ask(page: Page, question: str, timeout_s: float = 60.0) -> None:
    """Ask as a person does, and wait for the answer."""
    before = page.locator("#chat .asked").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("#chat .asked")).to_have_count(before + 1)
    expect(page.locator("#chat .pending")).to_have_count(0, timeout=timeout_s * 1000)
    expect(page.locator(f"#chat #a-{before + 1}")).to_be_visible()
