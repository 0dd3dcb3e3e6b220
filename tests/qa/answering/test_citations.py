"""Markers in order of appearance, sources named for people, and quotes that must stand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from corpus.article import Article
from qa.answering.citations import QuoteSpan, add_markers, cite, describe, holds, write_date
from qa.results import ArticleInfo, Citation, Passage, Sentence
from tests.fakes import article

ARTICLE = article("x:1", "Der Titel", "Es stürmt. Es regnet. Es ist kalt.", "Alles ruht.")


def passage_of(given: Article, number: int) -> Passage:
    paragraph = given.paragraphs[number - 1]
    return Passage(
        text=given.paragraph_text(paragraph),
        score=1.0,
        rank=1,
        scores={},
        paragraph=number,
        start=paragraph.start,
        end=paragraph.end,
        heading="",
        role="body",
        page=None,
        language="de",
        article=ArticleInfo(given.uri, given.title),
        citation="",
    )


def at(passage: Passage, quote: str) -> tuple[str, list[QuoteSpan]]:
    start = passage.start + passage.text.index(quote)
    return quote, [(passage, start, start + len(quote))]


def test_passages_are_numbered_in_order_of_appearance() -> None:
    other = article("x:2", "Der Fluss steigt.")
    first, second, third = passage_of(ARTICLE, 3), passage_of(other, 1), passage_of(ARTICLE, 2)
    sentences = cite(
        [
            at(first, "Alles ruht."),
            at(second, "Der Fluss steigt."),
            at(third, "Es regnet."),
            at(first, "Alles ruht."),
            at(third, "Es ist kalt."),
        ]
    )
    citations = [sentence.citations[0] for sentence in sentences]
    assert [citation.marker for citation in citations] == [1, 2, 3, 1, 3]
    assert [citation.quote for citation in citations] == [sentence.text for sentence in sentences]
    for citation in citations:
        source = ARTICLE if citation.passage.article.uri == "x:1" else other
        assert source.text[citation.start : citation.end] == citation.quote
        assert holds(citation, source)
    assert add_markers(sentences) == (
        "Alles ruht. [1] Der Fluss steigt. [2] Es regnet. [3] Alles ruht. [1] Es ist kalt. [3]"
    )
    assert cite([]) == ()
    assert add_markers([]) == ""
    assert add_markers([Sentence("Beides.", (citations[0], citations[1]))]) == "Beides. [1] [2]"


GOOD = cite([at(passage_of(ARTICLE, 2), "Es regnet.")])[0].citations[0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"quote": ""},
        {"quote": "Es schneit."},
        {"quote": "es regnet."},
        {"start": GOOD.start + 1, "end": GOOD.end + 1},
        {"end": GOOD.end + 1},
        {"quote": "Alles ruht.", "start": 47, "end": 58},
    ],
)
def test_a_quote_that_does_not_stand_is_caught(wrong: dict[str, Any]) -> None:
    assert holds(GOOD, ARTICLE)
    assert not holds(replace(GOOD, **wrong), ARTICLE)


def test_a_quote_of_an_article_that_changed_is_caught() -> None:
    changed = article("x:1", "Der Titel", "Es stürmt. Es regnet. Es ist warm.", "Alles ruht.")
    # The quote is still there, but the paragraph around it is not what was found.
    assert changed.text[GOOD.start : GOOD.end] == GOOD.quote
    assert not holds(GOOD, changed)
    moved = article("x:1", "Der neue Titel", "Es stürmt. Es regnet. Es ist kalt.")
    assert not holds(GOOD, moved)


def test_a_quote_outside_its_passage_is_caught() -> None:
    whole = passage_of(ARTICLE, 3)
    outside = Citation(1, whole, "Es regnet.", GOOD.start, GOOD.end)
    assert ARTICLE.text[outside.start : outside.end] == outside.quote
    assert not holds(outside, ARTICLE)


@pytest.mark.parametrize(
    ("info", "page", "expected"),
    [
        (ArticleInfo("x:1", "", language="de"), None, "x:1, Abs. 4"),
        (ArticleInfo("x:1", "Sturm", source="Bote", language="de"), 7, "Sturm, Bote, S. 7, Abs. 4"),
        (ArticleInfo("x:1", "Storm", source="Post", language="en"), None, "Storm, Post, para. 4"),
        (
            ArticleInfo("x:1", "Tempête", published=date(2024, 10, 5), language="fr"),
            None,
            "Tempête, 5 October 2024, para. 4",
        ),
    ],
)
def test_sources_are_named_in_their_language(
    info: ArticleInfo, page: int | None, expected: str
) -> None:
    assert describe(info, 4, page) == expected


def test_dates_do_not_follow_the_machines_locale() -> None:
    assert write_date(date(2024, 5, 9), "de") == "09.05.2024"
    assert [write_date(date(2024, month, 1), "en").split()[1][:3] for month in (1, 5, 12)] == [
        "Jan", "May", "Dec",
    ]  # fmt: skip
