"""The pages of this folder as pasted text: what a browser gives of a selection.

Whole pages are their body's inner text; from the kicker or the headline on it is what the
selection says that reaches to the end of the page.
"""

import html
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
STARTS = ("page", "kicker", "headline")
CHROMIUM = Path("/usr/bin/chromium")
_LINES = """() => [...document.querySelectorAll('[data-role]')]
  .filter(e => e.innerText.trim()).map(e => [e.innerText, e.dataset.role])"""
_SELECT = """role => {
  const first = document.querySelector(`[data-role=${role}]`);
  if (!first) return '';
  const range = document.createRange();
  range.setStartBefore(first); range.setEndAfter(document.body.lastChild);
  const selection = getSelection(); selection.removeAllRanges(); selection.addRange(range);
  return selection.toString();
}"""


@dataclass(frozen=True, slots=True)
class Pasted:
    """A selection of a page, and what is right of it."""

    name: str
    start: str
    """One of STARTS."""
    text: str
    lines: tuple[tuple[str, str], ...]
    """Each labelled line in the selection, with its label."""
    title: str
    author: str
    published: str


def pages(folder: Path = FOLDER) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each article of articles.toml and the HTML of its page."""
    from jinja2 import Environment, FileSystemLoader

    layouts = Environment(loader=FileSystemLoader(folder), autoescape=True)
    layouts.globals["block"] = _block
    text = (folder / "articles.toml").read_text(encoding="utf-8")
    for article in tomllib.loads(text)["article"]:
        yield article, layouts.get_template(f"{article['page']}.html").render(article)


def _block(text: str) -> Any:
    from markupsafe import Markup

    own = html.escape(text.removeprefix("# "))
    heading = text.startswith("# ")
    tag, role = ("h2", "heading") if heading else ("p", "body")
    return Markup(f'<{tag} data-role="{role}">{own}</{tag}>')


def select_all(found: Sequence[tuple[dict[str, Any], str]] | None = None) -> Iterator[Pasted]:
    """Yield each page's selections, by Chromium.

    Raises ImportError without playwright, and FileNotFoundError without Chromium.
    """
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        raise FileNotFoundError(f"{CHROMIUM} is not there")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for article, source in found or list(pages()):
            page.set_content(source)
            lines = [(text, role) for text, role in page.evaluate(_LINES)]
            for start in STARTS:
                whole = start == "page"
                text = page.inner_text("body") if whole else page.evaluate(_SELECT, start)
                roles = [role for _, role in lines]
                if not whole and start not in roles:
                    continue
                first = 0 if whole else roles.index(start)
                yield Pasted(
                    f"{article['page']}: {article['title']}",
                    start,
                    text,
                    tuple(lines[first:]),
                    article["title"],
                    article["author"],
                    article["iso"],
                )
        browser.close()
