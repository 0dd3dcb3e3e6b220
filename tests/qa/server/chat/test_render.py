"""Answers as HTML: everything shown as written, nothing of it markup."""

import html
import re
import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Role
from qa.answering.answerability import load_model
from qa.answering.messages import message
from qa.i18n import Words
from qa.results import (
    Answer,
    ArticleInfo,
    Citation,
    RecognisedDate,
    Refusal,
    Sentence,
    Side,
)
from qa.server import links
from qa.server.chat import cards, render
from tests.qa.server.chat.fake import (
    CABLE_CAR,
    CABLE_CAR_TOO,
    HOSTILE,
    LIBRARY,
    QUOTE,
    QUOTE_TOO,
    FakeCollection,
    answered,
    article,
    cite,
    info,
    passage,
    refused,
)

DE, EN = Words("de"), Words("en")
TAGS = re.compile(r"<[^>]*>")


def visible(markup: str) -> str:
    return html.unescape(TAGS.sub("", markup))


@given(st.text())
def test_escaped_text_reads_the_same_and_holds_no_punctuation(text: str) -> None:
    escaped = render.escape(text)
    assert not set(re.sub(r"&#\d+;", "", escaped)) & set(string.punctuation + "\n\t")
    kept = "".join(char for char in text if render.escape(char))
    assert html.unescape(escaped) == kept


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x00", "\x1b", "\ufeff", "\x85"])
def test_what_hides_or_turns_text_is_left_out(hidden: str) -> None:
    assert render.escape(f"a{hidden}b") == "ab"


def test_half_a_character_becomes_a_replacement() -> None:
    assert render.escape("a\ud800") == "a\ufffd"


def test_attributes_are_escaped_and_empty_ones_left_out() -> None:
    assert render.tag("a", "x", title='" onclick="', lang="") == (
        '<a title="&#34; onclick&#61;&#34;">x</a>'
    )


def test_an_answer_has_its_sentences_with_a_link_a_marker() -> None:
    found = passage(CABLE_CAR, 4)
    first = cite(1, found, "Am 12. April 2025 soll die Seilbahn wieder fahren")
    again = cite(1, found, "Vorher prüft die Aufsicht die Anlage.")
    sentence = Sentence("Am 12. April.", (first, again))
    shown = Answer("?", "Am 12. April. [1]", "", True, "", (sentence,), (first,), (), 1.0, "de")
    markup = render.answer(shown, 3, DE)
    assert visible(markup) == "Am 12. April.\u2060Quelle [1]Gut belegt"
    assert markup.count("<a ") == 1
    assert 'href="#s-3-1"' in markup
    assert "Quelle 1&#58; Seilbahn in Bad Lauten soll im April wieder fahren" in markup
    quotes = "„Am 12. April 2025 soll die Seilbahn wieder fahren … Vorher prüft die Aufsicht"
    assert quotes in markup
    assert '<div class="answer" id="a-3" tabindex="-1" lang="de">' in markup


def test_a_time_is_offered_where_it_leaves_some_passages_out() -> None:
    named = RecognisedDate("2024", 0, date(2024, 1, 1), date(2024, 12, 31))
    both = (passage(CABLE_CAR, 4), passage(LIBRARY, 2))
    given = replace(refused("?", "Nein.", both, "de"), dates=(named,))
    assert "do-date-1-0" in render.answer(given, 1, DE)
    for passages in (both[:1], both[1:], ()):
        assert "do-date" not in render.answer(replace(given, passages=passages), 1, DE)


def test_only_a_fact_has_a_headline_shorter_than_a_sentence() -> None:
    reason = answered("?", "Bote", [cite(1, passage(CABLE_CAR, 4), QUOTE)], "de")
    assert '<p class="short">' in render.answer(reason, 1, DE)
    markup = render.answer(replace(reason, kind="reason"), 1, DE)
    assert '<p class="short">' not in markup
    assert '<p class="sentence first">' in markup


