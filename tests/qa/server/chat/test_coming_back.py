"""What a reader comes back to, in a browser: the history, the ways back, shortcuts, feedback."""

import re
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Locator, expect

from qa import open_collection
from tests.conftest import FERRY, MUSEUM
from tests.fakes import FakeEncoder, write
from tests.qa.server.chat.conftest import Open, ask, opened_at, served
from tests.qa.server.chat.fake import QUOTE

GERMAN = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
ENGLISH = "What does the library cost a year?"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


def test_the_history_is_whole_on_a_phone_and_on_a_low_window(open_page: Open) -> None:
    page = open_page(locale="en-GB", **PHONE)
    for question in (GERMAN, *[f"{ENGLISH} {number}" for number in range(6)]):
        page.locator("#new").click()
        expect(page.locator("#chat .asked")).to_have_count(0)
        ask(page, question)
    page.locator("#ui-side").click()
    rows = page.locator("#list button.open")
    expect(rows).to_have_count(7)
    expect(rows.first).to_be_in_viewport()
    rows.last.scroll_into_view_if_needed()
    expect(rows.last).to_be_in_viewport()
    expect(page.locator("#list h3")).to_have_text("Today")
    expect(rows.last.locator(".line")).to_have_text(
        re.compile(r"^\d\d:\d\d Am 12. April 2025 soll")
    )
    page.locator("#search input").fill("startet nach Angaben")
    expect(rows).to_have_count(1)
    expect(rows.locator(".line")).to_contain_text("startet nach Angaben")
    page.locator("#search input").fill("")
    expect(rows).to_have_count(7)
    page.set_viewport_size({"width": 1280, "height": 480})
    assert box(page.locator("#search input"))["height"] > 28
    assert box(page.locator("#side-title"))["height"] > 14


def test_back_and_forward_lead_through_the_conversations(open_page: Open) -> None:
    page = open_page()
    start = page.url
    ask(page, GERMAN)
    expect(page).to_have_url(re.compile(r"\?c="))
    first = page.url
    page.locator("#new").click()
    expect(page).to_have_url(start)
    ask(page, ENGLISH)
    expect(page).not_to_have_url(first)
    page.go_back()
    expect(page.locator("#chat .welcome")).to_be_visible()
    page.go_back()
    expect(page.locator("#chat .asked")).to_contain_text(GERMAN)
    expect(page).to_have_url(first)
    page.go_forward()
    page.go_forward()
    expect(page.locator("#chat .asked")).to_contain_text(ENGLISH)
    page.goto(first)
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")


def test_the_largest_type_is_the_answer_and_a_marker_shows_its_quote(open_page: Open) -> None:
    page = open_page(viewport={"width": 1440, "height": 900})
    ask(page, GERMAN)
    sizes = {
        name: page.locator(f"#chat {name}").first.evaluate(
            "node => parseFloat(getComputedStyle(node).fontSize)"
        )
        for name in (".asked", ".short", ".sentence", ".confidence")
    }
    assert max(sizes, key=lambda name: sizes[name]) == ".short"
    assert sizes[".asked"] < sizes[".sentence"]
    page.locator("#a-1 a.cite").first.hover()
    expect(page.locator("#tip .quote")).to_have_text(f"„{QUOTE}“")
    answer, tip = box(page.locator("#a-1")), box(page.locator("#tip"))
    assert tip["x"] >= answer["x"] + answer["width"]


