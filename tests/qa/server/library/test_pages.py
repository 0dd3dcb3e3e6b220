"""Library and inspector in a browser: what a person sees, clicks and types."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from corpus.catalog.lock import writer_lock
from qa import open_collection
from tests.fakes import FakeEncoder
from tests.qa.server.chat.conftest import browser, served
from tests.qa.server.chat.fake import HOSTILE

__all__ = ["browser"]

PHONE = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}
PAGES = (
    "/library", "/library/add", "/inspect?q=Wann+kommt+die+Seilbahn%3F", "/matches?q=Seilbahn",
    "article", "remove", "/settings", "/dossiers",
)  # fmt: skip
MANY = 120

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of collections: one with many articles, hostile ones among them, and empty ones."""
    home = tmp_path_factory.mktemp("pages")
    rows: list[dict[str, Any]] = [
        {
            "uri": f"https://bote.example/{n}",
            "title": f"Bericht {n:03} über die Seilbahn",
            "text": f"Die Seilbahn {n} kommt am {n % 28 + 1}. Mai. Es kostet {n} Euro.",
            "source": ("Lautener Bote", "Kurier", "Anzeiger")[n % 3],
            "published": f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
            "language": "de",
        }
        for n in range(MANY)
    ]
    rows += [
        {"uri": f"javascript:x({n})", "title": text, "source": text, "text": f"Zitat {text}.",
         "language": "en"}
        for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    table = home / "rows.jsonl"
    table.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with open_collection(home / "many", create=True, encoder=FakeEncoder()) as collection:
        collection.add(table)
    return {name: home / name for name in ("many", "empty", "first", "samples")}


@pytest.fixture(scope="module")
def bases(folders: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Where each collection is served."""
    names = {name: f"words:{path}" for name, path in folders.items()}
    with served(*names.values()) as found:
        yield {name: found[key] for name, key in names.items()}


@pytest.fixture
def visit(browser: Browser, bases: dict[str, str]) -> Iterator[Visit]:
    """Open a page; at the end no request may have left the machine and no script have failed."""
    contexts, asked, problems = [], [], []

    def visited(
        name: str, path: str = "/library", *, locale: str = "de-DE", **options: Any
    ) -> Page:
        context = browser.new_context(
            base_url=bases[name],
            locale=locale,
            **{"viewport": {"width": 1280, "height": 800}, **options},
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(dialog.message))
        page.goto(path)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert {urlsplit(url).hostname for url in asked} == {"127.0.0.1"}
    assert problems == []


DROP = """type => {
  const held = new DataTransfer();
  held.items.add(new File(["Zoo"], "zoo.txt"));
  const options = { dataTransfer: held, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new DragEvent(type, options));
}"""


def titles(page: Page) -> list[str]:
    return page.locator("table.articles tbody th a").all_inner_texts()


def test_search_filter_sort_and_pages(visit: Visit) -> None:
    page = visit("many")
    expect(page.locator("p.count")).to_have_text(f"{MANY + len(HOSTILE)} Artikel gefunden")
    assert len(titles(page)) == 50
    page.get_by_role("link", name="Nächste Seite").click()
    expect(page.locator(".paging")).to_contain_text("Seite 2 von 3")
    page.get_by_label("Suchen").fill("bericht 01")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Anwenden")).to_be_hidden()
    page.get_by_label("Quelle", exact=True).select_option("Kurier")
    expect(page.locator("p.count")).to_have_text("5 Artikel gefunden")
    page.get_by_role("columnheader", name="Titel").get_by_role("link").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Titel")
    assert [title[:11] for title in titles(page)] == [
        f"Bericht {n:03}" for n in (1, 10, 13, 16, 19)
    ]
    page.get_by_role("columnheader", name="Titel").get_by_role("link").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Titel")
    assert titles(page)[0].startswith("Bericht 019")
    page.get_by_role("link", name="Zurücksetzen").click()
    page.get_by_label("Erschienen ab").fill("2024-12-01")
    page.get_by_label("Suchen").focus()
    expect(page.locator("p.count")).to_have_text("10 Artikel gefunden")
    page.goto("/library?q=119+Euro&text=1")
    expect(page.locator("p.count")).to_have_text("1 Artikel gefunden")


def test_articles_are_dropped_chosen_and_asked(visit: Visit) -> None:
    page = visit("many", "/library?q=Bericht+01")
    expect(page.locator(".bulk")).to_be_hidden()
    page.locator("tbody input[name=uri]").first.check()
    expect(page.get_by_role("button", name="Ausgewählte befragen")).to_be_in_viewport()
    expect(page.get_by_label("Neue Quelle")).to_be_visible()
    page.evaluate(DROP, "dragover")
    expect(page.locator("#drop")).to_have_text("Dateien hier fallen lassen")
    page.get_by_role("button", name="Ausgewählte befragen").dispatch_event("click")
    expect(page.locator("#chips .chip")).to_contain_text("Bericht 01")


def test_the_strip_filters_with_a_click_and_has_its_figures(visit: Visit) -> None:
    page = visit("many", locale="en-GB")
    months = page.locator(".strip a")
    expect(page.locator(".strip [role=group]")).to_have_attribute(
        "aria-label", re.compile("120 articles from January 2024 to")
    )
    assert months.count() == 12
    tall = months.locator("i").first.bounding_box()
    assert tall is not None
    assert tall["height"] > 40
    months.nth(2).click()
    expect(page.locator("p.count")).to_have_text("10 articles found")
    expect(page.get_by_label("Published since")).to_have_value("2024-03-01")
    page.locator(".strip a[aria-current]").click()
    expect(page.get_by_label("Published since")).to_have_value("")
    page.locator("summary", has_text="Articles by month and source").click()
    page.locator(".figures").get_by_role("link", name="April 2024").click()
    expect(page.locator("p.count")).to_have_text("10 articles found")


@pytest.mark.parametrize(
    ("locale", "names"),
    [("de-DE", ("Vorschau", "Quelle", "Hinzufügen", "Fertig.")),
     ("en-GB", ("Preview", "Source", "Add", "Done."))],
)  # fmt: skip
def test_a_pasted_text_is_looked_at_before_it_is_added(
    visit: Visit, locale: str, names: tuple[str, ...]
) -> None:
    preview, source, add, done = names
    page = visit("first", "/library/add", locale=locale)
    page.locator("#text").fill(f"Kran {locale}\n\nDer Kran steht.\n\nJetzt abonnieren {locale}!")
    page.get_by_role("button", name=preview).click()
    expect(page.locator("h1")).to_have_text(preview)
    page.get_by_label(source, exact=True).fill("Hafenblatt")
    page.locator(".roles select").last.select_option("promo")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found] == []
    page.get_by_role("button", name=add).click()
    expect(page.locator("h1")).to_have_text(done)
    expect(page).to_have_title(re.compile(re.escape(done)))
    page.goto(f"/library?q={locale}")
    expect(page.locator("td.source")).to_have_text("Hafenblatt")


def test_an_article_with_its_paragraphs(visit: Visit) -> None:
    page = visit("many", "/library?q=Bericht+007")
    page.get_by_role("link", name="Bericht 007").click()
    expect(page.locator("h1")).to_have_text("Bericht 007 über die Seilbahn")
    expect(page.locator(".reading > p")).to_have_count(1)
    expect(page.locator(".byline")).to_contain_text("Kurier")
    expect(page.locator(".facts")).to_be_hidden()
    page.get_by_text("Einzelheiten").click()
    expect(page.locator(".about ol li")).to_have_count(1)
    original = page.get_by_role("link", name="Original bei bote.example öffnen")
    expect(original).to_have_attribute("rel", "noopener noreferrer")


def test_hostile_titles_are_text(visit: Visit) -> None:
    page = visit("many", "/library?show=undated&language=en")
    expect(page.locator("p.count")).to_have_text(f"{len(HOSTILE)} Artikel gefunden")
    shown = titles(page)
    for text in HOSTILE:
        first = text.split()[0]
        assert any(first in title for title in shown), text
    assert page.locator("main img, main script, main form[action*=evil]").count() == 0
    page.locator("table.articles tbody th a").first.click()
    assert page.locator("main a[href^=javascript], main img").count() == 0
    expect(page.locator(".facts")).to_contain_text("javascript:x(")


def test_upload_many_with_a_line_each(visit: Visit, folders: dict[str, Path]) -> None:
    page = visit("empty", "/library/add")
    files = [
        {
            "name": f"{n}.txt",
            "mimeType": "text/plain",
            "buffer": f"Nachricht {n} vom Hafen.".encode(),
        }
        for n in range(12)
    ]
    files.append({"name": "bad.exe", "mimeType": "x/y", "buffer": b"MZ\x00\x01" * 300})
    files.append({"name": "../<img src=x>.txt", "mimeType": "text/plain", "buffer": b"Evil name."})
    page.locator("#files").set_input_files(files)  # type: ignore[arg-type]
    page.get_by_role("button", name="Hochladen und hinzufügen").click()
    expect(page.locator(".job .sum")).to_contain_text("13 neu", timeout=60_000)
    expect(page.locator(".job tbody tr")).to_have_count(14)
    first = page.locator(".job tbody tr").first
    expect(first).to_contain_text("bad.exe")
    expect(first).to_contain_text("nicht gelesen")
    assert page.locator("main img").count() == 0
    kept = {path.name for path in (folders["empty"] / "uploads").iterdir()}
    assert kept == {f"{n}.txt" for n in range(12)} | {"img src=x.txt"}
    page.get_by_role("link", name="Zur Bibliothek").click()
    expect(page.locator("p.count")).to_have_text("13 Artikel gefunden")
    _remove_two(page)


def _remove_two(page: Page) -> None:
    boxes = page.locator("input[name=uri]")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_role("button", name="Ausgewählte entfernen").click()
    expect(page.locator("main")).to_contain_text(
        "Diese 2 Artikel werden mit allen früheren Fassungen aus der Sammlung"
    )
    page.get_by_role("link", name="Abbrechen").click()
    expect(page.locator("p.count")).to_have_text("13 Artikel gefunden")
    page.locator("#all").check()
    expect(page.locator("input[name=uri]:checked")).to_have_count(13)
    page.locator("#all").uncheck()
    boxes.nth(0).check()
    page.get_by_role("button", name="Ausgewählte entfernen").click()
    page.get_by_role("button", name="Entfernen", exact=True).click()
    expect(page.locator(".job .sum")).to_have_text("1 Artikel wurde entfernt.")
    page.get_by_role("link", name="Zur Bibliothek").click()
    expect(page.locator("p.count")).to_have_text("12 Artikel gefunden")


def test_progress_while_another_process_writes(visit: Visit, folders: dict[str, Path]) -> None:
    page = visit("first", "/library/add", locale="en-GB")
    with writer_lock(folders["first"]):
        page.get_by_label("Addresses of pages").fill("http://127.0.0.1:9/page")
        page.get_by_role("button", name="Fetch and add").click()
        expect(page.locator("#job .state")).to_contain_text("is writing to the collection")
        expect(page.get_by_role("progressbar")).to_be_visible()
        other = page.context.new_page()
        other.goto("/library")
        expect(other.locator(".note")).to_contain_text("Adding articles")
    expect(page.locator("#job .state")).to_have_text("Done.")
    expect(page.locator(".job tbody")).to_contain_text("is not on the public internet")


def test_a_job_can_be_stopped(visit: Visit, folders: dict[str, Path]) -> None:
    page = visit("first", "/library/add", locale="en-GB")
    with writer_lock(folders["first"]):
        page.get_by_label("Addresses of pages").fill("http://127.0.0.1:9/page")
        page.get_by_role("button", name="Fetch and add").click()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#job .state")).to_contain_text("Stopped.")


def test_first_run_loads_the_samples_with_one_click(visit: Visit) -> None:
    page = visit("samples", "/")
    expect(page.locator("#chat .welcome")).to_contain_text("Diese Sammlung ist noch leer.")
    page.locator("#pages").get_by_role("link", name="Bibliothek").click()
    expect(page.locator(".first")).to_contain_text("Diese Sammlung ist noch leer.")
    page.goto("/")
    page.get_by_role("button", name="Beispielartikel laden").click()
    expect(page.locator("h1")).to_have_text("Artikel werden hinzugefügt")
    expect(page.locator(".job .sum")).to_contain_text("26 neu", timeout=120_000)
    page.get_by_role("link", name="Jetzt eine Frage stellen").click()
    expect(page.locator("#chat .welcome")).to_contain_text("Was möchten Sie wissen?")


def test_inspecting_a_question(visit: Visit) -> None:
    page = visit("many", "/inspect", locale="en-GB")
    page.get_by_label("Question").fill("Was kostet die Seilbahn 7?")
    page.keyboard.press("Enter")
    expect(page.locator(".candidates > li")).to_have_count(10)
    expect(page.locator(".candidates .fate").first).not_to_be_empty()
    expect(page.locator(".scores").first).to_contain_text("Meaning of the paragraph")
    page.locator(".candidates h3 a").first.click()
    expect(page.locator(".reading p:target")).to_be_visible()


def test_the_language_follows_the_browser_and_the_choice(visit: Visit) -> None:
    page = visit("many", "/library?q=Bericht+01&sort=title", locale="en-GB")
    expect(page.locator("h1")).to_have_text("Library")
    page.locator("#switch a[lang]").click()
    expect(page.locator("h1")).to_have_text("Bibliothek")
    expect(page.locator("p.count")).to_have_text("12 Artikel gefunden")
    page.locator("#pages").get_by_role("link", name="Suche").click()
    expect(page.locator("h1")).to_have_text("Alle Fundstellen")
    page.locator("#pages").get_by_role("link", name="Chat").click()
    expect(page.locator("#new")).to_have_text("Neues Gespräch")


def test_everything_works_without_scripts(visit: Visit) -> None:
    page = visit("many", "/library?q=Bericht+01", java_script_enabled=False)
    page.locator("input[name=uri]").first.check()
    page.get_by_role("button", name="Ausgewählte entfernen").click()
    expect(page.locator("h1")).to_have_text("Artikel entfernen?")
    page.get_by_role("link", name="Abbrechen").click()
    expect(page.locator("h1")).to_have_text("Bibliothek")


def test_the_keyboard_reaches_everything(visit: Visit) -> None:
    page = visit("many")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("Bericht 005")
    page.keyboard.press("Enter")
    expect(page.locator("p.count")).to_have_text("1 Artikel gefunden")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("look", [{}, {**PHONE, **DARK}], ids=["desk", "dark-phone"])
def test_no_page_breaks_the_rules_of_access(visit: Visit, path: str, look: dict[str, Any]) -> None:
    uri = "https%3A%2F%2Fbote.example%2F7"
    address = {
        "article": f"/library/article?uri={uri}",
        "remove": f"/library/remove?uri={uri.replace('%', '%25')}",
    }.get(path, path)
    page = visit("many", address, **look)
    for details in page.locator("details > summary").all():
        details.click()
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]