def test_a_refusal_has_the_nearest_sentence_whole_and_one_language() -> None:
    found = passage(CABLE_CAR, 4)
    given = refused("?", f"The articles … “{QUOTE}”", [found], "en")
    reason = message(Refusal.NOT_SAID, "en")
    given = replace(given, reason=reason, refusal=Refusal.NOT_SAID)
    shown = visible(render.answer(given, 1, DE))
    assert QUOTE in shown
    assert shown.startswith(message(Refusal.NOT_SAID, "de"))
    assert reason not in shown


def test_the_short_answer_is_not_said_twice() -> None:
    only = answered("?", "12 pounds", [cite(1, passage(LIBRARY, 2), "12 pounds")], "en")
    assert "short" not in render.answer(only, 1, EN)
    more = answered("?", "12 pounds", [cite(1, passage(LIBRARY, 2), "costs 12 pounds")], "en")
    assert '<p class="short">12 pounds</p>' in render.answer(more, 1, EN)


def test_a_refusal_gives_its_reason_and_what_comes_nearest() -> None:
    found = [passage(CABLE_CAR, number) for number in (1, 4, 6, 8)]
    markup = render.answer(refused("?", "Nichts dazu.", found, "de"), 1, DE)
    assert visible(markup).startswith(
        "Nichts dazu.Diese Stellen passen am ehesten:Nach fast zwei Jahren Stillstand kehrt die "
    )
    assert markup.count("<li>") == 3
    alone = render.answer(refused("?", "Leer.", [], "de"), 1, DE)
    assert visible(alone) == "Leer."


def test_what_a_follow_up_is_about_is_shown_and_can_be_taken_away() -> None:
    alone = answered("Was kostet sie?", "", [], "de")
    markup = render.answer(replace(alone, about="Seilbahn <neu>"), 3, DE)
    assert "Zu: Seilbahn <neu>" in visible(markup)
    assert "do-literal-3" in markup
    assert "do-literal" not in render.answer(alone, 3, DE)


def test_a_long_question_is_repeated_in_part() -> None:
    markup = render.question("x" * 1_000_000, EN)
    assert len(markup) < 2 * render.ECHO_CHARACTERS


def test_how_sure_an_answer_is_stands_in_words() -> None:
    given = answered("?", "", [cite(1, passage(LIBRARY, 2), "12 pounds")], "en")
    said = {"high": "Well supported", "fair": "Probably right", "low": "Uncertain"}
    for name, confidence in load_model().bands.items():
        markup = render.answer(replace(given, confidence=confidence), 1, EN)
        assert said[name] in visible(markup)
        assert f"is right&#58; {round(100 * confidence)}&#37;" in markup


@pytest.mark.parametrize("why", [why for why in Refusal if why is not Refusal.NO_QUESTION])
def test_each_refusal_says_what_to_try(why: Refusal) -> None:
    for words in (DE, EN):
        given = replace(refused("?", "No.", [passage(LIBRARY, 2)], "en"), refusal=why)
        markup = render.answer(given, 1, words)
        assert words[f"try_{why.name.lower()}"] in visible(markup)


def test_what_no_article_answers_is_said_without_a_verdict() -> None:
    given = replace(refused("?", "I have no opinions.", [], "en"), refusal=Refusal.NO_QUESTION)
    assert visible(render.answer(given, 1, EN)) == "I have no opinions."


def test_articles_of_the_collection_are_links() -> None:
    held = (info(CABLE_CAR), info(LIBRARY))
    text = "The collection holds 3 articles.\n- one\n- two\n- and 1 more"
    given = replace(refused("?", text, [], "en"), answered=True, reason="", articles=held)
    markup = render.answer(given, 1, EN)
    assert visible(markup).startswith("The collection holds 3 articles.Seilbahn in Bad Lauten")
    assert markup.count("<a href") == 2
    assert visible(markup).endswith("and 1 more")


def test_each_suggestion_is_a_button() -> None:
    markup = render.suggestions(["What <now>?", "And then?"], 4, EN)
    assert 'id="do-suggested-4-1"' in markup
    assert "What &#60;now&#62;&#63;" in markup
    assert render.suggestions([], 4, EN) == ""


