"""A hundred attacks on the chat page, in Chromium: none runs, none leads elsewhere.

Twenty-five attacks, each in an article, in what the article says of itself, in the
question, and in the words of a language model that does what an article tells it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.qa.server.chat.conftest import ask, browser
from tests.security.hostile_page import ATTACKS, EVIL, NAMES

__all__ = ["browser"]

BOTE = "https://bote.example/"
"""The address of an article that an answer cites."""
WHOLE = re.compile(
    r"/library/article\?uri=[\w.~%-]+(&from=\d+)?(&mark=\d+-\d+)?(#p-\d+)?"
    r"|/(matches|inspect)\?q=[\w.~%-]+"
    r"|/dossiers/add\?c=[\w-]+&turn=\d+(&card=\d+)?"
)
"""The address of an article's page, or of a question's passages: nothing acts in it."""
WRITTEN = ":is(#chat .answer, #chat .asked, #sources details)"
"""Where words of others stand; around it the page has elements of its own."""
FOREIGN = (
    f"{WRITTEN} :is(img, script, iframe, object, embed, video, audio, form, link, meta, base, "
    "style, svg, math, canvas, dialog, input, textarea, h1, em, strong, b, code, .katex, "
    "blockquote, [onerror], [onload], [onclick], [onmouseover], [style])"
)


@dataclass
class Watched:
    """A page, and what it did."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Assert that nothing ran, nothing was fetched elsewhere and nothing is markup."""
        page = self.page
        assert page.evaluate("window.hit") is None
        assert page.title() == "article-qa"
        assert self.others == []
        own = urlsplit(self.address).netloc
        assert urlsplit(page.url).netloc == own
        strangers = {urlsplit(url).netloc for url in self.requests if not url.startswith("data:")}
        assert strangers <= {own}
        assert page.locator(FOREIGN).count() == 0
        everywhere = "#room :is(img, script, iframe, object, embed, video, audio, .katex)"
        assert page.locator(everywhere).count() == 0
        hrefs = page.locator("#chat a, #sources a").evaluate_all(
            "nodes => nodes.map(n => n.getAttribute('href') || '')"
        )
        others = [href for href in hrefs if not href.startswith(("#", BOTE))]
        assert [href for href in others if not WHOLE.fullmatch(href)] == []
        fixed = "nodes => nodes.filter(n => getComputedStyle(n).position === 'fixed').length"
        assert page.locator(f"{WRITTEN} *").evaluate_all(fixed) == 0


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.security.hostile_page"],
        cwd=Path(__file__).parents[2],
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


def watch(browser: Browser, address: str) -> Iterator[Watched]:
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), address)
    context.on("request", lambda request: watched.requests.append(request.url))
    context.on("page", lambda page: watched.others.append(page.url))
    watched.page.on("dialog", lambda dialog: watched.others.append(dialog.message))
    watched.page.on("download", lambda download: watched.others.append(download.url))
    watched.page.goto(address)
    yield watched
    context.close()


@pytest.fixture(scope="module")
def articles(browser: Browser, addresses: dict[str, str]) -> Iterator[Watched]:
    yield from watch(browser, addresses["articles"])


@pytest.fixture(scope="module")
def model(browser: Browser, addresses: dict[str, str]) -> Iterator[Watched]:
    yield from watch(browser, addresses["model"])


def begin(watched: Watched) -> Page:
    page = watched.page
    welcome = page.locator("#chat .welcome")
    for patience in (5_000, 5_000, 15_000):
        page.locator("#new").click()
        with suppress(*((AssertionError,) if patience < 15_000 else ())):
            expect(welcome).to_be_visible(timeout=patience)
            # The last words of an answer may come after the click, and bring it back.
            page.wait_for_timeout(200)
            expect(welcome).to_be_visible(timeout=patience)
            break
    return page


def content(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("node => node.textContent"))


def seen(attack: str) -> str:
    """Return what of an attack is shown: all that can be seen."""
    hidden = dict.fromkeys(map(ord, "\u202e\u202c\u2066\u2067\u2069\x00\x1b"))
    return attack.translate(hidden)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_in_an_article_and_in_what_it_says_of_itself(
    articles: Watched, name: str
) -> None:
    page = begin(articles)
    ask(page, f"attack {NAMES.index(name)}")
    assert plain(content(page, "#s-1-1 mark")) == plain(f"Start {seen(ATTACKS[name])} end.")
    assert plain(seen(ATTACKS[name])) in plain(content(page, "#a-1"))
    articles.check()
    for part in ("#s-1-1 .where", "#sources summary .title"):
        assert plain(seen(ATTACKS[name]))[:40] in plain(content(page, part))
    for target in ("#a-1 a.cite", "#sources summary", "#sources .where"):
        # Away from the marker first, as a hand moves: what it shows lies over the sources.
        page.mouse.move(0, 0)
        page.locator(target).first.hover()
    page.locator("#a-1 a.cite").first.click()
    articles.check()


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_in_a_question(articles: Watched, name: str) -> None:
    page = begin(articles)
    question = " ".join(f"Seilbahn {ATTACKS[name]}".split()).replace("\x00", "")
    ask(page, question)
    assert plain(seen(question)) in plain(content(page, "#chat .asked"))
    articles.check()


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_that_a_language_model_passes_on(model: Watched, name: str) -> None:
    page = begin(model)
    ask(page, f"Wie lautet die Nachricht {NAMES.index(name)}?", timeout_s=30)
    assert content(page, "#a-1").strip()
    model.check()


def plain(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "").replace("\u00ad", "")


def test_an_attack_that_succeeds_would_be_seen(browser: Browser, addresses: dict[str, str]) -> None:
    """The same checks, on a page that lets an attack through."""
    for watched in watch(browser, addresses["articles"]):
        watched.page.route(
            "**/bare",
            lambda route: route.fulfill(
                content_type="text/html",
                body="<title>article-qa</title><div id=chat></div>",
            ),
        )
        caught = []
        for name in ("event", "picture", "overlay", "form", "markdown link"):
            watched.page.goto(f"{watched.address.rstrip('/')}/bare")
            watched.requests.clear()
            attack = ATTACKS[name]
            if name == "markdown link":
                attack = f'<a href="{EVIL}/one">1</a>'
            watched.page.evaluate(
                "html => document.querySelector('#chat').innerHTML = "
                "'<div class=answer>' + html + '</div>'",
                attack,
            )
            watched.page.wait_for_timeout(200)
            try:
                watched.check()
            except AssertionError:
                caught.append(name)
        assert caught == ["event", "picture", "overlay", "form", "markdown link"]
