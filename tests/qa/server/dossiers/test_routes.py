"""The dossiers' pages in a browser: from an answer, a source and an article to a document."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from qa import open_collection
from tests.conftest import BRIDGE, FERRY, MUSEUM
from tests.fakes import FakeEncoder, write
from tests.qa.server.chat.conftest import Open, ask, browser, opened_at, served

__all__ = ["browser"]

QUESTION = "Was kostet ein Fahrschein?"
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
WORDS = {
    "de-DE": ("Ins Dossier", "Titel des neuen Dossiers", "Notiz", "Hineinlegen", "Speichern",
              "Nur dieses Dossier befragen", "Herausnehmen", "Dossier löschen"),
    "en-GB": ("To a dossier", "Title of the new dossier", "Note", "Put in", "Save",
              "Ask this dossier only", "Take out", "Delete dossier"),
}  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("dossiers")
    with open_collection(home / "held", create=True, encoder=FakeEncoder()) as opened:
        opened.add(write(home / "press", ferry=FERRY, museum=MUSEUM, bridge=BRIDGE))
    name = f"words:{home / 'held'}"
    with served(name) as found:
        yield found[name]


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Open]:
    yield from opened_at(browser, {"plain": address})


def check(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("locale", "look"), [("de-DE", {}), ("en-GB", PHONE)])
def test_a_dossier_is_filled_asked_exported_and_deleted(
    opened: Open, address: str, locale: str, look: dict[str, object]
) -> None:
    add, title, note, put, save, only, out, delete = WORDS[locale]
    page = opened(locale=locale, **look)
    ask(page, QUESTION)
    page.locator("#chat").get_by_role("link", name=add).click()
    page.get_by_label(title).fill(f"Fähre {locale}")
    page.get_by_label(note).fill("Der Preis")
    check(page)
    page.get_by_role("button", name=put).click()
    expect(page.locator("h1")).to_have_text(f"Fähre {locale}")
    expect(page.locator(".entries > li")).to_contain_text([QUESTION])
    page.go_back()
    page.go_back()
    expect(page.locator("#a-1 a.cite").first).to_be_visible()
    page.locator("#a-1 a.cite").first.click()
    page.locator("#s-1-1").get_by_role("link", name=add).click()
    expect(page.get_by_label(title)).to_be_hidden()
    page.get_by_role("button", name=put).click()
    expect(page.locator(".entries > li")).to_have_count(2)
    second = page.locator(".entries > li").nth(1)
    second.locator("summary").click()
    second.get_by_label(note).fill("Die Stelle")
    second.get_by_role("button", name=save).click()
    expect(second.locator("p.note")).to_have_text("Die Stelle")
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("MD$")).click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "Der Preis" in text
    assert "Die Stelle" in text
    page.get_by_role("link", name=only).click()
    expect(page.locator("#chips .chip")).to_have_count(1)
    page.goto(f"{address}/library")
    page.locator("table.articles tbody th a").first.click()
    page.get_by_role("link", name=add).click()
    page.get_by_role("button", name=put).click()
    expect(page.locator(".entries > li")).to_have_count(3)
    page.locator(".entries > li").last.locator("summary").click()
    page.locator(".entries > li").last.get_by_role("button", name=out).click()
    expect(page.locator(".entries > li")).to_have_count(2)
    page.locator("main > details > summary").click()
    page.get_by_role("button", name=delete).click()
    expect(page.locator("h1")).to_have_text("Dossiers")
    expect(page.locator(".entries > li a")).to_have_count(0)
    check(page)
