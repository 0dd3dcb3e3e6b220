"""Filters as a browser sends them, and what a collection is asked with."""

from qa.i18n import Words
from qa.server.chat.filters import NO_SOURCE, NOWHERE, Chosen, chips
from tests.qa.server.chat.fake import CABLE_CAR, LIBRARY, article, info

BARE = article("file:///press/bare.txt", "Bare", [])
INFOS = [info(CABLE_CAR), info(LIBRARY), info(BARE)]


def uris(chosen: Chosen) -> list[str]:
    found: list[str] = chosen.resolve(lambda: INFOS)["uris"]
    return found


def test_what_articles_have_is_filtered_by_the_collection() -> None:
    chosen = Chosen("2024-01-01", "", ("Bote",), ("de",))
    options = chosen.resolve(lambda: [][1])  # no article is looked at
    assert options == {"since": "2024-01-01", "sources": ["Bote"], "languages": ["de"]}


def test_articles_without_date_or_source_can_be_chosen() -> None:
    assert uris(Chosen(undated=True)) == [BARE.uri]
    assert uris(Chosen(since="2025-01-01", undated=True)) == [LIBRARY.uri, BARE.uri]
    assert uris(Chosen(sources=(NO_SOURCE,))) == [BARE.uri]
    assert uris(Chosen(sources=(NO_SOURCE, "EASTMERE Courier"))) == [LIBRARY.uri, BARE.uri]
    assert uris(Chosen(sources=("Eastmere Courier",), undated=True)) == [NOWHERE]


def test_what_is_chosen_is_kept_and_read_again() -> None:
    chosen = Chosen.of("2025-01-01", "2024-01-01", [NO_SOURCE], [], True)
    assert Chosen.from_options(chosen.options()) == chosen
    assert chosen.is_reversed
    shown = chips(chosen, Words("de"))
    assert "Der erste Tag liegt nach dem letzten" in shown
    assert "ohne Quelle" in shown
    assert not chosen.without("until", 0).is_reversed
    assert not chosen.without("undated", 0).undated
