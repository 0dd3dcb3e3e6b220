"""What is known of open tabs, without a browser."""

import pytest

from qa.server.chat.tabs import InTurn, Tabs


def test_a_tab_that_was_sent_elsewhere_has_left() -> None:
    tabs = Tabs()
    assert not tabs.has_left("a", "one")  # nothing is known after a restart
    tabs.goes_to("a", "one")
    tabs.goes_to("b", "two")
    assert not tabs.has_left("a", "one")
    tabs.goes_to("a", "")
    assert tabs.has_left("a", "one")
    assert not tabs.has_left("a", "")
    assert not tabs.has_left("b", "two")
    tabs.goes_to(None, "one")
    assert not tabs.has_left(None, "two")


def test_the_tabs_that_did_something_last_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tabs, "_MOST", 2)
    tabs = Tabs()
    for tab in ("a", "b", "a", "c"):
        tabs.goes_to(tab, "one")
    assert [tabs.has_left(tab, "two") for tab in ("a", "b", "c")] == [True, False, True]


def test_one_owner_is_served_in_turn() -> None:
    turns = InTurn()
    with turns.of("me"):
        assert turns.of("me").locked()
    assert not turns.of("me").locked()
