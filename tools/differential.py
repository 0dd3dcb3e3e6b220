"""Readers against other programs, on documents made from many seeds: `make prove` runs it.

The tests run a short form of the same (tests/corpus/readers/test_differential.py). What a
program is missing for is left out with the reason.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from corpus.readers import read
from tests.corpus.readers.differences import Difference, differences
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
from tests.qa.server.chat.conftest import ARGUMENTS, chromium

_AT_ONCE = 50
"""Documents that LibreOffice converts in one run."""


def main() -> None:
    """Compare and report; exit with 1 where a difference has no reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=300, metavar="N", help="of each format")
    parser.add_argument("--first", type=int, default=0, metavar="SEED")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.documents)
    counts: Counter[str] = Counter()
    faults = 0
    with tempfile.TemporaryDirectory() as made:
        for name, found in _compare(seeds, Path(made)):
            counts[name.partition(" ")[0]] += 1
            for difference in found:
                counts.update(f"  {reason}" for reason in difference.reason.split("+") if reason)
                if not difference.reason:
                    faults += 1
                    print(f"{name}: {difference}", flush=True)
    for name, count in sorted(counts.items()):
        print(f"{name}: {count:,}")
    print(f"without a reason: {faults:,}")
    sys.exit(faults > 0)


def _compare(seeds: range, folder: Path) -> Iterator[tuple[str, list[Difference]]]:
    if chromium() is None:
        print("pages and prints are left out: no chromium (apt-get install chromium)")
    else:
        yield from _pages(seeds, folder)
    if soffice() is None:
        print("Word is left out: no LibreOffice (apt-get install libreoffice-writer-nogui)")
    else:
        yield from _documents(seeds, folder)


def _pages(seeds: range, folder: Path) -> Iterator[tuple[str, list[Difference]]]:
    source, target = folder / "page.html", folder / "page.pdf"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        page = page_without_network(browser)
        for seed in seeds:
            source.write_text(html_page(seed), "utf-8")
            theirs = marked_text_of_page(page, source, folder)
            yield f"html {seed}", differences(theirs, _text(source.read_bytes(), "page.html"))
            if pdftotext() is not None:
                source.write_text(printed_page(seed), "utf-8")
                print_page(page, source, target)
                ours = _text(target.read_bytes(), "page.pdf")
                found = differences(text_of_pdf(target), ours, marks=MARKS, printed=True)
                yield f"pdf {seed}", found
        browser.close()


def _documents(seeds: range, folder: Path) -> Iterator[tuple[str, list[Difference]]]:
    for start in range(0, len(seeds), _AT_ONCE):
        documents = {str(seed): word_document(seed) for seed in seeds[start : start + _AT_ONCE]}
        theirs = marked_texts_of_documents(documents, folder)
        for name, data in documents.items():
            yield f"docx {name}", differences(theirs[name], _text(data, f"{name}.docx"))


def _text(data: bytes, name: str) -> str:
    return "\n\n".join(article.text for article in read(data, name, uri="file:///a"))


if __name__ == "__main__":
    main()
