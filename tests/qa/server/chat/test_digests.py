"""Digests on the page and in files: timelines drawn, parts titled, kinds to choose from."""

import io
from datetime import date
from zipfile import ZipFile

import pytest

from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.results import (
    Answer,
    ArticleInfo,
    Citation,
    Digest,
    DigestEntry,
    DigestPart,
    Passage,
    Sentence,
    Side,
)
from qa.server.chat import digests
from qa.server.exports import conversation as export
from qa.server.exports.docx import document_of

DE = Words("de")
TEXT = "Es brannte am Dienstag. <b>Neun</b> Boote sanken."
INFO = ArticleInfo("x:1", "Brand <am> Steg", (), date(2024, 5, 8), None, "Bote", "", "de")
PASSAGE = Passage(
    TEXT,
    1.0,
    1,
    {},
    1,
    0,
    len(TEXT),
    "",
    "body",
    None,
    "de",
    INFO,
    "Brand, Bote, 08.05.2024, Abs. 1",
)
FIRST = Sentence(TEXT[:23], (Citation(1, PASSAGE, TEXT[:23], 0, 23),))
SECOND = Sentence(TEXT[24:], (Citation(1, PASSAGE, TEXT[24:], 24, len(TEXT)),))
DAY = date(2024, 5, 7)


def answer(kind: str, *parts: DigestPart) -> Answer:
    return Answer(
        "Was geschah?", "", "", True, "", (FIRST, SECOND),
        (*FIRST.citations, *SECOND.citations), (PASSAGE,), 0.9, "de", kind=kind,
        digest=Digest(kind, parts, (INFO,), ("Einer fehlt.",)),
    )  # fmt: skip


TIMELINE = answer(
    "timeline",
    DigestPart(
        "",
        (
            DigestEntry(FIRST, DAY, DAY, "Dienstag"),
            DigestEntry(SECOND, date(2024, 5, 8), date(2024, 5, 8), certain=False),
        ),
    ),
)
OVERVIEW = answer(
    "overview",
    DigestPart("Bote & Co", (DigestEntry(SECOND, differs=(Side("14 Boote", DAY, FIRST),)),)),
)
COMPARISON = answer(
    "compare",
    DigestPart(
        "Unterschiedlich: 14 Boote",
        (DigestEntry(SECOND, corrects=True, differs=(Side("14 Boote", DAY, FIRST),)),),
        "differ",
    ),
    DigestPart("Nur Bote & Co", (DigestEntry(FIRST),), "only"),
)


def test_a_timeline_is_drawn_with_its_days() -> None:
    shown = digests.answer(TIMELINE, 3, DE)
    assert '<ol class="timeline">' in shown
    assert '<span class="when">07&#46;05&#46;2024</span>' in shown
    assert '<li class="unsure"><span class="when">gemeldet 08' in shown
    assert "<b>" not in shown
    assert 'href="#s-3-1"' in shown


def test_an_overview_says_who_differs() -> None:
    shown = digests.answer(OVERVIEW, 1, DE)
    assert 'class="digest overview"' in shown
    assert "<h4>Bote &#38; Co" in shown
    assert "Anders&#58; 14 Boote &#40;Bote&#44; 7&#46; Mai 2024&#41;" in shown


def test_what_differs_stands_in_columns_with_its_source() -> None:
    shown = digests.answer(COMPARISON, 1, DE)
    assert '<section><h4>Unterschiedlich&#58; 14 Boote</h4><div class="columns"><div>' in shown
    assert '<span class="when">Bote&#44; 8&#46; Mai 2024</span>' in shown
    assert '<span class="corrects">Korrektur</span>' in shown
    assert "Anders" not in shown
    assert shown.index("Nur Bote") > shown.rindex('class="columns"')


def test_the_chip_offers_other_kinds_where_they_can_be_asked_for() -> None:
    chip = digests.kind_chip(TIMELINE, 3, DE, changeable=True)
    assert "Zeitleiste" in chip
    assert 'id="do-kind-3-summary"' in chip
    assert "do-kind-3-timeline" not in chip
    assert "button" not in digests.kind_chip(TIMELINE, 3, DE, changeable=False)


@pytest.mark.parametrize("kind", digests.OFFERED)
def test_every_kind_offered_has_a_name(kind: str) -> None:
    assert DE[f"kind_{kind}"]
    assert Words("en")[f"kind_{kind}"]


def turn(given: Answer) -> ChatTurn:
    return ChatTurn(1, "k", given.question, {}, TurnState.ANSWERED, "", given)


def test_files_have_the_days_and_the_parts() -> None:
    turns = [turn(TIMELINE), turn(COMPARISON)]
    text = export.markdown("Brand", turns, DE)
    assert "**07\\.05.2024** Es brannte am Dienstag. \\[1\\]" in text
    assert "### Nur Bote \\& Co" in text
    assert "**Bote, 08.05.2024 Korrektur**" in text.replace("\\", "")
    assert "Einer fehlt." in text
    page = export.page("Brand", turns, DE)
    assert '<span class="line">gemeldet 08.05.2024</span>' in page
    assert "<h3>Nur Bote &amp; Co</h3>" in page
    with ZipFile(io.BytesIO(document_of("Brand", turns, DE))) as file:
        assert "07.05.2024" in file.read("word/document.xml").decode()
