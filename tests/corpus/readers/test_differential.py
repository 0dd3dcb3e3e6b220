"""Readers against other programs: a browser, LibreOffice, pdftotext; `make prove` does more."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from corpus.readers import read
from tests.corpus.readers.differences import REASONS, Difference, differences
from tests.corpus.readers.generated import MARKS, html_page, printed_page, word_document
from tests.corpus.readers.independent import (
    marked_text_of_page,
    marked_texts_of_documents,
    page_without_network,
    pdftotext,
    print_page,
    soffice,
    text_of_pdf,
)
from tests.qa.server.chat.conftest import browser

__all__ = ["browser"]

SEEDS = range(10)
ROOT = Path(__file__).parents[3]
DATA = ROOT / "tests" / "data"
PAGES = sorted([*DATA.rglob("*.html"), *DATA.rglob("good/*.mhtml")])
DOCUMENTS = sorted(DATA.rglob("good/*.docx"))
PRINTS = sorted(DATA.rglob("good/*.pdf"))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    opened = page_without_network(browser)
    yield opened
    opened.context.close()


def text_of(path: Path) -> str:
    articles = read(path.read_bytes(), path.name, uri=path.as_uri())
    return "\n\n".join(article.text for article in articles)


def check(found: list[Difference]) -> None:
    """Fail on a difference without a reason, or with one that is not known."""
    faults = [
        f"{d.before} | theirs: {d.theirs!r} | ours: {d.ours!r}" for d in found if not d.reason
    ]
    assert faults == []
    assert {name for d in found for name in d.reason.split("+")} <= set(REASONS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_against_a_browser(path: Path, page: Page, tmp_path: Path) -> None:
    check(differences(marked_text_of_page(page, path, tmp_path), text_of(path)))


@pytest.mark.parametrize("seed", SEEDS)
def test_generated_pages_against_a_browser(seed: int, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(html_page(seed), "utf-8")
    check(differences(marked_text_of_page(page, path, tmp_path), text_of(path)))


needs_pdftotext = pytest.mark.skipif(
    pdftotext() is None and os.environ.get("CI", "") != "1",
    reason="no pdftotext on this machine: apt-get install poppler-utils",
)


@needs_pdftotext
@pytest.mark.parametrize("path", PRINTS, ids=lambda path: path.name)
def test_pdf_files_against_pdftotext(path: Path) -> None:
    marks = ["1"] if path.name.startswith("allee") else []  # its one footnote's
    check(differences(text_of_pdf(path), text_of(path), marks=marks, printed=True))


@needs_pdftotext
@pytest.mark.parametrize("seed", SEEDS)
def test_printed_pages_against_pdftotext(seed: int, page: Page, tmp_path: Path) -> None:
    source, target = tmp_path / "page.html", tmp_path / "page.pdf"
    source.write_text(printed_page(seed), "utf-8")
    print_page(page, source, target)
    check(differences(text_of_pdf(target), text_of(target), marks=MARKS, printed=True))


@pytest.mark.skipif(
    soffice() is None, reason="no LibreOffice: apt-get install libreoffice-writer-nogui"
)
def test_documents_against_libreoffice(tmp_path: Path) -> None:
    documents = {path.stem: path.read_bytes() for path in DOCUMENTS}
    documents |= {f"seed-{seed}": word_document(seed) for seed in SEEDS}
    theirs = marked_texts_of_documents(documents, tmp_path)
    for name, data in documents.items():
        ours = "\n\n".join(a.text for a in read(data, f"{name}.docx", uri="file:///a"))
        check(differences(theirs[name], ours))


def test_a_fault_is_found() -> None:
    """What the readers once did is no difference that has a reason."""
    mark, script = "320\ue001m1\ue002 Mio.", "40 m\ue001x2\ue002"
    assert differences(mark, "3201 Mio.")[0].reason == ""
    assert differences(mark, "320 Mio.") == []
    assert differences(mark, "320 1 Mio.")[0].reason == ""
    assert differences(script, "40 m")[0].reason == ""
    assert differences(script, "40 m2")[0].reason == ""
    assert differences(script, "40 m²")[0].reason == "script"
    assert differences("48 Stellen im Werk", "48 Werk")[0].reason == ""
    assert differences("48 \ue001s9\ue002 Stellen", "48 9 Stellen")[0].reason == ""
    assert differences("\ue001qja\ue002 sagt", "„ja“ sagt")[0].reason == "quotation marks"
    assert differences("ja sagt", "„ja“ sagt")[0].reason == ""
    assert differences("\ue001pSeite 1\ue002", "", printed=True)[0].reason == "running line"
    assert differences("Seite 1", "", printed=True)[0].reason == ""
    assert differences("Jahr Bäume\n2023 12", "Jahr: 2023; Bäume: 12", printed=True) == []
    assert differences("Jahr Bäume\n2023 12", "Jahr: 2023; Bäume: 13", printed=True) != []
