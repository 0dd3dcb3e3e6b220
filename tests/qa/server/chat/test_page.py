"""The page in a browser: what a person sees, clicks and types."""

import html
import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.qa.server.chat.conftest import Open, ask, opened_at, served
from tests.qa.server.chat.fake import HOSTILE, QUOTE, QUOTE_TOO

GERMAN = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
ENGLISH = "What does the library cost a year?"

PHONE = {"viewport": {"width": 390, "height": 844}}


def test_a_marker_opens_its_source_and_shows_the_quote(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    expect(page.locator("#a-1 .short")).to_have_text("Am 12. April 2025")
    expect(page.locator("#s-1-2 mark")).to_be_hidden()
    page.locator("#a-1 a.cite", has_text="[2]").click()
    mark = page.locator("#s-1-2 mark")
    expect(mark).to_be_in_viewport()
    expect(mark).to_have_text(QUOTE_TOO)
    expect(page.locator("#s-1-2")).to_be_focused()
    expect(page.locator("#s-1-1 mark")).to_have_text(QUOTE)


def test_a_card_shows_the_neighbours_and_where_it_is_from(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    card = page.locator("#s-1-1")
    around = card.locator(".around > summary")
    expect(around).to_have_count(2)
    before, after = around.all()
    expect(card.locator(".neighbour").first).to_be_hidden()
    before.click()
    expect(card.locator(".neighbour").first).to_be_visible()
    after.focus()
    page.keyboard.press("Enter")
    expect(card.locator(".neighbour").last).to_be_visible()
    expect(card.locator(".neighbour")).to_have_text(
        [re.compile("^Nach fast zwei Jahren"), re.compile("^Der Umbau kostet")]
    )
    expect(card).not_to_contain_text("Lesetipp")
    expect(card).not_to_contain_text("Foto:")
    expect(card.locator(".subheading")).to_have_text("Der Zeitplan")
    expect(card.locator(".where")).to_have_text(
        "Abschnitt „Der Zeitplan“ · Von Anna Meier, Jonas Kühn"
    )
    summary = page.locator("details:has(#s-1-1) > summary")
    expect(summary).to_contain_text("Seilbahn in Bad Lauten soll im April wieder fahren")
    expect(summary).to_contain_text("Lautenberger Bote · 25. Oktober 2024 · Absatz 4")
    link = card.locator("a.original")
    expect(link).to_have_attribute(
        "href", re.compile(r"^https://bote\.example/seilbahn#:~:text=Am%2012")
    )
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    whole = "/library/article?uri=file%3A%2F%2F%2Fpress%2Fseilbahn.html&mark=260-343#p-4"
    expect(card.locator("a.whole")).to_have_attribute("href", re.compile(re.escape(whole) + "$"))
    page.locator("#sources .further > summary").first.click()
    expect(page.locator("#sources .further .card")).to_have_count(3)


def test_a_marker_says_where_it_leads_to_the_pointer_and_to_the_keyboard(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    first = "Quelle 1: Seilbahn in Bad Lauten soll im April wieder fahren, Lautenberger Bote, "
    page.locator("#a-1 a.cite").first.hover()
    expect(page.locator("#tip")).to_have_text(f"„{QUOTE}“{first}25. Oktober 2024")
    expect(page.locator("#a-1 a.cite").first).to_have_attribute("aria-describedby", "tip")
    page.mouse.move(1, 1)
    expect(page.locator("#tip")).to_have_count(0)
    expect(page.locator("#a-1 a.cite").first).to_have_attribute("title", re.compile("Quelle 1"))
    tab_to(page, "a.cite[href='#s-1-2']", backwards=True)
    expect(page.locator("#tip")).to_contain_text("Quelle 2: Umland: Seilbahn startet später")
    expect(page.locator("#tip")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_have_count(0)


def test_a_quote_can_be_copied(open_page: Open) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, GERMAN)
    card = page.locator("#s-1-1")
    card.locator(".quoting > summary").click()
    card.locator("button.copy").first.click()
    expect(card.locator("button.copy.done")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"„{QUOTE}“ (Seilbahn in Bad Lauten soll im April wieder fahren")
    assert copied.endswith("https://bote.example/seilbahn)")


def test_english_question_on_an_english_page(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    expect(page.locator("#new")).to_have_text("New conversation")
    expect(page.locator("#question textarea")).to_have_attribute("placeholder", re.compile("Ask"))
    expect(page.locator("#status")).to_contain_text("3 articles from 3 sources")
    ask(page, ENGLISH)
    page.locator("#a-1 a.cite").click()
    expect(page.locator("#s-1-1 mark")).to_have_text("Membership costs 12 pounds a year")
    expect(page.locator("#s-1-1 a.original")).to_contain_text("Open the original at")
    expect(page.locator("#sources summary").first).to_contain_text("14 March 2025")


def test_a_suggested_question_is_asked_with_a_click(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    page.locator("#chat .welcome .suggestions button").click()
    expect(page.locator("#chat .asked")).to_contain_text("What does membership of the library cost")
    expect(page.locator("#a-1")).to_contain_text("Membership costs 12 pounds a year")
    expect(page.locator("#question textarea")).to_have_value("")


def test_a_question_is_kept_and_asked_for_its_news(open_page: Open) -> None:
    page = open_page(locale="en-GB")
    ask(page, ENGLISH)
    page.locator("#do-watch-1").click()
    expect(page.locator("#do-watch-1")).to_have_text("Kept")
    page.locator("#ui-side").click()
    kept = page.locator("#list .standing button.open")
    expect(kept).to_contain_text(ENGLISH)
    kept.click()
    expect(page.locator("#a-2")).to_contain_text("added or changed since")
    page.locator("#list .standing button.quiet").click()
    expect(page.locator("#list .standing")).to_have_count(0)


def test_the_language_can_be_chosen_and_is_kept(open_page: Open) -> None:
    page = open_page(locale="de-AT")
    expect(page.locator("#new")).to_have_text("Neues Gespräch")
    page.locator("#switch a[lang]").click()
    expect(page.locator("#new")).to_have_text("New conversation")
    expect(page.locator("#chat .welcome h2")).to_have_text("What would you like to know?")
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#new")).to_have_text("New conversation")
    expect(page.locator("#chat .welcome h2")).to_have_text("What would you like to know?")


def test_sources_of_earlier_turns_stay(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    ask(page, ENGLISH)
    expect(page.locator("#s-2-3 mark")).to_be_visible()
    expect(page.locator("#s-1-1 mark")).to_be_hidden()
    # Numbered through: a number means one source in the whole conversation.
    expect(page.locator("#a-2 a.cite")).to_contain_text(["[3]"])
    ask(page, "Gibt es hier etwas?")
    expect(page.locator("#a-3 a.cite")).to_contain_text(["[4]", "[5]"])
    numbers = page.locator("#sources summary .number")
    expect(numbers).to_have_text(["4", "5", "3", "1", "2"])
    page.locator("#a-1 a.cite").first.click()
    expect(page.locator("#s-1-1 mark")).to_be_in_viewport()
    page.locator("#s-1-1 a.back").click()
    expect(page.locator("#a-1 a.cite").first).to_be_focused()
    page.locator("#new").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    expect(page.locator("#sources .card")).to_have_count(0)
    ask(page, ENGLISH)
    expect(page.locator("#a-1")).to_be_visible()


def test_a_refusal_shows_what_comes_nearest(open_page: Open) -> None:
    page = open_page()
    ask(page, "Wie wird das Wetter?")
    expect(page.locator("#a-1")).to_contain_text("Dazu steht in den Artikeln nichts")
    expect(page.locator("#a-1 li")).to_have_count(2)
    page.locator("#a-1 li a.cite").last.click()
    expect(page.locator("#s-1-2 .passage")).to_contain_text("The night room has forty desks")
    expect(page.locator("#s-1-2 .passage")).to_be_in_viewport()
    expect(page.locator("#sources mark")).to_have_count(0)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("ä" * 100_000, "Die Frage ist zu lang"),
        ("crash", "Etwas ist schiefgegangen."),
    ],
    ids=["endless", "crash"],
)
def test_what_goes_wrong_is_said_kindly(open_page: Open, question: str, said: str) -> None:
    page = open_page()
    ask(page, question)
    expect(page.locator("#a-1")).to_contain_text(said)
    assert "secret" not in page.content()
    ask(page, GERMAN)
    expect(page.locator("#a-2 .short")).to_have_text("Am 12. April 2025")


def test_pressing_twice_asks_once_and_a_quick_second_question_is_kept(open_page: Open) -> None:
    page = open_page()
    page.locator("#question textarea").fill("sleepy Seilbahn")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .pending")).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value("")
    page.locator("#question textarea").fill(ENGLISH)
    page.keyboard.press("Enter")
    expect(page.locator("#a-2 .short")).to_have_text("12 pounds")
    expect(page.locator("#chat .asked")).to_have_count(2)


def test_an_empty_collection_says_how_to_begin(open_page: Open) -> None:
    page = open_page("empty")
    expect(page.locator("#chat .welcome")).to_contain_text("Diese Sammlung ist noch leer.")
    command = 'article-qa --collection "/tmp/press & co" add'
    expect(page.locator("#chat code")).to_have_text(f"{command} ARTICLES/")
    expect(page.locator("#chat a.go")).to_have_attribute("href", "/library/add")
    expect(page.locator("#chat form button")).to_have_text("Beispielartikel laden")
    expect(page.locator("#status")).to_contain_text("Noch keine Artikel")


def test_a_model_that_is_missing_is_said(open_page: Open) -> None:
    page = open_page("broken")
    expect(page.locator("#status")).to_contain_text("ließ sich nicht vorbereiten")
    expect(page.locator("#status")).to_contain_text("<models/small> holds no model")


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=lambda number: HOSTILE[number][:20])
def test_nothing_that_was_written_becomes_markup(shared_page: Page, number: int) -> None:
    page, text = shared_page, HOSTILE[number]
    page.locator("#new").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(page, f"hostile {number} {text}")
    assert content(page, "#s-1-1 mark") == text
    assert content(page, "#a-1 .short") == f"It is {text}"
    assert content(page, "#chat .asked") == f"Your question: hostile {number} {text}"
    for selector in ("#s-1-1 .where", "#sources summary .title", "#sources summary .line"):
        assert text in content(page, selector)
    assert text in (page.locator("#a-1 a.cite").get_attribute("title") or "")
    expect(
        page.locator("#chat a:not(.cite, .inside), #sources a:not(.back, .whole, .inside)")
    ).to_have_count(0)
    expect(
        page.locator("#room :is(img, h1, script, em, strong, code, .katex, blockquote)")
    ).to_have_count(0)
    expect(page.locator("#sources details:not(.card, .quoting, .around)")).to_have_count(0)
    assert page.title() == "article-qa"


def test_names_to_filter_by_and_titles_are_shown_as_they_are(open_page: Open) -> None:
    page = open_page("hostile", locale="en")
    page.locator("#ui-filters").click()
    page.locator("#filter-sources input").click()
    options = page.get_by_role("option")
    expect(options).to_have_count(len(HOSTILE))
    shown = {" ".join(text.split()) for text in options.all_text_contents()}
    names = {" ".join(f"Source {text} (1)".split()) for text in HOSTILE}
    assert {text.removeprefix("✓ ") for text in shown} == names
    options.nth(HOSTILE.index('<img src=x onerror="document.title=1">')).click()
    page.keyboard.press("Escape")
    expect(page.locator("#chips .chip")).to_contain_text("Source <img src=x")
    ask(page, "<script>document.title='x'</script> \u202egnp.exe")
    page.locator("#ui-side").click()
    expect(page.locator("#list .title")).to_have_text("<script>document.title='x'</script> gnp.exe")
    expect(page.locator("#room :is(img, script)")).to_have_count(0)
    assert page.title() == "article-qa"


def content(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("node => node.textContent"))


def test_the_page_works_from_the_keyboard(open_page: Open) -> None:
    page = open_page()
    expect(page.locator("#question textarea")).to_be_focused()
    page.keyboard.type(GERMAN)
    page.keyboard.press("Enter")
    expect(page.locator("#a-1 a.cite")).to_have_count(2)
    tab_to(page, "a.cite[href='#s-1-2']", backwards=True)
    page.keyboard.press("Enter")
    expect(page.locator("#s-1-2")).to_be_focused()
    expect(page.locator("#s-1-2 mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#a-1 a.cite").last).to_be_focused()
    tab_to(page, "#question textarea")
    tab_to(page, "#sources details:has(#s-1-1) > summary")
    page.keyboard.press("Enter")
    expect(page.locator("#s-1-1 mark")).to_be_hidden()


def test_what_was_opened_stays_open_when_an_answer_comes(open_page: Open) -> None:
    page = open_page()
    first, second = page.locator("#s-1-1"), page.locator("#s-1-2")
    ask(page, GERMAN)
    first.locator(".around > summary").first.click()
    page.locator("#a-1 a.cite[href='#s-1-2']").click()
    before = page.locator("#cards").element_handle()
    ask(page, GERMAN)
    expect(page.locator("#s-2-3 mark")).to_be_visible()
    assert before is not None
    assert not before.evaluate("node => node.isConnected"), "the cards were not drawn anew"
    expect(first.locator(".neighbour").first).to_be_visible()
    expect(second.locator("mark")).to_be_visible()
    page.locator("#sources details:has(#s-1-2) > summary").click()
    ask(page, GERMAN)
    expect(page.locator("#s-3-5 mark")).to_be_visible()
    expect(first.locator(".neighbour").first).to_be_visible()
    expect(second.locator("mark")).to_be_hidden()
    expect(page.locator("#s-2-3 mark")).to_be_hidden()
    # In another conversation nothing was opened yet.
    page.locator("#new").click()
    expect(page.locator("#chat .asked")).to_have_count(0)
    ask(page, GERMAN)
    expect(first.locator("mark")).to_be_visible()
    expect(first.locator(".neighbour").first).to_be_hidden()


def test_a_card_that_was_shown_still_flashes_when_it_is_drawn_anew(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    page.locator("#a-1 a.cite[href='#s-1-2']").click()
    page.evaluate(
        "const cards = document.querySelector('#cards');"
        "cards.outerHTML = cards.outerHTML.replace(' flash', '').replace('body flash', 'body')"
    )
    page.wait_for_function("document.querySelector('#s-1-2.flash')", timeout=1400)


def test_the_focus_stays_in_a_card_when_an_answer_comes(open_page: Open) -> None:
    page = open_page()
    ask(page, GERMAN)
    page.locator("#question textarea").fill(GERMAN)
    page.locator("#a-1 a.cite[href='#s-1-2']").click()
    expect(page.locator("#s-1-2")).to_be_focused()
    # Sent, but not by hand: the reader is in the card when the answer comes.
    page.evaluate("document.querySelector('#question button.submit-button').click()")
    expect(page.locator("#s-2-3 mark")).to_be_visible()
    expect(page.locator("#s-1-2")).to_be_focused()
    page.locator("#a-1 a.cite[href='#s-1-2']").focus()
    page.evaluate("document.querySelector('#chat [role=log]').innerHTML += ''")
    expect(page.locator("#a-1 a.cite[href='#s-1-2']")).to_be_focused()
    page.locator("#top h1").click()
    page.evaluate("document.querySelector('#chat [role=log]').innerHTML += ''")
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement === document.body")


def tab_to(page: Page, selector: str, *, backwards: bool = False) -> None:
    for _ in range(12):
        if page.locator(selector).evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_on_a_phone_nothing_sticks_out(open_page: Open) -> None:
    page = open_page(**PHONE)
    assert sideways(page) == 0
    ask(page, GERMAN)
    ask(page, f"hostile 0 {'unbreakable' * 40}")
    expect(page.locator("#chat .asked").last).to_be_in_viewport()
    assert sideways(page) == 0
    page.locator("#a-1 a.cite").last.click()
    expect(page.locator("#s-1-2 mark")).to_be_in_viewport()
    assert sideways(page) == 0
    page.locator("#ui-filters").click()
    page.locator("#ui-side").click()
    expect(page.locator("#list .title")).to_be_in_viewport()
    assert sideways(page) == 0


def test_a_long_conversation_scrolls_and_the_field_stays(open_page: Open) -> None:
    page = open_page()
    for _ in range(5):
        ask(page, "Wie wird das Wetter?")
    ask(page, GERMAN)
    expect(page.locator("#a-6 a.cite").last).to_be_in_viewport()
    box = page.locator("#question").bounding_box()
    assert box is not None
    assert box["x"] < 100
    assert 600 < box["y"] < 800
    expect(page.locator("#top h1")).to_be_in_viewport()


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Open, scheme: str, locale: str) -> None:
    # Without motion: colours on their way are not what is read.
    options = {"color_scheme": scheme, "reduced_motion": "reduce", "bypass_csp": True}
    page = open_page(locale=locale, **options)
    problems = list(axe_findings(page))
    ask(page, GERMAN)
    ask(page, "Wie wird das Wetter?")
    page.locator("#a-1 a.cite").last.click()
    expect(page.locator("#s-1-2 mark")).to_be_in_viewport()
    page.locator("#s-1-2 .quoting > summary").click()
    page.locator("#chat").click()
    problems += axe_findings(page)
    page.locator("#ui-side").click()
    page.locator("#ui-filters").click()
    page.locator("#since input").fill("2024-10-01")
    expect(page.locator("#chips .chip")).to_have_count(1)
    page.locator("#do-unhelpful-1").click()
    expect(page.locator("#note-1 textarea")).to_be_visible()
    page.locator("#do-edit-2").click()
    expect(page.locator("#chips .chip")).to_have_count(2)
    page.locator("#a-1 a.cite").first.click()
    page.locator("#s-1-1 .around > summary").first.click()
    expect(page.locator("#s-1-1 .neighbour").first).to_be_visible()
    page.locator("#a-2 a.cite").first.hover()
    expect(page.locator("#tip")).to_be_visible()
    problems += axe_findings(page)
    assert problems == []


def axe_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['html']} {node['failureSummary']}"
        for item in found
        for node in item["nodes"]
    ]


def test_a_dark_screen_gets_a_dark_page(open_page: Open) -> None:
    page = open_page(color_scheme="dark")
    red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    assert int(red) < 40


def test_an_address_that_leads_nowhere_is_a_page_for_people_only(
    open_page: Open, addresses: dict[str, str]
) -> None:
    page = open_page(**PHONE)
    page.goto(f"{addresses['plain']}/nowhere")
    expect(page.locator("h1")).to_have_text("Diese Seite gibt es nicht.")
    page.locator("main a").first.click()
    expect(page.locator("#chat .welcome")).to_be_visible()
    assert fetched(f"{addresses['plain']}/nowhere")[0] == 404
    assert fetched(f"{addresses['plain']}/nowhere", Accept="text/html")[0] == 404


def test_the_page_is_up_before_the_model(browser: Browser, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    with served(f"slow:{loaded}") as found:
        for opened in opened_at(browser, found):
            page = opened(f"slow:{loaded}")
            expect(page.locator("#status .loading")).to_have_text("Die Suche wird vorbereitet …")
            height = page.locator("#top").bounding_box()
            loaded.touch()
            expect(page.locator("#status .loading")).to_have_count(0, timeout=60_000)
            assert page.locator("#top").bounding_box() == height


def test_the_browser_has_nothing_to_complain_about(open_page: Open) -> None:
    page = open_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    ask(page, GERMAN)
    page.locator("#a-1 a.cite").first.click()
    assert errors == []


def fetched(address: str, **headers: str) -> tuple[int, str]:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    request = urllib.request.Request(address, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, html.unescape(str(reply.headers))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, str(error.headers)


def test_the_headers_keep_the_page_to_itself(addresses: dict[str, str]) -> None:
    status, headers = fetched(addresses["plain"])
    assert status == 200
    policy = re.search("content-security-policy: (.*)", headers)
    assert policy is not None
    assert "unsafe-eval" not in policy[1]
    assert "script-src 'self' 'nonce-" in policy[1]
    assert "frame-ancestors 'none'" in policy[1]
    assert "x-content-type-options: nosniff" in headers


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/", {"Host": "evil.example"}, 400),
        ("/", {"Host": "localhost:1"}, 200),
        ("/healthz", {}, 200),
        ("/config", {"Origin": "http://evil.example"}, 403),
        ("/gradio_api/file=http://127.0.0.1/", {}, 403),
        ("/gradio_api/file%3Dhttp://127.0.0.1/", {}, 403),
        ("/gradio_api/file=/etc/passwd", {}, 403),
        ("/gradio_api/proxy=http://127.0.0.1/", {}, 403),
        ("/gradio_api/upload", {}, 403),
        ("/gradio_api/deep_link", {}, 403),
        ("/monitoring", {}, 403),
        ("/healthz", {"Content-Length": "9000000"}, 413),
    ],
)
def test_other_doors_are_shut(
    addresses: dict[str, str], path: str, headers: dict[str, str], expected: int
) -> None:
    assert fetched(addresses["plain"] + path, **headers)[0] == expected


@pytest.mark.parametrize(("locale", "question"), [("de-DE", GERMAN), ("en-GB", ENGLISH)])
def test_answers_and_their_quotes_are_readable_on_paper(
    open_page: Open, locale: str, question: str
) -> None:
    page = open_page(locale=locale, color_scheme="dark", viewport={"width": 760, "height": 1000})
    ask(page, question)
    ask(page, question)
    page.emulate_media(media="print")
    for left_out in ("#top", "#question", "#chat .tools", "#sources .further"):
        expect(page.locator(left_out).first).to_be_hidden()
    expect(page.locator("#a-1 .short")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ink = page.locator("#a-1 .short").evaluate("node => getComputedStyle(node).color")
    assert ink == "rgb(0, 0, 0)"
    # The cards of earlier answers, which are closed on the screen, are open here.
    box = page.locator("#s-1-1 mark").bounding_box()
    assert box is not None
    assert box["height"] > 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 760


@pytest.mark.parametrize("size", [(640, 400), (390, 844), (320, 256)])
def test_the_field_stays_in_reach_on_small_windows(open_page: Open, size: tuple[int, int]) -> None:
    width, height = size  # 1280 by 800 at 200 %, a phone, 1280 by 1024 at 400 %
    page = open_page(viewport={"width": width, "height": height})
    ask(page, GERMAN)
    field = page.locator("#question textarea")
    expect(field).to_be_in_viewport(ratio=1)
    page.locator("#a-1 a.cite").first.click()
    expect(page.locator("#s-1-1 mark")).to_be_in_viewport()
    expect(field).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    mark, composer = page.locator("#s-1-1 mark").bounding_box(), field.bounding_box()
    assert mark is not None
    assert composer is not None
    assert mark["y"] < composer["y"]


@pytest.mark.parametrize(
    ("locale", "question", "words"),
    [
        ("de-DE", GERMAN, ("Presseschau als Dokument", "Seit Ihrem letzten Besuch am")),
        ("en-GB", ENGLISH, ("Press review as a document", "Since your last visit on")),
    ],
)
def test_the_review_and_what_is_new_since_the_last_visit_are_on_the_start_page(
    open_page: Open, locale: str, question: str, words: tuple[str, str]
) -> None:
    page = open_page(locale=locale)
    expect(page.locator("#chat .welcome .news")).to_have_count(0)
    ask(page, question)
    page.locator("#do-watch-1").click()
    expect(page.locator("#do-watch-1.on")).to_be_visible()
    page.goto(page.url.partition("?")[0])
    expect(page.locator("#chat .welcome .news")).to_contain_text(words[1])
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["html"] for node in item["nodes"]][:3]) for item in found] == []
    with page.expect_download() as download:
        page.get_by_role("button", name=words[0]).click()
    assert download.value.suggested_filename.endswith(".docx")
    expect(page.locator("#chat .welcome")).to_be_visible()
    page.locator("#ui-side").click()
    page.locator("#list .standing button.quiet").first.click()
    expect(page.locator("#list .standing")).to_have_count(0)
