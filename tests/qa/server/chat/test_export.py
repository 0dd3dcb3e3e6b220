"""Conversations as files: every quote in them, nothing of it markup."""

import html
import io
import re
from dataclasses import replace
from datetime import date
from zipfile import ZipFile

import pytest
from docx import Document
from markdown_it import MarkdownIt

from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.results import Answer, Side
from qa.server.exports import conversation as export
from qa.server.exports.docx import document_of
from tests.qa.server.chat.fake import HOSTILE, QUOTE, QUOTE_TOO, FakeCollection

DE, EN = Words("de"), Words("en")
COLLECTION = FakeCollection()


def turn(question: str, number: int = 1, answer: Answer | None = None) -> ChatTurn:
    given = COLLECTION.ask(question) if answer is None else answer
    return ChatTurn(number, f"k{number}", question, {}, TurnState.ANSWERED, "", given)


TURNS = [
    turn("Wann fährt die Seilbahn?"),
    turn("Wie wird das Wetter?", 2),
    ChatTurn(3, "k3", "Abgebrochen?", {}, TurnState.STOPPED),
    ChatTurn(4, "k4", "Zu lang?", {}, TurnState.FAILED, "Die Frage ist zu lang."),
]


def test_markdown_has_answers_markers_and_sources() -> None:
    text = export.markdown("Seilbahn", TURNS, DE)
    shown = MarkdownIt().render(text)
    plain = html.unescape(re.sub("<[^>]*>", "", shown))
    assert f"{QUOTE} [1]" in plain
    assert f"{QUOTE_TOO} [2]" in plain
    assert "[1] Seilbahn in Bad Lauten soll im April wieder fahren, Anna Meier" in plain
    assert '<a href="https://bote.example/seilbahn#:~:text=Am%2012' in shown
    assert "<strong>Am 12. April 2025</strong>" in shown
    assert "Diese Stellen passen am ehesten:" in plain
    assert "Ohne Antwort" in plain
    assert "Die Frage ist zu lang." in plain
    assert shown.count("<h2>") == 4


def test_html_links_markers_to_sources_and_loads_nothing() -> None:
    text = export.page("Seilbahn", TURNS, DE)
    targets = set(re.findall(r'href="#([^"]+)"', text))
    assert targets == {"s-1-1", "s-1-2"}
    assert targets <= set(re.findall(r'id="([^"]+)"', text))
    assert f"<blockquote>{html.escape(QUOTE)}</blockquote>" in text
    assert "default-src 'none'" in text
    assert not re.search(r"<(script|img|link|iframe)", text)


def test_a_document_opens_and_its_sources_stand_in_footnotes() -> None:
    data = document_of("Seilbahn", TURNS, DE, date(2026, 11, 30))
    texts = [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]
    assert texts[1] == "Stand: 30. November 2026"
    assert QUOTE in texts
    assert "Gut belegt" in texts
    with ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read("word/document.xml").decode()
        notes = archive.read("word/footnotes.xml").decode()
        links = archive.read("word/_rels/footnotes.xml.rels").decode()
        types = archive.read("[Content_Types].xml").decode()
    numbers = re.findall(r'w:footnoteReference w:id="(\d+)"', xml)
    assert numbers == ["1", "2", "3", "4"]
    assert re.findall(r'<w:footnote w:id="(\d+)"', notes) == numbers
    assert f"25. Oktober 2024, Absatz 4. „{QUOTE}“" in notes
    assert "https://bote.example/seilbahn" in links
    assert "/word/footnotes.xml" in types


def test_files_say_the_day_the_filters_the_sides_and_how_sure() -> None:
    given = COLLECTION.ask("Seilbahn?")
    old, new = given.sentences
    sides = (
        Side("12. April", date(2024, 10, 25), old),
        Side("3. Mai", date(2025, 2, 3), new, corrects=True),
    )
    filters = {"since": "2024-01-01", "sources": ["Bote"]}
    turns = [replace(turn("Wann?", 1, replace(given, differs=sides)), filters=filters)]
    day = date(2026, 11, 30)
    text = export.markdown("Seilbahn", turns, DE, day).replace("\\", "")
    page = html.unescape(re.sub("<[^>]*>", " ", export.page("Seilbahn", turns, DE, day)))
    file = Document(io.BytesIO(document_of("Seilbahn", turns, DE, day)))
    for shown in (text, page, "\n".join(item.text for item in file.paragraphs)):
        assert "Stand: 30. November 2026" in shown
        assert "Nur: ab 1. Januar 2024 · Bote" in shown
        assert "Gut belegt" in shown
        assert "3. Februar 2025, Korrektur, 3. Mai:" in shown
        assert shown.index("3. Mai:") < shown.index("12. April:")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_stay_words(number: int) -> None:
    text = HOSTILE[number]
    turns = [turn(f"hostile {number} {text}")]
    words = " ".join(text.split())
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(
        export.markdown(f"{text}\n- x", turns, EN)
    )
    plain = " ".join(html.unescape(re.sub("<[^>]*>", "", shown)).split())
    assert plain.startswith(words)
    assert f"It is {words}" in plain
    own = {"h1", "h2", "h3", "p", "strong", "em", "blockquote"}
    assert set(re.findall(r"<([a-z0-9]+)", shown)) <= own
    page = export.page(text, turns, EN)
    assert set(re.findall(r'href="([^"]+)"', page)) == {"#s-1-1"}
    assert f"<h1>{html.escape(text)}</h1>" in page
    document = Document(io.BytesIO(document_of(text, turns, EN)))
    assert any(f"It is {text}" in paragraph.text for paragraph in document.paragraphs)


def test_what_turns_text_or_is_no_character_is_left_out() -> None:
    turns = [ChatTurn(1, "k", "a\u202eb\x00c\ud800\x0bd\uffff", {}, TurnState.STOPPED)]
    for text in (export.markdown("x", turns, EN), export.page("x", turns, EN)):
        assert "abc\ufffdd" in text
    assert document_of("\x00", turns, EN)


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "1) a", "> a", "# a", "=== a", "---"])
def test_a_line_does_not_begin_a_block(text: str) -> None:
    shown = MarkdownIt().render(
        export.markdown(text, [ChatTurn(1, "k", text, {}, TurnState.STOPPED)], EN)
    )
    assert f"<h1>{html.escape(text)}</h1>" in shown
    refusal = COLLECTION.ask("Wetter")
    said = turn("Wetter", answer=replace(refusal, reason=text))
    assert f"<p>{html.escape(text)}</p>" in MarkdownIt().render(export.markdown("x", [said], EN))


def test_articles_of_the_collection_are_lines_without_sources() -> None:
    refused = COLLECTION.ask("Wie wird das Wetter?")
    text = "Die Sammlung enthält 2 Artikel.\n- Eins, 2024\n- Zwei, 2025"
    given = replace(refused, answered=True, reason="", text=text, passages=())
    shown = MarkdownIt().render(export.markdown("Liste", [turn("Welche?", 1, given)], DE))
    assert "<p>- Eins, 2024</p>" in shown
    assert "<p>- Zwei, 2025</p>" in shown
    assert "<h3>" not in shown
    assert "<p>- Zwei, 2025</p>" in export.page("Liste", [turn("Welche?", 1, given)], DE)