def test_where_sources_differ_both_sides_stand_by_date_and_a_correction_is_named() -> None:
    old, new = cite(1, passage(CABLE_CAR, 4), QUOTE), cite(2, passage(CABLE_CAR_TOO, 1), QUOTE_TOO)
    given = answered("?", "12. April", [old, new], "de")
    sides = (
        Side("12. April 2025", date(2024, 10, 25), given.sentences[0]),
        Side("3. Mai 2025", date(2025, 2, 3), given.sentences[1], corrects=True),
    )
    note = "Die Quellen sagen Unterschiedliches."
    shown = visible(render.answer(replace(given, differs=sides, note=note), 1, DE))
    assert shown.startswith(f"{note}3. Februar 2025Korrektur3. Mai 2025{QUOTE_TOO}")
    assert f"25. Oktober 202412. April 2025{QUOTE}" in shown
    assert shown.count(QUOTE) == 1


def test_a_kept_answer_says_what_became_of_its_article() -> None:
    given = answered("?", "", [cite(1, passage(LIBRARY, 2), "12 pounds")], "en")
    changed = article(LIBRARY.uri, "T", [(Role.LEAD, "Other"), (Role.BODY, "words")])
    kept = visible(cards.group(given, 1, EN, lambda _uri: LIBRARY))
    assert EN["gone"] not in kept
    assert EN["altered"] not in kept
    assert EN["gone"] in visible(cards.group(given, 1, EN, _none))
    assert EN["altered"] in visible(cards.group(given, 1, EN, lambda _uri: changed))


# Cards


def test_quotes_are_merged_and_kept_within_the_passage() -> None:
    found = passage(CABLE_CAR, 4)
    length = len(found.text)

    def quoted(start: int, end: int) -> Citation:
        return Citation(1, found, "", found.start + start, found.start + end)

    assert cards.spans([quoted(10, 20), quoted(0, 5), quoted(15, 30)]) == [(0, 5), (10, 30)]
    assert cards.spans([quoted(-5, 3), quoted(length - 2, length + 9)]) == [
        (0, 3),
        (length - 2, length),
    ]
    assert cards.spans([quoted(length + 1, length + 5), quoted(7, 7)]) == []


@given(st.text(min_size=1), st.data())
def test_marking_changes_no_word(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    markup = cards.mark_quotes(text, [(start, end)])
    assert TAGS.sub("", markup) == render.escape(text)
    inside = markup.partition("<mark>")[2].partition("</mark>")[0]
    assert inside == render.escape(text[start:end])


def test_neighbours_are_the_article_and_its_headings_only() -> None:
    before, after = cards.neighbours(CABLE_CAR, passage(CABLE_CAR, 4))
    assert [visible(item)[:12] for item in before] == ["Nach fast zw", "Der Zeitplan"]
    assert [visible(item)[:12] for item in after] == ["Der Umbau ko"]
    before, after = cards.neighbours(CABLE_CAR, passage(CABLE_CAR, 6))
    assert [visible(item)[:12] for item in after] == ["Die Kritik", "Naturschütze"]
    before, after = cards.neighbours(CABLE_CAR, passage(CABLE_CAR, 8))
    assert after == []


def test_long_neighbours_are_cut_towards_the_passage() -> None:
    long = " ".join(f"word{number}" for number in range(300))
    three = article("u", "T", [(Role.BODY, long), (Role.BODY, "Middle."), (Role.BODY, long)])
    before, after = cards.neighbours(three, passage(three, 2))
    assert visible(before[0]).startswith("… word")
    assert visible(before[0]).endswith("word299")
    assert visible(after[0]).startswith("word0")
    assert visible(after[0]).endswith("\xa0…")


def test_an_article_that_changed_or_went_has_no_neighbours() -> None:
    given_answer = answered("?", "", [cite(1, passage(LIBRARY, 2), "12 pounds")], "en")
    assert "neighbour" in cards.group(given_answer, 1, EN, lambda _uri: LIBRARY)
    changed = article(LIBRARY.uri, "T", [(Role.LEAD, "Other"), (Role.BODY, "words")])
    for of in (lambda _uri: changed, lambda _uri: None):
        markup = cards.group(given_answer, 1, EN, of)
        assert "neighbour" not in markup
        assert "<mark>12 pounds</mark>" in markup


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/1?x=1&y=2", "https://a.example/1?x=1&y=2"),
        ("http://a.example", "http://a.example"),
        ("javascript:alert(1)", ""),
        ("JavaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//a.example", ""),
        ("https://", ""),
        ("https://bank.example@evil.example/", ""),
        ('https://a.example/" onclick="x', ""),
        ("https://a.example/\u202egpj.exe", ""),
        ("https://a.example/a b", ""),
        ("http://[", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_only_plain_web_addresses_become_links(url: str, expected: str) -> None:
    assert links.web_link(ArticleInfo("file:///a", "T", url=url)) == expected


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("file:///home/me/a%20b.txt", "File: a b.txt"),
        ("file:///home/me/table.jsonl#3", "File: table.jsonl #3"),
        ("urn:isbn:1", "urn:isbn:1"),
        ("http://[", "http://["),
    ],
)
def test_an_article_without_a_web_address_says_where_it_is(uri: str, shown: str) -> None:
    local = article(uri, "T", [(Role.BODY, "Words.")])
    answer = answered("?", "", [cite(1, passage(local, 1), "Words.")], "en")
    markup = cards.group(answer, 1, EN, _none)
    assert f"{shown}Back to the answer" in visible(markup)


