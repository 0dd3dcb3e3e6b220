"""Filters as a browser sends them, and what a collection is asked with."""

from qa.i18n import Words
from qa.server.chat.filters import NO_SOURCE, Chosen, chips


def test_what_is_chosen_becomes_options_of_the_collection() -> None:
    chosen = Chosen("2024-01-01", "", ("Bote",), ("de",), (("x:1", "Zoo"),))
    assert chosen.resolve() == {
        "since": "2024-01-01", "sources": ["Bote"], "languages": ["de"], "uris": ["x:1"],
    }  # fmt: skip
    assert Chosen().resolve() == {}


def test_what_a_question_is_asked_of_and_how_strictly_is_said() -> None:
    german = Words("de")
    assert Chosen(strictness="strict").describe(german) == "Nur sichere Antworten"
    both = Chosen(sources=("Bote",), strictness="lenient").describe(german)
    assert both == "Nur: Bote · Auch unsichere Antworten"
    assert Chosen().describe(german) == ""


def test_articles_without_date_or_source_can_be_chosen() -> None:
    assert Chosen(undated=True).resolve() == {"without": ["date"]}
    assert Chosen(sources=(NO_SOURCE,), undated=True).resolve() == {"without": ["date", "source"]}
    asked = Chosen(sources=(NO_SOURCE, "Bote"), strictness="strict").resolve()
    assert asked == {"sources": ["Bote"], "strictness": "strict", "without": ["source"]}


def test_what_is_chosen_is_kept_and_read_again() -> None:
    chosen = Chosen.of("2025-01-01", "2024-01-01", [NO_SOURCE], [], True)
    assert Chosen.from_options(chosen.options()) == chosen
    assert chosen.is_reversed
    shown = chips(chosen, Words("de"))
    assert "Der erste Tag liegt nach dem letzten" in shown
    assert "ohne Quelle" in shown
    assert not chosen.without("until", 0).is_reversed
    assert not chosen.without("undated", 0).undated
