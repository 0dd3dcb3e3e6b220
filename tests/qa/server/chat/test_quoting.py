"""Quotes to paste: complete, in one piece, and nothing in them acts on what reads them."""

from dataclasses import replace
from datetime import date

import pytest

from qa.results import ArticleInfo
from qa.server.exports import quoting
from tests.qa.server.chat.fake import CABLE_CAR, HOSTILE, LIBRARY, passage

WEB = "https://bote.example/seilbahn"


def test_plain_text_has_the_languages_own_quotation_marks() -> None:
    german = quoting.plain(passage(CABLE_CAR, 4), "Am 12. April\n2025", WEB)
    assert german == (
        "„Am 12. April 2025“ (Seilbahn in Bad Lauten soll im April wieder fahren, "
        f"Lautenberger Bote, Abs. 4, {WEB})"
    )
    assert quoting.plain(passage(LIBRARY, 2), "12 pounds").startswith("“12 pounds” (Harbour")


def test_markdown_links_the_title() -> None:
    text = quoting.markdown(passage(LIBRARY, 2), "12 * 2", "https://a.example/x_(y)")
    assert text == (
        "> 12 \\* 2\n>\n> — [Harbour library opens its night room]"
        "(<https://a.example/x_%28y%29>), Eastmere Courier, Abs. 2"
    )
    assert "](" not in quoting.markdown(passage(LIBRARY, 2), "12")


def test_bibtex_names_what_is_known() -> None:
    assert quoting.bibtex(passage(CABLE_CAR, 4), "Am 12. April", WEB).splitlines() == [
        "@misc{lautenbergerbote2024seilbahn,",
        "  title = {Seilbahn in Bad Lauten soll im April wieder fahren},",
        "  author = {{Anna Meier} and {Jonas Kühn}},",
        "  howpublished = {Lautenberger Bote},",
        "  date = {2024-10-25},",
        "  year = {2024},",
        f"  url = {{{WEB}}},",
        "  note = {Abs. 4},",
        "  annote = {Am 12. April},",
        "}",
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_odd_titles_and_quotes_break_nothing(text: str) -> None:
    info = ArticleInfo("u", text, authors=(text,), published=date(2025, 1, 1), source=text)
    odd = replace(passage(LIBRARY, 2), article=info, citation=f"{text}, {text}")
    entry = quoting.bibtex(odd, text)
    bare = entry.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
    quoted = quoting.markdown(odd, text)
    assert [line[:1] for line in quoted.splitlines()] == [">", ">", ">"]
    assert "\n" not in quoting.plain(odd, text)