def test_an_article_known_by_its_web_address_is_linked_by_it() -> None:
    assert links.web_link(ArticleInfo("https://a.example/1", "T")) == "https://a.example/1"


def test_a_text_fragment_names_both_ends_of_a_long_quote() -> None:
    quote = "one two three four five six seven-eight nine, ten eleven twelve"
    assert links.text_fragment("https://a.example/#top", quote) == (
        "https://a.example/#top:~:text=one%20two%20three%20four%20five,"
        "seven%2Deight%20nine%2C%20ten%20eleven%20twelve"
    )
    assert links.text_fragment("https://a.example/", "  ") == "https://a.example/"
    links.text_fragment("https://a.example/", "lone \ud800")


@pytest.mark.parametrize("text", HOSTILE)
def test_cards_hold_no_tags_but_their_own(text: str) -> None:
    collection = FakeCollection()
    hostile = collection.ask(f"hostile {HOSTILE.index(text)}")
    markup = cards.panel([cards.group(hostile, 1, EN, collection.article)], EN)
    own = {
        "button",
        "pre",
        "section",
        "details",
        "summary",
        "div",
        "p",
        "span",
        "mark",
        "a",
        "h2",
        "h3",
    }
    assert set(re.findall(r"</?([^\s>]+)", markup)) <= own
    places = set(re.findall(r'href="([^"]*)"', markup)) - {"#a-1"}
    assert [html.unescape(each).partition("?uri=")[0] for each in places] == ["/library/article"]


def test_only_the_newest_answers_best_source_is_open() -> None:
    collection = FakeCollection()
    answers = [collection.ask("Seilbahn"), collection.ask("library"), collection.ask("Wetter")]
    groups = [cards.group(each, turn, DE, collection.article) for turn, each in enumerate(answers)]
    assert cards.panel(groups[:2], DE).count("<details open") == 1
    assert cards.panel(groups[:2], DE).index("<details open") < groups[1].index("12 pounds") + 200
    assert cards.panel(groups, DE).count("<details open") == 0
    assert DE["sources_hint"] in visible(cards.panel([], DE))


def test_other_printings_are_named() -> None:
    found = passage(LIBRARY, 2)
    twin = type(found)(
        **{name: getattr(found, name) for name in found.__slots__ if name != "also_in"},
        also_in=(info(CABLE_CAR),),
    )
    markup = cards.group(answered("?", "", [cite(1, twin, "12 pounds")], "en"), 1, EN, _none)
    assert "Also in: Lautenberger Bote" in visible(markup)


def _none(_uri: str) -> None:
    return None


# Words


def test_days_are_written_as_people_do() -> None:
    assert DE.date(date(2024, 3, 1)) == "1. März 2024"
    assert EN.date(None) == "undated"
    assert DE.count("n_articles", 12_345) == "12.345 Artikel"
