"""Pages in an article's place are named as what they are; articles about them stay articles."""

from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml

from corpus.errors import EmptyInput
from corpus.readers.web.html import read_html

PAGES: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "data" / "pages" / "pages.yaml").read_text(encoding="utf-8")
)
REASONS = {
    "consent": "asks for consent",
    "missing": "nothing at its address",
    "login": "a page to log in",
    "check": "checks who asks for it",
}
FORM = '<form><input type="email"><input type="password"></form>'
BANNER = (
    '<div class="{}"><p>Wir und unsere 187 Partner verwenden Cookies, um Informationen auf Ihrem '
    "Gerät zu speichern. Sie können Ihre Einwilligung jederzeit widerrufen. Mit einem Klick auf "
    "„Alle akzeptieren“ stimmen Sie zu.</p></div>"
)


def page(title: str, paragraphs: list[str], *, head: str = "", more: str = "") -> bytes:
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    headline = title.split(" | ", maxsplit=1)[0]
    return (
        f'<html><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head><body>'
        f"<h1>{escape(headline)}</h1>{body}{more}</body></html>"
    ).encode()


def reason(data: bytes) -> str:
    """Return why a page is no article, or "" where it is one."""
    try:
        read_html(data, "page.html", uri="https://bote.example/a")
    except EmptyInput as exc:
        return str(exc)
    return ""


@pytest.mark.parametrize("half", ["development", "held"])
def test_pages_in_an_articles_place_are_named(half: str) -> None:
    missed = [
        (kind, title)
        for kind, title, paragraphs in PAGES[half]
        if REASONS[kind] not in reason(page(title, paragraphs))
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("title", "paragraphs"), PAGES["articles"], ids=lambda item: str(item)[:30]
)
def test_articles_about_such_pages_stay(title: str, paragraphs: list[str]) -> None:
    assert reason(page(title, paragraphs)) == ""
    # As papers have it: a form to log in on every page, and a banner above the text.
    assert reason(page(title, paragraphs, more=FORM)) == ""
    assert reason(page(title, paragraphs, more=BANNER.format("cookie-banner"))) == ""


def test_a_wall_in_a_box_of_its_own_is_one_still() -> None:
    assert "consent" in reason(page("Bote", [], more=BANNER.format("consent")))


def test_a_page_that_sends_on() -> None:
    refresh = '<meta http-equiv="Refresh" content="0; URL=\'/neu\'">'
    assert "sends on to /neu;" in reason(page("Umleitung", ["Weiter"], head=refresh))
    long = ["Die Fähre fährt seit Montag wieder, sagte Kapitänin Jule Brandt. " * 6]
    assert reason(page("Fähre", long, head=refresh)) == ""
    again = '<meta http-equiv="refresh" content="300">'
    assert reason(page("Liveblog", ["Das Spiel läuft."], head=again)) == ""


def test_a_dated_page_is_an_article() -> None:
    day = '<meta property="article:published_time" content="2025-03-04">'
    assert "nothing" in reason(page("404", ["Diese Seite gibt es nicht mehr."]))
    assert reason(page("404", ["Diese Seite gibt es nicht mehr."], head=day)) == ""
