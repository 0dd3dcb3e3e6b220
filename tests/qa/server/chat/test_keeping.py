"""Conversations that are kept, in a browser: reloads, tabs, restarts, and what can be done."""

import re
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, Route, expect

from tests.qa.server.chat.conftest import Open, ask, opened_at, served
from tests.qa.server.chat.fake import QUOTE

GERMAN = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
ENGLISH = "What does the library cost a year?"


def another_tab(page: Page) -> Page:
    """Open the page once more, in the same browser."""
    tab = page.context.new_page()
    tab.goto(page.url.partition("?")[0])
    expect(tab.locator("#chat .welcome")).to_be_visible()
    return tab


def titles(page: Page) -> list[str]:
    return page.locator("#list .title").all_text_contents()


def open_side(page: Page) -> None:
    if not page.locator("#list").is_visible():
        page.locator("#ui-side").click()
    expect(page.locator("#list")).to_be_visible()


def test_a_reload_comes_back_to_the_conversation_and_its_cards(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    ask(page, ENGLISH)
    expect(page).to_have_url(re.compile(r"\?c=[\w-]+$"))
    page.reload()
    expect(page.locator("#a-2 .short")).to_have_text("12 pounds")
    page.locator("#a-1 a.cite").first.click()
    expect(page.locator("#s-1-1 mark")).to_have_text(QUOTE)
    expect(page.locator("#s-1-1 mark")).to_be_in_viewport()
    page.locator("#new").click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    expect(page).not_to_have_url(re.compile(r"\?c="))


def test_the_last_words_of_an_answer_do_not_bring_a_conversation_back(open_page: Open) -> None:
    page = open_page()
    last: list[Route] = []

    def hold_back(route: Route) -> None:
        # What an answer's end sends are the conversation's id and nothing else: first a request
        # that waits for it, then one that has the conversation shown.
        data = (route.request.post_data_json or {}).get("data") or []
        conversation = len(data) == 1 and len(str(data[0])) > 10
        earlier = [item for item in seen if item == data]
        seen.append(data)
        if conversation and earlier and not last:
            last.append(route)
        else:
            route.continue_()

    seen: list[list[object]] = []
    page.route("**/gradio_api/run/**", hold_back)
    page.locator("#question textarea").fill(GERMAN)
    page.keyboard.press("Enter")
    expect(page.locator("#a-1 .short")).to_be_visible()
    for _ in range(150):
        if last:
            break
        page.wait_for_timeout(100)
    page.locator("#new").click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    with page.expect_response(lambda response: response.request == last[0].request):
        last[0].continue_()
    page.wait_for_timeout(300)
    expect(page.locator("#chat .welcome")).to_be_visible()
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(page, ENGLISH)
    open_side(page)
    assert titles(page) == [ENGLISH, GERMAN]


def test_what_is_being_typed_outlasts_a_reload(open_page: Open) -> None:
    page = open_page()
    field = page.locator("#question textarea")
    field.fill(GERMAN)
    page.reload()
    expect(field).to_have_value(GERMAN)
    field.press("Enter")
    expect(page.locator("#a-1 .short")).to_be_visible()
    expect(field).to_have_value("")
    page.reload()
    expect(page.locator("#a-1 .short")).to_be_visible()
    expect(field).to_have_value("")


def test_conversations_are_listed_found_renamed_and_deleted(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    page.locator("#new").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(page, ENGLISH)
    open_side(page)
    assert titles(page) == [ENGLISH, GERMAN]
    page.locator("#search input").fill("jana voss")
    expect(page.locator("#list .title")).to_have_text([GERMAN])
    page.locator("#search input").fill("nirgends")
    expect(page.locator("#list")).to_contain_text("Kein Gespräch enthält diese Wörter.")
    page.locator("#search input").fill("")
    expect(page.locator("#list .title")).to_have_count(2)
    page.locator("#list button.open", has_text="Seilbahn").click()
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
    page.get_by_role("button", name="Umbenennen").click()
    page.keyboard.type("Die <b>Bahn</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#list button.on .title")).to_have_text("Die <b>Bahn</b>")
    page.get_by_role("button", name="Löschen").click()
    page.get_by_role("button", name="Wirklich löschen?").click()
    expect(page.locator("#list .title")).to_have_text([ENGLISH])
    expect(page.locator("#chat .welcome")).to_be_visible()


def test_two_tabs_have_conversations_of_their_own_and_one_list(open_page: Open) -> None:
    page = open_page()
    tab = another_tab(page)
    ask(page, GERMAN)
    ask(tab, ENGLISH)
    expect(page.locator("#chat .asked")).to_have_count(1)
    ask(page, "Und warum die Seilbahn?")
    expect(page.locator("#chat .asked")).to_have_count(2)
    open_side(tab)
    assert sorted(titles(tab)) == sorted([GERMAN, ENGLISH])


def test_nobody_sees_what_another_browser_asked(open_page: Open) -> None:
    page, stranger = open_page(), open_page()
    ask(page, GERMAN)
    expect(page).to_have_url(re.compile(r"\?c="))
    stranger.goto(page.url)
    expect(stranger.locator("#chat .welcome")).to_be_visible()
    open_side(stranger)
    expect(stranger.locator("#list")).to_contain_text("Noch keine Gespräche.")
    name = page.url.partition("?c=")[2]
    base = page.url.partition("?")[0]
    assert page.request.get(f"{base}ui/export/{name}.md").status == 200
    assert stranger.request.get(f"{base}ui/export/{name}.md").status == 404
    assert page.request.get(f"{base}ui/export/{name}.exe").status == 404


def test_a_tab_closed_in_mid_answer_loses_nothing(open_page: Open) -> None:
    page = open_page()
    tab = another_tab(page)
    tab.locator("#question textarea").fill("sleepy Seilbahn")
    tab.keyboard.press("Enter")
    expect(tab.locator("#chat .pending")).to_be_visible()
    expect(tab).to_have_url(re.compile(r"\?c="))
    address = tab.url
    tab.close()
    page.goto(address)
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
    expect(page.locator("#s-1-1 mark")).to_be_visible()


def test_an_answer_is_stopped_asked_again_and_changed(open_page: Open) -> None:
    page = open_page()
    page.locator("#question textarea").fill("sleepy Seilbahn")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Anhalten").click()
    expect(page.locator("#a-1")).to_contain_text("Angehalten.")
    page.get_by_role("button", name="Noch einmal fragen").click()
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
    page.get_by_role("button", name="Bearbeiten").click()
    field = page.locator("#question textarea")
    expect(field).to_have_value("sleepy Seilbahn")
    expect(field).to_be_focused()
    expect(page.locator("#chips")).to_contain_text("Frage 1 wird ersetzt")
    field.fill(ENGLISH)
    page.keyboard.press("Enter")
    expect(page.locator("#a-1 .short")).to_have_text("12 pounds")
    expect(page.locator("#chat .asked")).to_have_count(1)
    expect(page.locator("#chips")).not_to_contain_text("ersetzt")


def test_filters_have_counts_become_chips_and_go_with_the_question(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    page.get_by_role("button", name="Filters").click()
    page.locator("#since input").fill("2024-10-01")
    expect(page.locator("#chips .chip")).to_have_text(["Remove: since 1 October 2024×"])
    source = page.locator("#filter-sources input")
    source.click()
    options = page.get_by_role("option")
    expect(options).to_have_text([re.compile(r"Courier|Kurier|Bote")] * 3)
    page.get_by_role("option", name="Lautenberger Bote (1)").click()
    page.keyboard.press("Escape")
    expect(page.locator("#chips .chip")).to_have_count(2)
    ask(page, GERMAN)
    expect(page.locator("#chat .with")).to_have_text(
        "Only: since 1 October 2024 · Lautenberger Bote"
    )
    page.locator("#chips .chip", has_text="since").click()
    expect(page.locator("#since input")).to_have_value("")
    expect(page.locator("#chips .chip")).to_have_text(["Remove: Lautenberger Bote×"])
    ask(page, "And the Seilbahn?")
    expect(page.locator("#chat .with").last).to_have_text("Only: Lautenberger Bote")


def test_what_a_follow_up_is_about_is_shown_and_can_be_taken_away(open_page: Open) -> None:
    page = open_page(locale="en")
    ask(page, ENGLISH)
    ask(page, "And how much?")
    expect(page.locator("#a-2 .understood")).to_contain_text("About: The library")
    page.get_by_role("button", name="Ask without this").click()
    expect(page.locator("#a-2.refusal .why")).to_be_visible()
    expect(page.locator("#chat .asked").last).to_have_text("Your question: And how much?")


def test_a_date_that_the_question_names_becomes_a_filter_with_a_click(open_page: Open) -> None:
    page = open_page(locale="en")
    ask(page, "What does the library cost since March?")
    page.get_by_role("button", name="Only articles from this time: “since March”").click()
    expect(page.locator("#chat .with")).to_have_text("Only: since 1 March 2025")
    expect(page.locator("#chips .chip")).to_have_text(["Remove: since 1 March 2025×"])
    expect(page.locator("#since input")).to_have_value("2025-03-01")
    expect(page.locator("#a-1 .short")).to_have_text("12 pounds")


def test_an_answer_is_rated_and_noted(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    no = page.get_by_role("button", name="Nicht hilfreich")
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    page.locator("#note-1 textarea").fill("Falsches <b>Jahr</b>")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#note-1 .kept")).to_have_text("Falsches <b>Jahr</b>")
    page.reload()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#note-1 .kept")).to_have_text("Falsches <b>Jahr</b>")
    page.get_by_role("button", name="Hilfreich", exact=True).click()
    expect(no).to_have_attribute("aria-pressed", "false")


def test_an_answer_is_read_while_it_is_written(open_page: Open) -> None:
    page = open_page()
    page.locator("#question textarea").fill("written Seilbahn")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .pending .unchecked")).to_contain_text("Am 12. April")
    expect(page.locator("#chat .pending .sentence").first).to_contain_text("[1]")
    top = page.locator("#chat .asked").bounding_box()
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
    expect(page.locator("#chat .pending")).to_have_count(0)
    assert page.locator("#chat .asked").bounding_box() == top


def test_twenty_questions_in_quick_succession_are_all_answered(open_page: Open) -> None:
    page = open_page()
    field = page.locator("#question textarea")
    for number in range(20):
        field.fill(f"Seilbahn {number}?")
        page.keyboard.press("Enter")
        expect(field).to_have_value("")
    expect(page.locator("#chat .asked")).to_have_count(20, timeout=60_000)
    expect(page.locator("#chat .pending")).to_have_count(0, timeout=60_000)
    expect(page.locator("#chat .short")).to_have_count(20)
    assert page.locator("#chat .asked").all_text_contents() == [
        f"Ihre Frage: Seilbahn {number}?" for number in range(20)
    ]


def test_a_conversation_is_exported(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    open_side(page)
    for suffix in ("md", "html", "docx"):
        with page.expect_download() as downloading:
            page.locator("#list a.export", has_text=suffix.upper()).click()
        content = read(downloading.value)
        name = downloading.value.suggested_filename
        assert re.search(rf"wieder fahren \d{{4}}-\d\d-\d\d\.{suffix}$", name)
        assert content.startswith(b"PK") if suffix == "docx" else QUOTE.encode()[:20] in content
    expect(page.locator("#a-1")).to_be_visible()


def read(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_an_open_tab_goes_on_after_a_restart(browser: Browser, port: int, tmp_path: Path) -> None:
    name = f"{port}:{tmp_path}"
    with ExitStack() as servers:
        addresses = servers.enter_context(served(name))
        for open_page in opened_at(browser, addresses):
            page = open_page(name)
            ask(page, GERMAN)
            page.locator("#question textarea").fill("sleepy Seilbahn")
            page.keyboard.press("Enter")
            expect(page.locator("#chat .pending")).to_be_visible()
            page.locator("#question textarea").fill("Noch nicht gefragt")
            servers.close()
            expect(page.get_by_text("Die Verbindung zum Server ist abgerissen.")).to_be_visible()
            servers.enter_context(served(name))
            expect(page.locator("#a-2")).to_contain_text("neu gestartet", timeout=60_000)
            expect(page.locator("#question textarea")).to_have_value("Noch nicht gefragt")
            page.get_by_role("button", name="Noch einmal fragen").click()
            expect(page.locator("#a-2 .short")).to_have_text("Am 12. April 2025")
            expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
            open_side(page)
            assert titles(page) == [GERMAN]
