"""What the command line prints: everything there, nothing read as markup, no line lost."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from rich.console import Console, RenderableType

from corpus.article import Role
from qa.cli.tables import (
    ArticleTable,
    add_summary,
    answer_view,
    article_view,
    passage_view,
    status_view,
)
from qa.results import AddReport, Answer, ArticleInfo
from tests.fakes import article
from tests.qa.test_results import ANSWER, CITATION, INFO, PASSAGE, STATUS

MARKUP = "[bold]laut[/bold] [/] [link=x]"


def shown(*items: RenderableType, width: int = 200) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width)
    for item in items:
        console.print(item)
    return stream.getvalue()


def in_order(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def test_the_summary_counts_and_lists_what_was_skipped() -> None:
    report = AddReport(1, 2, 3, 4, (("a.txt", "the file is empty"),), 5678, seconds=1.23)
    text = shown(add_summary(report))
    assert "1 added, 2 updated, 3 unchanged, 4 duplicates, 1 skipped; 5,678 passages" in text
    assert "(1.2 s)" in text
    assert "Skipped a.txt: the file is empty" in text
    assert "nothing embedded" in shown(add_summary(AddReport(unchanged=3)))


def test_a_long_list_of_skipped_inputs_is_cut() -> None:
    skipped = tuple((f"{at}.txt", "the file is empty") for at in range(25))
    text = shown(add_summary(AddReport(skipped=skipped)))
    assert "Skipped 19.txt" in text
    assert "Skipped 20.txt" not in text
    assert "… and 5 more; --json lists them all." in text


def test_articles_are_a_table() -> None:
    infos = [INFO, ArticleInfo("x:2", "Ohne Datum", language="en")]
    text = shown(ArticleTable(infos))
    assert in_order(text, ["Date", "Title", "Source", "2024-10-25", "Sturm", "Bote", "de", "x:1"])
    assert in_order(text, ["x:1", "Ohne Datum", "en", "x:2"])


def test_long_uris_are_folded_and_not_cut() -> None:
    uri = "https://bote.example/" + "x" * 150
    text = shown(ArticleTable([ArticleInfo(uri, "T")]), width=80)
    assert "".join(text.split()).count("x") >= 150


def test_in_a_narrow_terminal_articles_are_lines_that_keep_date_and_title() -> None:
    long = replace(INFO, title="Sturm über Lauten reißt die Fähre von ihrer Kette")
    lines = shown(
        ArticleTable([long, ArticleInfo("x:2", "Ohne Datum", language="en")]), width=40
    ).splitlines()
    assert lines == [
        "2024-10-25  Sturm über Lauten reißt die",
        "            Fähre von ihrer Kette",
        "            Bote · de",
        "            x:1",
        "            Ohne Datum",
        "            en",
        "            x:2",
    ]


@pytest.mark.parametrize("width", [15, 30, 80, 200])
def test_no_line_ends_in_blanks_and_no_word_is_lost(width: int) -> None:
    long = "Die Fähre von Osterholm fährt wieder, und das nach drei Jahren. " * 4
    passage = replace(PASSAGE, text=long.strip(), start=0, end=len(long))
    citation = replace(CITATION, passage=passage, quote=long[:20], start=0, end=20)
    answer = replace(ANSWER, citations=(citation,))
    made = article("x:1", long.strip(), title="Sturm")
    for view in (passage_view(passage), answer_view(answer), article_view(made)):
        text = shown(view, width=width)
        assert long.strip() in " ".join(text.split())
        assert not re.search(r"^ .* $", text, re.M)


def test_an_article_is_shown_with_numbers_and_roles() -> None:
    made = article(
        "x:1", ("Sturm", Role.HEADLINE), "Es stürmt.", title="Sturm", source="Bote",
        authors=("A. B.", "C. D."), published=date(2024, 10, 25),
    )  # fmt: skip
    text = shown(article_view(made))
    assert in_order(text, ["Sturm", "Bote · A. B., C. D. · 2024-10-25 · de", "x:1"])
    assert in_order(text, ["1 headline", "Sturm", "2 body", "Es stürmt."])


def test_a_passage_is_shown_with_its_scores_and_where_else_it_stands() -> None:
    text = shown(passage_view(PASSAGE))
    assert in_order(text, ["1. Sturm, Bote", "score 1.500", "dense 0.500", "also in: Bote"])
    assert PASSAGE.text in text


def test_an_answer_is_shown_with_each_source_once() -> None:
    second = replace(CITATION, quote="Es stürmt.", start=7, end=17)
    answer = replace(ANSWER, citations=(CITATION, second))
    text = shown(answer_view(answer))
    assert text.startswith("Es regnet. [1]")
    assert text.count("[1] Sturm, Bote, 25.10.2024, Abs. 2") == 1
    assert in_order(text, [PASSAGE.text, "x:1"])


def test_a_refusal_is_shown_as_it_reads() -> None:
    refused = Answer("?", "Nichts. [/]", "", False, "Nichts.", (), (), (), 0.0, "de")
    assert shown(answer_view(refused)) == "Nichts. [/]\n"


def test_what_cites_nothing_is_followed_by_questions_to_ask() -> None:
    reply = replace(
        ANSWER, text="Hello!", short="", sentences=(), citations=(), language="en",
        suggestions=("What is new?", "Who spoke?"),
    )  # fmt: skip
    assert in_order(shown(answer_view(reply)), ["Hello!", "You might ask:", "What is new?", "Who"])
    assert "You might ask" not in shown(answer_view(replace(ANSWER, suggestions=("What?",))))


def test_the_status_says_what_is_missing() -> None:
    text = shown(status_view(STATUS))
    assert all(line == line.rstrip() for line in text.splitlines())
    assert in_order(text, ["Collection", "p", "Embedded", "2 of 2 windows", "Model", "m f"])
    assert in_order(text, ["de (1)", "Bote (1)", "2024-01-01"])
    assert "not embedded" not in text
    behind = replace(STATUS, missing=1000, languages={}, sources={}, first=None)
    assert "1,000 paragraphs are not embedded yet" in shown(status_view(behind))
    assert "no dates" in shown(status_view(behind))


def test_nothing_that_articles_say_is_markup() -> None:
    info = ArticleInfo(MARKUP, MARKUP, (MARKUP,), None, None, MARKUP, MARKUP, MARKUP, MARKUP)
    passage = replace(PASSAGE, text=MARKUP, article=info, citation=MARKUP, also_in=(info,))
    citation = replace(CITATION, passage=passage, start=7, end=12)
    made = article(MARKUP, MARKUP, title=MARKUP, source=MARKUP, authors=(MARKUP,))
    for view in (
        ArticleTable([info]),
        article_view(made),
        passage_view(passage),
        answer_view(replace(ANSWER, text=MARKUP, citations=(citation,))),
        add_summary(AddReport(skipped=((MARKUP, MARKUP),))),
        status_view(replace(STATUS, path=MARKUP, sources={MARKUP: 1})),
    ):
        assert MARKUP in shown(view)


def test_a_correction_and_a_note_are_said() -> None:
    corrected = replace(PASSAGE, article=replace(PASSAGE.article, corrected=date(2026, 3, 12)))
    assert "corrected on 2026-03-12" in shown(passage_view(corrected))
    assert "corrected" not in shown(passage_view(PASSAGE))
    noted = AddReport(added=1, notes=(("a.html", "is older [b]"),))
    assert "Note: a.html is older [b]" in shown(add_summary(noted))
