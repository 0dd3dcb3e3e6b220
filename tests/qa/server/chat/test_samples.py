"""The whole line: sample articles, the real model, the page, a click, the article's own words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from corpus.samples import samples_folder
from qa import Collection, open_collection
from tests.qa.server.chat.conftest import ask, opened_at, served

FILES = ("de/seilbahn-bad-lauten-april.html", "en/lighthouse-lens-theft.txt")


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    folder: Path = tmp_path_factory.mktemp("press") / "collection"
    with open_collection(folder, create=True) as opened:
        report = opened.add(*(samples_folder() / name for name in FILES))
        assert report.added == len(FILES)
        yield opened


def test_a_german_and_an_english_question(browser: Browser, collection: Collection) -> None:
    with served(str(collection.path)) as addresses:
        for open_page in opened_at(browser, addresses):
            page = open_page(str(collection.path))
            expect(page.locator("#status")).to_contain_text("2 Artikel")
            # Loading the model on a busy machine takes its time.
            ask(page, "Wann soll die Seilbahn in Bad Lauten wieder fahren?", timeout_s=120)
            page.locator("#a-1 a.cite").first.click()
            mark = page.locator("#sources #s-1-1 mark").first
            expect(mark).to_be_in_viewport()
            expect(mark).to_contain_text("12. April 2025")
            ask(page, "For how much was the stolen lighthouse lens insured?", timeout_s=60)
            page.locator("#a-2 a.cite").first.click()
            expect(page.locator("#sources [id^=s-2-] mark").first).to_be_in_viewport()
            quotes = [
                mark.text_content(),
                page.locator("#sources [id^=s-2-] mark").first.text_content(),
            ]
    texts = [collection.article(info.uri).text for info in collection.articles()]
    for quote in quotes:
        assert quote
        assert any(quote in text for text in texts)
