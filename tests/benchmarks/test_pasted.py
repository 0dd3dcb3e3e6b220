"""The measure of pasted pages."""

from html import unescape

from benchmarks.pages.pasted.__main__ import measure
from benchmarks.pages.pasted.selections import Pasted, pages

LINES = (
    ("Deich bei Osterwold hält", "headline"),
    ("Von Nele Harms, 3. Februar 2025", "source"),
    ("Foto: Jan Onken", "caption"),
    ("Am Deich vor Osterwold ist der letzte Abschnitt nach zwei Jahren fertig geworden.", "body"),
    ("Die Arbeiten kosteten elf Millionen Euro und dauerten ein Jahr länger als geplant.", "body"),
)


def test_words_titles_and_dates_are_counted() -> None:
    text = "\n\n".join(line for line, _ in LINES)
    item = Pasted("a", "headline", text, LINES, LINES[0][0], "Nele Harms", "2025-02-03")
    other = Pasted("b", "headline", text, LINES, "Ein anderer Titel", "Jan Onken", "2025-02-04")
    figures = measure([item, other])["headline"]
    assert figures == {
        "selections": 2,
        "boilerplate words that answer": 0.0,
        "words of the article kept": 1.0,
        "title": 0.5,
        "author": 0.5,
        "date": 0.5,
    }


def test_each_article_has_its_page() -> None:
    found = list(pages())
    assert len(found) == 20
    for article, source in found:
        assert 'data-role="headline"' in source
        assert all(text.removeprefix("# ") in unescape(source) for text in article["text"])