def test_what_fits_is_asked_where_one_looks(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    ask(page, ENGLISH)
    button = page.locator("#do-unhelpful-1")
    button.click()
    expect(page.locator("#note-1 summary")).to_have_text("What was missing?")
    expect(page.locator("#note-1 textarea")).to_be_visible()
    expect(button).to_be_focused()
    page.locator("#note-1 textarea").fill("The year.")
    page.locator("#note-1 form button").click()
    expect(page.locator("#note-1 summary")).to_have_text("Thank you!")
    page.locator("#do-helpful-1").click()
    expect(page.locator("#do-helpful-1")).to_have_class(re.compile(r"\bon\b"))
    expect(page.locator("#note-1 summary")).to_have_text("Thank you!")
    expect(page.locator("#note-1 textarea")).to_have_count(0)


def test_a_page_with_nothing_asked_has_all_near_its_field(open_page: Open) -> None:
    page = open_page(viewport={"width": 1440, "height": 900})
    welcome = page.locator("#chat .welcome")
    expect(welcome.locator("a.title").first).to_contain_text("Umland")
    expect(welcome.locator(".suggestions button")).to_have_count(1)
    heading, field = box(welcome.locator("h2")), box(page.locator("#question textarea"))
    assert field["y"] - heading["y"] < 450
    middle = field["x"] + field["width"] / 2
    assert abs(middle - 720) < 60


def test_shortcuts_the_theme_and_any_question_edited(open_page: Open) -> None:
    page = open_page()
    field = page.locator("#question textarea")
    field.fill("   ")
    with page.expect_response("**/gradio_api/run/**"):
        page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    ask(page, GERMAN)  # the blank one was no turn
    expect(page.locator("#chat .asked")).to_have_count(1)
    ask(page, "Seilbahn " + "sehr " * 200 + "lang?")
    expect(page.locator("#chat details.asked summary")).to_be_visible()
    assert box(page.locator("#chat .asked").last)["height"] < 90
    page.keyboard.press("ArrowUp")
    expect(page.locator("#do-keep")).to_contain_text("Frage 2")
    page.keyboard.press("Escape")
    expect(page.locator("#do-keep")).to_have_count(0)
    expect(field).to_have_value("")
    page.locator("#chat").click()
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.locator("#search input")).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.locator("#do-edit-1").click()
    expect(page.locator("#do-keep")).to_contain_text("Frage 1")
    expect(field).to_have_value(GERMAN)
    field.fill("Wird die Seilbahn teurer?")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .asked")).to_have_count(1)
    expect(page.locator("#chat .asked")).to_have_text(re.compile("Wird die Seilbahn teurer"))
    page.locator("#ui-theme").click()
    assert page.evaluate("document.body.classList.contains('dark')")
    page.reload()
    expect(page.locator("#a-1")).to_be_visible()
    assert page.evaluate("document.body.classList.contains('dark')")


def test_on_a_phone_the_field_stays_at_the_sources_too(open_page: Open) -> None:
    page = open_page(**PHONE)
    ask(page, GERMAN)
    page.locator("#sources .further > summary").scroll_into_view_if_needed()
    expect(page.locator("#question textarea")).to_be_in_viewport()


def test_filters_show_what_is_chosen_and_a_wrong_range_costs_no_turn(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    page.locator("#ui-filters").click()
    page.locator("#filter-sources input").click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    expect(page.locator("#filter-sources .token")).to_be_visible()
    page.locator("#undated input").check()
    expect(page.locator("#chips .chip")).to_contain_text(["undated", ""])
    page.locator("#since input").fill("2025-05-01")
    page.locator("#until input").fill("2024-05-01")
    expect(page.locator("#chips .problem")).to_have_text("The first day is after the last one.")
    page.locator("#question textarea").fill(ENGLISH)
    with page.expect_response("**/gradio_api/run/**"):
        page.keyboard.press("Enter")
    expect(page.locator("#question textarea")).to_have_value(ENGLISH)
    expect(page.locator("#chat .asked")).to_have_count(0)


def test_articles_without_a_source_can_be_chosen(browser: Browser, tmp_path: Path) -> None:
    with open_collection(tmp_path / "held", create=True, encoder=FakeEncoder()) as opened:
        opened.add(write(tmp_path / "press", ferry=FERRY, museum=MUSEUM))
    name = f"words:{tmp_path / 'held'}"
    with served(name) as found:
        for open_page in opened_at(browser, {"plain": found[name]}):
            page = open_page()
            page.locator("#ui-filters").click()
            page.locator("#filter-sources input").click()
            page.get_by_role("option", name="ohne Quelle (2)").click()
            expect(page.locator("#chips .chip")).to_contain_text("ohne Quelle")


def test_one_article_alone_can_be_asked(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    page.locator("#a-1 a.cite").nth(1).click()
    page.locator("#do-only-1-2").click()
    expect(page.locator("#chips .chip")).to_have_text(re.compile("Umland: Seilbahn startet später"))
    ask(page, GERMAN)
    expect(page.locator("#chat .with")).to_have_text("Nur: „Umland: Seilbahn startet später“")
    page.locator("#chips .chip").click()
    expect(page.locator("#chips .chip")).to_have_count(0)
    page.goto(page.url.partition("?")[0] + "?a=file%253A%252F%252F%252Fpress%252Flibrary.html")
    expect(page.locator("#chips .chip")).to_have_text(re.compile("Harbour library opens"))
